"""Every path of protocol B on a real chain with real signatures: each step at its second, each refusal by its name."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext

import pytest
from helpers.chains import put_back
from path_tree import Branch, grow
from prediction_game import PredictionGame, PredictionStage
from prediction_settlement import PredictionAuditor

from protocols.games.game import Step
from protocols.games.paths import distinct_on_chain, illegal_attempts
from protocols.predictions.attempts import repertoire
from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer, State
from protocols.predictions.machine import JobState
from protocols.predictions.paths import GamePath, Role
from protocols.predictions.walker import walk


class Player:
    """Plays steps on machine and chain at once; they must agree at every one."""

    def __init__(self, game: PredictionGame) -> None:
        self.game = game
        self.auditor = PredictionAuditor(game)
        self.before = self.auditor.balances()
        self.ends: list[GamePath] = []

    def take(self, job: JobState, fees: dict[str, int], step: Step[Event]) -> tuple[JobState, dict[str, int]]:
        """One step; returns the job and the gas fees (wei by role) after it."""
        mined = self.game.play(step)
        assert mined.time == step.time
        assert mined.refusal == step.reverts, f"{step} on chain: {mined.refusal}"
        if step.reverts is None:
            job, _ = self.game.scenario.apply(job, step.event, step.time)
        self.auditor.check_job(job)
        return job, {**fees, step.actor: fees[step.actor] + mined.fee_wei}

    def play_tree(self, branch: Branch, job: JobState, fees: dict[str, int]) -> None:
        """Every path below ``branch``, going back to the fork after each."""
        for step, after in branch.forks(self.game.stage.chain):
            moved, spent = self.take(job, fees, step)
            if after.path is not None:
                with put_back(self.game.stage.chain) if after.following else nullcontext():  # to go on in vain
                    self.auditor.check_settled(after.path, self.before, spent)
                self.ends.append(after.path)
            self.play_tree(after, moved, spent)


@pytest.mark.parametrize(("size", "contests"), [(3, 2), pytest.param(1, 1, marks=pytest.mark.slow)])
def test_every_path(prediction_stage: PredictionStage, size: int, contests: int) -> None:
    player = Player(PredictionGame(prediction_stage, prediction_stage.scenario(size, contests)))
    paths = distinct_on_chain(walk(player.game.scenario))
    player.play_tree(grow(paths), player.game.unopened(), dict.fromkeys(Role, 0))
    assert Counter(player.ends) == Counter(paths) and len(paths) > 300
    assert {path.job.state for path in player.ends} == {State.COMPLETED, State.REJECTED, State.EXPIRED}


def test_every_illegal_attempt_in_every_state(prediction_stage: PredictionStage) -> None:
    """The whole repertoire by everybody, around each deadline, refused by the same rule and without effect."""
    game = PredictionGame(prediction_stage, prediction_stage.scenario(2, 1))
    terms, scenario = game.scenario.terms, game.scenario
    right = scenario.signed_hash(0, False)
    onward: list[Event] = [
        Open(terms.client, terms.client_funds), Accept(terms.provider, terms.provider_funds),
        Contest(terms.client, 0, scenario.hashes[0], right), ProveAnswer(scenario.stranger, 0, right),
        Collect(terms.provider, 1), Finalise(terms.provider),
    ]  # fmt: skip
    job, now, refused, auditor = game.unopened(), scenario.start, 0, PredictionAuditor(game)
    for event in onward:
        refused += check_attempts(game, job, now)
        now = max(now, job.round_end) if isinstance(event, Finalise) else now
        assert game.play(Step(now, "", event)).refusal is None
        job, _ = scenario.apply(job, event, now)
        auditor.check_job(job)
        now += 1
    assert job.state is State.COMPLETED
    assert refused + check_attempts(game, job, now) > 500


def check_attempts(game: PredictionGame, job: JobState, now: int) -> int:
    """Try every illegal move around every deadline without mining it; returns how many were refused."""
    ends = {end for deadline in (job.round_end, job.deadline) for end in (deadline - 1, deadline) if end > now}
    tries = [(time, repertoire(game.scenario, job)) for time in sorted({now, *ends})]
    steps = [step for time, moves in tries for step in illegal_attempts(game.scenario, job, moves, time)]
    for step in steps:
        assert game.refusal(step) == step.reverts, step
    return len(steps)
