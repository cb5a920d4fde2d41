"""Every ending of a job on a real chain, with real proofs: who gets what, and that nothing is lost or left over."""

from __future__ import annotations

import pytest
from golden_job import DAY_S
from golden_stage import Stage

from escrow.dev_clock import advance_time
from escrow.reverts import Reverted
from protocols.accuracy.events import State
from protocols.accuracy.terms import AccuracyTerms


def owed(stage: Stage, terms: AccuracyTerms) -> tuple[int, int, int]:
    """Booked wei of seller, buyer and fee recipient; together they must be all the escrow holds."""
    parties = (terms.seller, terms.buyer, terms.fee_recipient)
    amounts = tuple(stage.escrow.owed(who) for who in parties)
    assert sum(amounts) == stage.chain.balance(stage.escrow.address)
    return amounts  # type: ignore[return-value]


def test_completed_with_real_proofs(stage: Stage) -> None:
    job_id, terms = stage.proving_job()
    for index in range(terms.batches):
        stage.submit(job_id, index)
    status = stage.escrow.job(job_id)
    assert (status.state, status.correct, status.batches_verified) == (State.COMPLETED, terms.target, terms.batches)
    bond = terms.deposit - terms.fee
    assert owed(stage, terms) == (bond + terms.payment, bond - terms.payment, 2 * terms.fee)
    before = stage.chain.balance(terms.seller)
    receipt = stage.escrow.withdraw(stage.seller)
    assert stage.chain.balance(terms.seller) == before + bond + terms.payment - receipt.fee_wei
    stage.escrow.withdraw_for(stage.stranger, terms.buyer)
    stage.escrow.withdraw_for(stage.stranger, terms.fee_recipient)
    assert stage.chain.balance(stage.escrow.address) == 0


def test_completes_as_soon_as_the_target_is_reached(stage: Stage) -> None:
    job_id, _ = stage.proving_job(target=2)
    stage.submit(job_id, 1)
    assert stage.escrow.job(job_id).state == State.COMPLETED
    with pytest.raises(Reverted) as refusal:
        stage.submit(job_id, 0)
    assert refusal.value.name == "WrongState"


def test_rejected_when_the_target_is_missed(stage: Stage) -> None:
    job_id, terms = stage.proving_job(target=6)
    for index in range(terms.batches):
        stage.submit(job_id, index)
    with pytest.raises(Reverted) as early:
        stage.escrow.finalise(stage.stranger, job_id)
    assert early.value.name == "TooEarly"
    advance_time(stage.chain, DAY_S)
    stage.escrow.finalise(stage.stranger, job_id)
    assert stage.escrow.job(job_id).state == State.REJECTED
    assert owed(stage, terms) == (0, 2 * (terms.deposit - terms.fee), 2 * terms.fee)


def test_late_proof_is_refused(stage: Stage) -> None:
    job_id, _ = stage.proving_job()
    advance_time(stage.chain, DAY_S)
    with pytest.raises(Reverted) as refusal:
        stage.submit(job_id, 0)
    assert refusal.value.name == "TooLate"


def test_aborted(stage: Stage) -> None:
    terms = stage.terms()
    job_id, _ = stage.escrow.open(stage.buyer, terms)
    stage.escrow.accept(stage.seller, terms, b"\x05" * 32)
    stage.escrow.hand_over(stage.buyer, job_id, b"\x06" * 32)
    stage.escrow.abort(stage.seller, job_id)
    bond = terms.deposit - terms.fee
    assert owed(stage, terms) == (bond + terms.abort_fee, bond - terms.abort_fee, 2 * terms.fee)
    assert stage.escrow.aborts(terms.model_id) == 1
    again = stage.terms(nonce=2)
    stage.escrow.open(stage.buyer, again)
    with pytest.raises(Reverted) as refusal:
        stage.escrow.accept(stage.seller, again, bytes(32))
    assert refusal.value.name == "TooManyAborts"


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_silence_expires_neutrally(stage: Stage, steps: int) -> None:
    terms = stage.terms()
    job_id, _ = stage.escrow.open(stage.buyer, terms)
    if steps > 1:
        stage.escrow.accept(stage.seller, terms, bytes(32))
    if steps > 2:
        stage.escrow.hand_over(stage.buyer, job_id, bytes(32))
    advance_time(stage.chain, DAY_S)
    stage.escrow.finalise(stage.stranger, job_id)
    assert stage.escrow.job(job_id).state == State.EXPIRED
    assert owed(stage, terms) == (terms.deposit if steps > 1 else 0, terms.deposit, 0)
    assert stage.escrow.aborts(terms.model_id) == (1 if steps == 3 else 0)


def test_snapshot_and_events_tell_the_whole_job(stage: Stage) -> None:
    first = stage.chain.block_number() + 1
    job_id, terms = stage.proving_job()
    stage.submit(job_id, 2)
    seen = stage.escrow.snapshot(job_id)
    assert seen.terms == terms
    assert seen.batches_done == (2,)
    assert seen.status.tag == stage.golden.tag
    assert seen.status.ciphertext_root == b"\x11" * 32
    assert seen.status.deadline > seen.timestamp
    assert set(seen.owed.values()) == {0}
    names = [event.name for event in stage.escrow.job_events(job_id, first)]
    assert names == ["JobOpened", "JobAccepted", "HandedOver", "Proceeded", "BatchVerified"]
    last = stage.escrow.job_events(job_id, first)[-1]
    assert last.arguments == {"jobId": job_id, "batchIndex": 2, "count": 2, "correct": 2}


def test_gas_is_accounted_by_step(stage: Stage) -> None:
    before = len(stage.chain.ledger.entries)
    job_id, _ = stage.proving_job()
    gas = stage.submit(job_id, 0)
    lines = stage.chain.ledger.entries[before:]
    steps = ["open", "accept", "handOver", "proceed", "submitBatch"]
    assert [line.step for line in lines] == [f"accuracy.{step}" for step in steps]
    assert lines[-1].gas_used == gas
    assert all(line.fee_wei > 0 and line.succeeded for line in lines)
