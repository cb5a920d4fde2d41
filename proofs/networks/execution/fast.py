"""The loops of an execution, compiled; ``kernels.Loops`` says what each does."""

from __future__ import annotations

import numpy as np

from proofs.networks.execution.kernels import Floats, Int32, Places
from proofs.sumcheck.fields.fast.compile import kernel, spliced
from proofs.sumcheck.fields.fast.threads import PIECES_PER_THREAD, share, threads
from proofs.sumcheck.safetynets.execution.blas_threads import one_thread_each as products_alone

__all__ = ["add_windows", "pieces", "products_alone", "rescale_clamp", "rescale_listed", "settle", "share"]


def pieces() -> int:
    """As many as ``share`` makes."""
    return threads() * PIECES_PER_THREAD if threads() > 1 else 1


@kernel
def settle(block: Floats, bias: Int32, out: Int32, first: int, second: int) -> None:
    """Add a bias and write integers."""
    for o in range(block.shape[0]):
        start = bias[o]
        for i in range(block.shape[1]):
            source = block[o, i]
            target = out[o, first + i, second : second + block.shape[2]]
            for j in range(source.size):
                target[j] = np.int32(np.int32(source[j]) + start)


@spliced
def _add_row(
    target: Int32, source: Int32, weight: int, first: int, last: int, across: int, shift: int, batch: int
) -> None:
    """target[x, b] += weight * source[across * x + shift, b] for x from first to last, rows being flat."""
    if across == 1:
        into = target[first * batch : (last + 1) * batch]
        values = source[(first + shift) * batch : (last + shift + 1) * batch]
        for k in range(into.size):
            into[k] = np.int32(into[k] + np.int32(weight * values[k]))
    elif batch == 1:
        into = target[first : last + 1]
        values = source[across * first + shift :]
        for k in range(into.size):
            into[k] = np.int32(into[k] + np.int32(weight * values[across * k]))
    else:
        for place in range(first, last + 1):
            into = target[place * batch : (place + 1) * batch]
            begin = (across * place + shift) * batch
            values = source[begin : begin + batch]
            for k in range(into.size):
                into[k] = np.int32(into[k] + np.int32(weight * values[k]))


@kernel
def add_windows(
    out: Int32, x: Int32, weights: Int32, start: Int32, axes: Places, fresh: bool, rows: tuple[int, int]
) -> None:
    """Row by row; 32-bit sums may wrap on the way, their result is right all the same."""
    out_height, out_width, height, width, batch = axes[0], axes[1], axes[2], axes[3], axes[4]
    per, down, top, across, left = axes[5], axes[6], axes[7], axes[8], axes[9]
    for row in range(rows[0], rows[1]):
        channel = row // out_height
        if fresh:
            out[row, :] = start[channel]
        for i in range(weights.shape[1]):
            read = down * (row - channel * out_height) + i - top
            if read < 0 or read >= height:
                continue
            source = x[channel // per * height + read]
            for j in range(weights.shape[2]):
                shift = j - left
                first = max(0, -(shift // across))
                last = min(out_width - 1, (width - 1 - shift) // across)
                if first <= last:
                    _add_row(out[row], source, weights[channel, i, j], first, last, across, shift, batch)


@kernel
def rescale_clamp(q: Int32, rem: Int32, y: Int32, shift: int, least: int, greatest: int) -> None:
    """Rescale in place, then clamp."""
    half, mask, bits = np.int32((1 << shift) >> 1), np.int32((1 << shift) - 1), np.int32(shift)
    lowest, highest = np.int32(least), np.int32(greatest)
    if rem.size:
        for i in range(q.size):
            acc = np.int32(q[i] + half)
            value = np.int32(acc >> bits)
            rem[i] = acc & mask
            q[i] = value
            y[i] = min(max(value, lowest), highest)
    else:
        for i in range(q.size):
            value = np.int32(np.int32(q[i] + half) >> bits)
            q[i] = value
            y[i] = min(max(value, lowest), highest)


@kernel
def rescale_listed(q: Int32, rem: Int32, y: Int32, shift: int, low: int, values: Int32) -> None:
    """Rescale in place, then look up."""
    half, mask, bits = np.int32((1 << shift) >> 1), np.int32((1 << shift) - 1), np.int32(shift)
    for i in range(q.size):
        acc = np.int32(q[i] + half)
        value = np.int32(acc >> bits)
        if rem.size:
            rem[i] = acc & mask
        q[i] = value
        y[i] = values[value - low]
