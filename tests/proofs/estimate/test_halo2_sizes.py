"""Sizes of a halo2 job, said before any work, against the files of jobs that were done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.tiny_audit import SHAPE, TOTAL, Proven
from helpers.tiny_models import mlp
from helpers.tiny_outputs import ProvenOutputs

from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput
from proofs.halo2 import sizes
from proofs.halo2.architecture import split_model
from proofs.halo2.artefacts import build
from proofs.halo2.bundle_size import bundle_bytes
from proofs.halo2.commit import CommitOptions
from proofs.halo2.estimate import Estimate, estimate, estimate_circuit
from proofs.machine_speed import Speed
from proofs.onnx_check import check_model

SPEED = Speed(1.0, 1.0, 2)
DIGITS = 3
"""Bytes by which a bundle's numbers may be longer or shorter."""


def estimated(binding: str, total: int = TOTAL, **options: int) -> Estimate:
    onnx = mlp(0)
    wanted = CommitOptions(binding=binding, **options)
    return estimate(onnx, check_model(onnx).macs, SHAPE, wanted, "accuracy", total, SPEED)


@pytest.mark.parametrize("binding", ["polycommit", "hashed", "fixed"])
def test_keys_proof_and_bundle_are_as_large_as_said(binding: str, request: pytest.FixtureRequest) -> None:
    name = {"polycommit": "proven", "hashed": "proven_hashed", "fixed": "proven_fixed"}[binding]
    done: Proven = request.getfixturevalue(name)
    said, model = estimated(binding), done.model
    made = build(model.description, model.weights if binding == "fixed" else None)
    assert said.logrows == model.description.parameters.logrows and said.rows is not None and not said.rows_counted
    assert said.srs_bytes == made.srs.stat().st_size
    assert said.proving_key_mb == made.pk.stat().st_size / 2**20
    assert said.verifying_key_bytes == made.vk.stat().st_size
    assert sizes.proof_bytes(model.description.points) == made.proof_bytes == len(done.bundle.batches[0].proof)
    assert abs(said.proof_bytes - len(done.bundle.to_bytes())) <= DIGITS * 5
    assert (said.batches, said.points) == (3, model.description.points)
    assert said.proof_budget == (16 if binding == "polycommit" else None)


@pytest.mark.parametrize(("name", "task"), [("proven_inference", "inference"), ("proven_class", "retrieval")])
def test_bundles_of_outputs_are_as_large_as_said(name: str, task: str, request: pytest.FixtureRequest) -> None:
    done: ProvenOutputs = request.getfixturevalue(name)
    bundle = done.outcome.bundle
    said = bundle_bytes(done.model.description, task, bundle.statement.total)
    assert abs(said - len(bundle.to_bytes())) < 0.02 * said


def test_memory_and_time_are_within_a_factor_of_two_of_a_tiny_job(proven: Proven) -> None:
    said = estimated("polycommit")
    assert said.peak_memory_mb / 2 < proven.outcome.peak_memory_mb < said.peak_memory_mb * 2
    assert said.setup_memory_mb < said.peak_memory_mb < 200
    assert 0 < said.setup_s < said.setup_cpu_s and 0 < said.prove_s < said.prove_cpu_s


def test_more_commitment_points_are_more_columns() -> None:
    assert sizes.proving_key_bytes(12, 2) - sizes.proving_key_bytes(12, 1) == 10 * 32 * 4096 + 88
    assert sizes.proof_bytes(2) - sizes.proof_bytes(1) == sizes.MORE_POINT
    assert sizes.contract_bytes("polycommit", 2) > sizes.contract_bytes("polycommit", 1) > 18_000
    assert sizes.verify_gas("polycommit", 2, 8, 0) > sizes.verify_gas("polycommit", 1, 8, 0)


def test_problems_name_the_quantity_and_the_way_round() -> None:
    said = estimated("polycommit", total=100)
    assert said.problems(1e6) == ["50 proofs are needed and the commitment may make 16: commit with a larger --proofs "
                                  "or a larger --batch"]  # fmt: skip
    assert estimated("polycommit", total=100, proofs=50).problems(1e6) == []
    assert estimated("fixed", total=1000).problems(1e6) == []
    (memory,) = estimated("polycommit").problems(100.0)
    assert "100 MB are free" in memory and "smaller --batch" in memory
    huge = replace(said, logrows=23, batches=1 << 17, proof_budget_left=None)
    assert ["2^23 rows" in huge.problems(1e6)[0], "do not fit into one bundle" in huge.problems(1e6)[1]] == [True] * 2


def test_what_no_chain_takes_is_named() -> None:
    said = estimated("polycommit")
    assert said.chain_problems() == []
    (code,) = replace(said, contract_bytes=24_577).chain_problems()
    assert "24577 bytes" in code and "24576" in code and replace(said, contract_bytes=24_576).chain_problems() == []
    (gas,) = replace(said, transaction_gas=16_777_217).chain_problems()
    assert "16777217 gas" in gas and "smaller --batch" in gas
    assert replace(said, transaction_gas=16_777_216).chain_problems() == []


def test_many_words_are_more_gas_than_a_transaction_may_use(proven: Proven) -> None:
    circuit = replace(proven.model.description, format=InputFormat((8,), 7, 1000, 16))
    said = estimate_circuit(circuit, "inference", 16, SPEED, 16)
    assert said.transaction_gas > sizes.MAX_TRANSACTION_GAS and said.chain_problems()
    assert estimate_circuit(circuit, "accuracy", 16, SPEED, 16).chain_problems() == []


def test_a_budget_partly_spent(proven: Proven) -> None:
    circuit = proven.model.description
    assert estimate_circuit(circuit, "accuracy", 6, SPEED, 3).problems(1e6) == []
    (spent,) = estimate_circuit(circuit, "accuracy", 6, SPEED, 2).problems(1e6)
    assert "3 proofs are needed and the commitment may make 2" in spent


@pytest.mark.parametrize(("task", "total", "words"), [("accuracy", 0, "0 examples"), ("other", 1, "--task other")])
def test_refusals(task: str, total: int, words: str, proven: Proven) -> None:
    with pytest.raises(InvalidInput, match=words):
        estimate_circuit(proven.model.description, task, total, SPEED, 1)


def test_the_architecture_alone_decides() -> None:
    """Sizes read no weight: another model of the same shape takes the same."""
    assert split_model(mlp(0))[0] == split_model(mlp(1))[0]
    other = mlp(1)
    again = estimate(other, check_model(other).macs, SHAPE, CommitOptions(), "accuracy", TOTAL, SPEED)
    assert again == estimated("polycommit")
