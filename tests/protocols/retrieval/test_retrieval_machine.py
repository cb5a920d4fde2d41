"""The retrieval machine: every transition, every illegal one, every clock edge, and conservation of wei."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from retrieval_samples import DRAWN, FEE_RECIPIENT, FOUND, OVER, REQUESTER, RESPONDER, STRANGER, TERMS

from proofs.errors import InvalidInput
from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.retrieval.endings import settle
from protocols.retrieval.events import (
    Accept,
    Acknowledge,
    ComplainDecryption,
    ComplainView,
    Deliver,
    Draw,
    Event,
    Finalise,
    Open,
    Reveal,
    Rule,
    State,
    SubmitBatch,
    TopUp,
)
from protocols.retrieval.machine import JobState, apply
from protocols.retrieval.paths import Scenario
from protocols.retrieval.terms import RetrievalTerms

T0 = 1_000
ROOT, KEY, KEY_HASH = b"\xc1" * 32, b"\x4e" * 32, b"\x7a" * 32
OPEN, ACCEPT = Open(REQUESTER, TERMS.requester_funds), Accept(RESPONDER, TERMS.responder_funds, 1)
PROOFS = [SubmitBatch(RESPONDER, 0, 2), SubmitBatch(STRANGER, 1, 0), SubmitBatch(RESPONDER, 2, 3)]
"""Documents 1 and 4 match; the bit of document 5, which is blank, counts for nothing."""
DELIVER, RECEIPT, REVEAL = Deliver(RESPONDER, KEY_HASH, ROOT, 9), Acknowledge(REQUESTER, ROOT), Reveal(RESPONDER, KEY)
COMPLAIN = ComplainDecryption(STRANGER, 4, valid=True)
WAY: dict[State, list[Event]] = {
    State.NONE: [],
    State.OPEN: [OPEN],
    State.PROVING: [OPEN, ACCEPT],
    State.PROVEN: [OPEN, ACCEPT, *PROOFS],
    State.DELIVERED: [OPEN, ACCEPT, *PROOFS, DELIVER],
    State.LOCKED: [OPEN, ACCEPT, *PROOFS, DELIVER, RECEIPT],
    State.REVEALED: [OPEN, ACCEPT, *PROOFS, DELIVER, RECEIPT, REVEAL],
}
FINALISED = {State.EXPIRED: State.OPEN, State.UNDELIVERED: State.PROVEN, State.COMPLETED: State.REVEALED}
AFTER = {
    State.OPEN: State.EXPIRED,
    State.PROVING: State.REJECTED,
    State.OVER_CAP: State.UNDELIVERED,
    State.PROVEN: State.UNDELIVERED,
    State.DELIVERED: State.UNDELIVERED,
    State.LOCKED: State.REJECTED,
    State.REVEALED: State.COMPLETED,
}


def play(events: list[Event], terms: RetrievalTerms = TERMS) -> tuple[JobState, dict[str, int]]:
    """Apply events one second apart; returns the job and what everybody was credited."""
    job, credited = JobState(terms=terms), dict.fromkeys((REQUESTER, RESPONDER, FEE_RECIPIENT), 0)
    for step, event in enumerate(events):
        job, credits = apply(job, event, T0 + step)
        for credit in credits:
            credited[credit.who] += credit.amount
    return job, credited


def over_cap() -> list[Event]:
    return [Open(REQUESTER, OVER.terms.requester_funds), ACCEPT, *PROOFS]


def at(state: State) -> JobState:
    """The sample job in ``state``."""
    if state is State.OVER_CAP:
        return play(over_cap(), OVER.terms)[0]
    if state is State.REJECTED:
        return play([*WAY[State.REVEALED], COMPLAIN])[0]
    if state in FINALISED:
        job = at(FINALISED[state])
        return apply(job, Finalise(STRANGER), job.deadline)[0]
    return play(WAY[state])[0]


def refused(job: JobState, event: Event, now: int | None = None) -> str:
    with pytest.raises(RuleViolation) as caught:
        apply(job, event, job.deadline - 1 if now is None else now)
    return caught.value.rule


MOVES: dict[State, Event] = {
    State.OPEN: ACCEPT,
    State.PROVING: PROOFS[0],
    State.OVER_CAP: TopUp(REQUESTER, 300),
    State.PROVEN: DELIVER,
    State.DELIVERED: RECEIPT,
    State.LOCKED: REVEAL,
    State.REVEALED: COMPLAIN,
}


@pytest.mark.parametrize(
    ("before", "after", "window"),
    [
        (State.OPEN, State.PROVING, TERMS.prove_window),
        (State.OVER_CAP, State.PROVEN, TERMS.deliver_window),
        (State.PROVEN, State.DELIVERED, TERMS.receipt_window),
        (State.DELIVERED, State.LOCKED, TERMS.reveal_window),
        (State.LOCKED, State.REVEALED, TERMS.complain_window),
    ],
)
def test_forward_moves_start_the_next_clock(before: State, after: State, window: int) -> None:
    now = T0 + 50
    job, credits = apply(at(before), MOVES[before], now)
    assert (job.state, job.deadline, credits) == (after, now + window, ())


def test_opening_and_proofs() -> None:
    job, _ = apply(JobState(terms=TERMS), OPEN, T0)
    assert (job.state, job.deadline, job.locked) == (State.OPEN, T0 + TERMS.accept_window, 1_607)
    job, _ = play([OPEN, ACCEPT, *PROOFS[:2]])
    assert (job.state, job.matches, job.batches_done) == (State.PROVING, 1, frozenset({0, 1}))
    job, credits = apply(job, PROOFS[2], T0 + 40)
    assert (job.state, job.deadline) == (State.PROVEN, T0 + 40 + TERMS.deliver_window)
    assert job.selected == {1, 4} and credits == (Credit(RESPONDER, TERMS.base_fee),)
    assert job.locked == 600 + 7 + 5_000 + 7


def test_posted_words_are_kept() -> None:
    job = at(State.REVEALED)
    assert (job.key_hash, job.ciphertext_root, job.chunk_count, job.key) == (KEY_HASH, ROOT, 9, KEY)


def test_nothing_found_completes_at_once() -> None:
    job, credited = play([OPEN, ACCEPT, *(replace(proof, bits=2 * (proof.index == 2)) for proof in PROOFS)])
    assert (job.state, job.matches, job.locked) == (State.COMPLETED, 0, 0)
    assert job.deadline == T0 + 4 + TERMS.deliver_window  # of the state it passed through
    assert credited == {RESPONDER: 6_000, REQUESTER: 600, FEE_RECIPIENT: 14}


def test_completed_pays_for_each_match() -> None:
    job = at(State.REVEALED)
    ended, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert ended.state is State.COMPLETED
    assert credits == (Credit(RESPONDER, 5_600), Credit(FEE_RECIPIENT, 14))


def test_over_the_cap() -> None:
    job, credited = play(over_cap(), OVER.terms)
    assert (job.state, job.deadline) == (State.OVER_CAP, T0 + 4 + TERMS.top_up_window)
    assert credited[RESPONDER] == TERMS.base_fee
    for value in (299, 301):
        assert refused(job, TopUp(REQUESTER, value)) == Rule.WRONG_VALUE
    assert refused(job, TopUp(RESPONDER, 300)) == Rule.NOT_YOUR_MOVE
    topped, _ = apply(job, TopUp(REQUESTER, 300), T0 + 10)
    assert (topped.topped_up, topped.locked) == (300, job.locked + 300)
    for event, now in ((DELIVER, T0 + 11), (RECEIPT, T0 + 12), (REVEAL, T0 + 13)):
        topped, _ = apply(topped, event, now)
    sold, credits = apply(topped, Finalise(REQUESTER), topped.deadline)
    assert credits == (Credit(RESPONDER, 5_600), Credit(FEE_RECIPIENT, 14)) and sold.locked == 0
    rejected, credits = apply(topped, COMPLAIN, T0 + 20)
    assert rejected.state is State.REJECTED
    assert credits == (Credit(REQUESTER, 300 + 300 + 5_000), Credit(FEE_RECIPIENT, 14))


@pytest.mark.parametrize(
    ("state", "responder", "requester", "fees"),
    [
        (State.OPEN, 0, 1_607, 0),
        (State.PROVING, 0, 1_000 + 600 + 5_000, 14),
        (State.OVER_CAP, 5_000, 300, 14),
        (State.PROVEN, 5_000, 600, 14),
        (State.DELIVERED, 5_000, 600, 14),
        (State.LOCKED, 0, 600 + 5_000, 14),
        (State.REVEALED, 5_600, 0, 14),
    ],
)
def test_silence(state: State, responder: int, requester: int, fees: int) -> None:
    job = at(state)
    ended, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert (ended.state, ended.locked) == (AFTER[state], 0)
    paid = {credit.who: credit.amount for credit in credits}
    assert paid == {
        who: amount for who, amount in ((RESPONDER, responder), (REQUESTER, requester), (FEE_RECIPIENT, fees)) if amount
    }


@pytest.mark.parametrize("complaint", [COMPLAIN, ComplainView(REQUESTER, 1, valid=True)])
def test_an_upheld_complaint_slashes(complaint: Event) -> None:
    job, credits = apply(at(State.REVEALED), complaint, at(State.REVEALED).deadline - 1)
    assert job.state is State.REJECTED
    assert credits == (Credit(REQUESTER, 5_600), Credit(FEE_RECIPIENT, 14))


@pytest.mark.parametrize("state", list(AFTER))
def test_clock_edges(state: State) -> None:
    job = at(state)
    apply(job, MOVES[state], job.deadline - 1)
    assert refused(job, MOVES[state], job.deadline) == Rule.TOO_LATE
    assert refused(job, Finalise(REQUESTER)) == Rule.TOO_EARLY
    assert apply(job, Finalise(REQUESTER), job.deadline)[0].state is AFTER[state]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", [OPEN, *MOVES.values(), Draw(STRANGER, 9)], ids=lambda event: type(event).__name__)
def test_every_other_move_is_in_the_wrong_state(state: State, event: Event) -> None:
    job = at(state)
    if state is not State.NONE and isinstance(event, Open):
        assert refused(job, replace(event, value=job.terms.requester_funds)) == Rule.TAG_USED
    elif isinstance(event, Draw) and state is State.PROVING:
        assert refused(job, event) == Rule.WRONG_PREDICATE
    elif event == MOVES.get(state) or isinstance(event, Open):
        apply(job, event, job.deadline - 1)
    else:
        assert refused(job, event) == Rule.WRONG_STATE


@pytest.mark.parametrize("state", [State.NONE, State.COMPLETED, State.REJECTED, State.UNDELIVERED, State.EXPIRED])
def test_nothing_to_finalise(state: State) -> None:
    assert refused(at(state), Finalise(REQUESTER), 10**9) == Rule.NOTHING_TO_FINALISE


@pytest.mark.parametrize("state", [State.OPEN, State.OVER_CAP, State.PROVEN, State.DELIVERED, State.LOCKED])
def test_only_the_mover_moves(state: State) -> None:
    event = MOVES[state]
    for sender in {REQUESTER, RESPONDER, STRANGER} - {event.sender}:
        assert refused(at(state), replace(event, sender=sender)) == Rule.NOT_YOUR_MOVE
    assert refused(at(State.NONE), Open(RESPONDER, 1_607)) == Rule.NOT_YOUR_MOVE


@pytest.mark.parametrize(
    ("state", "event", "rule"),
    [
        (State.NONE, Open(REQUESTER, 1_606), Rule.WRONG_VALUE),
        (State.OPEN, Accept(RESPONDER, 5_008), Rule.WRONG_VALUE),
        (State.PROVING, SubmitBatch(RESPONDER, 3, 0), Rule.NO_SUCH_BATCH),
        (State.PROVING, SubmitBatch(RESPONDER, -1, 0), Rule.NO_SUCH_BATCH),
        (State.PROVING, SubmitBatch(RESPONDER, 0, 4, valid=False), Rule.BITS_TOO_WIDE),
        (State.PROVING, SubmitBatch(RESPONDER, 0, 0, valid=False), Rule.PROOF_REJECTED),
        (State.PROVEN, replace(DELIVER, chunk_count=1), Rule.TOO_FEW_CHUNKS),
        (State.PROVEN, replace(DELIVER, seen=True), Rule.KEY_HASH_USED),
        (State.DELIVERED, Acknowledge(REQUESTER, KEY_HASH), Rule.WRONG_DELIVERY),
        (State.LOCKED, replace(REVEAL, matches=False), Rule.WRONG_KEY),
        (State.REVEALED, ComplainDecryption(REQUESTER, 1, valid=False), Rule.CHUNK_IS_HONEST),
        (State.REVEALED, ComplainView(REQUESTER, 1, valid=False), Rule.VIEW_IS_HONEST),
        (State.REVEALED, ComplainView(REQUESTER, 1, valid=True, opens=False), Rule.BAD_OPENING),
        (State.REVEALED, ComplainDecryption(REQUESTER, 0, valid=True), Rule.NOT_SELECTED),
        (State.REVEALED, ComplainDecryption(REQUESTER, 5, valid=True), Rule.NOT_SELECTED),
    ],
)
def test_refused_arguments(state: State, event: Event, rule: Rule) -> None:
    assert refused(at(state), event) == rule


def test_a_batch_counts_once_and_as_few_chunks_as_matches_are_enough() -> None:
    job, _ = apply(at(State.PROVING), PROOFS[0], T0 + 10)
    assert refused(job, replace(PROOFS[0], bits=0), T0 + 11) == Rule.BATCH_DONE
    assert apply(at(State.PROVEN), replace(DELIVER, chunk_count=2), T0 + 10)[0].chunk_count == 2


def test_short_windows_do_not_open() -> None:
    job = JobState(terms=TERMS, min_window=101)
    assert refused(job, OPEN, T0) == Rule.BAD_TERMS
    assert apply(replace(job, min_window=100), OPEN, T0)[0].state is State.OPEN


def drawing() -> JobState:
    """A sample job after its acceptance at height 10: block 12 draws."""
    terms = DRAWN.terms
    return play([Open(REQUESTER, terms.requester_funds), Accept(RESPONDER, terms.responder_funds, 10)], terms)[0]


def test_the_draw() -> None:
    job = drawing()
    assert job.draw_block == 12
    assert refused(job, SubmitBatch(RESPONDER, 0, 0)) == Rule.WRONG_PREDICATE
    for block in (11, 12):
        assert refused(job, Draw(STRANGER, block, (0, 3))) == Rule.DRAW_TOO_EARLY
    drawn, credits = apply(job, Draw(STRANGER, 13, (0, 3)), job.deadline - 1)
    assert (drawn.state, drawn.selected, credits) == (State.PROVEN, {0, 3}, (Credit(RESPONDER, 1_000),))
    moved, credits = apply(job, Draw(STRANGER, 300, gone=True), T0 + 300)
    assert (moved.state, moved.draw_block, moved.deadline, credits) == (State.PROVING, 302, job.deadline, ())
    assert refused(moved, Draw(STRANGER, 302, (0, 3))) == Rule.DRAW_TOO_EARLY
    for documents in ((0,), (0, 0), (0, 4), (0, 1, 2)):
        with pytest.raises(InvalidInput, match="a draw selects 2"):
            apply(job, Draw(STRANGER, 13, documents), T0 + 5)


def test_no_other_ending_exists() -> None:
    possible = {(before, after) for before, after in AFTER.items()}
    possible |= {(State.REVEALED, State.REJECTED)}
    for before in State:
        for ending in State:
            if (before, ending) not in possible:
                with pytest.raises(RuleViolation):
                    settle(TERMS, before, ending, 2, 0)


parties = st.sampled_from([REQUESTER, RESPONDER, STRANGER])
events = st.one_of(
    st.builds(Open, parties, st.sampled_from([1_607, 1_307, 1_606])),
    st.builds(Accept, parties, st.sampled_from([5_007, 0]), st.just(10)),
    st.builds(SubmitBatch, parties, st.integers(-1, 3), st.integers(0, 4), st.booleans()),
    st.builds(Draw, parties, st.integers(10, 14), st.just((0, 3)), st.booleans()),
    st.builds(TopUp, parties, st.sampled_from([300, 600, 1])),
    st.builds(Deliver, parties, chunk_count=st.integers(1, 9), seen=st.booleans()),
    st.builds(Acknowledge, parties),
    st.builds(Reveal, parties, matches=st.booleans()),
    st.builds(ComplainDecryption, parties, st.integers(0, 5), st.booleans()),
    st.builds(ComplainView, parties, st.integers(0, 5), st.booleans()),
    st.builds(Finalise, parties),
)


@settings(max_examples=300, deadline=None)
@given(
    scenario=st.sampled_from([FOUND, OVER, DRAWN]),
    moves=st.lists(st.tuples(events, st.integers(0, 420)), max_size=24),
    progress=st.integers(0, 8),
)
def test_funds_are_conserved_whatever_happens(
    scenario: Scenario, moves: list[tuple[Event, int]], progress: int
) -> None:
    terms = scenario.terms
    start: list[Event] = [Open(REQUESTER, terms.requester_funds), Accept(RESPONDER, terms.responder_funds, 10)]
    start += [Draw(STRANGER, 13, (0, 3))] if terms.sampled else PROOFS
    start += [TopUp(REQUESTER, 300)] if scenario is OVER else []
    start = [*start, DELIVER, RECEIPT, REVEAL][:progress]
    job, credited = play(start, terms)
    now, paid_out = T0 + 10, sum(credited.values())
    paid_in = sum(getattr(event, "value", 0) for event in start)
    for event, pause in moves:
        now += pause
        try:
            after, credits = apply(job, event, now)
        except RuleViolation:
            continue
        paid_in += getattr(event, "value", 0)
        paid_out += sum(credit.amount for credit in credits)
        assert all(credit.amount > 0 for credit in credits)
        assert after.state > job.state or isinstance(event, (SubmitBatch, Draw))
        job = after
        assert paid_in == job.locked + paid_out
        assert job.state in (State.NONE, *AFTER) or job.locked == 0
    if job.state in AFTER:  # never stuck: anyone can end it at the deadline
        ended, credits = apply(job, Finalise(STRANGER), max(now, job.deadline))
        assert ended.state.ended and sum(credit.amount for credit in credits) == job.locked
