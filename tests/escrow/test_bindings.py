"""Each way to bind weights, end to end on a chain: real proofs pass, other weights and wrong commitments do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from golden_job import BINDINGS, load_golden
from golden_stage import Stage

from escrow.adapter import Halo2Adapter
from escrow.registry import model_id_of
from escrow.reverts import Reverted
from escrow.solc import MAX_RUNTIME_BYTES
from proofs.halo2.description import BINDING_CODES
from proofs.halo2.tag import bound_tag
from protocols.accuracy.events import State

# What each binding says of a proof made with other weights than the committed ones, under the right tag.
IMPOSTOR_REFUSED = {"polycommit": "WrongWeights", "hashed": "ProofRejected", "fixed": "ProofRejected"}


def statement(stage: Stage, number: int = 0) -> dict[str, object]:
    """Arguments of ``Halo2Adapter.verify`` for a golden batch."""
    batch, golden = stage.golden.batches[number], stage.golden
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
    adapter = Halo2Adapter(stage.chain, stage.circuit.adapter)
    with pytest.raises(Reverted) as refused:
        adapter.verify(**{**statement(stage), **changes})  # type: ignore[arg-type]
    return refused.value.name


def test_adapter_carries_the_binding_and_fits(bound: Stage) -> None:
    assert bound.circuit.binding == bound.golden.binding
    code = Halo2Adapter(bound.chain, bound.circuit.adapter).contract.functions.binding().call()
    assert code == BINDING_CODES[bound.golden.binding]
    assert bound.compiled.codehash == bound.golden.verifier_codehash == bound.circuit.verifier_codehash
    assert len(bound.compiled.runtime) <= MAX_RUNTIME_BYTES


def test_job_completes_and_pays_with_real_proofs(bound: Stage) -> None:
    job_id, terms = bound.proving_job()
    assert bound.escrow.job(job_id).tag == bound.golden.tag
    for index in range(terms.batches):
        bound.submit(job_id, index)
    status = bound.escrow.job(job_id)
    assert (status.state, status.correct) == (State.COMPLETED, terms.target)
    assert bound.escrow.owed(terms.seller) == terms.deposit - terms.fee + terms.payment


def test_adapter_accepts_every_batch(bound: Stage) -> None:
    adapter = Halo2Adapter(bound.chain, bound.circuit.adapter)
    assert all(adapter.verify(**statement(bound, number)) for number in range(3))  # type: ignore[arg-type]


def test_adapter_refuses_every_changed_public_value(bound: Stage) -> None:
    facts = statement(bound)
    tag, proof, h = facts["tag"], facts["proof"], facts["h"]
    assert isinstance(tag, bytes) and isinstance(proof, bytes) and isinstance(h, tuple)
    assert refusal(bound, count=bound.golden.batches[0].count + 1) == "ProofRejected"
    assert refusal(bound, tag=bytes([tag[0] ^ 1]) + tag[1:]) == "ProofRejected"
    assert refusal(bound, h=h[::-1]) == "ProofRejected"
    assert refusal(bound, tag_hash=bound.golden.batches[0].tag_hash ^ 1) == "ProofRejected"
    assert refusal(bound, proof=proof[:-1] + bytes([proof[-1] ^ 1])) == "ProofRejected"


def test_wrong_weights_commitment(bound: Stage) -> None:
    right = bound.golden.weights_commitment
    wrong = right[:-1] + bytes([right[-1] ^ 1])
    if bound.golden.binding == "fixed":  # the verifying key holds the weights; the registered word is not looked at
        adapter = Halo2Adapter(bound.chain, bound.circuit.adapter)
        assert adapter.verify(**{**statement(bound), "weights_commitment": wrong})  # type: ignore[arg-type]
    else:
        expected = "WrongWeights" if bound.golden.binding == "polycommit" else "ProofRejected"
        assert refusal(bound, weights_commitment=wrong) == expected


def test_hashed_commitment_must_be_a_field_element(bound: Stage) -> None:
    if bound.golden.binding == "hashed":
        assert refusal(bound, weights_commitment=b"\xff" * 32) == "NotInField"


def test_proof_with_other_weights_under_the_right_tag_is_refused(bound: Stage) -> None:
    """The lazy seller: another model of the same architecture, proven honestly, passed off as the committed one."""
    job_id, _ = bound.proving_job()
    other = bound.golden.impostor
    assert other.h == bound.golden.batches[0].h
    with pytest.raises(Reverted) as refused:
        bound.submit(job_id, 0, proof=other.proof, count=other.count, tag_hash=other.tag_hash)
    assert refused.value.name == IMPOSTOR_REFUSED[bound.golden.binding]
    assert bound.escrow.job(job_id).batches_verified == 0


def test_model_registered_with_another_commitment_has_no_use_for_the_proofs(bound: Stage) -> None:
    golden = bound.golden
    architecture, weights, quantisation, shape = golden.digests
    digests = (architecture, weights[:-1] + bytes([weights[-1] ^ 1]), quantisation, shape)
    model_id, _ = bound.registry.register(bound.seller, *digests, stake_wei=10**18)
    assert model_id == model_id_of(bound.seller.address, *digests) != golden.model_id
    job_id, _ = replace(bound, golden=replace(golden, model_id=model_id)).proving_job()
    with pytest.raises(Reverted) as refused:
        bound.submit(job_id, 0)
    assert refused.value.name == ("WrongWeights" if golden.binding == "polycommit" else "ProofRejected")


def test_verifiers_of_two_bindings_do_not_take_each_others_proofs(bound: Stage) -> None:
    for binding in BINDINGS:
        if binding != bound.golden.binding:
            foreign = load_golden(binding).batches[0].proof
            assert refusal(bound, proof=foreign) in {"ProofRejected", "WrongWeights"}
