"""What layers are made of, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_kit import TINY, random_base

from proofs.errors import InvalidInput
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.patches import blocks
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.layers.window import Window

ONE = np.ones((1, 1), dtype=np.int64)
KERNEL = np.ones((2, 3, 2, 2), dtype=np.int64)

REFUSED: dict[str, tuple[str, Callable[[], object]]] = {
    "weights of another width": ("do not fit", lambda: Dense(np.ones((2, 5), dtype=int), (0, 0), (2, 3))),
    "fractional weights": ("integer array", lambda: Dense(np.ones((1, 1)), (0,), (1,))),
    "weights in an object array": ("integer array", lambda: Dense(np.array([[1 << 70]], dtype=object), (0,), (1,))),
    "a list of weights": ("integer array", lambda: Dense([[1]], (0,), (1,))),  # type: ignore[arg-type]
    "weights of one axis": ("2 axes", lambda: Dense(np.ones(3, dtype=int), (0,), (3,))),
    "no weights": ("empty", lambda: Dense(np.ones((0, 1), dtype=int), (), (1,))),
    "a weight of 2^31": ("2\\^31", lambda: Dense(ONE << 31, (0,), (1,))),
    "a weight of -2^31": ("2\\^31", lambda: Dense(-(ONE << 31), (0,), (1,))),
    "an unsigned weight of 2^63": ("2\\^31", lambda: Dense(np.array([[1 << 63]], dtype=np.uint64), (0,), (1,))),
    "a bias too few": ("1 integers", lambda: Dense(ONE, (), (1,))),
    "a fractional bias": ("1 integers", lambda: Dense(ONE, (0.5,), (1,))),  # type: ignore[arg-type]
    "no axes": ("positive", lambda: Dense(ONE, (0,), ())),
    "an empty axis": ("positive", lambda: Square((3, 0))),
    "a negative axis": ("positive", lambda: Reshape((-1, -1), (1,))),
    "a fractional axis": ("positive", lambda: Square((1.0,))),  # type: ignore[arg-type]
    "too many values": ("too many", lambda: Square((1 << 20, 1 << 20))),
    "other channels": ("do not fit", lambda: Convolution(KERNEL, (0, 0), (4, 5, 5))),
    "groups that do not divide": ("do not fit", lambda: Convolution(KERNEL, (0, 0), (9, 5, 5), groups=3)),
    "no groups": ("do not fit", lambda: Convolution(KERNEL, (0, 0), (3, 5, 5), groups=0)),
    "two axes": ("3 axes", lambda: Convolution(KERNEL, (0, 0), (3, 5))),
    "a kernel longer than its input": ("longer", lambda: Convolution(KERNEL, (0, 0), (3, 5, 1))),
    "a stride of 0": ("at least 1", lambda: Convolution(KERNEL, (0, 0), (3, 5, 5), (0, 1))),
    "a negative pad": ("not negative", lambda: Convolution(KERNEL, (0, 0), (3, 5, 5), pads=(0, -1, 0, 0))),
    "two pads": ("4 integers", lambda: Convolution(KERNEL, (0, 0), (3, 5, 5), pads=(0, 1))),  # type: ignore[arg-type]
    "one stride": ("2 integers", lambda: Convolution(KERNEL, (0, 0), (3, 5, 5), (1,))),  # type: ignore[arg-type]
    "an endless pad": ("pads from 0", lambda: SumPool((1, 2, 2), (2, 2), (1, 1), (0, 1 << 40, 0, 0))),
    "an endless kernel": ("too much", lambda: SumPool((1, 1, 1 << 23), (1, 1 << 22), (1, 1))),
    "a kernel of 0": ("at least 1", lambda: SumPool((1, 2, 2), (0, 2), (1, 1))),
    "a reshape that loses values": ("different numbers", lambda: Reshape((2, 3), (5,))),
    "a multiplier of 0": ("multipliers", lambda: Add((2,), (1, 0))),
    "a multiplier of 2^31": ("multipliers", lambda: Add((2,), (1 << 31, 1))),
    "one multiplier": ("multipliers", lambda: Add((2,), (1,))),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    message, make = REFUSED[name]
    with pytest.raises(InvalidInput, match=message):
        make()


def test_there_is_no_dilation() -> None:
    with pytest.raises(TypeError, match="dilation"):
        Convolution(KERNEL, (0, 0), (3, 5, 5), dilation=(2, 2))  # type: ignore[call-arg]


def test_shapes_and_multiplications() -> None:
    layer = Convolution(KERNEL, (0, 0), (3, 7, 12), (2, 1), (0, 1, 1, 0))
    assert layer.out_shape == (2, 4, 12)
    assert layer.multiplications == KERNEL.size * 4 * 12
    assert Dense(np.ones((4, 6), dtype=int), (0,) * 4, (2, 3)).multiplications == 24
    assert SumPool((3, 7, 7), (2, 2), (2, 2)).out_shape == (3, 3, 3)
    assert [layer.multiplications for layer in (Square((3, 2)), Reshape((6,), (3, 2)), Add((6,)))] == [6, 0, 0]
    assert Add((6,), (1, -2)).multiplications == 6


def test_weights_are_a_copy_nobody_can_change() -> None:
    weight = np.ones((1, 2), dtype=np.int8)
    layer = Dense(weight, (np.int64(3),), (np.int64(2),))
    weight[0, 0] = 5
    assert layer.weight.tolist() == [[1, 1]]
    assert layer.weight.dtype == np.int64
    assert [type(value) for value in (*layer.bias, *layer.in_shape)] == [int, int]
    with pytest.raises(ValueError, match="read-only"):
        layer.weight[0, 0] = 2


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 4), st.integers(0, 5), st.integers(0, 5), st.data())
def test_windows(extent: int, kernel: int, stride: int, before: int, after: int, data: st.DataObject) -> None:
    """Every (output, input) pair that a window's definition gives, at each offset, and no other."""
    kernel = min(kernel, extent + before + after)
    window = Window(extent, kernel, stride, before, after)
    assert (window.out - 1) * stride + kernel <= extent + before + after < window.out * stride + kernel
    start = data.draw(st.integers(0, window.out - 1))
    stop = data.draw(st.integers(start + 1, window.out))
    for offset in range(kernel):
        outputs, inputs = window.reach(offset, slice(start, stop))
        found = list(zip(range(window.out)[outputs], range(extent)[inputs], strict=True))
        pairs = [(y, stride * y + offset - before) for y in range(start, stop)]
        assert found == [(y, read) for y, read in pairs if 0 <= read < extent]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 9), st.integers(1, 50), st.integers(1, 1 << 10))
def test_blocks_cover_everything_once(extent: int, kernel: int, width: int, batch: int, depth: int) -> None:
    down = Window(extent, min(kernel, extent), 1, 0, 0)
    covered = np.zeros((down.out, batch), dtype=int)
    for block in blocks(down, Window(width, 1, 1, 0, 0), depth, batch, 1 << 12):
        covered[block.rows, block.examples] += 1
    assert (covered == 1).all()


def test_add_square_and_reshape_run() -> None:
    p = TINY.scalars.p
    a, b = random_base(TINY, (6, 3), 1), random_base(TINY, (6, 3), 2)
    wide_a, wide_b = a.astype(object), b.astype(object)
    for m1, m2 in ((1, 1), (-3, 1), (1, 2**31 - 1), (7, -9)):
        assert np.array_equal(Add((3, 2), (m1, m2)).forward(TINY, a, b), (m1 * wide_a + m2 * wide_b) % p)
    assert np.array_equal(Square((6,)).forward(TINY, a), wide_a**2 % p)
    assert np.array_equal(Reshape((3, 2), (6,)).forward(TINY, a), a)
