"""View formats: which numbers they hold, that nothing is lost on the way to the circuit and back, strict parsing."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.commitment.view_format import DTYPES, ViewFormat
from proofs.errors import InvalidInput, MalformedProof

BYTES = ViewFormat((2, 3), "uint8", 8, 10, 4)
RANGES = {"uint8": (0, 255), "int16": (-(1 << 15), (1 << 15) - 1)}


@st.composite
def formats(draw: st.DrawFn, dtype: str) -> ViewFormat:
    scale = draw(st.integers(1, 16))
    unit = scale if dtype == "fixed" else draw(st.integers(max(0, scale - 8), scale))
    return ViewFormat((draw(st.integers(1, 5)), 2), dtype, unit, scale, draw(st.sampled_from([1, 2, 64, 256])))


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
@given(st.data())
def test_integers_there_and_back(dtype: str, data: st.DataObject) -> None:
    shape = data.draw(formats(dtype))
    values = data.draw(st.lists(st.integers(*RANGES[dtype]), min_size=shape.features, max_size=shape.features))
    view = np.array([values]).reshape(1, *shape.shape)
    raw = shape.quantise(view)
    assert raw.tolist() == [[v << shape.shift for v in values]] and raw.dtype == np.int64
    back = shape.view_of(raw)
    assert (back == view).all() and back.dtype == np.dtype(dtype)
    assert (shape.quantise(back) == raw).all()
    assert [Fraction(float(x)) for x in shape.x_of(raw).ravel()] == [Fraction(v, 1 << shape.unit_bits) for v in values]


@given(st.data())
def test_real_numbers_round_half_away_and_come_back(data: st.DataObject) -> None:
    shape = data.draw(formats("fixed"))
    limit = ((1 << 24) - 2) / (1 << shape.scale_bits)
    values = data.draw(st.lists(st.floats(-limit, limit), min_size=shape.features, max_size=shape.features))
    raw = shape.quantise(np.array([values]).reshape(1, *shape.shape))
    for value, found in zip(values, raw[0].tolist(), strict=True):
        scaled = abs(Fraction(value)) * (1 << shape.scale_bits)
        wanted = (2 * scaled + 1) // 2
        assert abs(found) == wanted
        assert found == 0 or (found < 0) == (value < 0)
    assert (shape.quantise(shape.view_of(raw)) == raw).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shape": ()}, "axes"),
        ({"shape": (0,)}, "axes"),
        ({"shape": (1 << 11, 1 << 11)}, "2\\^20"),
        ({"shape": (1,) * 9}, "axes"),
        ({"dtype": "float"}, "none of"),
        ({"batch": 3}, "power of two"),
        ({"batch": 512}, "power of two"),
        ({"batch": 0}, "power of two"),
        ({"scale_bits": 0, "unit_bits": 0}, "scale_bits"),
        ({"scale_bits": 17}, "scale_bits"),
        ({"salt_limbs": 7}, "salt_limbs"),
        ({"unit_bits": 11}, "unit_bits"),
        ({"unit_bits": -1}, "unit_bits"),
        ({"dtype": "fixed"}, "unit_bits must equal"),
    ],
)
def test_formats_that_cannot_be(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        replace(BYTES, **changes)


@pytest.mark.parametrize(
    ("shape", "value", "words"),
    [
        (BYTES, np.full((1, 2, 3), 256), "range of uint8"),
        (BYTES, np.full((1, 2, 3), -1), "range of uint8"),
        (BYTES, np.full((1, 2, 3), 1.0), "needs integers"),
        (BYTES, np.full((1, 2, 3), True), "needs integers"),
        (BYTES, np.full((1, 3, 2), 1), "shape"),
        (BYTES, np.array(1), "shape"),
        (replace(BYTES, dtype="int16"), np.full((1, 2, 3), 1 << 15), "range of int16"),
        (replace(BYTES, dtype="int16"), np.full((1, 2, 3), (1 << 64) - 1, dtype=np.uint64), "range of int16"),
        (replace(BYTES, dtype="int16", unit_bits=0), np.full((1, 2, 3), 1 << 14), "limit of 16384"),
        (replace(BYTES, dtype="fixed", unit_bits=10), np.full((1, 2, 3), np.nan), "NaN"),
        (replace(BYTES, dtype="fixed", unit_bits=10), np.full((1, 2, 3), np.inf), "NaN or infinite"),
        (replace(BYTES, dtype="fixed", unit_bits=10), np.full((1, 2, 3), 16384.0), "limit of 16384"),
        (replace(BYTES, dtype="fixed", unit_bits=10), np.full((1, 2, 3), "a"), "real numbers"),
        (replace(BYTES, dtype="fixed", unit_bits=10), np.full((1, 2, 3), 1j), "real numbers"),
    ],
)
def test_views_a_format_cannot_hold(shape: ViewFormat, value: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        shape.quantise(value)


def test_the_first_bad_document_is_named() -> None:
    views = np.zeros((5, 2, 3), dtype=np.int64)
    views[3, 1, 1] = 999
    with pytest.raises(InvalidInput, match="document 3"):
        BYTES.quantise(views)


@pytest.mark.parametrize("value", [1, -4, 256 << 2, -(1 << 24), 1 << 24, (1 << 62) + 1])
def test_raw_integers_no_view_has(value: int) -> None:
    raw = np.zeros((2, 6), dtype=np.int64)
    raw[1, 4] = value
    with pytest.raises(MalformedProof, match="element 4 of view 1"):
        BYTES.view_of(raw)
    with pytest.raises(MalformedProof, match="shape"):
        BYTES.view_of(raw[:, :5])


def test_digest_binds_every_field() -> None:
    others = {
        "shape": (6,),
        "dtype": "int16",
        "unit_bits": 7,
        "scale_bits": 11,
        "batch": 8,
        "salt_limbs": 9,
    }
    assert set(others) == {field.name for field in fields(ViewFormat)}
    digests = {BYTES.digest, *(replace(BYTES, **{name: value}).digest for name, value in others.items())}
    assert len(digests) == 7


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.data())
def test_json_there_and_back(dtype: str, data: st.DataObject) -> None:
    shape = data.draw(formats(dtype))
    assert ViewFormat.from_json(shape.to_json()) == shape
    assert shape.width == shape.features + 8 and shape.steps == (shape.width + 31) // 32


@pytest.mark.parametrize("name", [field.name for field in fields(ViewFormat)])
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "x", [], [0], ["a"], [1] * 9, 1 << 70, {}, [True]])
def test_hostile_json(name: str, value: object) -> None:
    with pytest.raises(MalformedProof):
        ViewFormat.from_json({**BYTES.to_json(), name: value})


def test_json_keys_are_exact() -> None:
    honest = BYTES.to_json()
    for broken in ({**honest, "more": 1}, {k: v for k, v in honest.items() if k != "batch"}, [], None, "x"):
        with pytest.raises(MalformedProof):
            ViewFormat.from_json(broken)


def test_rows_put_the_salt_behind_the_view() -> None:
    raw, salts = np.arange(12).reshape(2, 6) * 4, np.arange(16).reshape(2, 8)
    rows = BYTES.rows(raw, salts)
    assert rows.shape == (2, BYTES.width)
    assert (rows[:, :6] == raw).all() and (rows[:, 6:] == salts).all()
