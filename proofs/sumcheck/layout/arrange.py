"""How a tensor is laid out, and arrays on their way into a flat vector and back.

Padding only the innermost axis, and only up to a power of two that costs at most a seventh, keeps what is committed
close to what is real; a power of two is what lets verifiers work with rows instead of entries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.claims import bits
from proofs.sumcheck.layout.segment import Segment, Shape4

Order = tuple[int, int, int, int]
Array = NDArray[np.integer]

MANY = 16
"""From this batch on the batch lies innermost."""
MOST_PERCENT = 115
"""What an axis may grow to by padding."""
LONG_LOW = 256
"""Axes of which only a part is padded to a power of two are split at this at most."""
LONGEST_LOW = 1 << 12
"""Longer axes are always split, so that a segment's runs are never longer than a committed row of 2^15 entries."""


def choose(shape: Shape4) -> tuple[Order, int]:
    """The order of the axes (channels, height, width, batch) in a vector, and where the innermost is split."""
    channels, _, width, batch = shape
    if batch >= MANY:
        return (0, 1, 2, 3), low_part(batch)
    if width == 1:
        return (3, 1, 2, 0), low_part(channels)
    return (3, 0, 1, 2), low_part(width)


def low_part(extent: int) -> int:
    """The power of two to split an axis at: the whole axis rounded up, or else at most ``LONG_LOW``."""
    choices = [1 << bits(extent), *(1 << k for k in reversed(range(LONG_LOW.bit_length())))]
    return next(
        low for low in choices if low <= LONGEST_LOW and 100 * (-(-extent // low) * low) <= MOST_PERCENT * extent
    )


def flatten(segment: Segment, values: Array) -> Array:
    """A tensor (channels, height, width, batch) as the ``size`` entries of its segment, zero at pads."""
    if values.shape != segment.shape:
        raise ValueError(f"a tensor of shape {values.shape} does not fit a segment for {segment.shape}")
    rows = values.transpose(segment.order).reshape(-1, segment.inner)
    out = np.zeros((rows.shape[0], segment.high * segment.low), dtype=values.dtype)
    out[:, : segment.inner] = rows
    return out.reshape(-1)


def unflatten(segment: Segment, entries: Array) -> Array:
    """The tensor whose entries are those of its segment, whatever is in the pads."""
    if entries.shape != (segment.size,):
        raise ValueError(f"{entries.shape} entries do not make a segment of {segment.size}")
    rows = entries.reshape(-1, segment.high * segment.low)[:, : segment.inner]
    back = np.argsort(segment.order)
    return rows.reshape(*segment.outer, segment.inner).transpose(back)
