"""Real inputs become integers by one rule: floor(alpha x + 1/2), clipped to the box."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks_kit import chain

from proofs.errors import InvalidInput
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.execution.inputs import check_inputs, quantise_inputs, rounded_half_up


def squares(low: int, high: int, alpha: Fraction = Fraction(4), norm: int | None = None) -> object:
    """A network that takes three numbers."""
    return chain([Square((3,))], low, high, alpha=alpha, square_norm=norm)


def test_halves_go_up() -> None:
    """For negatives as well: -1/2 becomes 0, -3/2 becomes -1."""
    x = np.array([[0.125, -0.125, -0.375], [0.124, -0.126, 0.3]])
    assert quantise_inputs(squares(-9, 9), x).T.tolist() == [[1, 0, -1], [0, -1, 1]]


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_rounding_is_exact(value: float) -> None:
    """No double rounds the wrong way, not even the one just below a half."""
    assert int(rounded_half_up(np.array([value]))[0]) == math.floor(Fraction(value) + Fraction(1, 2))


def test_the_double_below_a_half() -> None:
    """Adding a half to it would round up to one."""
    below = np.nextafter(0.5, 0)
    assert rounded_half_up(np.array([below, 0.5, -0.5, -below, -np.nextafter(0.5, 1)])).tolist() == [0, 1, 0, 0, -1]


def test_values_beyond_the_box_are_clipped() -> None:
    """The box is part of the network."""
    assert quantise_inputs(squares(0, 4), np.array([[-7.0, 0.6, 1e30]])).T.tolist() == [[0, 2, 4]]


def test_columns_are_examples() -> None:
    """Features row-major, one column an example, int64 and contiguous."""
    network = chain([Square((2, 3))], -99, 99)
    x = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    found = quantise_inputs(network, x)
    assert found.dtype == np.int64 and found.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(found, x.reshape(2, 6).T)


@pytest.mark.parametrize("x", [np.zeros((2, 4)), np.zeros(3), np.zeros((0, 3)), np.array([[0, np.nan, 0]]),
                               np.array([[0, np.inf, 0]])])  # fmt: skip
def test_unusable_inputs(x: np.ndarray) -> None:
    """Other shapes, no examples, no numbers."""
    with pytest.raises(InvalidInput):
        quantise_inputs(squares(0, 4), x)


def test_declared_norms_are_checked() -> None:
    """The squares of one example may sum to the norm, and no further."""
    network = squares(-9, 9, norm=50)
    check_inputs(network, np.array([[3], [4], [5]]))
    with pytest.raises(InvalidInput, match="input 1: its squares sum to 51"):
        check_inputs(network, np.array([[3, 1], [4, 1], [5, -7]]))
    with pytest.raises(InvalidInput, match="squares sum"):
        quantise_inputs(network, np.array([[2.0, 2.0, 2.0]]))


def test_norms_of_large_inputs_do_not_wrap() -> None:
    """Squares of 31-bit integers sum beyond 64 bits."""
    network = squares(-(2**31) + 1, 2**31 - 1, norm=2**62)
    large = np.full((3, 1), 2**31 - 1)
    with pytest.raises(InvalidInput, match=str(3 * (2**31 - 1) ** 2)):
        check_inputs(network, large)
