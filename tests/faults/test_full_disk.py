"""A full disk: an error that names the file and the way on, nothing half-written believed, the same command goes on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import pytest
from fault_campaign import Tally
from fault_disk import Room, filled, small_disk, without_room
from fault_protocols import ACCURACY, PROTOCOLS, RETRIEVAL, Protocol, place_of
from helpers.chains import put_back

from proofs.errors import AssayError

MOST_CALLS, DISK_KB, SEED = 300, 2048, 7
NEXT_STEP = ("make room", "resume", "choose another", "No space left")


def played(protocol: Protocol, place: object, root: Path, rooms: dict[str, int]) -> dict[str, Room]:
    """One job in which each party's call of this number finds no room, once."""
    with put_back(place.chain):  # type: ignore[attr-defined]
        play = protocol.play(place, root)
        play.endings = (AssayError,)
        found = {
            name: Room(number, root) for name, number in zip((play.first, play.second), rooms.values(), strict=True)
        }
        play.seen = lambda: sum(len(room.calls) for room in found.values())
        play.around = {name: partial(without_room, room) for name, room in found.items()}
        play.run({})
        play.once_more()  # documents that had no room are kept by the same command, run again
        play.check()
    for text in play.errors:
        assert str(root) in text and any(words in text for words in NEXT_STEP), text
    return found


def test_some_calls_without_room(request: pytest.FixtureRequest, tmp_path: Path, sessions: None) -> None:
    chosen = random.Random(SEED)
    for number in chosen.sample(range(40), 1):
        found = played(
            RETRIEVAL, place_of(RETRIEVAL, request), tmp_path / str(number), {"first": number, "second": number}
        )
        assert all(len(room.calls) > number for room in found.values())


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
def test_each_call_without_room(
    protocol: Protocol, request: pytest.FixtureRequest, tmp_path: Path, sessions: None, tally: Tally
) -> None:
    """Every file and folder made, written, synced and renamed by either party, in turn."""
    place = place_of(protocol, request)
    for number in range(MOST_CALLS):
        found = played(protocol, place, tmp_path / str(number), {"first": number, "second": number})
        reached = {name: len(room.calls) > number for name, room in found.items()}
        for name in (name for name, there in reached.items() if there):
            tally.count(protocol.name, name, "no room for one call")
        if not any(reached.values()):
            return
    raise AssertionError(f"more than {MOST_CALLS} calls")


def every_fourth(call: Callable[[], None]) -> Callable[[], None]:
    """Time passes once nothing has happened for four rounds: a disk that was full may have been why."""
    asked = 0

    def called() -> None:
        nonlocal asked
        asked += 1
        if asked % 4 == 0:
            call()

    return called


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", [ACCURACY, RETRIEVAL], ids=lambda p: p.name)
def test_disk_full_every_third_turn(
    protocol: Protocol, request: pytest.FixtureRequest, tmp_path: Path, sessions: None, tally: Tally
) -> None:
    """A real file system without a free block whenever a party takes its turn, and with room at the next.

    Not predictions: a service whose record cannot be written answers no more until it is started again.
    """
    place, turns = place_of(protocol, request), 0
    with small_disk(tmp_path / "disk", DISK_KB) as disk, put_back(place.chain):

        @contextmanager
        def alternately() -> Iterator[None]:
            nonlocal turns
            turns += 1
            with filled(disk) if turns % 3 == 1 else nullcontext():
                yield

        play = protocol.play(place, disk)
        play.endings, play.under = (AssayError,), alternately
        play.pass_time = every_fourth(play.pass_time)  # type: ignore[method-assign]
        play.run({})
        play.once_more()  # documents that had no room are kept by the same command, run again
        play.check()
    assert len(play.errors) >= 2
    tally.count(protocol.name, "both", "disk full for a turn", len(play.errors))
