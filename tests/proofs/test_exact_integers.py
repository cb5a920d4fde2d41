"""Exact integers as bytes: one encoding each, and none for what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.errors import InvalidInput, MalformedProof
from proofs.exact_integers import WIDTHS, decode, encode, inputs_digest, outputs_digest, width_of


def half(width: int) -> int:
    return 1 << (8 * width - 1)


@given(st.sampled_from(WIDTHS), st.data())
def test_integers_come_back_as_they_were(width: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(-half(width), half(width) - 1), min_size=1, max_size=8))
    raw = encode(np.array(values, dtype=object), width)
    assert raw == b"".join(value.to_bytes(width, "little", signed=True) for value in values)
    assert decode(raw, width, (len(values),), half(width)).tolist() == values


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8"])
def test_every_integer_dtype_is_written_alike(dtype: str) -> None:
    values = np.array([[0, 1, 127], [100, 5, 6]], dtype=dtype)
    assert encode(values, 8) == encode(values.astype(object), 8)
    assert decode(encode(values, 1), 1, (2, 3), 127).tolist() == values.tolist()


@pytest.mark.parametrize("width", WIDTHS)
def test_widths_hold_what_they_say(width: int) -> None:
    assert width_of(-half(width), half(width) - 1) == width
    for beyond in (half(width), -half(width) - 1):
        with pytest.raises(InvalidInput, match="do not fit"):
            encode(np.array([0, beyond], dtype=object), width)


@pytest.mark.parametrize("width", [8, 16])
def test_only_so_many_bytes_and_no_larger_integers(width: int) -> None:
    raw = encode(np.array([5, -5], dtype=object), width)
    assert decode(raw, width, (2,), 5).tolist() == [5, -5]
    for wrong in (raw[:-1], raw + b"\0", b""):
        with pytest.raises(MalformedProof, match="announced"):
            decode(wrong, width, (2,), 5)
    for value in (5, -5):
        with pytest.raises(MalformedProof, match="larger than 4"):
            decode(encode(np.array([value], dtype=object), width), width, (1,), 4)


@pytest.mark.parametrize("width", WIDTHS[:-1])
def test_one_more_takes_the_next_width(width: int) -> None:
    assert width_of(0, half(width)) == width_of(-half(width) - 1, 0) == 2 * width
    with pytest.raises(InvalidInput, match="do not fit"):
        width_of(0, half(WIDTHS[-1]))


def test_digests_bind_values_shape_and_width() -> None:
    x = np.arange(200, dtype=np.int64).reshape(100, 2)
    swapped = x.copy()
    swapped[[0, 99]] = swapped[[99, 0]]
    different = {
        inputs_digest(x, 2), inputs_digest(x, 4), inputs_digest(x.T, 2), inputs_digest(x.reshape(50, 4), 2),
        inputs_digest(swapped, 2), outputs_digest(x, 2), outputs_digest(x.T, 2), outputs_digest(x, 16),
    }  # fmt: skip
    assert len(different) == 8
    assert inputs_digest(x.astype(np.int16), 2) == inputs_digest(np.asfortranarray(x), 2) == inputs_digest(x, 2)
    assert outputs_digest(x.astype(object), 16) == outputs_digest(x.astype(np.int16), 16) == outputs_digest(x, 16)
