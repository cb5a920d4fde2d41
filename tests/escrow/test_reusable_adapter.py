"""The circuit behind the verifier all circuits share: real proofs pass, and what its traps would let pass does not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from golden_stage import Stage
from helpers.chains import put_back
from measure_gas import differences
from reusable_stage import FOLDER, ReusableStage, load_snapshot, measure, prepare_reusable
from web3.exceptions import BadFunctionCallOutput, ContractLogicError
from web3.types import RPCEndpoint

from escrow.anvil import Anvil
from escrow.code_check import CodeMismatch
from escrow.deployment import check_deployment
from escrow.gas import MAX_TRANSACTION_GAS
from escrow.reusable import (
    ReusableCircuit,
    check_reusable,
    deploy_shared,
    expected_reusable_codehash,
    is_reusable,
    reusable_on_chain,
    storing,
)
from escrow.reusable_adapter import Halo2ReusableAdapter
from escrow.reverts import Reverted
from escrow.solc import MAX_RUNTIME_BYTES, compile_verifier
from proofs.bundle import FIELD
from proofs.encoding import keccak256
from proofs.errors import ChainError, ProverFailed, ResourceExceeded
from proofs.halo2.description import BINDING_CODES
from proofs.halo2.reusable import MAX_WORDS, SOURCE_SHA256, WORD_BYTES, parse_words
from proofs.halo2.tag import TAG_LIMBS, bound_tag, limbs
from protocols.accuracy.events import State

TWO_VALUES = [{"type": "bool", "name": "accepted"}, {"type": "bytes32", "name": "vkaDigest"}]


@pytest.fixture(scope="module")
def prepared() -> Iterator[ReusableStage]:
    with Anvil() as anvil:
        yield prepare_reusable(anvil.url)


@pytest.fixture
def both(prepared: ReusableStage) -> Iterator[ReusableStage]:
    with put_back(prepared.own.chain):
        yield prepared


@pytest.fixture
def stage(both: ReusableStage) -> Stage:
    return both.shared


def statement(stage: Stage) -> dict[str, Any]:
    """Arguments of the adapter's ``verify`` for batch 0."""
    batch, golden = stage.golden.batches[0], stage.golden
    return {
        "weights_commitment": golden.weights_commitment,
        "tag": bound_tag(golden.tag, golden.note),
        "tag_hash": batch.tag_hash,
        "h": batch.h,
        "count": batch.count,
        "proof": batch.proof,
    }


def refusal(stage: Stage, **changes: object) -> str:
    """Name of the error with which the adapter refuses batch 0 with some arguments replaced."""
    with pytest.raises(Reverted) as refused:
        Halo2ReusableAdapter(stage.chain, stage.circuit.adapter).verify(**{**statement(stage), **changes})
    return refused.value.name


def deploy_adapter(stage: Stage, circuit: ReusableCircuit, vka: str, **changes: object) -> Halo2ReusableAdapter:
    """An adapter over the key at ``vka``, with the circuit's parameters or some replaced."""
    arguments: dict[str, Any] = {
        "verifier": stage.circuit.verifier,
        "codehash": circuit.shared.codehash,
        "vka": vka,
        "vka_digest": circuit.key.digest,
        "proof_bytes": circuit.key.proof_bytes,
        "binding": BINDING_CODES[circuit.binding],
        "points": circuit.points,
        "scale_bits": circuit.scale_bits,
    }
    return Halo2ReusableAdapter.deploy_with_key(stage.chain, stage.seller, **{**arguments, **changes})


def stored(stage: Stage, code: bytes) -> str:
    """Address of a contract whose code is ``code``."""
    return str(stage.chain.deploy(stage.seller, [], storing(code), step="code")[0])


# ---- settlement


def test_a_job_completes_and_pays(stage: Stage) -> None:
    job_id, terms = stage.proving_job()
    for index in range(terms.batches):
        stage.submit(job_id, index)
    status = stage.escrow.job(job_id)
    assert (status.state, status.correct) == (State.COMPLETED, terms.target)
    assert stage.escrow.owed(terms.seller) == terms.deposit - terms.fee + terms.payment


def test_other_weights_and_changed_values_are_refused(stage: Stage) -> None:
    facts, other = statement(stage), stage.golden.impostor
    assert refusal(stage, count=facts["count"] + 1) == "ProofRejected"
    assert refusal(stage, tag=bytes([facts["tag"][0] ^ 1]) + facts["tag"][1:]) == "ProofRejected"
    assert refusal(stage, h=facts["h"][::-1]) == "ProofRejected"
    assert refusal(stage, tag_hash=facts["tag_hash"] ^ 1) == "ProofRejected"
    assert refusal(stage, h=(facts["h"][0] + FIELD, facts["h"][1])) == "NotInField"
    assert refusal(stage, weights_commitment=b"\1" * 32) == "WrongWeights"
    assert refusal(stage, proof=other.proof, count=other.count, tag_hash=other.tag_hash) == "WrongWeights"


def test_proofs_of_another_length_are_refused(stage: Stage) -> None:
    proof = statement(stage)["proof"]
    for wrong in (proof[:-32], proof[:-1], proof + b"\0", proof + bytes(32), proof + proof):
        assert refusal(stage, proof=wrong) == "ProofRejected"
    assert refusal(stage, proof=b"") == "WrongWeights"
    for place in (64, len(proof) // 2, len(proof) - 1):
        assert refusal(stage, proof=proof[:place] + bytes([proof[place] ^ 1]) + proof[place + 1 :]) == "ProofRejected"


# ---- the two traps, in ezkl's contract itself


def asked_directly(both: ReusableStage, proof: bytes, key: bytes, outputs: list[dict[str, str]] | None) -> Any:
    """``verifyProof`` of the shared verifier, without the adapter; ``outputs`` replaces those of its own ABI."""
    entry = next(e for e in both.circuit.shared.abi if e.get("name") == "verifyProof")
    abi = [{**entry, "outputs": outputs or entry["outputs"]}]
    stage, facts = both.shared, statement(both.shared)
    values = [*facts["h"], facts["tag_hash"], facts["count"] << both.circuit.scale_bits, *limbs(facts["tag"])]
    assert len(values) == stage.golden.batch + 2 + TAG_LIMBS
    words = [key[i : i + WORD_BYTES] for i in range(0, len(key), WORD_BYTES)]
    contract = stage.chain.contract(stage.circuit.verifier, abi)
    return contract.functions.verifyProof(proof, values, words).call()


def test_trap_the_third_value_is_no_abi(both: ReusableStage) -> None:
    proof, key = statement(both.shared)["proof"], both.circuit.key
    assert tuple(asked_directly(both, proof, key.words, TWO_VALUES)) == (True, key.digest)
    with pytest.raises(BadFunctionCallOutput):
        asked_directly(both, proof, key.words, None)


def test_trap_longer_proofs_pass_there(both: ReusableStage) -> None:
    """Why the adapter fixes the length: the shared verifier takes whatever follows a proof."""
    proof, key = statement(both.shared)["proof"], both.circuit.key
    assert asked_directly(both, proof + bytes(64), key.words, TWO_VALUES)[0] is True


def test_trap_anybody_registers_any_key(both: ReusableStage) -> None:
    """A key of one's own making is as registered as the agreed one; only the adapter insists on the agreed one."""
    stage, foreign = both.shared, both.foreign
    proof = statement(stage)["proof"]
    with pytest.raises(ContractLogicError):
        asked_directly(both, proof, foreign.key.words, TWO_VALUES)
    theirs = reusable_on_chain(stage.chain, stage.stranger, foreign, verifier=stage.circuit.verifier)
    assert theirs.verifier == stage.circuit.verifier and theirs.vka_digest == foreign.key.digest
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_reusable(stage.chain, theirs.adapter, both.circuit)
    asked = Halo2ReusableAdapter(stage.chain, theirs.adapter)
    with pytest.raises(Reverted) as refused:
        asked.verify(**statement(stage))
    assert refused.value.name == "ProofRejected"


# ---- the key


def test_malformed_and_foreign_keys_are_refused(both: ReusableStage) -> None:
    stage, key = both.shared, both.circuit.key
    codes = {
        b"\0": "MalformedVka",
        key.words: "MalformedVka",
        key.code[:-1]: "MalformedVka",
        key.code + b"\0": "MalformedVka",
        b"\1" + key.words: "MalformedVka",
        b"\0" + key.words[:-WORD_BYTES]: "WrongVka",
        key.code + bytes(WORD_BYTES): "WrongVka",
        both.foreign.key.code: "WrongVka",
    }
    for code, why in codes.items():
        address = stored(stage, code)
        with pytest.raises(Reverted) as refused:
            deploy_adapter(stage, both.circuit, address)
        assert refused.value.name == why
    with pytest.raises(Reverted) as refused:
        deploy_adapter(stage, both.circuit, stage.buyer.address)
    assert refused.value.name == "MalformedVka"


def test_key_swapped_after_deployment(both: ReusableStage) -> None:
    stage = both.shared
    job_id, _ = stage.proving_job()
    swap = [stage.circuit.vka, "0x" + both.foreign.key.code.hex()]
    stage.chain.w3.provider.make_request(RPCEndpoint("anvil_setCode"), swap)
    with pytest.raises(CodeMismatch, match="verifying key"):
        check_reusable(stage.chain, stage.circuit.adapter, both.circuit)
    with pytest.raises(Reverted) as refused:
        stage.submit(job_id, 0)
    assert refused.value.name == "WrongVka"


# ---- what a buyer compares


def test_honest_deployment_checks_out(both: ReusableStage) -> None:
    stage, circuit = both.shared, both.circuit
    found = check_reusable(stage.chain, stage.circuit.adapter, circuit)
    assert found == stage.circuit and found.vka is not None
    assert stage.chain.code(found.vka) == circuit.key.code
    assert found.adapter_codehash == keccak256(stage.chain.code(found.adapter))
    assert found.adapter_codehash == expected_reusable_codehash(found.verifier, found.vka, circuit)
    assert found.vka_digest == Halo2ReusableAdapter(stage.chain, found.adapter).contract.functions.vkaDigest().call()
    assert is_reusable(stage.chain, found.adapter) and not is_reusable(stage.chain, both.own.circuit.adapter)


@pytest.mark.parametrize("change", [{"binding": "fixed", "points": 0}, {"points": 2}, {"scale_bits": 8}])
def test_other_parameters_are_a_mismatch(both: ReusableStage, change: dict[str, Any]) -> None:
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_reusable(both.shared.chain, both.shared.circuit.adapter, replace(both.circuit, **change))


def test_other_key_length_or_verifier_is_a_mismatch(both: ReusableStage) -> None:
    stage, circuit = both.shared, both.circuit
    other = replace(circuit.shared, codehash=b"\2" * 32)
    for wrong in (
        replace(circuit, key=both.foreign.key),
        replace(circuit, key=replace(circuit.key, proof_bytes=circuit.key.proof_bytes + 32)),
        replace(circuit, shared=other),
    ):
        with pytest.raises(CodeMismatch, match="verifier adapter"):
            check_reusable(stage.chain, stage.circuit.adapter, wrong)
    with pytest.raises(CodeMismatch, match="shared verifier"):
        reusable_on_chain(stage.chain, stage.seller, circuit, verifier=both.own.circuit.verifier)


def test_neither_adapter_passes_for_the_other(both: ReusableStage) -> None:
    chain, own = both.own.chain, both.own
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_reusable(chain, own.circuit.adapter, both.circuit)
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_deployment(
            chain,
            both.shared.circuit.adapter,
            own.compiled.codehash,
            binding=own.golden.binding,
            points=own.golden.points,
            scale_bits=own.golden.scale_bits,
        )
    with pytest.raises(ChainError, match="no contract"):
        check_reusable(chain, own.buyer.address, both.circuit)


def test_the_verifier_replaced_by_a_yes_man(both: ReusableStage) -> None:
    stage = both.shared
    stage.chain.w3.provider.make_request(
        RPCEndpoint("anvil_setCode"), [stage.circuit.verifier, "0x600160005260206000f3" + "00" * 20]
    )
    with pytest.raises(CodeMismatch, match="shared verifier"):
        check_reusable(stage.chain, stage.circuit.adapter, both.circuit)
    assert refusal(stage) == "CodeChanged"


def test_nothing_is_deployed_twice(both: ReusableStage) -> None:
    stage = both.shared
    before = stage.chain.w3.eth.get_transaction_count(stage.seller.address)
    assert reusable_on_chain(stage.chain, stage.seller, both.circuit) == stage.circuit
    assert deploy_shared(stage.chain, stage.seller, both.circuit.shared) == stage.circuit.verifier
    assert stage.chain.w3.eth.get_transaction_count(stage.seller.address) == before


def test_a_later_model_brings_its_key_alone(both: ReusableStage) -> None:
    stage, entered = both.shared, len(both.shared.chain.ledger.entries)
    reusable_on_chain(stage.chain, stage.seller, both.foreign)
    steps = [line.step for line in stage.chain.ledger.entries[entered:]]
    assert steps == ["vka.deploy", "adapter.deploy"]


# ---- figures, and ezkl's part


def test_figures_are_as_committed(both: ReusableStage) -> None:
    found = differences({"reusable": load_snapshot()}, {"reusable": measure(both)})
    assert not found, f"{found}: if meant, run python tests/escrow/reusable_stage.py and commit the result"
    figures = load_snapshot()
    later = figures["shared: vka.deploy"] + figures["shared: adapter.deploy, key registered"]
    assert later < figures["own: verifier.deploy"] + figures["own: adapter.deploy"]
    assert max(figures.values()) < MAX_TRANSACTION_GAS and figures["shared: verifier bytes"] < MAX_RUNTIME_BYTES


def test_the_golden_source_is_the_known_one() -> None:
    source = (FOLDER / "Halo2VerifierReusable.sol").read_bytes()
    assert hashlib.sha256(source).hexdigest() == SOURCE_SHA256
    assert compile_verifier(source.decode()).abi and not re.search(rb"selfdestruct|delegatecall", source)


def test_words_are_parsed_strictly() -> None:
    words = bytes(range(64))
    assert parse_words((2).to_bytes(8, "little") + words) == words
    for count, body in ((0, b""), (1, words), (3, words), (2, words[:-1])):
        with pytest.raises(ProverFailed, match="verifying key artifact"):
            parse_words(count.to_bytes(8, "little") + body)
    with pytest.raises(ProverFailed):
        parse_words(b"")
    with pytest.raises(ResourceExceeded, match="768 words"):
        parse_words((MAX_WORDS + 1).to_bytes(8, "little") + bytes(WORD_BYTES * (MAX_WORDS + 1)))
    assert len(parse_words(MAX_WORDS.to_bytes(8, "little") + bytes(WORD_BYTES * MAX_WORDS))) + 1 <= MAX_RUNTIME_BYTES
