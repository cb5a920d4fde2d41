"""Input format: one digest, one quantisation, clear limits."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.commitment.input_format import MAX_RAW, InputFormat
from proofs.errors import InvalidInput, MalformedProof

SHAPE = InputFormat((2, 3), 7, 4, 2)
OTHERS = {"shape": (3, 2), "scale_bits": 8, "classes": 5, "batch": 4, "salt_limbs": 9}


def exact_half_away(value: float, bits: int) -> int:
    scaled = Fraction(value) * (1 << bits)
    rounded = math.floor(abs(scaled) + Fraction(1, 2))
    return -rounded if scaled < 0 else rounded


@given(st.floats(-100, 100), st.integers(1, 14))
def test_rounds_half_away_from_zero(value: float, bits: int) -> None:
    shape = InputFormat((1,), bits, 2, 1)
    assert shape.quantise(np.array([[value]])).tolist() == [[exact_half_away(value, bits)]]


def test_halves() -> None:
    x = np.array([[0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994]]) / 2
    assert InputFormat((6,), 1, 2, 1).quantise(x).tolist() == [[1, -1, 2, 3, -3, 0]]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "int64", "bool"])
def test_real_dtypes(dtype: str) -> None:
    x = np.ones((2, 2, 3), dtype=dtype)
    assert (SHAPE.quantise(x) == 128).all()
    assert SHAPE.quantise(x).shape == (2, 6)


@pytest.mark.parametrize(
    "x",
    [
        np.zeros((2, 3, 2)), np.zeros((2, 6)), np.zeros(6), np.array(1.0), np.zeros((2, 2, 3), dtype=complex),
        np.full((2, 2, 3), "a"), np.full((2, 2, 3), None), np.full((1, 2, 3), np.nan), np.full((1, 2, 3), np.inf),
        np.full((1, 2, 3), -np.inf), np.full((1, 2, 3), MAX_RAW / 128), np.full((1, 2, 3), -MAX_RAW / 128),
        np.full((1, 2, 3), (MAX_RAW - 0.5) / 128), np.full((1, 2, 3), 1e308), np.full((1, 2, 3), 2**63, dtype="uint64"),
    ],
)  # fmt: skip
def test_unusable_inputs(x: np.ndarray) -> None:
    with pytest.raises(InvalidInput):
        SHAPE.quantise(x)


def test_largest_value() -> None:
    assert SHAPE.quantise(np.full((1, 2, 3), (MAX_RAW - 1) / 128)).max() == MAX_RAW - 1


def test_nan_names_the_example() -> None:
    x = np.zeros((4, 2, 3))
    x[2, 1, 1] = np.nan
    with pytest.raises(InvalidInput, match="example 2"):
        SHAPE.quantise(x)


def test_every_field_changes_the_digest() -> None:
    assert set(OTHERS) == {field.name for field in fields(InputFormat)}
    digests = {SHAPE.digest, *(replace(SHAPE, **{name: value}).digest for name, value in OTHERS.items())}
    assert len(digests) == len(OTHERS) + 1


@pytest.mark.parametrize(
    "change",
    [
        {"shape": ()}, {"shape": (0,)}, {"shape": (1,) * 9}, {"batch": 0}, {"batch": 3}, {"batch": 512}, {"classes": 1},
        {"classes": 5000}, {"scale_bits": 0}, {"scale_bits": 17}, {"salt_limbs": 7}, {"salt_limbs": 65},
    ],
)  # fmt: skip
def test_limits(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        replace(SHAPE, **change)


def test_json() -> None:
    assert InputFormat.from_json(SHAPE.to_json()) == SHAPE
    for name, bad in {"shape": [2, "3"], "scale_bits": 1.5, "classes": True, "batch": 3, "salt_limbs": None}.items():
        with pytest.raises(MalformedProof):
            InputFormat.from_json({**SHAPE.to_json(), name: bad})
    for hostile in ([], None, {**SHAPE.to_json(), "more": 1}, {**SHAPE.to_json(), "shape": 6}):
        with pytest.raises(MalformedProof):
            InputFormat.from_json(hostile)


def test_rows_are_input_one_hot_salt() -> None:
    raw, salts = np.arange(12).reshape(2, 6), np.arange(16).reshape(2, 8)
    rows = SHAPE.rows(raw, np.array([3, 0]), salts)
    assert rows.shape == (2, SHAPE.width)
    assert rows[:, 6:10].tolist() == [[0, 0, 0, 128], [128, 0, 0, 0]]
    assert (rows[:, 10:] == salts).all()
