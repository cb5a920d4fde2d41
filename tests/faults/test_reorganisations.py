"""A chain that takes blocks back, is stopped, or comes back with an older state: what was lost is sent again, once."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fault_campaign import Tally
from fault_protocols import ACCURACY, PROTOCOLS, RETRIEVAL, Protocol, place_of
from helpers.chains import put_back
from helpers.market import open_market
from play_accuracy import AccuracyPlay
from web3.types import RPCEndpoint

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_clock import mine
from escrow.parties.buyer import Buyer
from escrow.parties.driver import Driver
from proofs.errors import ChainError
from protocols.accuracy.events import State

DEEPEST, MOST_ROUNDS = 3, 60


def take_back(chain: Chain, blocks: int) -> None:
    """Replace the latest blocks by empty ones: their transactions are gone, as if they had never been sent."""
    answer = chain.w3.provider.make_request(RPCEndpoint("anvil_reorg"), [blocks, []])
    assert "error" not in answer, answer


def reorganised(protocol: Protocol, place: Any, root: Path, depth_at: Callable[[int], int]) -> tuple[int, int]:
    """One job whose chain takes back so many blocks before each round; how often, and how many rounds there were."""
    with put_back(place.chain):
        for _ in range(DEEPEST):
            mine(place.chain)
        play, done, rounds = protocol.play(place, root), 0, 0

        def between(number: int) -> None:
            nonlocal done, rounds
            rounds = number
            blocks = min(depth_at(number), place.chain.block_number() - play.books.first + 1)
            if blocks > 0:
                take_back(place.chain, blocks)
                done += 1

        play.between = between
        play.run({})
        play.once_more()  # what a party fetched last may be taken back after it has ended; it is still booked
        play.check()
    return done, rounds


def test_blocks_taken_back_now_and_then(request: pytest.FixtureRequest, tmp_path: Path, sessions: None) -> None:
    depths = {4: 1, 7: 3, 12: 2}
    assert reorganised(RETRIEVAL, place_of(RETRIEVAL, request), tmp_path, lambda n: depths.get(n, 0))[0] == 3


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
def test_blocks_taken_back_before_each_round(
    protocol: Protocol, request: pytest.FixtureRequest, tmp_path: Path, sessions: None, tally: Tally
) -> None:
    place = place_of(protocol, request)
    for chosen in range(1, MOST_ROUNDS):
        depth = 1 + chosen % DEEPEST
        done, rounds = reorganised(
            protocol, place, tmp_path / str(chosen), lambda n, at=chosen, by=depth: by if n == at else 0
        )
        tally.count(protocol.name, "both", f"reorganisation, up to {DEEPEST} blocks", done)
        if rounds < chosen:
            return
    raise AssertionError(f"more than {MOST_ROUNDS} rounds")


@pytest.mark.slow
def test_chain_stopped_and_started_and_put_back(
    assay_home: object, sessions: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Away for a while, then with all it had, then with the state of some blocks before."""
    state, older = tmp_path / "chain.json", tmp_path / "older.json"
    with Anvil() as free:
        port = free.port
    with Anvil(port=port, state=state) as anvil:
        play = RETRIEVAL.play(open_market(anvil.url), tmp_path / "play")
        play.endings, play.poll_s = (ChainError,), 0.05

        def away(restore: bool) -> None:
            anvil.stop()
            if restore:
                shutil.copy(older, state)
            else:
                shutil.copy(state, older)
            threading.Thread(target=lambda: (time.sleep(1.0), anvil.start()), daemon=True).start()
            while not restore and anvil.pid is None:
                time.sleep(0.05)

        def between(number: int) -> None:
            if number in (4, 9):
                away(restore=number == 9)
                _answering(play.books.chain)

        play.between = between
        play.run({})
        play.once_more()
        play.check()
    tally.count("retrieval", "both", "chain restarted, once with an older state", 2)


def _answering(chain: Chain) -> None:
    """Until the chain is back: this test's own questions are not patient."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            chain.block_number()
            return
        except ChainError:
            time.sleep(0.05)
    raise AssertionError("the chain is not back")


class Careful(AccuracyPlay):
    """An audit whose buyer waits for the seller's deposit to settle."""

    def make(self, name: str) -> Driver[Any, Any]:
        party = super().make(name)
        if isinstance(party, Buyer):
            party.settle_blocks = 2
        return party

    def pass_time(self) -> None:
        if self.state is State.ACCEPTED:
            mine(self.hall.chain)
        else:
            super().pass_time()


@pytest.mark.slow
def test_test_set_leaves_only_under_a_settled_deposit(
    request: pytest.FixtureRequest, tmp_path: Path, sessions: None
) -> None:
    """What is handed over cannot be taken back; a deposit can, for some blocks."""
    place = place_of(ACCURACY, request)
    with put_back(place.chain):
        play = Careful(place, tmp_path)
        play.run({})
        play.check()
        blocks = {event.name: event.block for event in place.escrow.job_events(play.job_id)}
    assert blocks["HandedOver"] == blocks["JobAccepted"] + 3  # two on top, then its own
    assert any("2 blocks on top of the seller's deposit" in text for text in play.said)


def test_deposit_taken_back_is_waited_for_anew() -> None:
    blocks = iter([10, 11, 12, 11, 12, 13, 8, 9, 10])
    buyer = object.__new__(Buyer)
    buyer.settle_blocks, buyer.accepted_since = 2, -1
    buyer.chain = cast(Chain, SimpleNamespace(block_number=lambda: next(blocks)))
    assert [buyer._settled(State.ACCEPTED) for _ in range(3)] == [False, False, True]
    assert not buyer._settled(State.OPEN)
    assert [buyer._settled(State.ACCEPTED) for _ in range(3)] == [False, False, True]
    assert [buyer._settled(State.ACCEPTED) for _ in range(3)] == [False, False, True]  # the chain has become shorter
