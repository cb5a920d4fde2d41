"""The state machine of protocol B: every rule by its name, every ending to the wei, and no game that gets stuck."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prediction_samples import CLIENT, FEE, FEE_RECIPIENT, PRICE, PROVIDER, STRANGER, TERMS, K, Z, terms_with

from protocols.errors import RuleViolation
from protocols.games.game import paid_in
from protocols.predictions.endings import settle
from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer, State
from protocols.predictions.machine import JobState, apply

HASH = b"\x07" * 32
OPEN, ACCEPT = Open(CLIENT, TERMS.client_funds), Accept(PROVIDER, TERMS.provider_funds)
ROUND_END, PROVE_END = 1_001 + 200, 1_001 + 200 + 300


def play(*moves: tuple[Event, int]) -> tuple[JobState, dict[str, int]]:
    """The job after these moves at these times, and what it credited to whom."""
    job, owed = JobState(terms=TERMS), {CLIENT: 0, PROVIDER: 0, FEE_RECIPIENT: 0}
    for event, now in moves:
        locked = job.locked
        job, credits = apply(job, event, now)
        for credit in credits:
            owed[credit.who] += credit.amount
        assert locked + paid_in(event) == job.locked + sum(credit.amount for credit in credits)
    return job, owed


def serving(*moves: tuple[Event, int]) -> tuple[JobState, dict[str, int]]:
    return play((OPEN, 1_000), (ACCEPT, 1_001), *moves)


def contest(index: int, signed: bool = True) -> Contest:
    return Contest(CLIENT, index, 5, HASH, signed)


def proof(index: int, outputs_hash: bytes = HASH, valid: bool = True) -> ProveAnswer:
    return ProveAnswer(STRANGER, index, outputs_hash, valid)


def test_clocks_of_a_round() -> None:
    job, _ = serving()
    assert (job.state, job.round_end, job.deadline) == (State.SERVING, ROUND_END, PROVE_END)
    assert job.locked == TERMS.client_funds + TERMS.provider_funds
    serving((contest(0), ROUND_END - 1), (proof(0), PROVE_END - 1), (Finalise(PROVIDER), PROVE_END - 1))
    serving((Finalise(PROVIDER), ROUND_END))
    serving((Finalise(STRANGER), PROVE_END))
    serving((contest(0), ROUND_END - 1), (Collect(PROVIDER, 1), PROVE_END + 9), (Finalise(CLIENT), PROVE_END + 10))


@pytest.mark.parametrize(
    ("moves", "rule"),
    [
        ([(Open(PROVIDER, TERMS.client_funds), 1)], "NotYourMove"),
        ([(Open(CLIENT, TERMS.client_funds - 1), 1)], "WrongValue"),
        ([(OPEN, 1), (OPEN, 2)], "TagUsed"),
        ([(ACCEPT, 1)], "WrongState"),
        ([(OPEN, 1), (ACCEPT, 101)], "TooLate"),
        ([(OPEN, 1), (Accept(STRANGER, TERMS.provider_funds), 2)], "NotYourMove"),
        ([(OPEN, 1), (Accept(PROVIDER, TERMS.provider_funds + 1), 2)], "WrongValue"),
        ([(OPEN, 1), (Finalise(CLIENT), 100)], "TooEarly"),
        ([(Finalise(CLIENT), 1)], "NothingToFinalise"),
        ([(OPEN, 1), (Finalise(STRANGER), 101), (Finalise(STRANGER), 102)], "NothingToFinalise"),
        ([(OPEN, 1), (contest(0), 2)], "WrongState"),
        ([(OPEN, 1), (proof(0), 2)], "WrongState"),
        ([(OPEN, 1), (Collect(PROVIDER, 1), 2)], "WrongState"),
    ],
)
def test_refusals_before_the_round(moves: list[tuple[Event, int]], rule: str) -> None:
    *before, (event, now) = moves
    job, _ = play(*before)
    with pytest.raises(RuleViolation) as caught:
        apply(job, event, now)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("moves", "rule"),
    [
        ([(contest(0), ROUND_END)], "TooLate"),
        ([(replace(contest(0), sender=PROVIDER), 1_002)], "NotYourMove"),
        ([(contest(K), 1_002)], "NoSuchAnswer"),
        ([(contest(-1), 1_002)], "NoSuchAnswer"),
        ([(contest(0), 1_002), (contest(0), 1_003)], "AlreadyContested"),
        ([(contest(0), 1_002), (proof(0), 1_003), (contest(0), 1_004)], "AlreadyContested"),
        ([(contest(0), 1_002), (contest(1), 1_003), (contest(2), 1_004)], "TooManyContests"),
        ([(contest(0, signed=False), 1_002)], "BadSignature"),
        ([(proof(0), 1_002)], "NotContested"),
        ([(contest(0), 1_002), (proof(1), 1_003)], "NotContested"),
        ([(contest(0), 1_002), (proof(0), 1_003), (proof(0), 1_004)], "AlreadyProven"),
        ([(contest(0), 1_002), (proof(0, b"\x08" * 32), 1_003)], "WrongOutputs"),
        ([(contest(0), 1_002), (proof(0, valid=False), 1_003)], "ProofRejected"),
        ([(contest(0), 1_002), (proof(0), PROVE_END)], "TooLate"),
        ([(Collect(CLIENT, 1), 1_002)], "NotYourMove"),
        ([(Collect(PROVIDER, K + 1), 1_002)], "NoSuchAnswer"),
        ([(Collect(PROVIDER, 0), 1_002)], "NothingNew"),
        ([(Collect(PROVIDER, 2), 1_002), (Collect(PROVIDER, 2), 1_003)], "NothingNew"),
        ([(Collect(PROVIDER, 1, signed=False), 1_002)], "BadSignature"),
        ([(Finalise(PROVIDER), ROUND_END - 1)], "TooEarly"),
        ([(Finalise(CLIENT), PROVE_END - 1)], "TooEarly"),
        ([(Finalise(STRANGER), ROUND_END)], "TooEarly"),
        ([(contest(0), 1_002), (Finalise(PROVIDER), PROVE_END - 1)], "TooEarly"),
        ([(Finalise(PROVIDER), ROUND_END), (Collect(PROVIDER, 1), ROUND_END + 1)], "WrongState"),
        ([(Finalise(PROVIDER), ROUND_END), (contest(0), ROUND_END + 1)], "WrongState"),
    ],
)
def test_refusals_in_the_round(moves: list[tuple[Event, int]], rule: str) -> None:
    *before, (event, now) = moves
    job, _ = serving(*before)
    with pytest.raises(RuleViolation) as caught:
        apply(job, event, now)
    assert caught.value.rule == rule


def test_windows_below_the_escrows() -> None:
    with pytest.raises(RuleViolation, match="BadTerms"):
        apply(JobState(terms=TERMS, min_window=101), OPEN, 1)
    assert apply(JobState(terms=TERMS, min_window=100), OPEN, 1)[0].state is State.OPEN


def test_endings_to_the_wei() -> None:
    end = (Finalise(STRANGER), PROVE_END)
    job, owed = serving(end)
    assert job.state is State.COMPLETED and job.locked == 0
    assert owed == {PROVIDER: 2 * K * Z, CLIENT: 2 * K * Z + K * PRICE, FEE_RECIPIENT: 2 * FEE}
    _, owed = serving((contest(1), 1_002), (proof(1), 1_003), (Collect(PROVIDER, 2), 1_004), end)
    assert owed[PROVIDER] == 2 * K * Z + 2 * Z + 2 * PRICE
    assert owed[CLIENT] == 2 * K * Z - 2 * Z + PRICE
    job, owed = serving((contest(1), 1_002), (contest(0), 1_003), (proof(1), 1_004), (Collect(PROVIDER, 3), 1_005), end)
    assert job.state is State.REJECTED
    assert owed == {PROVIDER: 0, CLIENT: 4 * K * Z + K * PRICE, FEE_RECIPIENT: 2 * FEE}
    job, owed = play((OPEN, 1), (Finalise(CLIENT), 101))
    assert job.state is State.EXPIRED
    assert owed == {PROVIDER: 0, CLIENT: TERMS.client_funds, FEE_RECIPIENT: 0}


def test_settle_refuses_what_does_not_follow() -> None:
    for before, ending in [(State.OPEN, State.COMPLETED), (State.SERVING, State.EXPIRED), (State.NONE, State.REJECTED)]:
        with pytest.raises(RuleViolation, match="WrongState"):
            settle(TERMS, before, ending, 0, 0)


def test_credits_of_nothing_are_left_out() -> None:
    free = terms_with(fee=0)
    assert [credit.who for credit in settle(free, State.SERVING, State.REJECTED, 0, 0)] == [CLIENT]


MOVES = st.one_of(
    st.builds(
        Contest, st.sampled_from([CLIENT, PROVIDER]), st.integers(-1, K), st.just(5), st.just(HASH), st.booleans()
    ),
    st.builds(
        ProveAnswer, st.just(STRANGER), st.integers(0, K), st.sampled_from([HASH, bytes(32)]), st.booleans()
    ),
    st.builds(Collect, st.sampled_from([CLIENT, PROVIDER]), st.integers(0, K + 1), st.booleans()),
    st.builds(Finalise, st.sampled_from([CLIENT, PROVIDER, STRANGER])),
)  # fmt: skip


@given(st.lists(st.tuples(MOVES, st.integers(0, 200)), max_size=14), st.integers(2, 9), st.integers(0, 10**9))
def test_no_game_gets_stuck_or_loses_a_wei(moves: list[tuple[Event, int]], beta: int, price: int) -> None:
    terms = terms_with(beta=beta, answer_price=price)
    job, now, paid = JobState(terms=terms), 0, 0
    start: list[tuple[Event, int]] = [
        (Open(CLIENT, terms.client_funds), 0),
        (Accept(PROVIDER, terms.provider_funds), 1),
    ]
    for event, wait in [*start, *moves]:
        now += wait
        try:
            job, credits = apply(job, event, now)
        except RuleViolation:
            continue
        paid += paid_in(event) - sum(credit.amount for credit in credits)
        assert paid == job.locked >= 0
    if not job.state.ended:
        job, credits = apply(job, Finalise(STRANGER), max(now, job.deadline))
        paid -= sum(credit.amount for credit in credits)
    assert job.state.ended and paid == job.locked == 0
    assert (job.state is State.REJECTED) == bool(job.open_contests)
