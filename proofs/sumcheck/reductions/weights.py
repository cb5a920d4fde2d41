"""A convolution's weights, as one table over all input channels, folded by its outputs; and claims about them.

Wfull[o, c, i, j] = W[o, c - group(o) C/g, i, j] where c is a channel of o's group, else 0.
"""

from __future__ import annotations

from math import prod

import numpy as np

from proofs.sumcheck.fields.field import Ext, Field, Integers
from proofs.sumcheck.layout.functional import Product
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.reductions.windows import ones


def fold_outputs(field: Field, weight: Integers, groups: int, outputs: Ext) -> Ext:
    """sum_o e(o) Wfull[o, c, i, j] for weights (4, O) of the outputs: (4, C, kh, kw)."""
    (count, channels, *kernel), degree = weight.shape, len(outputs)
    if groups > 1 and channels == 1:
        return _fold_depthwise(field, weight, groups, outputs)
    rows, each = weight.reshape(count, -1), count // groups
    parts = (slice(start, start + each) for start in range(0, count, each))
    folded = [field.combine_rows(rows[part], np.ascontiguousarray(outputs[:, part])) for part in parts]
    return np.concatenate(folded, axis=1).reshape(degree, groups * channels, *kernel)


def _fold_depthwise(field: Field, weight: Integers, groups: int, outputs: Ext) -> Ext:
    """The same for groups of one input channel, all at once: entry by entry, an element being four of F_p."""
    factors = field.from_signed(weight).reshape(groups, -1, prod(weight.shape[2:]))
    coordinates = outputs.reshape(len(outputs), groups, -1, 1)
    out = np.zeros((len(outputs), groups, factors.shape[2]), dtype=field.dtype)
    for o in range(factors.shape[1]):
        spread = np.broadcast_arrays(coordinates[:, :, o], factors[None, :, o])
        out = field.add(out, field.mul_base(*map(np.ascontiguousarray, spread)))
    return out.reshape(len(outputs), groups, *weight.shape[2:])


def weight_functionals(
    field: Field, segment: Segment, groups: int, outputs: Ext, ends: tuple[Ext, Ext, Ext]
) -> tuple[Product, ...]:
    """sum_o e(o) Wfull[o, ...] at a point, as functionals of W that add up: one, or one a group.

    Args:
        segment: axes (O, C / groups, kh, kw). outputs: e, (4, O).
        ends: eq tables at the point, over all C channels, the kernel's rows and its columns.
    """
    channels, rows, columns = ends
    each, fan_in = segment.shape[0] // groups, segment.shape[1]
    if fan_in == 1:
        reading = np.repeat(channels, each, axis=1)  # output o reads channel group(o)
        return (Product(segment, (field.mul(outputs, reading), ones(field, 1), rows, columns)),)
    return tuple(
        Product(
            _group(segment, groups, g),
            (_slice(outputs, g * each, each), _slice(channels, g * fan_in, fan_in), rows, columns),
        )
        for g in range(groups)
    )


def _group(segment: Segment, groups: int, index: int) -> Segment:
    """The weights of one group: contiguous, the outputs being the outermost axis."""
    if groups == 1:
        return segment
    if segment.order[0] != 0:
        raise ValueError(f"weights in groups must lie output by output, not in the order {segment.order}")
    outputs, *rest = segment.shape
    size = segment.size // groups
    fan_in, height, width = rest
    shape = (outputs // groups, fan_in, height, width)
    return Segment(shape, segment.order, segment.low, segment.offset + index * size)


def _slice(table: Ext, start: int, count: int) -> Ext:
    return np.ascontiguousarray(table[:, start : start + count])
