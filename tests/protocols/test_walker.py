"""The walker: every path ends, conserves wei and pays what its ending says; and the repertoire of illegal attempts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from protocol_samples import BUYER, FEE_RECIPIENT, SELLER, STRANGER, TERMS, terms_with

from proofs.errors import InvalidInput
from protocols.accuracy.attempts import illegal_attempts
from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, Rule, State, SubmitBatch
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Path, Role, Scenario, Step, replay
from protocols.accuracy.walker import EARLY, LAST, distinct_on_chain, walk
from protocols.errors import RuleViolation

VALUE = 10_000_000
WIN = Scenario(name="good model", terms=TERMS, stranger=STRANGER, counts=(1, 2), value=VALUE, start=1_000)
LOSE = replace(WIN, name="weak model", counts=(1, 1))
SHAM = replace(WIN, name="made-up labels", counts=(0, 1), sham_labels=True)
SCENARIOS = (WIN, LOSE, SHAM)
D, EPS, NE, NZ, NP = TERMS.deposit, TERMS.fee, 4_000_000, 40_000, 396


@pytest.fixture(scope="module")
def walks() -> dict[str, list[Path]]:
    return {scenario.name: list(walk(scenario)) for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def paths(walks: dict[str, list[Path]]) -> list[Path]:
    return [path for walked in walks.values() for path in walked]


def find(paths: list[Path], *deeds: str) -> Path:
    """The first path whose behaviours start, in order, with these words."""
    for path in paths:
        found = [did for _, did in path.behaviours]
        if len(found) == len(deeds) and all(did.startswith(deed) for did, deed in zip(found, deeds, strict=True)):
            return path
    raise AssertionError(f"no path {deeds}")


def test_names_are_unique_and_every_ending_is_reached(paths: list[Path], walks: dict[str, list[Path]]) -> None:
    for walked in walks.values():
        assert len({path.name for path in walked}) == len(walked) > 400
    assert {path.job.state for path in paths} == {State.COMPLETED, State.REJECTED, State.ABORTED, State.EXPIRED}
    assert not any(
        path.job.state is State.COMPLETED for name in ("weak model", "made-up labels") for path in walks[name]
    )


def test_wei_is_conserved_and_nothing_stays_locked(paths: list[Path]) -> None:
    for path in paths:
        assert sum(path.net.values()) == 0 and path.job.locked == 0
        assert path.net[Role.STRANGER] == 0


def test_net_is_what_the_ending_says(paths: list[Path]) -> None:
    for path in paths:
        accepted = any(isinstance(step.event, Accept) and not step.reverts for step in path.steps)
        seller, buyer, fee = {
            State.COMPLETED: (2 * NZ - EPS, -2 * NZ - EPS, 2 * EPS),
            State.REJECTED: (-2 * NE - EPS, 2 * NE - EPS, 2 * EPS),
            State.ABORTED: (NP - EPS, -NP - EPS, 2 * EPS),
            State.EXPIRED: (0, 0, 0),
        }[path.job.state]
        assert accepted or path.job.state is State.EXPIRED
        assert path.net == {Role.SELLER: seller, Role.BUYER: buyer, Role.FEE_RECIPIENT: fee, Role.STRANGER: 0}


def test_steps_replay_with_their_refusals_at_strictly_increasing_times(paths: list[Path]) -> None:
    for path in paths:
        times = [step.time for step in path.steps]
        assert times[0] == 1_000 and all(a < b for a, b in pairwise(times))
        assert replay(path.scenario, path.steps).job == path.job
    rules = {step.reverts for path in paths for step in path.steps}
    assert rules >= {None, Rule.TOO_LATE, Rule.TOO_EARLY, Rule.PROOF_REJECTED, Rule.BATCH_DONE}


def test_every_clock_edge_is_walked(paths: list[Path]) -> None:
    """Each mover acts at deadline-1 and is refused at the deadline; finalise is refused at deadline-1, works at it."""
    seen: set[tuple[State, type, int, bool]] = set()
    for path in paths:
        job = JobState(terms=TERMS)
        for step in path.steps:
            if job.state is not State.NONE:
                seen.add((job.state, type(step.event), step.time - job.deadline, step.reverts is None))
            if step.reverts is None:
                job = apply(job, step.event, step.time)[0]
    movers = {State.OPEN: [Accept], State.ACCEPTED: [HandOver], State.HANDED_OVER: [Proceed, Abort]}
    for state in (State.OPEN, State.ACCEPTED, State.HANDED_OVER, State.PROVING):
        for move in movers.get(state, [SubmitBatch]):
            assert (state, move, -1, True) in seen and (state, move, 0, False) in seen
        assert (state, Finalise, -1, False) in seen and (state, Finalise, 0, True) in seen


def test_aborts_are_counted_when_the_seller_has_seen_the_set(paths: list[Path]) -> None:
    for path in paths:
        handed_over = any(isinstance(step.event, HandOver) and not step.reverts for step in path.steps)
        proceeded = any(isinstance(step.event, Proceed) and not step.reverts for step in path.steps)
        assert path.job.aborts_added == int(handed_over and not proceeded)


def test_pay_offs_of_the_main_games(walks: dict[str, list[Path]]) -> None:
    start = ("opens", "accepts at once", "hands over the committed test set at once")
    honest = find(walks["good model"], *start, "proceeds having run the model at once", "proves batch by batch")
    assert honest.payoff == {
        Role.SELLER: 2 * NZ - NZ - NP - EPS,
        Role.BUYER: VALUE - NE - 2 * NZ - EPS,
        Role.FEE_RECIPIENT: 2 * EPS,
        Role.STRANGER: 0,
    }
    abort = find(walks["weak model"], *start, "aborts having run the model at once")
    assert (abort.payoff[Role.SELLER], abort.payoff[Role.BUYER]) == (-EPS, -NE - NP - EPS)
    farm = find(walks["weak model"], *start, "aborts without running the model at once")
    assert farm.payoff[Role.SELLER] == NP - EPS
    slashed = find(walks["weak model"], *start, "proceeds without", "proves batch by batch", "finalises")
    assert slashed.payoff[Role.SELLER] == -2 * NE - NZ - EPS
    sham = find(walks["made-up labels"], *start, "aborts having run the model at once")
    assert sham.payoff[Role.BUYER] == -NP - EPS


def test_a_stranger_submitting_proofs_pays_the_seller(walks: dict[str, list[Path]]) -> None:
    path = next(p for p in walks["good model"] if p.name.endswith("has a stranger submit its proofs"))
    assert path.job.state is State.COMPLETED and path.net[Role.SELLER] == 2 * NZ - EPS


def test_silence_of_one_never_costs_the_other_its_deposit(paths: list[Path]) -> None:
    for path in paths:
        if any(role is Role.SELLER and did.startswith("does not") for role, did in path.behaviours):
            assert path.net[Role.BUYER] == 0
        if any(role is Role.BUYER and did.startswith("does not") for role, did in path.behaviours):
            assert path.net[Role.SELLER] == 0


def test_short_walks_for_a_chain(walks: dict[str, list[Path]]) -> None:
    for pace in (EARLY, LAST):
        short = distinct_on_chain(walk(WIN, (pace,)))
        assert 30 < len(short) < 80
        assert {path.job.state for path in short} == {path.job.state for path in walks["good model"]}
    distinct = distinct_on_chain(walks["good model"])
    assert len({path.steps for path in distinct}) == len(distinct) < len(walks["good model"])


def test_larger_jobs_walk_too() -> None:
    terms = terms_with(total=8, target=5, proving_cost=20_000)
    scenario = Scenario(name="four batches", terms=terms, stranger=STRANGER, counts=(0, 2, 1, 2))
    walked = list(walk(scenario, (LAST,)))
    orders = {
        tuple(step.event.index for step in path.steps if isinstance(step.event, SubmitBatch) and not step.reverts)
        for path in walked
        if path.job.state is State.COMPLETED
    }
    assert orders == {(1, 3, 2)}
    assert all(sum(path.net.values()) == 0 for path in walked)


def test_scenarios_must_fit_their_terms() -> None:
    for counts in ((1,), (3, 0), (-1, 2)):
        with pytest.raises(InvalidInput, match="do not fit"):
            replace(WIN, counts=counts)
    with pytest.raises(InvalidInput, match="windows need 6 s"):
        replace(WIN, terms=terms_with(decide_window=5))
    assert WIN.winnable and not LOSE.winnable


def test_replay_reports_wrong_expectations() -> None:
    opening = Step(1_000, Role.BUYER, Open(BUYER, D))
    for step, rule in [
        (Step(1_001, Role.SELLER, Accept(SELLER, D), Rule.TOO_LATE), "ExpectedRefusal"),
        (Step(1_001, Role.SELLER, Accept(STRANGER, D), Rule.TOO_LATE), "ExpectedRefusal"),
        (Step(1_001, Role.SELLER, Accept(STRANGER, D)), "NotYourMove"),
    ]:
        with pytest.raises(RuleViolation) as caught:
            replay(WIN, [opening, step])
        assert caught.value.rule == rule


PROGRESS: dict[State, list[Event]] = {
    State.NONE: [],
    State.OPEN: [Open(BUYER, D)],
    State.ACCEPTED: [Open(BUYER, D), Accept(SELLER, D)],
    State.HANDED_OVER: [Open(BUYER, D), Accept(SELLER, D), HandOver(BUYER)],
    State.PROVING: [Open(BUYER, D), Accept(SELLER, D), HandOver(BUYER), Proceed(SELLER), SubmitBatch(SELLER, 1, 2)],
    State.ABORTED: [Open(BUYER, D), Accept(SELLER, D), HandOver(BUYER), Abort(SELLER)],
}


@pytest.mark.parametrize(
    ("state", "late", "rules"),
    [
        (State.NONE, False, {"NotYourMove": 4, "WrongValue": 1, "WrongState": 18, "NothingToFinalise": 3}),
        (State.OPEN, False, {"NotYourMove": 8, "WrongValue": 2, "TagUsed": 1, "WrongState": 12, "TooEarly": 3}),
        (State.OPEN, True, {"NotYourMove": 4, "WrongValue": 1, "TagUsed": 1, "WrongState": 12, "TooLate": 6}),
        (State.ACCEPTED, False, {"NotYourMove": 6, "WrongValue": 1, "TagUsed": 1, "WrongState": 15, "TooEarly": 3}),
        (State.HANDED_OVER, True, {"NotYourMove": 4, "WrongValue": 1, "TagUsed": 1, "WrongState": 12, "TooLate": 6}),
        (
            State.PROVING,
            False,
            {
                "NotYourMove": 4, "WrongValue": 1, "TagUsed": 1, "WrongState": 15, "TooEarly": 3,
                "BatchAlreadyVerified": 3, "NoSuchBatch": 3, "CountTooHigh": 3, "ProofRejected": 3,
            },
        ),
        (
            State.ABORTED,
            False,
            {"NotYourMove": 4, "WrongValue": 1, "TagUsed": 1, "WrongState": 18, "NothingToFinalise": 3},
        ),
    ],
)  # fmt: skip
def test_illegal_attempts(state: State, late: bool, rules: dict[str, int]) -> None:
    job = JobState(terms=TERMS)
    for event in PROGRESS[state]:
        job = apply(job, event, 1_000)[0]
    assert job.state is state
    found: dict[str, int] = {}
    for step in illegal_attempts(WIN, job, job.deadline if late else 1_001):
        found[step.reverts.value] = found.get(step.reverts.value, 0) + 1
        with pytest.raises(RuleViolation, match=step.reverts.value):
            apply(job, step.event, step.time)
    assert found == rules


def test_roles_have_addresses() -> None:
    assert [WIN.address(role) for role in Role] == [BUYER, SELLER, STRANGER, FEE_RECIPIENT]
