"""Shared tables: what each node asked for is there, extents are round, and no accumulator has two answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proofs.networks.network import PRIME, Clamp, Listed
from proofs.networks.quantise.tables import Request, fits, rounded, share


@st.composite
def requests(draw: st.DrawFn) -> Request:
    shift = draw(st.integers(0, 18))
    most = (1 << (30 - shift)) - 1
    low, high = draw(st.integers(-most, 0)), draw(st.integers(0, most))
    greatest = draw(st.sampled_from([127, 255]))
    return Request(low, max(high, min(greatest, most)), shift, 0, min(greatest, most))


@given(st.lists(requests(), min_size=1, max_size=12))
def test_every_request_finds_its_table(wanted: list[Request]) -> None:
    tables, places = share(wanted)
    for request, place in zip(wanted, places, strict=True):
        table = tables[place]
        assert isinstance(table, Clamp)
        assert (table.least, table.greatest) == (request.least, request.greatest)
        assert table.low <= request.low <= request.high <= table.high
        assert table.rows << request.shift <= PRIME
    alone = sum(high - low + 1 for low, high in (rounded(r.low, r.high, r.shift) for r in wanted))
    assert sum(table.rows for table in tables) <= alone


def test_extents_are_powers_of_two_where_they_fit() -> None:
    assert rounded(-100, 300, 10) == (-128, 511)
    assert rounded(0, 255, 0) == (0, 255)
    assert rounded(-1, 0, 3) == (-1, 0)
    assert rounded(-(1 << 12) + 1, (1 << 12) - 1, 18) == (-4095, 4095)  # 2^13 rows of 2^18 would be p + 1
    assert fits(-4095, 4095, 18)
    assert not fits(-4096, 4095, 18)


def test_a_small_request_takes_a_large_table_that_is_there() -> None:
    tables, places = share([Request(-10, 255, 14, 0, 255), Request(-900, 900, 13, 0, 255)])
    assert (len(tables), places) == (1, (0, 0))


def test_functions_share_by_key_only() -> None:
    def doubled(low: int, high: int) -> tuple[int, ...]:
        return tuple(2 * q for q in range(low, high + 1))

    first = Request(-3, 3, 4, key=("double",), listing=doubled)
    second = Request(-3, 7, 4, key=("other",), listing=doubled)
    tables, places = share([first, second, first])
    assert places == (0, 1, 0)
    assert isinstance(tables[0], Listed)
    assert tables[0].values[3 - tables[0].low] == 6
