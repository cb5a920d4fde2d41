"""Tables: their extensions in closed form are those of their columns; tags differ; answers are unique."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lookup_kit import BOTH, EVERY, a_field, evaluated, random_scalars

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp, Listed
from proofs.sumcheck.fields import Field
from proofs.sumcheck.lookups import (
    Challenges,
    RangeTable,
    TableLayout,
    lookup_error,
    multiplicities,
    require_unique,
    table_denominators,
    values_table,
    write_denominators,
)
from proofs.sumcheck.lookups.leaves import PIECE
from proofs.sumcheck.lookups.ranges import Prefixes, listed
from proofs.sumcheck.lookups.tables import LookupTable

P = 2**31 - 1
MIXED = TableLayout(
    (
        (3, RangeTable(4)),
        (1, Clamp(-9, 11, -3, 5)),
        (9, Listed(-2, (7, -7, 0, 5, 5, -128, 9))),
        (2, values_table(0, 1)),
        (4, RangeTable(0)),
        (5, Clamp(-5, -2, 0, 6)),  # all below: a constant
        (6, Clamp(8, 12, 0, 6)),  # all above
        (7, Clamp(0, 6, 0, 6)),  # no bend
        (8, Clamp(-4, 4, 2, 2)),  # never counts up
    )
)


def check_layout(f: Field, layout: TableLayout, seed: int = 0) -> None:
    """Closed forms against columns."""
    point = random_scalars(f, layout.depth, seed)
    first, second = (f.lift(f.from_signed(column)) for column in layout.columns())
    tags = np.concatenate([np.full(table.rows, tag) for tag, table in layout.tables])
    found = layout.value_at(f, point)
    assert found.first == evaluated(f, first, point)
    assert found.second == evaluated(f, second, point)
    assert found.tag == evaluated(f, f.lift(f.from_signed(tags)), point)
    assert found.ones == evaluated(f, f.lift(np.ones(layout.total, dtype=f.dtype)), point)
    drawn = Challenges(*random_scalars(f, 3, seed + 1))
    assert drawn.combined(f.scalars, found) == evaluated(f, table_denominators(f, layout, drawn), point)


@EVERY
def test_closed_forms(f: Field) -> None:
    check_layout(f, MIXED)


@BOTH
@pytest.mark.parametrize("table", [RangeTable(0), RangeTable(5), values_table(-3, -3), Clamp(-16, 15, 0, 9)])
def test_a_single_table(f: Field, table: LookupTable) -> None:
    check_layout(f, TableLayout(((1, table),)))


@st.composite
def tables(draw: st.DrawFn) -> LookupTable:
    """Any small table."""
    low, rows = draw(st.integers(-40, 40)), draw(st.integers(1, 40))
    kind = draw(st.sampled_from(["range", "clamp", "listed"]))
    if kind == "range":
        return RangeTable(draw(st.integers(0, 5)))
    if kind == "listed":
        return Listed(low, tuple(draw(st.lists(st.integers(-999, 999), min_size=rows, max_size=rows))))
    least = draw(st.integers(-60, 60))
    return Clamp(low, low + rows - 1, least, least + draw(st.integers(0, 60)))


@settings(max_examples=40, deadline=None)
@given(st.lists(tables(), min_size=1, max_size=5))
def test_any_layout(found: list[LookupTable]) -> None:
    check_layout(a_field("m31"), TableLayout(tuple(enumerate(found, 1))))


@EVERY
def test_prefixes(f: Field) -> None:
    scalars, point = f.scalars, random_scalars(f, 5, 2)
    prefixes = Prefixes(f, point, tuple(range(33)))
    eq = f.eq_table(point, 32)
    weights = [f.element(eq, k) for k in range(32)]
    for start, stop in ((0, 0), (0, 32), (3, 17), (16, 32), (31, 32)):
        ones = linear = scalars.zero
        for k in range(start, stop):
            ones = scalars.add(ones, weights[k])
            linear = scalars.add(linear, scalars.mul(weights[k], scalars.from_int(k - start - 7)))
        assert prefixes.ones(start, stop) == ones
        assert prefixes.linear(start, stop, -7) == linear


def test_bounds_of_prefixes() -> None:
    f = a_field("m31")
    for bounds in ((33,), (-1, 4)):
        with pytest.raises(ValueError, match="variables index"):
            Prefixes(f, random_scalars(f, 5, 2), bounds)


@EVERY
@pytest.mark.parametrize(("start", "count"), [(0, 1), (0, 32), (7, 16), (15, 17), (31, 1), (3, 5)])
def test_listed(f: Field, start: int, count: int) -> None:
    point, values = random_scalars(f, 5, 3), [k * k - 99 for k in range(count)]
    spread = np.zeros(32, dtype=np.int64)
    spread[start : start + count] = values
    assert listed(f, point, start, values) == evaluated(f, f.lift(f.from_signed(spread)), point)


@pytest.mark.parametrize("tags", [(), (1, 1), (0, 1), (1, 2**16 + 1), (-1, 2)])
def test_tags_are_small_and_different(tags: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="tags"):
        TableLayout(tuple((tag, RangeTable(2)) for tag in tags))


@pytest.mark.parametrize("table", [Clamp(3, 2, 0, 1), Clamp(0, 3, 2, 1), Listed(0, ())])
def test_empty_tables(table: LookupTable) -> None:
    with pytest.raises(InvalidInput, match="no entries"):
        TableLayout(((1, table),))


def test_a_point_of_another_size() -> None:
    f = a_field("m31")
    with pytest.raises(ValueError, match="bits"):
        MIXED.value_at(f, random_scalars(f, MIXED.depth + 1, 1))


@EVERY
def test_multiplicities(f: Field) -> None:
    counts = multiplicities(
        f, MIXED, [(1, np.array([[-9, 11], [11, 0]])), (2, np.array([1, 1, 1])), (1, np.array([0]))]
    )
    expected = np.zeros(1 << MIXED.depth, dtype=int)
    expected[[16, 36, 25, 45]] = [1, 2, 2, 3]
    assert counts.tolist() == expected.tolist()


def test_many_multiplicities() -> None:
    f, layout = a_field("m31"), TableLayout(((1, RangeTable(3)),))
    values = np.random.default_rng(0).integers(0, 8, PIECE + 77, dtype=np.int32)
    assert multiplicities(f, layout, [(1, values)]).tolist() == np.bincount(values, minlength=8).tolist()
    assert multiplicities(f, layout, [(1, values[:0])]).tolist() == [0] * 8


@pytest.mark.parametrize("value", [-10, 12, 2**31 - 1, -(2**31)])
def test_values_outside_their_table(value: int) -> None:
    with pytest.raises(InvalidInput, match=f"the value {value} is outside the table with tag 1"):
        multiplicities(a_field("m31"), MIXED, [(1, np.array([0, value, 1], dtype=np.int32))])


@BOTH
def test_denominators(f: Field) -> None:
    scalars, drawn = f.scalars, Challenges(*random_scalars(f, 3, 6))
    first = np.array([0, 1, -1, P - 1, -(P - 1), 5, -7] * 40, dtype=np.int32)
    second = np.roll(first, 3)
    for seconds in (None, second):
        out = np.full((4, 300), 9, dtype=f.dtype)
        assert drawn.offset(scalars, 5) == scalars.sub(drawn.alpha, scalars.mul(drawn.gamma, scalars.from_int(5)))
        write_denominators(f, out, 11, first, seconds, 5, drawn)
        for k in range(first.size):
            wanted = scalars.sub(
                scalars.sub(drawn.alpha, scalars.from_int(int(first[k]))), scalars.mul(drawn.gamma, scalars.from_int(5))
            )
            if seconds is not None:
                wanted = scalars.sub(wanted, scalars.mul(drawn.beta, scalars.from_int(int(seconds[k]))))
            assert f.element(out, 11 + k) == wanted
        assert (out[:, :11] == 9).all() and (out[:, 291:] == 9).all()
    with pytest.raises(ValueError, match="one length"):
        write_denominators(f, out, 0, first, second[1:], 5, drawn)


@pytest.mark.parametrize(("shift", "rows"), [(0, P), (1, 2**30 - 1), (8, 2**23 - 1), (18, 2**13 - 1), (30, 1), (5, 1)])
def test_unique(shift: int, rows: int) -> None:
    require_unique(shift, rows)


@pytest.mark.parametrize(("shift", "rows"), [(0, P + 1), (1, 2**30), (8, 2**23), (18, 2**13), (31, 1), (-1, 4), (3, 0)])
def test_not_unique(shift: int, rows: int) -> None:
    with pytest.raises(InvalidInput):
        require_unique(shift, rows)


@pytest.mark.parametrize("shift", [0, 1, 2, 3])
def test_unique_is_exactly_that(shift: int) -> None:
    """For p = 31: every element has at most one answer as long as the check says so, and some has two beyond."""
    for rows in range(1, 34):
        answers = [((q << shift) + rem) % 31 for q in range(-7, rows - 7) for rem in range(1 << shift)]
        unique = len(set(answers)) == len(answers)
        try:
            require_unique(shift, rows, 31)
        except InvalidInput:
            assert not unique
        else:
            assert unique


def test_chance_of_error() -> None:
    assert lookup_error(13_800_000, 1_000_000) == Fraction(14_800_000, P**4 - 1)
    assert lookup_error(2**23, 2**20) < Fraction(1, 2**100)
    assert lookup_error(6, 2, a_field("7i").scalars) == Fraction(8, 48)
    with pytest.raises(InvalidInput, match="cancel"):
        lookup_error(P, 1)
