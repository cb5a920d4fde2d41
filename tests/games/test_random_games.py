"""Games of random moves by random people at random times: machine and contract agree on every one, legal or not."""

from __future__ import annotations

import random

import pytest
from chain_game import ChainGame
from game_scenarios import scenarios
from golden_stage import Stage
from helpers.chains import put_back
from settlement import Auditor

from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, State, SubmitBatch
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Role, Scenario, Step
from protocols.errors import RuleViolation

MOVES_PER_GAME = 16
MOVERS = (Role.BUYER, Role.SELLER, Role.STRANGER)
ONWARD = {
    State.NONE: (Open,),
    State.OPEN: (Accept,),
    State.ACCEPTED: (HandOver,),
    State.HANDED_OVER: (Proceed, Proceed, Abort),
    State.PROVING: (SubmitBatch,),
}
MOVES = (Open, Accept, HandOver, Proceed, Abort, Finalise, SubmitBatch)


def random_time(rng: random.Random, scenario: Scenario, job: JobState, now: int) -> int:
    """Mostly soon, often one of the seconds around the deadline; never before the last block."""
    if job.state is State.NONE:
        return max(now, scenario.start) + rng.randint(1, 9)
    edges = [job.deadline - 1, job.deadline, job.deadline + rng.randint(1, 99)]
    return max(now + 1, rng.choice([now + 1] * 24 + edges))


def random_submission(rng: random.Random, scenario: Scenario, sender: str) -> SubmitBatch:
    """A golden proof, a tampered one, a wrong count, or an unknown batch."""
    index = rng.randint(0, scenario.terms.batches)
    known = index < scenario.terms.batches
    count = scenario.counts[index] if known and rng.random() < 0.8 else rng.randint(0, scenario.terms.batch + 1)
    honest = known and count == scenario.counts[index] and rng.random() < 0.8
    return SubmitBatch(sender, index, count, valid=honest)


def random_move(rng: random.Random, scenario: Scenario, job: JobState, time: int) -> tuple[Role, Event]:
    """Mostly a move that fits state and clock, else any."""
    onward = (Finalise,) if job.state in ONWARD and 0 < job.deadline <= time else ONWARD.get(job.state, MOVES)
    fitting = onward if rng.random() < 0.7 else MOVES
    kind = rng.choice(fitting)
    mover = {Open: Role.BUYER, HandOver: Role.BUYER}.get(kind, Role.SELLER)
    role = mover if rng.random() < 0.8 else rng.choice(MOVERS)
    sender, deposit = scenario.address(role), scenario.terms.deposit + rng.choice([0] * 8 + [-1, 1])
    if kind is Open:
        return role, Open(sender, deposit)
    if kind is Accept:
        return role, Accept(sender, deposit, rng.randbytes(32))
    if kind is HandOver:
        return role, HandOver(sender, rng.randbytes(32))
    if kind is SubmitBatch:
        return role, random_submission(rng, scenario, sender)
    return role, kind(sender)


def verdict(job: JobState, event: Event, time: int) -> tuple[JobState, str | None]:
    """The pure machine's answer."""
    try:
        return apply(job, event, time)[0], None
    except RuleViolation as refusal:
        return job, str(refusal.rule)


def play_game(game: ChainGame, seed: int) -> tuple[State, set[str | None]]:
    """One game on both; returns where it ended and what was answered."""
    rng, job, now = random.Random(seed), game.unopened(), 0
    auditor, answers = Auditor(game), set()
    for _ in range(MOVES_PER_GAME):
        time = random_time(rng, game.scenario, job, now)
        role, event = random_move(rng, game.scenario, job, time)
        job, expected = verdict(job, event, time)
        mined = game.play(Step(time, role, event))
        assert mined.refusal == expected, f"game {seed}: {role} {event} at {time} in {job}"
        auditor.check_job(job)
        answers.add(expected)
        now = time
    return job.state, answers


def play_games(table: Stage, seeds: range) -> tuple[set[State], set[str | None]]:
    """Games over all scenarios in turn, each from the prepared chain."""
    games = [ChainGame(table, scenario) for scenario in scenarios(table)]
    states: set[State] = set()
    answers: set[str | None] = set()
    for seed in seeds:
        with put_back(table.chain):
            state, answered = play_game(games[seed % len(games)], seed)
        states.add(state)
        answers |= answered
    return states, answers


def test_random_games(table: Stage) -> None:
    states, answers = play_games(table, range(40))
    assert states >= {State.COMPLETED, State.REJECTED, State.ABORTED, State.EXPIRED, State.PROVING}
    assert answers >= {
        None, "WrongState", "NothingToFinalise", "NotYourMove", "TooLate", "TooEarly", "WrongValue", "TagUsed",
        "NoSuchBatch", "BatchAlreadyVerified", "CountTooHigh", "ProofRejected",
    }  # fmt: skip


@pytest.mark.slow
def test_many_random_games(table: Stage) -> None:
    play_games(table, range(40, 440))
