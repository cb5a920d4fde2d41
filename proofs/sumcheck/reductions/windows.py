"""Windows that slide along one axis, folded over the axis's outputs: vectors over the inputs.

Output y reads input y' = stride y + i - before at offset i. With a weight e(y) for every output,

    A_i(y') = sum_y e(y) [y' = stride y + i - before]          A(y') = sum_i f(i) A_i(y')

over real outputs, real offsets and real inputs only: what is read beyond the input's edges is zero, and so is every
output beyond the last.
"""

from __future__ import annotations

import numpy as np

from proofs.networks.network import Convolution, Reading
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layers.tensors import add_into
from proofs.sumcheck.layout.segment import Shape4


def convolution_readings(node: Convolution, source: Shape4) -> tuple[Reading, Reading]:
    """How a convolution reads the height and the width of its input."""
    _, height, width, _ = source
    (kh, kw), (down, across), (top, left, bottom, right) = node.kernel, node.stride, node.pads
    return (
        Reading(kh, down, top, (height + top + bottom - kh) // down + 1),
        Reading(kw, across, left, (width + left + right - kw) // across + 1),
    )


def is_whole(reading: Reading, extent: int) -> bool:
    """Whether there is one output, whose window is the input itself: A_i(y') = e(0) [y' = i]."""
    return (reading.kernel, reading.out, reading.before) == (extent, 1, 0)


def reach(reading: Reading, extent: int, offset: int) -> tuple[slice, slice]:
    """The outputs that read a real input at ``offset``, and the inputs they read; slices of equal length."""
    moved = reading.before - offset
    first = max(0, -(-moved // reading.stride))
    last = min(reading.out - 1, (extent - 1 + moved) // reading.stride)
    if last < first:
        return slice(0, 0), slice(0, 0)
    start = reading.stride * first - moved
    return slice(first, last + 1), slice(start, start + reading.stride * (last - first) + 1, reading.stride)


def read_at_offsets(reading: Reading, extent: int, outputs: Ext) -> Ext:
    """A_i(y') for every offset i: weights (degree, out) give (degree, kernel, extent)."""
    table = np.zeros((len(outputs), reading.kernel, extent), dtype=outputs.dtype)
    for offset in range(reading.kernel):
        written, read = reach(reading, extent, offset)
        table[:, offset, read] = outputs[:, written]
    return table


def read_combined(field: Field, reading: Reading, extent: int, outputs: Ext, offsets: Ext) -> Ext:
    """A(y') for weights (degree, out) of the outputs and (degree, kernel) of the offsets: (degree, extent)."""
    table = np.zeros((len(outputs), extent), dtype=outputs.dtype)
    for offset in range(reading.kernel):
        written, read = reach(reading, extent, offset)
        weights = np.ascontiguousarray(outputs[:, written])
        add_into(field, table[:, read], field.scale(weights, field.element(offsets, offset)))
    return table


def read_summed(field: Field, reading: Reading, extent: int, outputs: Ext) -> Ext:
    """A(y') with all offsets weighing one: a sum pool's."""
    table = np.zeros((len(outputs), extent), dtype=outputs.dtype)
    for offset in range(reading.kernel):
        written, read = reach(reading, extent, offset)
        add_into(field, table[:, read], outputs[:, written])
    return table


def ones(field: Field, count: int) -> Ext:
    """1 as often as ``count``: (degree, count)."""
    one: Scalar = field.scalars.one
    return np.repeat(field.pack([one]), count, axis=1)
