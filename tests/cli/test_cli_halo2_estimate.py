"""``assay estimate`` for halo2, and the refusal of work that does not fit, unless --force is given."""

from __future__ import annotations

import pytest
from cli_kit import TOTAL, Kit, Result, assay

from escrow.artifacts import load
from proofs.errors import ProverFailed

LIMIT = "ASSAY_MEMORY_LIMIT_MB"


def estimate(*options: object) -> Result:
    return assay("estimate", *options, "--json", "-")


def test_everything_is_in_the_document(kit: Kit) -> None:
    said = estimate(kit.model_onnx)
    document = said.document
    assert said.code == 0 and document["fits"] is True and document["settles_on_chain"] is True
    assert document["problems"] == [] and document["backend"] == "halo2" and document["task"] == "accuracy"
    assert document["adapter_bytes"] == len(load("Halo2Adapter").deployed_bytecode) < 24_576
    assert 15_000 < document["contract_bytes"] < 24_576 and 500_000 < document["gas_used"] < 16_777_216
    assert document["transaction_gas"] > document["gas_used"] and document["proof_budget"] == 16
    assert "nothing else to do" in said.err


def test_a_commitment_in_place_of_the_file(kit: Kit) -> None:
    file, committed = estimate(kit.model_onnx).document, estimate("--commit", kit.model_commit)
    assert committed.code == 0, committed.err
    varying = {"rows", "rows_counted", "proof_budget_left", "available_memory_mb"}
    assert {k: v for k, v in committed.document.items() if k not in varying} == {
        k: v for k, v in file.items() if k not in varying
    }
    assert committed.document["rows"] is None
    left = committed.document["proof_budget_left"]
    assert 0 <= left < 16
    over = estimate("--commit", kit.model_commit, "--total", TOTAL * (left + 1)).document
    assert over["fits"] is False and f"the commitment may make {left}" in over["problems"][0]
    named = estimate(kit.model_onnx, "--commit", kit.model_commit)
    assert "is not looked at" in named.err


def test_what_no_chain_takes_is_said(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofs.halo2.sizes.MAX_CONTRACT_BYTES", 18_000)
    monkeypatch.setattr("proofs.halo2.sizes.MAX_TRANSACTION_GAS", 500_000)
    said = estimate("--commit", kit.model_commit, "--task", "inference")
    assert said.document["settles_on_chain"] is False and said.document["fits"] is True
    assert len(said.document["problems"]) == 2 and "no chain will settle this" in said.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--task", "other"), "--task other"),
        (("--total", 0), "0 examples"),
        (("--batch", 8), "leave them out"),
        (("--proofs", 8), "leave them out"),
        (("--binding", "fixed"), "leave them out"),
        (("--scale-bits", 7), "leave them out"),
        (("--shard", 7), "only for models committed"),
    ],
)
def test_refusals(kit: Kit, options: tuple[object, ...], words: str) -> None:
    estimate("--commit", kit.model_commit, *options).refused(4, words)


def test_too_little_memory_is_said(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT, "60")
    said = estimate("--commit", kit.model_commit)
    assert said.document["fits"] is False and said.document["available_memory_mb"] == 60
    assert "60 MB are free for it" in said.err
    monkeypatch.setenv(LIMIT, "none")
    estimate("--commit", kit.model_commit).refused(4, LIMIT)


def test_a_set_up_that_does_not_fit_is_refused_unless_forced(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*_: object) -> None:
        raise ProverFailed("setup", "begun")

    commit = ("commit", "model", kit.model_onnx, "--batch", 4, "-o", kit.folder / "four.commit", "--json", "-")
    monkeypatch.setattr("proofs.halo2.commit.build", reached)
    monkeypatch.setenv(LIMIT, "60")
    refused = assay(*commit)
    refused.refused(6, "give --force to try all the same")
    assert refused.document["available"] == 60 < refused.document["needed"] and "--batch" in refused.err
    assay(*commit, "--force").refused(7, "begun")
    monkeypatch.setenv(LIMIT, "60000")
    assay(*commit).refused(7, "begun")


def test_a_set_up_is_refused_before_a_reference_string_is_asked_for(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = ("commit", "model", kit.model_onnx, "--batch", 32, "-o", kit.folder / "b.commit", "--json", "-")
    assay(*commit).refused(8, "no reference string")
    monkeypatch.setenv(LIMIT, "60")
    assay(*commit).refused(6, "the set-up of 2^")


@pytest.mark.parametrize("task", [("accuracy",), ("inference",), ("retrieval", "--class", 1)])
def test_proving_that_does_not_fit_is_refused_before_any_work(
    kit: Kit, task: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(*_: object) -> None:
        raise ProverFailed("prove", "begun")

    for first in ("proofs.halo2.backend.measure_fidelity", "proofs.halo2.task_backend.require_provable"):
        monkeypatch.setattr(first, reached)
    prove = ("prove", *task, "--model", kit.model_onnx, "--commit", kit.model_commit, "--data", kit.data_npz)
    out = ("-o", kit.folder / "never.assay", "--json", "-")
    monkeypatch.setenv(LIMIT, "60")
    refused = assay(*prove, *out)
    refused.refused(6, "give --force to try all the same")
    assert refused.document["available"] == 60 < refused.document["needed"] and "--batch (8 now)" in refused.err
    assay(*prove, *out, "--force").refused(7, "begun")
    assert not (kit.folder / "never.assay").exists()
