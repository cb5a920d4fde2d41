"""Every argument of ``submitBatch`` changed in turn: the contract refuses, and says why."""

from __future__ import annotations

import pytest
from golden_stage import Stage

from escrow.reverts import Reverted
from proofs.errors import ResourceExceeded
from proofs.halo2.tag import bound_tag
from protocols.accuracy.events import State

FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def flipped(proof: bytes, place: int) -> bytes:
    return proof[:place] + bytes([proof[place] ^ 1]) + proof[place + 1 :]


def tampered(stage: Stage) -> dict[str, tuple[str, dict[str, object]]]:
    """Mutation -> (expected custom error, changed arguments), all on batch 0."""
    mine, other = stage.golden.batches[:2]
    return {
        "another batch's proof": ("ProofRejected", {"proof": other.proof}),
        "proof: commitment byte": ("WrongWeights", {"proof": flipped(mine.proof, 0)}),
        "proof: byte after the commitment": ("ProofRejected", {"proof": flipped(mine.proof, 64)}),
        "proof: last byte": ("ProofRejected", {"proof": flipped(mine.proof, len(mine.proof) - 1)}),
        "proof: cut": ("ProofRejected", {"proof": mine.proof[:-32]}),
        "proof: trailing byte": ("ProofRejected", {"proof": mine.proof + b"\0"}),
        "proof: shorter than the commitment": ("WrongWeights", {"proof": mine.proof[:63]}),
        "proof: empty": ("WrongWeights", {"proof": b""}),
        "count: one more": ("ProofRejected", {"count": mine.count + 1}),
        "count: one less": ("ProofRejected", {"count": mine.count - 1}),
        "count: above the batch": ("CountTooHigh", {"count": stage.golden.batch + 1}),
        "count: wraps the field": ("CountTooHigh", {"count": FIELD_ORDER + mine.count}),
        "note: other": ("ProofRejected", {"note": bytes(32)}),
        "tag hash: other": ("ProofRejected", {"tag_hash": mine.tag_hash ^ 1}),
        "tag hash: not canonical": ("NotInField", {"tag_hash": mine.tag_hash + FIELD_ORDER}),
        "h: swapped": ("WrongDataRoot", {"h": mine.h[::-1]}),
        "h: another batch's": ("WrongDataRoot", {"h": other.h}),
        "h: too few": ("WrongBatchSize", {"h": mine.h[:1]}),
        "h: not canonical": ("HashNotInField", {"h": (mine.h[0] + FIELD_ORDER, mine.h[1])}),
        "payload root: swapped": ("WrongDataRoot", {"payload_roots": mine.payload_roots[::-1]}),
        "payload roots: too few": ("MisshapenBatch", {"payload_roots": mine.payload_roots[:1]}),
        "path: swapped": ("WrongDataRoot", {"path": mine.path[::-1]}),
        "path: short": ("MisshapenPath", {"path": mine.path[:1]}),
        "index: of another batch": ("WrongDataRoot", {"index": 1}),
        "index: none": ("NoSuchBatch", {"index": 3}),
    }


def test_every_tampered_submission_is_refused(stage: Stage) -> None:
    job_id, _ = stage.proving_job()
    for mutation, (expected, changes) in tampered(stage).items():
        with pytest.raises(Reverted) as refusal:
            stage.submit(job_id, 0, **changes)
        assert refusal.value.name == expected, mutation
    assert stage.escrow.job(job_id).batches_verified == 0
    stage.submit(job_id, 0)


def test_batch_counts_once(stage: Stage) -> None:
    job_id, _ = stage.proving_job()
    stage.submit(job_id, 0)
    with pytest.raises(Reverted) as refusal:
        stage.submit(job_id, 0)
    assert refusal.value.name == "BatchAlreadyVerified"
    assert stage.escrow.job(job_id).correct == stage.golden.batches[0].count


def test_proof_of_one_job_is_worthless_in_the_next(stage: Stage) -> None:
    job_id, _ = stage.proving_job(nonce=2)
    with pytest.raises(Reverted) as refusal:
        stage.submit(job_id, 0)
    assert refusal.value.name == "ProofRejected"
    assert stage.escrow.job(job_id).state == State.PROVING


def test_submitter_does_not_matter_payee_does(stage: Stage) -> None:
    job_id, terms = stage.proving_job(target=1)
    batch = stage.golden.batches[0]
    stage.escrow.submit_batch(
        stage.stranger,
        job_id,
        0,
        h=batch.h,
        payload_roots=batch.payload_roots,
        path=batch.path,
        note=stage.golden.note,
        tag_hash=batch.tag_hash,
        count=batch.count,
        proof=batch.proof,
    )
    assert stage.escrow.owed(stage.stranger.address) == 0
    assert stage.escrow.owed(terms.seller) == terms.deposit - terms.fee + terms.payment


def test_refused_proof_that_is_mined_all_the_same(stage: Stage) -> None:
    job_id, _ = stage.proving_job()
    with pytest.raises(Reverted) as refusal:
        stage.submit(job_id, 0, proof=stage.golden.batches[1].proof, gas_limit=3_000_000)
    assert refusal.value.name == "ProofRejected"
    assert refusal.value.gas_used == stage.chain.ledger.entries[-1].gas_used
    assert stage.chain.ledger.entries[-1].succeeded is False


def test_adapter_answers_without_a_transaction(stage: Stage) -> None:
    from escrow.adapter import Halo2Adapter

    bound = bound_tag(stage.golden.tag, stage.golden.note)
    adapter, batch = Halo2Adapter(stage.chain, stage.circuit.adapter), stage.golden.batches[0]
    statement = {
        "weights_commitment": stage.golden.weights_commitment,
        "tag": bound,
        "tag_hash": batch.tag_hash,
        "h": batch.h,
        "count": batch.count,
        "proof": batch.proof,
    }
    assert adapter.verify(**statement)  # type: ignore[arg-type]
    for limb in range(16):
        tag = bytearray(bound)
        tag[2 * limb] ^= 1
        with pytest.raises(Reverted) as refusal:
            adapter.verify(**{**statement, "tag": bytes(tag)})  # type: ignore[arg-type]
        assert refusal.value.name == "ProofRejected"


def test_gas_limit_above_the_cap_is_refused_by_the_node(stage: Stage) -> None:
    job_id, _ = stage.proving_job()
    with pytest.raises(ResourceExceeded):
        stage.submit(job_id, 0, gas_limit=16_777_217)
