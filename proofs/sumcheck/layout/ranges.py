"""eq(point, i) for a range of indices, from tables much smaller than 2^len(point)."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import cast

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.hiding.forms import plain_field
from proofs.sumcheck.layout.kernels import kernels

FlatPoint = tuple[Scalar, ...]
CHUNK = 8
"""Variables a small table is of."""


@lru_cache(maxsize=256)
def _kept(field: Hashable, point: FlatPoint) -> Ext:
    """Of half the variables each, entry by entry, and their products at once: steps over small arrays are dear."""
    known, half = cast(Field, field), len(point) // 2
    high, low = (known.eq_table(part, 1 << len(part)) for part in (point[:half], point[half:]))
    return kernels(known).outer(known, high, low)


def small_eq(field: Field, point: FlatPoint) -> Ext:
    """eq(point, .) for a few variables; kept, for many functionals meet at one point. Not to be written to."""
    return _kept(cast(Hashable, plain_field(field)), point)


def eq_of(field: Field, point: FlatPoint) -> Ext:
    """eq(point, i) for all i < 2^len(point). Not to be written to."""
    if len(point) <= CHUNK:
        return small_eq(field, point)
    return range_eq(field, point, 0, 1 << len(point))


def range_eq(field: Field, point: FlatPoint, start: int, stop: int) -> Ext:
    """eq(point, i) for start <= i < stop <= 2^len(point): the first variables' range times the last's table."""
    if not 0 <= start <= stop <= 1 << len(point):
        raise ValueError(f"{len(point)} variables do not index {start} to {stop}")
    if len(point) <= CHUNK:
        return small_eq(field, point)[:, start:stop]
    if start == stop:
        return np.zeros((field.scalars.degree, 0), dtype=field.dtype)
    first, last = start >> CHUNK, (stop - 1 >> CHUNK) + 1
    high = range_eq(field, point[:-CHUNK], first, last)
    table = kernels(field).outer(field, high, small_eq(field, point[-CHUNK:]))
    return table[:, start - (first << CHUNK) : stop - (first << CHUNK)]
