"""Linear layers against their matrices, written out and padded with zeros."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from layer_kit import (
    EDGES,
    FIELDS,
    LAYERS,
    SEEDS,
    TINY,
    Layer,
    combination,
    constant,
    eq_weights,
    inner,
    matrix,
    random_base,
    random_ext,
    random_point,
    scalars_of,
    vertices,
)

from proofs.sumcheck.fields import Field
from proofs.sumcheck.fields import field as the_field
from proofs.sumcheck.functionals import eq_rows
from proofs.sumcheck.layers import constants, patches, pooling, tensors

QUICK = settings(max_examples=60, deadline=None)
EDGE = pytest.mark.parametrize("layer", EDGES.values(), ids=EDGES.keys())
TWINS = pytest.mark.parametrize("name", ["m31", "m61", "m61b", "m61/base"])


def check_forward(f: Field, layer: Layer, columns: int, seed: int) -> None:
    """M x + constant in Python integers."""
    x = random_base(f, (math.prod(layer.in_shape), columns), seed)
    expected = (matrix(layer) @ x.astype(object) + constant(layer)[:, None]) % f.scalars.p
    found = layer.forward(f, x)
    assert found.dtype == f.dtype
    assert np.array_equal(found, expected.astype(f.dtype))


def check_matrix(f: Field, layer: Layer, seed: int) -> None:
    """The extension of the written-out matrix, its rows, and that of the constant, at random points."""
    scalars = f.scalars
    out_point, in_point = random_point(f, layer.out_shape, seed), random_point(f, layer.in_shape, seed + 9)
    out_weights, in_weights = (
        eq_weights(scalars, layer.out_shape, out_point),
        eq_weights(scalars, layer.in_shape, in_point),
    )
    rows = [combination(scalars, column, out_weights) for column in matrix(layer).T]
    assert scalars_of(layer.rows_at(f, out_point)) == rows
    assert layer.matrix_at(f, out_point, in_point) == inner(scalars, rows, in_weights)
    assert layer.constant_at(f, out_point) == combination(scalars, constant(layer), out_weights)
    assert np.array_equal(layer.pull_back(f, eq_rows(f, layer.out_shape, out_point)), layer.rows_at(f, out_point))


def check_transpose(f: Field, layer: Layer, seed: int) -> None:
    """<J, forward(x) - constant> = <pull_back(J), x>, for any J."""
    j = random_ext(f, math.prod(layer.out_shape), seed)
    x = random_base(f, (math.prod(layer.in_shape), 2), seed + 1)
    origin = layer.forward(f, np.zeros_like(x))
    values = f.sub(layer.forward(f, x), origin)
    pulled = layer.pull_back(f, j)
    assert pulled.shape == (f.scalars.degree, len(x))
    for column in range(2):
        outputs, inputs = (np.ascontiguousarray(table[:, column]) for table in (values, x))
        assert f.dot(j, f.lift(outputs)) == f.dot(pulled, f.lift(inputs))


@EDGE
@pytest.mark.parametrize("f", FIELDS, ids=lambda f: f.name)
def test_edges(f: Field, layer: Layer) -> None:
    for columns in (1, 3):
        check_forward(f, layer, columns, 1)
    check_matrix(f, layer, 2)
    check_transpose(f, layer, 3)


@QUICK
@given(LAYERS, SEEDS)
def test_forward(layer: Layer, seed: int) -> None:
    check_forward(TINY, layer, 1 + seed % 5, seed)


@QUICK
@given(LAYERS, SEEDS)
def test_matrices_at_points(layer: Layer, seed: int) -> None:
    check_matrix(TINY, layer, seed)


@QUICK
@given(LAYERS, SEEDS)
def test_pull_back_is_the_transpose(layer: Layer, seed: int) -> None:
    check_transpose(TINY, layer, seed)


@EDGE
def test_matrices_are_zero_on_pads(layer: Layer) -> None:
    """At vertices of the padded cube that are no real row, on either side."""
    scalars = TINY.scalars
    in_point, out_point = random_point(TINY, layer.in_shape, 1), random_point(TINY, layer.out_shape, 2)
    pads = [point for point, row in vertices(scalars, layer.in_shape) if row is None]
    assert all(layer.matrix_at(TINY, out_point, pad) == scalars.zero for pad in pads[:: 1 + len(pads) // 30])
    pads = [point for point, row in vertices(scalars, layer.out_shape) if row is None]
    for pad in pads[:: 1 + len(pads) // 30]:
        assert layer.matrix_at(TINY, pad, in_point) == scalars.zero
        assert layer.constant_at(TINY, pad) == scalars.zero


@TWINS
@EDGE
def test_twins_agree(name: str, layer: Layer) -> None:
    plain, fast = the_field(name, "plain"), the_field(name, "fast")
    x = random_base(plain, (math.prod(layer.in_shape), 3), 1)
    assert np.array_equal(layer.forward(plain, x), layer.forward(fast, x))
    j = random_ext(plain, math.prod(layer.out_shape), 2)
    assert np.array_equal(layer.pull_back(plain, j), layer.pull_back(fast, j))
    out_point, in_point = random_point(plain, layer.out_shape, 3), random_point(plain, layer.in_shape, 4)
    assert np.array_equal(layer.rows_at(plain, out_point), layer.rows_at(fast, out_point))
    assert layer.matrix_at(plain, out_point, in_point) == layer.matrix_at(fast, out_point, in_point)
    assert layer.constant_at(plain, out_point) == layer.constant_at(fast, out_point)


@EDGE
def test_blocks_of_any_size(layer: Layer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by working in pieces, down to one row of one example."""
    for piece in (1, 600):
        monkeypatch.setattr(patches, "BLOCK_BYTES", piece)
        for module, name in ((constants, "BLOCK"), (pooling, "BLOCK"), (tensors, "AT_ONCE")):
            monkeypatch.setattr(module, name, piece)
        check_forward(TINY, layer, 3, 1)
        check_transpose(TINY, layer, 2)
        check_matrix(TINY, layer, 3)


def test_points_of_another_tensor_are_refused() -> None:
    layer = EDGES["odd channels"]
    with pytest.raises(ValueError, match="2 axes"):
        eq_rows(TINY, layer.in_shape, random_point(TINY, layer.in_shape, 1)[:2])
