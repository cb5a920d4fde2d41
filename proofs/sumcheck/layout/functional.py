"""The linear functionals on a segment of a flat vector that claims are about; all are zero on pads.

Each can be *spread* (its entries added to a table of weights), which provers do, and taken *at* a point of the flat
vector, which verifiers do, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from proofs.sumcheck.claims import Point
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout.factored import Factored
from proofs.sumcheck.layout.kernels import kernels
from proofs.sumcheck.layout.pairing import Vectors, against_eq, against_vectors, widened
from proofs.sumcheck.layout.ranges import FlatPoint, eq_of, range_eq
from proofs.sumcheck.layout.segment import Segment, Shape4

TABLE_BITS = 11
"""Variables of an inner table: 2^11 extension elements fill a first-level cache."""
SHORT = 64
"""Inner tables are at least this long where they can be: a run costs as much as a dozen entries to begin."""
SHARED = 1 << 14
"""Entries a thread begins at a multiple of."""


class Functional(Protocol):
    """A linear functional J on the real entries of a segment."""

    @property
    def segment(self) -> Segment:
        """Where its entries lie."""

    def factored(self, field: Field, factor: Scalar) -> Factored:
        """The entries of factor J."""

    def at(self, field: Field, flat_point: FlatPoint) -> Scalar:
        """sum_z J(z) eq(flat_point, segment.offset + flat(z))."""


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """J(z) = v_c[c] v_y[y] v_x[x] v_b[b].

    Args:
        vectors: extension arrays (degree, extent), axes (channels, height, width, batch).
    """

    segment: Segment
    vectors: Vectors

    def __post_init__(self) -> None:
        found = tuple(vector.shape[1] for vector in self.vectors)
        if found != self.segment.shape:
            raise ValueError(f"vectors of {found} entries do not fit a tensor of shape {self.segment.shape}")

    def factored(self, field: Field, factor: Scalar) -> Factored:
        """Inner axes are multiplied out as far as the cache goes; pads are zeros of the innermost."""
        segment, k = self.segment, kernels(field)
        *outer, last = (self.vectors[axis] for axis in segment.order)
        inner = np.ascontiguousarray(widened(last, 0, segment.high * segment.low))
        while outer and (inner.shape[1] < SHORT or outer[-1].shape[1] * inner.shape[1] <= 1 << TABLE_BITS):
            inner = k.outer(field, outer.pop(), inner)
        table = field.pack([factor])
        for vector in outer:
            table = k.outer(field, table, vector)
        return Factored(table, inner, 0, segment.size, segment.size, 0, segment.size)

    def at(self, field: Field, flat_point: FlatPoint) -> Scalar:
        """sum_z J(z) eq(flat_point, segment.offset + flat(z))."""
        segment = self.segment
        return against_vectors(field, segment, self.vectors, flat_point, segment.offset, (0, segment.rows))

    def spread(self, field: Field, out: Ext, factor: Scalar) -> None:
        """Add factor J to ``out``, an extension array of the whole vector."""
        spread_rows(field, self, out, factor, 0, out.shape[1])

    def spread_rows(self, field: Field, out: Ext, factor: Scalar, start: int, stop: int) -> None:
        """The same with ``out`` an extension array of entries start to stop of the vector."""
        spread_rows(field, self, out, factor, start, stop)


@dataclass(frozen=True, slots=True)
class FlatEq:
    """J(z) = eq(point, first + flat(z)) in rows [start, stop) of the segment that lie in point's space, else 0.

    Args:
        point: of positions in a space of its own, such as a group of look-ups.
        first: the position there of the segment's entry 0, a multiple of ``low``; may be negative.
        rows: the rows meant, runs of ``low`` entries.
    """

    segment: Segment
    point: FlatPoint
    first: int
    rows: tuple[int, int]

    def __post_init__(self) -> None:
        if self.first % self.segment.low:
            raise ValueError(f"a segment of runs of {self.segment.low} entries cannot begin at {self.first}")

    @property
    def cut(self) -> tuple[int, int]:
        """The rows that are the segment's and lie inside [0, 2^len(point))."""
        low = self.segment.low
        start = max(0, self.rows[0], -self.first // low)
        stop = min(self.segment.rows, self.rows[1], ((1 << len(self.point)) - self.first) // low)
        return start, max(start, stop)

    def factored(self, field: Field, factor: Scalar) -> Factored:
        """The first variables' range, and the last variables' table."""
        segment, (start, stop) = self.segment, (row * self.segment.low for row in self.cut)
        cut = max(0, len(self.point) - TABLE_BITS)
        inner, size = eq_of(field, self.point[cut:]), len(self.point) - cut
        begin, end = self.first + start >> size, (self.first + stop - 1 >> size) + 1
        begin, end = (begin, end) if start < stop else (0, 0)
        table = kernels(field).outer(field, field.pack([factor]), range_eq(field, self.point[:cut], begin, end))
        shift, period = self.first - (begin << size), segment.high * segment.low
        if segment.inner == period:
            return Factored(table, inner, shift, segment.size, segment.size, start, stop)
        return Factored(table, inner, shift, segment.inner, period, start, stop)

    def at(self, field: Field, flat_point: FlatPoint) -> Scalar:
        """sum_z J(z) eq(flat_point, segment.offset + flat(z))."""
        points, firsts = (self.point, flat_point), (self.first, self.segment.offset)
        return against_eq(field, self.segment, points, firsts, self.cut)

    def against(self, field: Field, vectors: Vectors) -> Scalar:
        """sum_z J(z) v_c[c] v_y[y] v_x[x] v_b[b]."""
        return against_vectors(field, self.segment, vectors, self.point, self.first, self.cut)

    def spread(self, field: Field, out: Ext, factor: Scalar) -> None:
        """Add factor J to ``out``, an extension array of the whole vector."""
        spread_rows(field, self, out, factor, 0, out.shape[1])

    def spread_rows(self, field: Field, out: Ext, factor: Scalar, start: int, stop: int) -> None:
        """The same with ``out`` an extension array of entries start to stop of the vector."""
        spread_rows(field, self, out, factor, start, stop)


def point_vectors(field: Field, shape: Shape4, point: Point) -> Vectors:
    """eq(point, .) of a tensor's axes, each as long as the axis really is."""
    a, b, c, d = (range_eq(field, r, 0, extent) for r, extent in zip(point, shape, strict=True))
    return a, b, c, d


def spread_rows(field: Field, functional: Functional, out: Ext, factor: Scalar, start: int, stop: int) -> None:
    """Add factor J to ``out``, an extension array of entries start to stop of the vector."""
    k, offset = kernels(field), functional.segment.offset
    entries = functional.factored(field, factor).masked()
    lo, hi = max(entries.start, start - offset), min(entries.stop, stop - offset)

    def add(a: int, b: int) -> None:
        k.add_factored(field, entries, out, start - offset, entries.period, lo + a, lo + b)

    if lo < hi:
        k.share(add, hi - lo, hi - lo, SHARED)
