"""Round polynomials against their coefficients; variables against index bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sumcheck_kit import EVERY_FIELD, a_field, random_scalars

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields import Extension, Scalar
from proofs.sumcheck.rounds import as_point, cubic, quadratic, variables


def polynomial(scalars: Extension, coefficients: Sequence[Scalar], x: Scalar) -> Scalar:
    """Coefficients from the constant one up."""
    total, power = scalars.zero, scalars.one
    for coefficient in coefficients:
        total, power = scalars.add(total, scalars.mul(coefficient, power)), scalars.mul(power, x)
    return total


@EVERY_FIELD
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_polynomials_from_what_is_sent(twin: tuple[str, str], seed: int) -> None:
    f = a_field(*twin)
    scalars = f.scalars
    *coefficients, x = random_scalars(f, 5, seed)
    at_0, at_1, at_minus_1 = (polynomial(scalars, coefficients, scalars.from_int(k)) for k in (0, 1, -1))
    assert cubic(scalars, at_0, at_1, at_minus_1, coefficients[3], x) == polynomial(scalars, coefficients, x)
    of_degree_2 = coefficients[:3]
    at_0, at_1 = (polynomial(scalars, of_degree_2, scalars.from_int(k)) for k in (0, 1))
    assert quadratic(scalars, at_0, at_1, coefficients[2], x) == polynomial(scalars, of_degree_2, x)


def test_variables_go_down_the_bits_of_each_axis() -> None:
    found = [(v.axis, v.extent, v.half) for v in variables((5, 1, 2, 8))]
    assert found == [(0, 5, 4), (0, 4, 2), (0, 2, 1), (2, 2, 1), (3, 8, 4), (3, 4, 2), (3, 2, 1)]
    assert variables(()) == variables((1,)) == []
    assert len({v.name("a") for v in variables((5, 1, 2, 8))}) == 7
    with pytest.raises(ValueError, match="has no rows"):
        variables((3, 0))


@given(st.lists(st.integers(1, 300), max_size=4).map(tuple))
def test_every_variable_splits_its_axis(shape: tuple[int, ...]) -> None:
    left = list(shape)
    for v in variables(shape):
        assert left[v.axis] == v.extent
        assert v.half < v.extent <= 2 * v.half
        left[v.axis] = v.half
    assert set(left) <= {1}
    challenges = [(k,) for k in range(len(variables(shape)))]
    point = as_point(shape, challenges)
    assert [len(axis) for axis in point] == [bits(extent) for extent in shape]
    assert [x for axis in point for x in axis] == challenges
    with pytest.raises(ValueError, match="do not make a point"):
        as_point(shape, [*challenges, (0,)])


def test_unfolding_puts_the_axis_apart() -> None:
    table = np.arange(2 * 5 * 6, dtype=np.uint64).reshape(2, 30)
    (first, *_) = variables((5, 6))
    assert first.unfold(table).shape == (2, 5, 6)
    assert first.unfold(table)[1, 2, 3] == 30 + 15
