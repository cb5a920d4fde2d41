"""The loops of an execution in NumPy; ``kernels.Loops`` says what each does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from proofs.networks.execution.kernels import Floats, Int32, Places


def share(work: Callable[[int, int], object], count: int, products: int, align: int = 1) -> None:
    """All at once."""
    work(0, count)


def products_alone() -> AbstractContextManager[None]:
    """Matrix products keep their threads: there are no others."""
    return nullcontext()


def pieces() -> int:
    """One."""
    return 1


def settle(block: Floats, bias: Int32, out: Int32, first: int, second: int) -> None:
    """Add a bias and write integers."""
    block += bias[:, None, None]
    out[:, first : first + block.shape[1], second : second + block.shape[2]] = block


def add_windows(
    out: Int32, x: Int32, weights: Int32, start: Int32, axes: Places, fresh: bool, rows: tuple[int, int]
) -> None:
    """Offset by offset, on all rows at once; 32-bit sums may wrap on the way, their result is right all the same."""
    out_height, out_width, height, width, batch, per, down, top, across, left = axes.tolist()
    row = np.arange(*rows)
    channel, y = row // out_height, row % out_height
    target = out.reshape(len(out), out_width, batch)
    source = x.reshape(len(x), width, batch)
    if fresh:
        target[rows[0] : rows[1]] = start[channel, None, None]
    columns = np.arange(out_width)
    for i in range(weights.shape[1]):
        read = down * y + i - top
        real = (read >= 0) & (read < height)
        to_rows, from_rows = row[real], (channel // per * height + read)[real]
        for j in range(weights.shape[2]):
            wide = across * columns + j - left
            inside = (wide >= 0) & (wide < width)
            values = source[from_rows[:, None], wide[inside]]
            target[to_rows[:, None], columns[inside]] += weights[channel[real], i, j][:, None, None] * values


def rescale_clamp(q: Int32, rem: Int32, y: Int32, shift: int, least: int, greatest: int) -> None:
    """Rescale in place, then clamp."""
    _rescale(q, rem, shift)
    np.clip(q, least, greatest, out=y)


def rescale_listed(q: Int32, rem: Int32, y: Int32, shift: int, low: int, values: Int32) -> None:
    """Rescale in place, then look up."""
    _rescale(q, rem, shift)
    np.take(values, q - np.int32(low), out=y)


def _rescale(q: Int32, rem: Int32, shift: int) -> None:
    q += np.int32((1 << shift) >> 1)
    if rem.size:
        np.bitwise_and(q, np.int32((1 << shift) - 1), out=rem)
    q >>= np.int32(shift)
