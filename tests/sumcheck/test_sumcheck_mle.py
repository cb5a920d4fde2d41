"""Extensions at a point, against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sumcheck_kit import (
    EVERY_FIELD,
    a_field,
    eq_weights,
    inner,
    random_base,
    random_scalars,
    scalars_of,
    tensor_weights,
)

from proofs.sumcheck.claims import bits
from proofs.sumcheck.mle import eq, evaluate, evaluate_integers, evaluate_rows, indicator
from proofs.sumcheck.rounds import as_point

SHAPES = st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple).filter(lambda shape: math.prod(shape) <= 100)
SEEDS = st.integers(0, 2**32)
QUICK = settings(max_examples=10, deadline=None)


@EVERY_FIELD
@QUICK
@given(st.integers(0, 5), SEEDS)
def test_eq_is_the_extension_of_equality(twin: tuple[str, str], k: int, seed: int) -> None:
    f = a_field(*twin)
    scalars, r, s = f.scalars, random_scalars(f, k, seed), random_scalars(f, k, seed + 1)
    both = zip(eq_weights(scalars, r, 1 << k), eq_weights(scalars, s, 1 << k), strict=True)
    expected = scalars.zero
    for x, y in both:
        expected = scalars.add(expected, scalars.mul(x, y))
    assert eq(scalars, r, s) == expected
    for i in range(1 << k):
        index = [scalars.from_int(i >> place & 1) for place in reversed(range(k))]
        assert eq(scalars, r, index) == eq_weights(scalars, r, 1 << k)[i]


@pytest.mark.parametrize("name", ["7i", "m31", "m61"])
def test_the_indicator_sums_eq_over_real_indices(name: str) -> None:
    f = a_field(name)
    for k in range(6):
        point = random_scalars(f, k, k)
        total = f.scalars.zero
        for n, weight in enumerate([*eq_weights(f.scalars, point, 1 << k), None]):
            assert indicator(f.scalars, point, n) == total
            total = f.scalars.add(total, weight) if weight else total
        for outside in (-1, (1 << k) + 1):
            with pytest.raises(ValueError, match="more than"):
                indicator(f.scalars, point, outside)


@EVERY_FIELD
@QUICK
@given(SHAPES, SEEDS)
def test_tables_at_a_point(twin: tuple[str, str], shape: tuple[int, ...], seed: int) -> None:
    f = a_field(*twin)
    point = as_point(shape, random_scalars(f, sum(map(bits, shape)), seed))
    weights = tensor_weights(f.scalars, shape, point)
    base = random_base(f, shape, seed)
    assert evaluate(f, base, point) == inner(f.scalars, [f.scalars.from_int(int(x)) for x in base.flat], weights)
    rows = random_base(f, (f.scalars.degree, math.prod(shape)), seed)
    assert evaluate_rows(f, rows, shape, point) == inner(f.scalars, scalars_of(rows), weights)
    integers = np.random.default_rng(seed).integers(-(2**31) + 1, 2**31, shape)
    entries = [f.scalars.from_int(int(x)) for x in integers.flat]
    assert evaluate_integers(f, integers, point) == inner(f.scalars, entries, weights)


def test_a_point_of_another_shape_is_refused() -> None:
    f = a_field("m61")
    a, b, c = random_scalars(f, 3, 0)
    table = random_base(f, (f.scalars.degree, 8), 0)
    with pytest.raises(ValueError, match="variables an axis"):
        evaluate_rows(f, table, (4, 2), ((a,), (b, c)))
    with pytest.raises(ValueError, match="do not make a point"):
        evaluate_rows(f, table, (4, 2), ((a, b),))
