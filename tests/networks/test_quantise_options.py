"""Options and inputs that cannot be used are refused in words; receipts of scales add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from proofs.errors import InvalidInput
from proofs.networks.graph import Activation, FloatConvolution, FloatNetwork, FloatNode, Grid
from proofs.networks.quantise import Options, integer_inputs, quantise
from proofs.networks.quantise.levels import decimal, finer, from_span
from proofs.networks.quantise.options import Levels


def dense(grid: Grid | None = None) -> FloatNetwork:
    op = FloatConvolution(0, np.array([[1.0, -2.0], [0.5, 0.25]]).reshape(2, 2, 1, 1), np.zeros(2), (1, 1), (0,) * 4, 1)
    node = FloatNode(op, Activation(), (2, 1, 1), None, "fc")
    return FloatNetwork((2, 1, 1), (2,), False, grid, (node,))


@pytest.mark.parametrize(
    "wrong",
    [
        {"bits": 1},
        {"bits": 17},
        {"logit_bits": 17},
        {"percentile": 50.0},
        {"percentile": 101.0},
        {"sum_bits": 9},
        {"sum_bits": -1},
        {"input_range": (1.0, 1.0)},
        {"input_range": (0.0, float("inf"))},
        {"largest_shift": 0},
        {"largest_shift": 19},
    ],
)
def test_options_out_of_range(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong)).replace("_", ".")):
        Options(**wrong)


def test_nothing_to_take_ranges_from() -> None:
    with pytest.raises(InvalidInput, match="calibration inputs"):
        quantise(dense(), None)
    quantise(dense(), None, Options(input_range=(-1, 1)))
    quantise(dense(Grid(0.1, -128, 127)), None)


@pytest.mark.parametrize("broken", [np.ones((4, 3)), np.ones((0, 2)), np.array([[1.0, np.nan]])])
def test_unusable_calibration(broken: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match="calibration"):
        quantise(dense(), broken)


def test_inputs_become_levels_halves_up_and_clamps_are_counted() -> None:
    network, _, _ = quantise(dense(Grid(0.5, -4, 3)), None)
    found = integer_inputs(dense(), network, np.array([[0.25, -0.25], [9.0, -1.9]]))
    assert found.x[:, 0, 0, :].T.tolist() == [[1, 0], [3, -4]]
    assert found.clamped == 1
    for broken in (np.ones((2, 3)), np.array([[np.inf, 0.0]]), np.ones((0, 2))):
        with pytest.raises(InvalidInput):
            integer_inputs(dense(), network, broken)


@pytest.mark.parametrize("bits", [2, 8, 15, 16])
@pytest.mark.parametrize("span", [(0.0, 3.0), (-1.0, 2.0), (-5.0, -1.0), (1.0, 4.0), (0.0, 0.0), (-1e-9, 1e-9)])
def test_levels_cover_their_range_and_zero(span: tuple[float, float], bits: int) -> None:
    levels = from_span(span, bits, "calibration")
    assert -(1 << 15) <= levels.low <= 0 <= levels.high < 1 << 15
    assert levels.bits <= bits
    half = 0.5000001 * levels.scale
    assert levels.low * levels.scale <= span[0] + half
    assert span[1] - half <= levels.high * levels.scale
    assert float(decimal(levels.scale)) == levels.scale


def test_finer_levels_stay_within_16_bits() -> None:
    assert finer(Levels(1.0, -128, 127, "file"), 2) == Levels(0.25, -512, 511, "file")
    assert finer(Levels(1.0, -(1 << 14), 5, "file"), 3) == Levels(0.5, -(1 << 15), 11, "file")


def test_decimals_have_no_exponent_and_no_spare_zeros() -> None:
    assert decimal(0.02352847717702388) == "0.02352847718"
    assert decimal(1.5e-7) == "0.00000015"
    assert decimal(20.0) == "20"
