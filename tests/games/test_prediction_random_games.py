"""Rounds of random moves by random people at random times: machine and contract agree on every one, legal or not."""

from __future__ import annotations

import random

import pytest
from helpers.chains import put_back
from prediction_game import PredictionGame, PredictionStage
from prediction_settlement import PredictionAuditor

from protocols.errors import RuleViolation
from protocols.games.game import Step
from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer, State
from protocols.predictions.machine import JobState
from protocols.predictions.paths import Role, Scenario

MOVES_PER_GAME = 16
MOVERS = (Role.CLIENT, Role.PROVIDER, Role.STRANGER)
OWN = {Open: Role.CLIENT, Accept: Role.PROVIDER, Contest: Role.CLIENT, Collect: Role.PROVIDER}
MOVES = (Open, Accept, Contest, Contest, Contest, ProveAnswer, ProveAnswer, ProveAnswer, Collect, Collect, Finalise)
EARLY = {State.NONE: Open, State.OPEN: Accept}


def random_time(rng: random.Random, scenario: Scenario, job: JobState, now: int) -> int:
    """Mostly soon, often one of the seconds around a deadline; never before the last block."""
    if job.state is State.NONE:
        return max(now, scenario.start) + rng.randint(1, 9)
    ends = [job.deadline, *([job.round_end] if job.round_end else [])]
    edges = [end + away for end in ends for away in (-1, 0, rng.randint(1, 99))]
    return max(now + 1, rng.choice([now + 1] * 30 + edges))


def random_move(rng: random.Random, scenario: Scenario, job: JobState) -> tuple[Role, Event]:
    """Mostly the move that leads on by whom it belongs to, else any by anyone; indices and hashes mostly sound."""
    terms = scenario.terms
    kind = EARLY.get(job.state, rng.choice(MOVES)) if rng.random() < 0.8 else rng.choice(MOVES)
    role = OWN.get(kind, rng.choice(MOVERS)) if rng.random() < 0.85 else rng.choice(MOVERS)
    sender, slip = scenario.address(role), rng.choice([0] * 8 + [-1, 1])
    index, sound = rng.choice([*range(terms.round)] * 3 + [terms.round]), rng.random() < 0.85
    known = index < terms.round
    outputs_hash = scenario.signed_hash(index, rng.random() < 0.2) if known else bytes(32)
    if kind is Open:
        return role, Open(sender, terms.client_funds + slip)
    if kind is Accept:
        return role, Accept(sender, terms.provider_funds + slip)
    if kind is Contest:
        return role, Contest(sender, index, scenario.hashes[index] if known else 5, outputs_hash, sound)
    if kind is ProveAnswer:
        return role, ProveAnswer(sender, index, outputs_hash, sound)
    if kind is Collect:
        return role, Collect(sender, rng.randint(0, terms.round + 1), sound)
    return role, Finalise(sender)


def play_game(game: PredictionGame, seed: int) -> tuple[State, set[str | None]]:
    """One game on both; returns where it ended and what was answered."""
    rng, job, now = random.Random(seed), game.unopened(), 0
    auditor, answers = PredictionAuditor(game), set()
    for _ in range(MOVES_PER_GAME):
        time = random_time(rng, game.scenario, job, now)
        role, event = random_move(rng, game.scenario, job)
        expected: str | None = None
        try:
            job, _ = game.scenario.apply(job, event, time)
        except RuleViolation as refusal:
            expected = str(refusal.rule)
        mined = game.play(Step(time, role, event))
        assert mined.refusal == expected, f"game {seed}: {role} {event} at {time} in {job}"
        auditor.check_job(job)
        answers.add(expected)
        now = time
    return job.state, answers


def play_games(stage: PredictionStage, seeds: range) -> tuple[set[State], set[str | None]]:
    """Games over two sizes in turn, each from the prepared chain."""
    games = [PredictionGame(stage, stage.scenario(*size)) for size in ((3, 2), (2, 1))]
    states: set[State] = set()
    answers: set[str | None] = set()
    for seed in seeds:
        with put_back(stage.chain):
            state, answered = play_game(games[seed % len(games)], seed)
        states.add(state)
        answers |= answered
    return states, answers


def test_random_rounds(prediction_stage: PredictionStage) -> None:
    states, answers = play_games(prediction_stage, range(50))
    assert states >= {State.COMPLETED, State.REJECTED, State.SERVING, State.EXPIRED}
    assert answers >= {
        None, "WrongState", "NotYourMove", "TooLate", "TooEarly", "WrongValue", "TagUsed", "NoSuchAnswer",
        "AlreadyContested", "TooManyContests", "BadSignature", "NotContested", "AlreadyProven", "WrongOutputs",
        "ProofRejected", "NothingNew", "NothingToFinalise",
    }  # fmt: skip


@pytest.mark.slow
def test_many_random_rounds(prediction_stage: PredictionStage) -> None:
    play_games(prediction_stage, range(50, 450))
