"""Functionals: their rows, their extensions, and nothing on pads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from layer_kit import (
    EDGES,
    FIELDS,
    SEEDS,
    TINY,
    eq_weights,
    inner,
    pools,
    random_point,
    random_scalars,
    scalars_of,
    vertices,
)

from proofs.sumcheck.claims import Functional, Shape
from proofs.sumcheck.fields import Field
from proofs.sumcheck.functionals import AtPoint, Pooled, Pulled, Reshaped, overlap
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape, recut

QUICK = settings(max_examples=60, deadline=None)
SHAPES = st.lists(st.integers(1, 7), min_size=1, max_size=3).map(tuple)
RECUT = [
    ((4, 8), (32,)),
    ((32,), (4, 8)),
    ((5, 8), (40,)),
    ((5, 8), (10, 4)),
    ((2, 3, 4, 8), (2, 12, 8)),
    ((3, 5, 8), (3, 10, 4)),
    ((1, 7, 1), (7,)),
    ((7,), (1, 7, 1)),
    ((1, 1), (1,)),
    ((3, 4, 1, 5), (3, 2, 2, 5)),
    ((24, 7), (3, 8, 7)),
]
NO_RECUT = [((3, 5), (15,)), ((15,), (5, 3)), ((3, 7, 7), (147,)), ((2, 6), (6, 2)), ((4, 7), (28,))]


def on_tensor(shape: Shape, seed: int = 0) -> AtPoint:
    return AtPoint(shape, random_point(TINY, shape, seed))


def pulled(name: str) -> Pulled:
    return Pulled(EDGES[name], random_point(TINY, EDGES[name].out_shape, 5))


NESTED: dict[str, Functional] = {
    "point": on_tensor((3, 7, 5)),
    "dense": pulled("dense after a flatten"),
    "convolution": pulled("pads on one side"),
    "pool as a layer": pulled("overlapping pool"),
    **{name: Pooled(on_tensor(layer.out_shape), layer) for name, layer in EDGES.items() if isinstance(layer, SumPool)},
    "convolution after a pool": Pooled(pulled("1x1"), SumPool((7, 6, 10), (2, 2), (2, 2))),
    "dense after a flatten": Reshaped(pulled("dense after a flatten"), Reshape((105,), (3, 7, 5))),
    "flatten that keeps bits": Reshaped(on_tensor((40,)), Reshape((5, 2, 4), (40,))),
    "pool, then a flatten": Pooled(
        Reshaped(on_tensor((24,)), Reshape((3, 2, 4), (24,))), SumPool((3, 4, 8), (2, 2), (2, 2))
    ),
}


def check(f: Field, functional: Functional, seed: int) -> None:
    """The extension at a random point is the sum over real rows."""
    point = random_point(f, functional.shape, seed)
    rows = scalars_of(functional.rows(f))
    assert len(rows) == math.prod(functional.shape)
    assert functional.at(f, point) == inner(f.scalars, rows, eq_weights(f.scalars, functional.shape, point))


@pytest.mark.parametrize("functional", NESTED.values(), ids=NESTED.keys())
def test_rows_and_extension(functional: Functional) -> None:
    check(TINY, functional, 3)


@pytest.mark.parametrize("functional", NESTED.values(), ids=NESTED.keys())
def test_zero_on_pads(functional: Functional) -> None:
    """At every vertex of the padded cube: the row, or zero."""
    rows = scalars_of(functional.rows(TINY))
    all_vertices = list(vertices(TINY.scalars, functional.shape))
    assert sum(row is not None for _, row in all_vertices) == len(rows)
    for point, row in all_vertices[:: 1 + len(all_vertices) // 100]:
        assert functional.at(TINY, point) == (TINY.scalars.zero if row is None else rows[row])


@QUICK
@given(SHAPES, SEEDS)
@pytest.mark.parametrize("f", FIELDS, ids=lambda f: f.name)
def test_points(f: Field, shape: Shape, seed: int) -> None:
    check(f, AtPoint(shape, random_point(f, shape, seed)), seed + 1)


@QUICK
@given(pools(), SEEDS)
def test_pools_pass_functionals_through(layer: SumPool, seed: int) -> None:
    check(TINY, Pooled(on_tensor(layer.out_shape, seed), layer), seed)


@QUICK
@given(st.integers(0, 6), st.data())
def test_overlap(variables: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 1 << variables))
    r, s = (random_scalars(TINY, variables, seed) for seed in (1, 2))
    weights = [eq_weights(TINY.scalars, (n,), (point,)) if n else [] for point in (r, s)]
    assert overlap(TINY.scalars, r, s, n) == inner(TINY.scalars, *weights)


def test_overlap_of_more_indices_than_there_are() -> None:
    r = random_scalars(TINY, 2, 1)
    with pytest.raises(ValueError, match="5 indices"):
        overlap(TINY.scalars, r, r, 5)


@pytest.mark.parametrize(("old", "new"), RECUT)
def test_recut_keeps_the_weight_of_every_row(old: Shape, new: Shape) -> None:
    point = random_point(TINY, old, 1)
    cut = recut(point, old, new)
    assert cut is not None
    assert eq_weights(TINY.scalars, new, cut) == eq_weights(TINY.scalars, old, point)


@pytest.mark.parametrize(("old", "new"), NO_RECUT)
def test_shapes_that_share_no_bits(old: Shape, new: Shape) -> None:
    assert recut(random_point(TINY, old, 1), old, new) is None
    check(TINY, Reshaped(on_tensor(new), Reshape(old, new)), 2)


@QUICK
@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, 8]), min_size=1, max_size=4), st.data())
@example([3, 4, 2, 1], None)
def test_reshapes_pass_functionals_through(factors: list[int], data: st.DataObject | None) -> None:
    old = tuple(factors)
    new = (math.prod(old),) if data is None else _regrouped(old, data)
    check(TINY, Reshaped(on_tensor(new), Reshape(old, new)), 3)


def _regrouped(shape: Shape, data: st.DataObject) -> Shape:
    """The same number of values on other axes: neighbours merged, or all axes in another order."""
    order = tuple(data.draw(st.permutations(shape)))
    cut = data.draw(st.integers(0, len(order)))
    return (math.prod(order[:cut]), *order[cut:])


def test_a_point_of_another_tensor_is_refused() -> None:
    point = random_point(TINY, (4, 8), 1)
    with pytest.raises(ValueError, match="2 axes"):
        recut(point, (32,), (4, 8))
    with pytest.raises(ValueError, match="zip"):
        on_tensor((4, 8)).at(TINY, point[:1])


def test_rows_of_a_pool_are_its_windows() -> None:
    """By hand: 2x2 windows of a 2x4 image."""
    functional = Pooled(on_tensor((1, 1, 2)), SumPool((1, 2, 4), (2, 2), (2, 2)))
    left, right = scalars_of(functional.inner.rows(TINY))
    assert scalars_of(functional.rows(TINY)) == [left, left, right, right] * 2
    assert np.array_equal(Reshaped(functional, Reshape((8,), (1, 2, 4))).rows(TINY), functional.rows(TINY))
