"""Protocol A' as a state machine: every transition, every illegal one, every clock edge, and conservation of wei."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled_samples import BUYER, FEE_RECIPIENT, SAMPLED, SELLER, STRANGER, sampled_with

from protocols.errors import RuleViolation
from protocols.games.game import Credit, paid_in
from protocols.sampled.drawing import drawn, remaining
from protocols.sampled.endings import settle
from protocols.sampled.events import (
    Abort,
    Accept,
    Complain,
    Complaint,
    Confirm,
    Event,
    Finalise,
    HandOver,
    Open,
    PostCiphertext,
    Proceed,
    RevealKey,
    Rule,
    State,
    SubmitBatch,
)
from protocols.sampled.machine import JobState, apply

T0 = 1_000
D, EPS, BOND = SAMPLED.deposit, SAMPLED.fee, SAMPLED.bond
SEED, JOB_ID, ROOT = b"\x09" * 32, b"\x0c" * 32, b"\x0a" * 32
SAMPLE = drawn(SAMPLED, JOB_ID, SEED)
FIRST, SECOND = remaining(SAMPLED, SAMPLE)[:2], remaining(SAMPLED, SAMPLE)[2:]
OPEN, ACCEPT = Open(BUYER, D), Accept(SELLER, D, SEED)
HAND_OVER = HandOver(BUYER, ROOT, 12, b"\x0d" * 32, b"\x0e" * 32)
POST, PROCEED, ABORT = PostCiphertext(BUYER, b"\x0f" * 32), Proceed(SELLER, ROOT), Abort(SELLER)
CONFIRM, REVEAL = Confirm(SELLER), RevealKey(BUYER, b"\x1f" * 32)
COMPLAIN = Complain(SELLER, Complaint.DECRYPTION)
PROVE = SubmitBatch(SELLER, FIRST, 2)
TO_SAMPLED: list[Event] = [OPEN, ACCEPT, HAND_OVER]
TO_PROVING = [*TO_SAMPLED, PROCEED, CONFIRM]
WAY: dict[State, list[Event]] = {
    State.NONE: [],
    State.OPEN: [OPEN],
    State.ACCEPTED: [OPEN, ACCEPT],
    State.SAMPLED: TO_SAMPLED,
    State.POSTED: [*TO_SAMPLED, POST],
    State.HANDED_OVER: [*TO_SAMPLED, PROCEED],
    State.REVEALED: [*TO_SAMPLED, PROCEED, REVEAL],
    State.PROVING: TO_PROVING,
    State.COMPLETED: [*TO_PROVING, PROVE, SubmitBatch(STRANGER, SECOND, 1)],
    State.ABORTED: [*TO_SAMPLED, ABORT],
    State.SPOILED: [*TO_SAMPLED, PROCEED, REVEAL, COMPLAIN],
}
LEGAL: dict[State, list[Event]] = {
    State.NONE: [OPEN],
    State.OPEN: [ACCEPT],
    State.ACCEPTED: [HAND_OVER],
    State.SAMPLED: [POST, PROCEED, ABORT],
    State.POSTED: [PROCEED, ABORT],
    State.HANDED_OVER: [CONFIRM, REVEAL],
    State.REVEALED: [CONFIRM, COMPLAIN, replace(COMPLAIN, kind=Complaint.VIEW)],
    State.PROVING: [PROVE],
}
MOVES: list[Event] = [*dict.fromkeys(event for events in LEGAL.values() for event in events), Finalise(STRANGER)]
RUNNING = [state for state in State if State.NONE < state < State.COMPLETED]


def play(events: list[Event]) -> tuple[JobState, dict[str, int]]:
    """Apply events one second apart; returns the job and what everybody was credited."""
    job, credited = JobState(terms=SAMPLED, job_id=JOB_ID), dict.fromkeys((BUYER, SELLER, FEE_RECIPIENT), 0)
    for step, event in enumerate(events):
        job, credits = apply(job, event, T0 + step)
        for credit in credits:
            credited[credit.who] += credit.amount
    return job, credited


def at(state: State) -> JobState:
    """The sample job in ``state``."""
    before = {State.EXPIRED: State.OPEN, State.REJECTED: State.PROVING}.get(state)
    if before is not None:
        job = at(before)
        return apply(job, Finalise(BUYER), job.deadline)[0]
    return play(WAY[state])[0]


def refused(job: JobState, event: Event, now: int) -> str:
    with pytest.raises(RuleViolation) as caught:
        apply(job, event, now)
    return caught.value.rule


@pytest.mark.parametrize(
    ("before", "event", "after", "window"),
    [
        (State.NONE, OPEN, State.OPEN, SAMPLED.accept_window),
        (State.OPEN, ACCEPT, State.ACCEPTED, SAMPLED.hand_over_window),
        (State.ACCEPTED, HAND_OVER, State.SAMPLED, SAMPLED.decide_window),
        (State.SAMPLED, POST, State.POSTED, SAMPLED.decide_window),
        (State.SAMPLED, PROCEED, State.HANDED_OVER, SAMPLED.key_window),
        (State.POSTED, PROCEED, State.HANDED_OVER, SAMPLED.key_window),
        (State.HANDED_OVER, CONFIRM, State.PROVING, SAMPLED.prove_window),
        (State.HANDED_OVER, REVEAL, State.REVEALED, SAMPLED.complain_window),
        (State.REVEALED, CONFIRM, State.PROVING, SAMPLED.prove_window),
    ],
)
def test_forward_moves_start_the_next_clock(before: State, event: Event, after: State, window: int) -> None:
    now = T0 + 50
    job, credits = apply(at(before), event, now)
    assert (job.state, job.deadline, credits) == (after, now + window, ())
    assert job.locked == (D if after is State.OPEN else 2 * D)


def test_silence_after_the_key_is_consent() -> None:
    job = at(State.REVEALED)
    proving, credits = apply(job, Finalise(STRANGER), job.deadline + 7)
    assert (proving.state, proving.deadline, credits) == (State.PROVING, job.deadline + 7 + SAMPLED.prove_window, ())
    assert proving.locked == 2 * D and proving.aborts_added == 0


def test_posted_words_are_kept() -> None:
    job, _ = play([*TO_SAMPLED, POST, PROCEED, REVEAL])
    assert (job.seed, job.ciphertext_root, job.chunk_count) == (SEED, ROOT, 12)
    assert (job.sample_key_hash, job.rest_key_hash) == (b"\x0d" * 32, b"\x0e" * 32)
    assert (job.sample_key, job.rest_key) == (POST.sample_key, REVEAL.key)


def test_the_seed_draws_the_sample() -> None:
    assert at(State.OPEN).spent == frozenset() and at(State.ACCEPTED).spent == set(SAMPLE)
    other, _ = apply(at(State.OPEN), replace(ACCEPT, seed=b"\x0b" * 32), T0 + 1)
    assert other.spent == set(drawn(SAMPLED, JOB_ID, b"\x0b" * 32)) and len(other.spent) == SAMPLED.sample


def test_completed_pays_the_seller() -> None:
    job, credited = play(WAY[State.COMPLETED])
    assert (job.correct, job.batches_verified, job.locked, job.aborts_added) == (3, 2, 0, 0)
    assert job.spent == set(range(6)) and SAMPLED.payment == 2 * (2 * 99 + 4 * 10_000)
    assert credited == {BUYER: D - EPS - SAMPLED.payment, SELLER: D - EPS + SAMPLED.payment, FEE_RECIPIENT: 2 * EPS}


@pytest.mark.parametrize("state", [State.POSTED, State.PROVING])
def test_rejected_pays_the_buyer(state: State) -> None:
    job = at(state)
    ended, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert (ended.state, ended.aborts_added) == (State.REJECTED, 0)
    assert credits == (Credit(BUYER, D - EPS + BOND), Credit(FEE_RECIPIENT, 2 * EPS))


def test_no_key_spoils_the_job() -> None:
    job = at(State.HANDED_OVER)
    ended, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert (ended.state, ended.aborts_added) == (State.SPOILED, 0)
    assert credits == (Credit(SELLER, D - EPS + BOND), Credit(FEE_RECIPIENT, 2 * EPS))
    assert apply(at(State.REVEALED), COMPLAIN, T0 + 9)[1] == credits


@pytest.mark.parametrize("state", [State.SAMPLED, State.POSTED])
def test_aborted_pays_for_the_look_at_the_sample(state: State) -> None:
    job, credits = apply(at(state), ABORT, T0 + 9)
    assert (job.state, job.aborts_added, job.locked) == (State.ABORTED, 1, 0)
    look = 2 * 99
    assert credits == (Credit(SELLER, D - EPS + look), Credit(BUYER, D - EPS - look), Credit(FEE_RECIPIENT, 2 * EPS))


@pytest.mark.parametrize(("state", "both", "counted"), [("OPEN", 0, 0), ("ACCEPTED", 1, 0), ("SAMPLED", 1, 1)])
def test_silence_up_to_the_sample_is_neutral(state: str, both: int, counted: int) -> None:
    job = at(State[state])
    ended, credits = apply(job, Finalise(STRANGER), job.deadline)
    assert (ended.state, ended.locked, ended.aborts_added) == (State.EXPIRED, 0, counted)
    assert {credit.who: credit.amount for credit in credits} == ({BUYER: D, SELLER: D} if both else {BUYER: D})


@pytest.mark.parametrize("state", RUNNING)
def test_clock_edges(state: State) -> None:
    job = at(state)
    for move in LEGAL[state]:
        apply(job, move, job.deadline - 1)
        assert refused(job, move, job.deadline) == Rule.TOO_LATE
    assert refused(job, Finalise(BUYER), job.deadline - 1) == Rule.TOO_EARLY
    apply(job, Finalise(BUYER), job.deadline)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", MOVES, ids=lambda event: type(event).__name__)
def test_every_other_move_is_in_the_wrong_state(state: State, event: Event) -> None:
    job = at(state)
    if event in LEGAL.get(state, []):
        apply(job, event, job.deadline - 1)
    elif isinstance(event, Finalise) and state in RUNNING:
        assert refused(job, event, job.deadline - 1) == Rule.TOO_EARLY
    else:
        names = {Open: Rule.TAG_USED, Finalise: Rule.NOTHING_TO_FINALISE}
        assert refused(job, event, job.deadline - 1) == names.get(type(event), Rule.WRONG_STATE)


@pytest.mark.parametrize("state", [State.NONE, *RUNNING])
def test_only_the_mover_moves(state: State) -> None:
    job = at(state)
    for move in LEGAL[state]:
        for sender in {BUYER, SELLER, STRANGER} - {move.sender}:
            other = replace(move, sender=sender)
            if isinstance(move, SubmitBatch):
                assert apply(job, other, job.deadline - 1)[0].correct == 2
            else:
                assert refused(job, other, job.deadline - 1) == Rule.NOT_YOUR_MOVE


@pytest.mark.parametrize(
    ("state", "event", "rule"),
    [
        (State.NONE, Open(BUYER, D - 1), Rule.WRONG_VALUE),
        (State.NONE, Open(BUYER, D + 1), Rule.WRONG_VALUE),
        (State.NONE, Open(BUYER, D, eligible=False), Rule.NOT_ELIGIBLE),
        (State.OPEN, Accept(SELLER, D - 1), Rule.WRONG_VALUE),
        (State.OPEN, Accept(SELLER, D, eligible=False), Rule.NOT_ELIGIBLE),
        (State.OPEN, Accept(SELLER, D, prior_aborts=3), Rule.TOO_MANY_ABORTS),
        (State.ACCEPTED, replace(HAND_OVER, seed_fits=False), Rule.WRONG_SEED),
        (State.ACCEPTED, replace(HAND_OVER, chunks_fit=False), Rule.BAD_CHUNK_COUNT),
        (State.SAMPLED, replace(POST, key_fits=False, matches=False), Rule.WRONG_KEY),
        (State.SAMPLED, replace(POST, matches=False), Rule.WRONG_CIPHERTEXTS),
        (State.SAMPLED, Proceed(SELLER, bytes(32)), Rule.WRONG_DELIVERY),
        (State.POSTED, Proceed(SELLER, bytes(32)), Rule.WRONG_DELIVERY),
        (State.HANDED_OVER, replace(REVEAL, key_fits=False), Rule.WRONG_KEY),
        (State.REVEALED, Complain(SELLER, Complaint.VIEW, valid=False, faulty=False, spent=True), Rule.EXAMPLE_SPENT),
        (State.REVEALED, Complain(SELLER, Complaint.VIEW, valid=False, faulty=False), Rule.BAD_OPENING),
        (State.REVEALED, Complain(SELLER, Complaint.VIEW, faulty=False), Rule.VIEW_IS_HONEST),
        (State.REVEALED, Complain(SELLER, Complaint.DECRYPTION, faulty=False), Rule.CHUNK_IS_HONEST),
        (State.PROVING, SubmitBatch(SELLER, FIRST[:1], 1), Rule.WRONG_BATCH_SIZE),
        (State.PROVING, SubmitBatch(SELLER, (*FIRST, 5), 1), Rule.WRONG_BATCH_SIZE),
        (State.PROVING, SubmitBatch(SELLER, FIRST[::-1], 1), Rule.NO_SUCH_EXAMPLE),
        (State.PROVING, SubmitBatch(SELLER, FIRST[:1] * 2, 1), Rule.NO_SUCH_EXAMPLE),
        (State.PROVING, SubmitBatch(SELLER, (FIRST[0], 6), 1), Rule.NO_SUCH_EXAMPLE),
        (State.PROVING, SubmitBatch(SELLER, (-1, FIRST[0]), 1), Rule.NO_SUCH_EXAMPLE),
        (State.PROVING, SubmitBatch(SELLER, (SAMPLE[0], 6), 1), Rule.EXAMPLE_SPENT),
        (State.PROVING, SubmitBatch(SELLER, SAMPLE, 1), Rule.EXAMPLE_SPENT),
        (State.PROVING, SubmitBatch(SELLER, FIRST, 3), Rule.COUNT_TOO_HIGH),
        (State.PROVING, SubmitBatch(SELLER, FIRST, -1), Rule.COUNT_TOO_HIGH),
        (State.PROVING, SubmitBatch(SELLER, FIRST, 2, valid=False), Rule.PROOF_REJECTED),
    ],
)
def test_refused_arguments(state: State, event: Event, rule: Rule) -> None:
    job = at(state)
    assert refused(job, event, job.deadline - 1) == rule


def test_as_many_aborts_as_allowed_may_still_accept() -> None:
    assert apply(at(State.OPEN), Accept(SELLER, D, SEED, prior_aborts=2), T0)[0].state is State.ACCEPTED


def test_short_windows_do_not_open() -> None:
    job = JobState(terms=SAMPLED, min_window=101)
    assert refused(job, OPEN, T0) == Rule.BAD_TERMS
    assert apply(replace(job, min_window=100), OPEN, T0)[0].state is State.OPEN


def test_an_example_counts_once_in_any_grouping() -> None:
    mixed = tuple(sorted((FIRST[0], SECOND[0])))
    job, _ = apply(at(State.PROVING), SubmitBatch(STRANGER, mixed, 1), T0 + 10)
    assert (job.spent, job.correct, job.batches_verified) == ({*SAMPLE, *mixed}, 1, 1)
    assert refused(job, PROVE, T0 + 11) == Rule.EXAMPLE_SPENT
    others = tuple(sorted((FIRST[1], SECOND[1])))
    assert apply(job, SubmitBatch(SELLER, others, 2), T0 + 11)[0].state is State.COMPLETED


def test_no_other_ending_exists() -> None:
    known = {
        (State.PROVING, State.COMPLETED),
        (State.PROVING, State.REJECTED),
        (State.POSTED, State.REJECTED),
        (State.HANDED_OVER, State.SPOILED),
        (State.REVEALED, State.SPOILED),
        (State.SAMPLED, State.ABORTED),
        (State.POSTED, State.ABORTED),
        (State.OPEN, State.EXPIRED),
        (State.ACCEPTED, State.EXPIRED),
        (State.SAMPLED, State.EXPIRED),
    }
    for before in State:
        for ending in State:
            if (before, ending) not in known:
                with pytest.raises(RuleViolation):
                    settle(SAMPLED, before, ending)


parties = st.sampled_from([BUYER, SELLER, STRANGER])
words = st.sampled_from([ROOT, bytes(32)])
flags = st.booleans()
groups = st.sampled_from([FIRST, SECOND, SAMPLE, FIRST[:1], FIRST[::-1], (FIRST[0], SECOND[0]), (4, 6)])
events = st.one_of(
    st.builds(Open, parties, st.sampled_from([D, D - 1]), flags),
    st.builds(Accept, parties, st.sampled_from([D, 0]), words, eligible=flags, prior_aborts=st.integers(0, 3)),
    st.builds(HandOver, parties, words, chunks_fit=flags),
    st.builds(PostCiphertext, parties, matches=flags, key_fits=flags),
    st.builds(Proceed, parties, words),
    st.builds(Abort, parties),
    st.builds(Confirm, parties),
    st.builds(RevealKey, parties, words, flags),
    st.builds(Complain, parties, st.sampled_from(Complaint), flags, flags, flags),
    st.builds(SubmitBatch, parties, groups, st.integers(-1, 3), flags),
    st.builds(Finalise, parties),
)


@settings(max_examples=200, deadline=None)
@given(
    start=st.sampled_from(list(State)),
    moves=st.lists(st.tuples(events, st.integers(0, 420)), max_size=14),
)
def test_funds_are_conserved_whatever_happens(start: State, moves: list[tuple[Event, int]]) -> None:
    job, now = at(start), T0 + 9
    received, paid = job.locked, 0
    for event, pause in moves:
        now += pause
        try:
            after, credits = apply(job, event, now)
        except RuleViolation:
            continue
        received += paid_in(event)
        paid += sum(credit.amount for credit in credits)
        assert all(credit.amount > 0 for credit in credits)
        assert after.state > job.state or isinstance(event, SubmitBatch)
        assert set(SAMPLE) <= after.spent or start is State.NONE or after.seed != SEED
        job = after
        assert received == job.locked + paid
        assert job.state.ended == (job.locked == 0) or job.state is State.NONE


@given(st.sampled_from(RUNNING), st.sampled_from([BUYER, SELLER, STRANGER]))
def test_nothing_is_ever_stuck(start: State, who: str) -> None:
    """From any state anybody can end the job by waiting, and whoever is silent is the only one who loses its bond."""
    job, now, credited = at(start), T0, dict.fromkeys((BUYER, SELLER, FEE_RECIPIENT), 0)
    while not job.state.ended:
        now = max(now, job.deadline)
        job, credits = apply(job, Finalise(who), now)
        for credit in credits:
            credited[credit.who] += credit.amount
    silent = {State.POSTED: SELLER, State.HANDED_OVER: BUYER, State.REVEALED: SELLER, State.PROVING: SELLER}.get(start)
    for party in (BUYER, SELLER):
        if party == silent:
            assert credited[party] == 0
        else:
            assert credited[party] >= (D if start is not State.OPEN or party == BUYER else 0) - EPS


@given(st.integers(1, 2**100), st.integers(1, 2**100), st.integers(0, 2**100), st.integers(2, 2**20))
def test_every_ending_pays_out_what_is_locked(gap: int, cost: int, fee: int, batches: int) -> None:
    terms = sampled_with(
        inference_cost=cost, proving_cost=cost + gap, example_cost=cost + 2 * gap, fee=fee, total=2 * batches, target=1
    )
    for before, ending in [
        (State.PROVING, State.COMPLETED),
        (State.POSTED, State.REJECTED),
        (State.REVEALED, State.SPOILED),
        (State.SAMPLED, State.ABORTED),
        (State.SAMPLED, State.EXPIRED),
        (State.ACCEPTED, State.EXPIRED),
    ]:
        credits = settle(terms, before, ending)
        assert sum(credit.amount for credit in credits) == 2 * terms.deposit
        assert all(credit.amount > 0 for credit in credits)
