"""Functionals on segments agree with sums entry by entry: spread, at a flat point, at a tensor point; pads weigh 0."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_kit import (
    EVERY,
    QUICK,
    SEEDS,
    eq_at,
    eq_entries,
    ext,
    positions,
    product_entries,
    scalars,
    segments,
    total,
    vectors,
)

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields import Field, Scalar, field
from proofs.sumcheck.layout import pairing
from proofs.sumcheck.layout.functional import FlatEq, Functional, Product, point_vectors
from proofs.sumcheck.layout.segment import Segment


def check(f: Field, functional: Functional, entries: dict[int, Scalar], seed: int) -> None:
    """Spread as a whole and in two pieces over something that was there before; then at a random point."""
    segment, (factor,) = functional.segment, scalars(1, seed)
    size = segment.end + seed % 7
    before = ext(size, seed)
    wanted = before.copy()
    for entry, weight in entries.items():
        place = segment.offset + entry
        wanted[:, place] = f.scalars.add(f.element(before, place), f.scalars.mul(factor, weight))
    whole = before.copy()
    functional.spread(f, whole, factor)
    assert np.array_equal(whole, wanted)
    cut = seed % (size + 1)
    left, right = before[:, :cut].copy(), before[:, cut:].copy()
    functional.spread_rows(f, left, factor, 0, cut)
    functional.spread_rows(f, right, factor, cut, size)
    assert np.array_equal(np.concatenate([left, right], axis=1), wanted)
    point = scalars(bits(size) + seed % 2, seed + 1)
    assert functional.at(f, point) == total(
        f, ((weight, eq_at(f, point, segment.offset + entry)) for entry, weight in entries.items())
    )


@EVERY
@QUICK
@given(segment=segments(), seed=SEEDS)
def test_a_product(f: Field, segment: Segment, seed: int) -> None:
    j = Product(segment, vectors(segment, seed))
    check(f, j, product_entries(f, j), seed)


@EVERY
@pytest.mark.parametrize("block_bits", [0, 10])
@QUICK
@given(segment=segments(), seed=SEEDS, choice=st.data())
def test_eq_on_rows_of_a_group(f: Field, segment: Segment, seed: int, choice: st.DataObject, block_bits: int) -> None:
    variables = choice.draw(st.integers(bits(segment.low), bits(segment.size) + 2))
    first = segment.low * choice.draw(st.integers(-segment.rows, (1 << variables) // segment.low))
    rows = tuple(sorted(choice.draw(st.lists(st.integers(0, segment.rows), min_size=2, max_size=2))))
    point = scalars(variables, seed + 5)
    entries = eq_entries(f, segment, point, first, rows)
    j = FlatEq(segment, point, first, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "BLOCK_BITS", block_bits)
        check(f, j, entries, seed)
    j_product = Product(segment, vectors(segment, seed + 3))
    other = product_entries(f, j_product)
    assert j.against(f, j_product.vectors) == total(f, ((weight, other[entry]) for entry, weight in entries.items()))


@EVERY
@pytest.mark.parametrize("low", [1, 8])
@pytest.mark.parametrize("first", [0, 1 << 11, 3 << 9])
def test_eq_over_an_aligned_group(f: Field, low: int, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks in closed form, and tables of more variables than one small table has."""
    monkeypatch.setattr(pairing, "BLOCK_BITS", 2)
    segment = Segment((1 << 10, 1, 1, 1), (3, 1, 2, 0), low, 1 << 12)
    point = scalars(12, 1)
    rows = (5 // low, segment.rows - 3)
    check(f, FlatEq(segment, point, first, rows), eq_entries(f, segment, point, first, rows), 6)


@EVERY
def test_long_tensors(f: Field) -> None:
    """More entries than any inner table has."""
    segment = Segment((9, 5, 3, 29), (1, 0, 2, 3), 4, 64)
    j = Product(segment, vectors(segment, 2))
    check(f, j, product_entries(f, j), 6)
    segment = Segment((2500, 1, 1, 3), (3, 1, 2, 0), 4, 64)
    j = Product(segment, vectors(segment, 3))
    check(f, j, product_entries(f, j), 13)


@EVERY
@QUICK
@given(segment=segments(), seed=SEEDS)
def test_point_vectors_are_eq_on_real_extents(f: Field, segment: Segment, seed: int) -> None:
    point = tuple(scalars(bits(extent), seed + axis) for axis, extent in enumerate(segment.shape))
    found = point_vectors(f, segment.shape, point)
    for axis, extent in enumerate(segment.shape):
        assert [f.element(found[axis], i) for i in range(extent)] == [eq_at(f, point[axis], i) for i in range(extent)]


def test_pads_are_left_alone() -> None:
    """The entries of a full spread that change are exactly the real ones."""
    f = field("m31", "plain")
    segment = Segment((2, 3, 5, 1), (3, 0, 1, 2), 4, 8)
    out = np.zeros((4, segment.end), dtype=f.dtype)
    FlatEq(segment, scalars(6, 1), 0, (0, segment.rows)).spread(f, out, f.scalars.one)
    assert np.flatnonzero(out.any(axis=0)).tolist() == [8 + entry for _, entry in positions(segment)]


def test_what_cannot_be() -> None:
    f = field("m31", "plain")
    segment = Segment((2, 3, 5, 1), (3, 0, 1, 2), 4, 8)
    with pytest.raises(ValueError, match="do not fit"):
        Product(segment, (*vectors(segment, 0)[:3], ext(2, 0)))
    with pytest.raises(ValueError, match="cannot begin"):
        FlatEq(segment, scalars(6, 1), 2, (0, 1))
    with pytest.raises(ValueError, match="no runs"):
        Product(segment, vectors(segment, 0)).at(f, scalars(1, 0))
    with pytest.raises(ValueError, match="do not index"):
        Product(segment, vectors(segment, 0)).at(f, scalars(5, 0))
