"""The state machine: every transition, every illegal one, every clock edge, and conservation of wei."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_samples import BUYER, FEE_RECIPIENT, SELLER, STRANGER, TERMS, terms_with

from protocols.accuracy.endings import Credit, settle
from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, Rule, State, SubmitBatch
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.terms import AccuracyTerms
from protocols.errors import RuleViolation

T0 = 1_000
D, EPS = TERMS.deposit, TERMS.fee
OPEN, ACCEPT = Open(BUYER, D), Accept(SELLER, D, b"\x09" * 32)
HAND_OVER, PROCEED, ABORT = HandOver(BUYER, b"\x0a" * 32), Proceed(SELLER), Abort(SELLER)
WAY = {
    State.NONE: [],
    State.OPEN: [OPEN],
    State.ACCEPTED: [OPEN, ACCEPT],
    State.HANDED_OVER: [OPEN, ACCEPT, HAND_OVER],
    State.PROVING: [OPEN, ACCEPT, HAND_OVER, PROCEED],
    State.COMPLETED: [OPEN, ACCEPT, HAND_OVER, PROCEED, SubmitBatch(SELLER, 0, 2), SubmitBatch(SELLER, 1, 1)],
    State.ABORTED: [OPEN, ACCEPT, HAND_OVER, ABORT],
}
MOVES: list[Event] = [OPEN, ACCEPT, HAND_OVER, PROCEED, ABORT, SubmitBatch(SELLER, 0, 2), Finalise(STRANGER)]


def play(events: list[Event], now: int = T0, terms: AccuracyTerms = TERMS) -> tuple[JobState, dict[str, int]]:
    """Apply events one second apart; returns the job and what everybody was credited."""
    job, credited = JobState(terms=terms), dict.fromkeys((BUYER, SELLER, FEE_RECIPIENT), 0)
    for step, event in enumerate(events):
        job, credits = apply(job, event, now + step)
        for credit in credits:
            credited[credit.who] += credit.amount
    return job, credited


def at(state: State) -> JobState:
    """The sample job in ``state``."""
    if state is State.EXPIRED:
        job = at(State.OPEN)
        return apply(job, Finalise(BUYER), job.deadline)[0]
    if state is State.REJECTED:
        job = at(State.PROVING)
        return apply(job, Finalise(BUYER), job.deadline)[0]
    return play(WAY[state])[0]


def refused(job: JobState, event: Event, now: int) -> str:
    with pytest.raises(RuleViolation) as caught:
        apply(job, event, now)
    return caught.value.rule


@pytest.mark.parametrize(
    ("before", "event", "after", "window"),
    [
        (State.NONE, OPEN, State.OPEN, TERMS.accept_window),
        (State.OPEN, ACCEPT, State.ACCEPTED, TERMS.hand_over_window),
        (State.ACCEPTED, HAND_OVER, State.HANDED_OVER, TERMS.decide_window),
        (State.HANDED_OVER, PROCEED, State.PROVING, TERMS.prove_window),
    ],
)
def test_forward_moves_start_the_next_clock(before: State, event: Event, after: State, window: int) -> None:
    now = T0 + 50
    job, credits = apply(at(before), event, now)
    assert (job.state, job.deadline, credits) == (after, now + window, ())


def test_posted_words_are_kept() -> None:
    job = at(State.PROVING)
    assert (job.seed, job.ciphertext_root) == (b"\x09" * 32, b"\x0a" * 32)


def test_completed_pays_the_seller() -> None:
    job, credited = play(WAY[State.COMPLETED])
    assert (job.state, job.correct, job.locked, job.aborts_added) == (State.COMPLETED, 3, 0, 0)
    assert credited == {BUYER: D - EPS - TERMS.payment, SELLER: D - EPS + TERMS.payment, FEE_RECIPIENT: 2 * EPS}


def test_rejected_pays_the_buyer() -> None:
    job, _ = play([*WAY[State.PROVING], SubmitBatch(SELLER, 1, 2)])
    assert (job.state, job.correct, job.batches_done) == (State.PROVING, 2, frozenset({1}))
    job, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert (job.state, job.aborts_added) == (State.REJECTED, 0)
    assert credits == (Credit(BUYER, D - EPS + TERMS.penalty), Credit(FEE_RECIPIENT, 2 * EPS))


def test_aborted_pays_for_the_look() -> None:
    job, credited = play(WAY[State.ABORTED])
    assert (job.state, job.aborts_added) == (State.ABORTED, 1)
    assert credited == {BUYER: D - EPS - TERMS.abort_fee, SELLER: D - EPS + TERMS.abort_fee, FEE_RECIPIENT: 2 * EPS}


@pytest.mark.parametrize(
    ("state", "seller_back", "counted"), [(State.OPEN, 0, 0), (State.ACCEPTED, D, 0), (State.HANDED_OVER, D, 1)]
)
def test_silence_before_proving_is_neutral(state: State, seller_back: int, counted: int) -> None:
    job = at(state)
    ended, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert (ended.state, ended.locked, ended.aborts_added) == (State.EXPIRED, 0, counted)
    assert dict((c.who, c.amount) for c in credits) == ({BUYER: D, SELLER: D} if seller_back else {BUYER: D})


@pytest.mark.parametrize("state", [State.OPEN, State.ACCEPTED, State.HANDED_OVER, State.PROVING])
def test_clock_edges(state: State) -> None:
    job = at(state)
    movers = {State.OPEN: [ACCEPT], State.ACCEPTED: [HAND_OVER], State.HANDED_OVER: [PROCEED, ABORT]}
    for move in movers.get(state, [SubmitBatch(STRANGER, 0, 2)]):
        apply(job, move, job.deadline - 1)
        assert refused(job, move, job.deadline) == Rule.TOO_LATE
    assert refused(job, Finalise(BUYER), job.deadline - 1) == Rule.TOO_EARLY
    apply(job, Finalise(BUYER), job.deadline)


LEGAL = {
    State.NONE: {Open},
    State.OPEN: {Accept},
    State.ACCEPTED: {HandOver},
    State.HANDED_OVER: {Proceed, Abort},
    State.PROVING: {SubmitBatch},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", MOVES, ids=lambda event: type(event).__name__)
def test_every_other_move_is_in_the_wrong_state(state: State, event: Event) -> None:
    job = at(state)
    if type(event) in LEGAL.get(state, set()):
        apply(job, event, job.deadline - 1)
    elif isinstance(event, Finalise) and State.OPEN <= state <= State.PROVING:
        assert refused(job, event, job.deadline - 1) == Rule.TOO_EARLY
    else:
        names = {Open: Rule.TAG_USED, Finalise: Rule.NOTHING_TO_FINALISE}
        assert refused(job, event, job.deadline - 1) == names.get(type(event), Rule.WRONG_STATE)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (State.NONE, Open(SELLER, D)),
        (State.OPEN, Accept(BUYER, D)),
        (State.OPEN, Accept(STRANGER, D)),
        (State.ACCEPTED, HandOver(SELLER)),
        (State.HANDED_OVER, Proceed(BUYER)),
        (State.HANDED_OVER, Abort(BUYER)),
        (State.HANDED_OVER, Abort(STRANGER)),
    ],
)
def test_only_the_mover_moves(state: State, event: Event) -> None:
    job = at(state)
    assert refused(job, event, job.deadline - 1) == Rule.NOT_YOUR_MOVE


@pytest.mark.parametrize(
    ("state", "event", "rule"),
    [
        (State.NONE, Open(BUYER, D - 1), Rule.WRONG_VALUE),
        (State.NONE, Open(BUYER, D + 1), Rule.WRONG_VALUE),
        (State.NONE, Open(BUYER, D, eligible=False), Rule.NOT_ELIGIBLE),
        (State.OPEN, Accept(SELLER, D - 1), Rule.WRONG_VALUE),
        (State.OPEN, Accept(SELLER, D, eligible=False), Rule.NOT_ELIGIBLE),
        (State.OPEN, Accept(SELLER, D, prior_aborts=3), Rule.TOO_MANY_ABORTS),
        (State.PROVING, SubmitBatch(SELLER, 2, 1), Rule.NO_SUCH_BATCH),
        (State.PROVING, SubmitBatch(SELLER, -1, 1), Rule.NO_SUCH_BATCH),
        (State.PROVING, SubmitBatch(SELLER, 0, 3), Rule.COUNT_TOO_HIGH),
        (State.PROVING, SubmitBatch(SELLER, 0, -1), Rule.COUNT_TOO_HIGH),
        (State.PROVING, SubmitBatch(SELLER, 0, 2, valid=False), Rule.PROOF_REJECTED),
    ],
)
def test_refused_arguments(state: State, event: Event, rule: Rule) -> None:
    job = at(state)
    assert refused(job, event, job.deadline - 1) == rule


def test_as_many_aborts_as_allowed_may_still_accept() -> None:
    assert apply(at(State.OPEN), Accept(SELLER, D, prior_aborts=2), T0)[0].state is State.ACCEPTED


def test_short_windows_do_not_open() -> None:
    job = JobState(terms=TERMS, min_window=101)
    assert refused(job, OPEN, T0) == Rule.BAD_TERMS
    assert apply(replace(job, min_window=100), OPEN, T0)[0].state is State.OPEN


def test_a_batch_counts_once() -> None:
    job, _ = apply(at(State.PROVING), SubmitBatch(STRANGER, 0, 1), T0 + 10)
    assert refused(job, SubmitBatch(SELLER, 0, 2), T0 + 11) == Rule.BATCH_DONE


def test_completion_stops_the_count() -> None:
    job = at(State.COMPLETED)
    assert refused(job, SubmitBatch(SELLER, 1, 2), T0 + 10) == Rule.WRONG_STATE


def test_no_other_ending_exists() -> None:
    for before in State:
        for ending in State:
            if (before, ending) not in {
                (State.PROVING, State.COMPLETED),
                (State.PROVING, State.REJECTED),
                (State.HANDED_OVER, State.ABORTED),
                (State.OPEN, State.EXPIRED),
                (State.ACCEPTED, State.EXPIRED),
                (State.HANDED_OVER, State.EXPIRED),
            }:
                with pytest.raises(RuleViolation):
                    settle(TERMS, before, ending)


parties = st.sampled_from([BUYER, SELLER, STRANGER])
events = st.one_of(
    st.builds(Open, parties, st.sampled_from([D, D - 1]), st.booleans()),
    st.builds(Accept, parties, st.sampled_from([D, 0]), eligible=st.booleans(), prior_aborts=st.integers(0, 3)),
    st.builds(HandOver, parties),
    st.builds(Proceed, parties),
    st.builds(Abort, parties),
    st.builds(SubmitBatch, parties, st.integers(-1, 2), st.integers(-1, 3), st.booleans()),
    st.builds(Finalise, parties),
)


@settings(max_examples=300, deadline=None)
@given(
    start=st.sampled_from(list(State)),
    moves=st.lists(st.tuples(events, st.integers(0, 420)), max_size=14),
)
def test_funds_are_conserved_whatever_happens(start: State, moves: list[tuple[Event, int]]) -> None:
    job, now = at(start), T0 + 6
    paid_in, paid_out = job.locked, 0
    for event, pause in moves:
        now += pause
        try:
            after, credits = apply(job, event, now)
        except RuleViolation:
            continue
        paid_in += event.value if isinstance(event, (Open, Accept)) else 0
        paid_out += sum(credit.amount for credit in credits)
        assert all(credit.amount > 0 for credit in credits)
        assert after.state > job.state or isinstance(event, SubmitBatch)
        job = after
        assert paid_in == job.locked + paid_out
        assert job.state.ended == (job.locked == 0)
    if State.OPEN <= job.state <= State.PROVING:  # never stuck: anyone can end it at the deadline
        ended, credits = apply(job, Finalise(STRANGER), max(now, job.deadline))
        assert ended.state.ended and sum(credit.amount for credit in credits) == job.locked


@given(st.integers(1, 2**100), st.integers(1, 2**100), st.integers(0, 2**100), st.integers(1, 2**20))
def test_every_ending_pays_out_what_is_locked(gap: int, cost: int, fee: int, batches: int) -> None:
    terms = terms_with(
        inference_cost=cost, proving_cost=cost + gap, example_cost=cost + 2 * gap, fee=fee, total=2 * batches, target=1
    )
    for before, ending in [
        (State.PROVING, State.COMPLETED),
        (State.PROVING, State.REJECTED),
        (State.HANDED_OVER, State.ABORTED),
        (State.HANDED_OVER, State.EXPIRED),
        (State.ACCEPTED, State.EXPIRED),
    ]:
        credits = settle(terms, before, ending)
        assert sum(credit.amount for credit in credits) == 2 * terms.deposit
        assert all(credit.amount > 0 for credit in credits)
