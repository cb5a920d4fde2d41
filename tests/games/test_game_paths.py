"""Every path of protocol A on a real chain with real proofs: each step at its second, each refusal by its name."""

from __future__ import annotations

from collections import Counter

import pytest
from chain_game import ChainGame
from game_scenarios import TARGETS, scenarios
from golden_stage import Stage
from helpers.chains import put_back
from path_tree import Branch, grow
from settlement import Auditor

from protocols.accuracy.events import State
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Path, Role, Step
from protocols.accuracy.walker import distinct_on_chain, walk

ENDINGS = {
    "reached by one batch": {State.COMPLETED, State.REJECTED, State.ABORTED, State.EXPIRED},
    "reached by two batches": {State.COMPLETED, State.REJECTED, State.ABORTED, State.EXPIRED},
    "reached by all batches exactly": {State.COMPLETED, State.REJECTED, State.ABORTED, State.EXPIRED},
    "missed by one example": {State.REJECTED, State.ABORTED, State.EXPIRED},
}


def game_of(table: Stage, name: str) -> ChainGame:
    return ChainGame(table, next(scenario for scenario in scenarios(table) if scenario.name == name))


class Player:
    """Plays steps on machine and chain at once; they must agree at every one."""

    def __init__(self, game: ChainGame) -> None:
        self.game = game
        self.auditor = Auditor(game)
        self.before = self.auditor.balances()
        self.ends: list[Path] = []

    def take(self, job: JobState, fees: dict[Role, int], step: Step) -> tuple[JobState, dict[Role, int]]:
        """One step; returns the job and the gas fees (wei by role) after it."""
        mined = self.game.play(step)
        assert mined.time == step.time
        assert mined.refusal == step.reverts, f"{step} on chain: {mined.refusal}"
        if step.reverts is None:
            job, _ = apply(job, step.event, step.time)
        self.auditor.check_job(job)
        return job, {**fees, step.actor: fees[step.actor] + mined.fee_wei}

    def play_tree(self, branch: Branch, job: JobState, fees: dict[Role, int]) -> None:
        """Every path below ``branch``, going back to the fork after each."""
        for step, after in branch.forks(self.game.table.chain):
            moved, spent = self.take(job, fees, step)
            if after.path is not None:
                self.auditor.check_settled(after.path, self.before, spent)
                self.ends.append(after.path)
            self.play_tree(after, moved, spent)

    def play_path(self, path: Path) -> None:
        """One path from its opening on."""
        job, fees = self.game.unopened(), dict.fromkeys(Role, 0)
        with put_back(self.game.table.chain):
            for step in path.steps:
                job, fees = self.take(job, fees, step)
            self.auditor.check_settled(path, self.before, fees)


@pytest.mark.parametrize("name", TARGETS)
def test_every_path(table: Stage, name: str) -> None:
    player = Player(game_of(table, name))
    paths = distinct_on_chain(walk(player.game.scenario))
    player.play_tree(grow(paths), player.game.unopened(), dict.fromkeys(Role, 0))
    assert Counter(player.ends) == Counter(paths) and len(paths) > 180
    assert {path.job.state for path in player.ends} == ENDINGS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_every_path_from_its_opening(table: Stage, name: str) -> None:
    """The same paths, each played alone from the first step, so that no fork can hide what an earlier step left."""
    player = Player(game_of(table, name))
    for path in distinct_on_chain(walk(player.game.scenario)):
        player.play_path(path)


def test_paths_that_differ_off_chain_only_have_the_same_net(table: Stage) -> None:
    """So replaying one for each sequence of transactions is enough."""
    for scenario in scenarios(table):
        nets: dict[tuple[Step, ...], dict[Role, int]] = {}
        for path in walk(scenario):
            assert nets.setdefault(path.chain_key, path.net) == path.net
