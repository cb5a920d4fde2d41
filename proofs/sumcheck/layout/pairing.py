"""Sums over a segment that verifiers need, in a few products a row: sum_z J(z) eq(point, first + flat(z)).

Rows are runs of ``low`` entries, so the last bits of a position are an index of the innermost axis's low part, and eq
falls into a factor for them and one for the row. Pads never enter: sums are over real entries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.functionals import overlap
from proofs.sumcheck.layout.kernels import kernels
from proofs.sumcheck.layout.ranges import FlatPoint, eq_of, range_eq
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.mle import eq

Vectors = tuple[Ext, Ext, Ext, Ext]
"""One extension array (degree, extent) an axis, in the order (channels, height, width, batch)."""
BLOCK_BITS = 10
"""Bits of the number of blocks that are summed one by one; a bit summed in closed form costs as much as a hundred."""


def against_vectors(
    field: Field, segment: Segment, vectors: Vectors, point: FlatPoint, first: int, rows: tuple[int, int]
) -> Scalar:
    """sum over the real entries of some rows of the product of vectors times eq(point, first + flat(z)).

    The innermost axis is contracted first, to a vector over its high parts; then axis by axis, the last one first.
    """
    start, stop = rows
    if start >= stop:
        return field.scalars.zero
    row_point, low_point = divided(point, segment.low)
    *outer, inner = (vectors[axis] for axis in segment.order)
    high = kernels(field).rows_dot(field, widened(inner, 0, segment.high * segment.low), eq_of(field, low_point))
    row = first // segment.low
    return _contracted(field, range_eq(field, row_point, row + start, row + stop), start, (*outer, high))


def _contracted(field: Field, table: Ext, start: int, vectors: Sequence[Ext]) -> Scalar:
    """sum of a table times an outer product of vectors, of whose entries the table begins at ``start``."""
    factor = field.scalars.one
    for vector in reversed(vectors):
        n = vector.shape[1]
        if n == 1:
            factor = field.scalars.mul(factor, field.element(vector, 0))
            continue
        before = start % n
        padded = widened(table, before, -(-(before + table.shape[1]) // n) * n)
        table, start = kernels(field).rows_dot(field, padded, vector), start // n
    return field.scalars.mul(factor, field.element(table, 0))


def against_eq(
    field: Field, segment: Segment, points: tuple[FlatPoint, FlatPoint], firsts: tuple[int, int], rows: tuple[int, int]
) -> Scalar:
    """sum over the real entries of some rows of eq(points[0], firsts[0] + flat(z)) eq(points[1], firsts[1] + flat(z)).

    Rows are full but for the last of each run of ``high``.
    """
    start, stop = rows
    if start >= stop:
        return field.scalars.zero
    scalars, low = field.scalars, segment.low
    (p, p_low), (q, q_low) = (divided(point, low) for point in points)
    f, g = (first // low for first in firsts)
    last = overlap(scalars, p_low, q_low, segment.inner - (segment.high - 1) * low)
    if segment.high == 1:
        return scalars.mul(last, _rows_eq(field, p, q, (f, g), rows))
    full = eq(scalars, p_low, q_low)
    if segment.inner % low == 0:
        return scalars.mul(full, _rows_eq(field, p, q, (f, g), rows))
    left, right = (range_eq(field, r, h + start, h + stop) for r, h in ((p, f), (q, g)))
    skipped = (segment.high - 1 - start) % segment.high
    ends = field.dot(*(np.ascontiguousarray(table[:, skipped :: segment.high]) for table in (left, right)))
    total = scalars.mul(full, field.dot(left, right))
    return scalars.add(total, scalars.mul(scalars.sub(last, full), ends))


def _rows_eq(field: Field, p: FlatPoint, q: FlatPoint, firsts: tuple[int, int], rows: tuple[int, int]) -> Scalar:
    """sum over rows of eq(p, firsts[0] + row) eq(q, firsts[1] + row).

    Where both indices end in the same bits, blocks of rows that differ in these only are summed in closed form, if
    that makes few enough blocks to be worth it; the first and the last block may not be whole.
    """
    scalars, (f, g), (start, stop) = field.scalars, firsts, rows
    same = min(len(p), len(q), _zeros(f - g), max(0, bits(stop - start) - BLOCK_BITS))
    (p, p_same), (q, q_same) = divided(p, 1 << same), divided(q, 1 << same)
    lo, hi, away = g + start >> same, (g + stop - 1 >> same) + 1, f - g >> same
    left, right = range_eq(field, p, lo + away, hi + away), range_eq(field, q, lo, hi)
    whole = eq(scalars, p_same, q_same)
    total = scalars.mul(whole, field.dot(left, right))
    before = overlap(scalars, p_same, q_same, g + start - (lo << same))
    after = scalars.sub(whole, overlap(scalars, p_same, q_same, g + stop - (hi - 1 << same)))
    for missing, index in ((before, 0), (after, -1)):
        block = scalars.mul(field.element(left, index), field.element(right, index))
        total = scalars.sub(total, scalars.mul(missing, block))
    return total


def _zeros(number: int) -> int:
    """How many bits a number ends in that are 0; for 0 more than any position has."""
    return (number & -number).bit_length() - 1 if number else 64


def divided(point: FlatPoint, low: int) -> tuple[FlatPoint, FlatPoint]:
    """A point's variables of the multiples of ``low``, and those below."""
    if bits(low) > len(point):
        raise ValueError(f"a position of {len(point)} bits has no runs of {low}")
    cut = len(point) - bits(low)
    return point[:cut], point[cut:]


def widened(table: Ext, before: int, size: int) -> Ext:
    """An extension array (degree, n) with ``before`` zeros in front, and zeros behind up to ``size`` entries."""
    if table.shape[1] == size:
        return table
    out = np.zeros((table.shape[0], size), dtype=table.dtype)
    out[:, before : before + table.shape[1]] = table
    return out
