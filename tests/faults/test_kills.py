"""Both parties ended before and after every sync, write, rename and transaction, and started again.

A play's end must be that of an undisturbed job: same state, same transactions, same money to the wei, whole journals.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fault_campaign import Tally
from fault_plays import Play
from fault_points import Points, cut
from fault_protocols import PREDICTIONS, PROTOCOLS, RETRIEVAL, Protocol, place_of
from helpers.chains import put_back

SEED, SHARE = 20_261, 0.1
MOST_POINTS = 200


def never() -> Points:
    """Points that are only counted."""
    return Points(lambda *_: False, cut)


def at(number: int) -> Points:
    """One end, at this point."""
    return Points(lambda passed, _: passed == number, cut)


def fresh(chosen: random.Random | None = None, share: float = 1.0) -> Points:
    """An end at every point of a name not passed before, or at a share of them."""
    seen: set[str] = set()

    def ends(_: int, name: str) -> bool:
        new = name not in seen
        seen.add(name)
        return new and (chosen is None or chosen.random() < share)

    return Points(ends, cut)


def played(protocol: Protocol, place: object, root: Path, points: dict[str, Points]) -> Play:
    """One job under these points, checked, on a chain that is put back."""
    with put_back(place.chain):  # type: ignore[attr-defined]
        play = protocol.play(place, root)
        play.run(dict(zip((play.first, play.second), points.values(), strict=True)))
        play.check()
    return play


@pytest.mark.parametrize(
    "protocol", [RETRIEVAL, pytest.param(PREDICTIONS, marks=pytest.mark.slow)], ids=lambda p: p.name
)
def test_ended_at_a_sample_of_points(
    protocol: Protocol, request: pytest.FixtureRequest, tmp_path: Path, sessions: None
) -> None:
    chosen = random.Random(SEED)
    points = {name: fresh(chosen, SHARE) for name in ("first", "second")}
    assert played(protocol, place_of(protocol, request), tmp_path, points).cuts >= 5


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
def test_ended_once_at_each_point(
    protocol: Protocol, request: pytest.FixtureRequest, tmp_path: Path, sessions: None, tally: Tally
) -> None:
    """Every point of both parties in turn, until a play has fewer points than the number reached."""
    place = place_of(protocol, request)
    played(protocol, place, tmp_path / "proofs", {"first": never(), "second": never()})
    for number in range(MOST_POINTS):
        points = {"first": at(number), "second": at(number)}
        play = played(protocol, place, tmp_path / str(number), points)
        for name, passed in zip((play.first, play.second), points.values(), strict=True):
            if len(passed.passed) > number:
                tally.count(protocol.name, name, "kill at one point")
        if play.cuts == 0:
            return
    raise AssertionError(f"more than {MOST_POINTS} points")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
def test_ended_at_every_point_of_one_job(
    protocol: Protocol, request: pytest.FixtureRequest, tmp_path: Path, sessions: None, tally: Tally
) -> None:
    """No process gets further than one thing it has not done before."""
    points = {"first": fresh(), "second": fresh()}
    play = played(protocol, place_of(protocol, request), tmp_path, points)
    assert play.cuts > 80
    for name, passed in zip((play.first, play.second), points.values(), strict=True):
        tally.count(protocol.name, name, "kills at every point of one job", len(set(passed.passed)))
