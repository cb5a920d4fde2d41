"""The table of visits: bounded, serial numbers only grow, and nobody ends a visit that is not theirs to end."""

from __future__ import annotations

import pytest
from two_sides import BUYER, SELLER, STRANGER, statement_of

from protocols.post.refusal import Kind, PostRefused
from protocols.post.visits import Visit, Visits
from protocols.sealing import ChannelKey

HERE, THERE = statement_of(BUYER, ChannelKey(b"\x41" * 32)), statement_of(STRANGER, ChannelKey(b"\x42" * 32))


def used(visits: Visits, number: bytes, serial: int = 0, trusted: bool = False) -> Visit:
    visit = visits.expecting(number, serial)
    visits.opened(visit, serial)
    visit.trusted |= trusted
    return visit


def gone(visits: Visits, number: bytes) -> bool:
    try:
        visits.expecting(number, 1 << 40)
    except PostRefused as refused:
        assert refused.kind is Kind.NO_VISIT
        return True
    return False


def test_serial_numbers_only_grow() -> None:
    visits = Visits()
    number = visits.begin(HERE)
    used(visits, number, 3)
    for serial in (0, 2, 3):
        with pytest.raises(PostRefused) as refused:
            visits.expecting(number, serial)
        assert refused.value.kind is Kind.REPLAYED
    used(visits, number, 4)


def test_what_was_not_opened_uses_up_nothing() -> None:
    visits = Visits()
    number = visits.begin(HERE)
    visits.expecting(number, 9)
    visits.expecting(number, 0)


def test_recorded_introductions_end_no_visit_in_use() -> None:
    visits = Visits(most=100, most_each=3)
    number = visits.begin(HERE)
    used(visits, number)
    for _ in range(20):
        visits.begin(HERE)
    assert not gone(visits, number) and len(visits) == 3


def test_the_longest_unused_of_equals_goes() -> None:
    visits = Visits(most=100, most_each=2)
    first, second = visits.begin(HERE), visits.begin(HERE)
    used(visits, first)
    used(visits, second)
    used(visits, first, 1)
    visits.begin(HERE)
    assert gone(visits, second) and not gone(visits, first)


def test_strangers_end_only_each_others() -> None:
    visits = Visits(most=5)
    number = visits.begin(HERE)
    used(visits, number, trusted=True)
    for key in range(1, 30):
        used(visits, visits.begin(statement_of(SELLER, ChannelKey(bytes([key]) * 32))))
    assert not gone(visits, number) and len(visits) == 5


def test_numbers_are_not_guessed() -> None:
    visits = Visits()
    assert visits.begin(HERE) != visits.begin(THERE) and gone(visits, bytes(32))
