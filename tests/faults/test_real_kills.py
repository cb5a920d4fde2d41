"""Real processes, killed by SIGKILL at points of their work, again and again, each a little further than the last."""

from __future__ import annotations

import itertools
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_campaign import Tally
from helpers.market import MIN_WINDOW_S, RESPONDER
from helpers.tiny_retrieval import tiny_model

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

import retrieval_world
from e2e_processes import Actor, end_all
from retrieval_world import Bazaar, open_bazaar

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.retrieval import RetrievalEscrow
from protocols.retrieval.events import State

STEPS = (7, 12)
WAIT_S = 1500.0
ENTRY = Path(__file__).with_name("fault_killed.py")


@pytest.fixture
def bazaar(assay_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bazaar]:
    """What two processes need to trade documents."""
    monkeypatch.setattr(retrieval_world, "WAIT_S", WAIT_S)  # each life loads a chain library
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        escrow = RetrievalEscrow.deploy(chain, dev_account(chain, 0), MIN_WINDOW_S)
        yield open_bazaar(chain, escrow, tiny_model(str(dev_account(chain, RESPONDER).address)), tmp_path)
        end_all()


class Mortal(Actor):
    """An actor that is killed at a point, and told which."""

    def lives_on(self, point: int) -> None:
        """Start, to be killed at this point."""
        command = self.command
        self.command = [command[0], str(ENTRY), str(point), *command[1:]]
        try:
            self.start()
        finally:
            self.command = command


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("step", STEPS)
def test_killed_further_and_further_on(step: int, bazaar: Bazaar, tally: Tally) -> None:
    """Every life of either process ends some points later than the one before, until it has nothing left to do."""
    actors = [Mortal(actor.name, actor.command, actor.log) for actor in bazaar.examples()]
    points = {actor.name: itertools.count(1, step) for actor in actors}
    for actor in actors:
        actor.lives_on(next(points[actor.name]))
    for _ in bazaar.until_done(*actors):
        for actor in actors:
            if actor.ended() == -signal.SIGKILL:
                actor.kills += 1
                actor.lives_on(next(points[actor.name]))
    bazaar.check_settled(State.COMPLETED)
    for actor in actors:
        assert actor.kills >= 3
        tally.count("retrieval", actor.name, "SIGKILL of the process", actor.kills)
