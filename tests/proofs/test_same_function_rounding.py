"""Every accumulator there is: ties, negatives, both ends of clamps, all shifts, against the formula itself."""

from __future__ import annotations

import numpy as np
import pytest
from same_function_kit import Builder, executed, extremes

from proofs.errors import UnsupportedModel
from proofs.halo2.integer_network import same_function_onnx, sites
from proofs.halo2.integer_network_rounding import Interval, interval
from proofs.networks.execution import execute
from proofs.networks.network import Clamp

CLAMPS = [(0, 255), (-128, 127), (0, 6), (-2047, 2047), (-3, -3), (5, 40), (-40, -5), (-(2**15), 2**15 - 1)]
LISTED = [lambda q: min(abs(q), 99), lambda q: int(q > 0), lambda q: 7, lambda q: (q * q) % 11 - 5]


def formula(x: np.ndarray, shift: int) -> np.ndarray:
    """floor((3 x + 1 + 2^(k-1)) / 2^k) by Python's integers."""
    return np.array([(3 * int(v) + 1 + (2**shift >> 1)) // 2**shift for v in x])


@pytest.mark.parametrize("shift", [0, 1, 2, 5, 11])
@pytest.mark.parametrize("clamp", CLAMPS)
def test_every_accumulator_clamped(clamp: tuple[int, int], shift: int) -> None:
    builder = Builder((1, 1, 1), -3000, 3000)
    builder.dense(np.array([[3], [-1]]), np.array([1, 0]), shift, clamp)
    x = np.arange(-3000, 3001, dtype=np.int32).reshape(1, 1, 1, -1)
    found = executed(*builder.build(), x)
    assert np.array_equal(found[:, 0], np.clip(formula(x.ravel(), shift), *clamp))
    assert np.array_equal(found, execute(*builder.build(), x).logits)


@pytest.mark.parametrize("shift", [0, 3, 7])
@pytest.mark.parametrize("function", LISTED)
def test_every_accumulator_through_a_listed_table(function: object, shift: int) -> None:
    assert callable(function)
    builder = Builder((1, 1, 1), -120, 120)
    builder.dense(np.array([[3], [-1]]), np.array([1, 0]), shift, function)
    x = np.arange(-120, 121, dtype=np.int32).reshape(1, 1, 1, -1)
    found = executed(*builder.build(), x)
    assert found[:, 0].tolist() == [function(int(q)) for q in formula(x.ravel(), shift)]


def test_ties_go_up_for_negatives_too() -> None:
    builder = Builder((1, 1, 1), -8, 8)
    builder.dense(np.array([[1], [1]]), np.array([0, 0]), 2)
    x = np.array([-6, -2, 2, 6], np.int32).reshape(1, 1, 1, -1)
    assert executed(*builder.build(), x)[:, 0].tolist() == [-1, 0, 1, 2]


@pytest.mark.parametrize(
    "low, high, least, greatest", [(-99, 99, 0, 255), (-300, 300, 0, 255), (-9, 9, -2, 3), (4, 4, 0, 9)]
)
@pytest.mark.parametrize("shift", [1, 10, 18])
def test_intervals_hold_what_the_table_gives(low: int, high: int, least: int, greatest: int, shift: int) -> None:
    found = interval(Clamp(low, high, least, greatest), shift)
    ends = np.clip([low, high], least, greatest)
    assert found.least <= ends[0] and ends[1] <= found.greatest
    assert isinstance(found, Interval) and abs(found.offset(shift)) < 2**19


def test_what_single_precision_does_not_hold_is_refused() -> None:
    builder = Builder((1, 1, 1), -1, 1)
    builder.dense(np.array([[1], [2]]), np.array([2**24, 5]), 12, (0, 255))
    with pytest.raises(UnsupportedModel, match="holds halves"):
        same_function_onnx(*builder.build())


@pytest.mark.parametrize("bias", [2**22 - 1, 2**18, -(2**18)])
def test_large_equal_biases_are_exact_or_refused(bias: int) -> None:
    """A tensor of equal numbers is moved by a step of single precision, at 2^22 half a unit."""
    builder = Builder((1, 1, 1), -99, 99)
    builder.dense(np.array([[1], [2]]), np.array([bias, bias]), 9, (-(2**15), 2**15 - 1))
    network, weights = builder.build()
    x = extremes(network, 60)
    if bias < 2**20:
        assert np.array_equal(executed(network, weights, x), execute(network, weights, x).logits)
    else:
        with pytest.raises(UnsupportedModel, match="told apart"):
            same_function_onnx(network, weights)


def test_scales_return_to_one_after_a_rescale() -> None:
    builder = Builder((2, 1, 1))
    builder.dense(np.ones((2, 2)), None, 0, (0, 2**15 - 1))
    builder.dense(np.ones((2, 2)), None, 0, (0, 2**15 - 1))
    builder.dense(np.ones((2, 2)), None, 3)
    assert [site.scale for site in sites(builder.build()[0])] == [2, 3, 1]
