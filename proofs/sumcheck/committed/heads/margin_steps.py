"""From the look-ups of margins back to a point: J(margin) is what was said of them, J as the accumulators' is made."""

from __future__ import annotations

from collections.abc import Sequence

from proofs.sumcheck.claims import Point
from proofs.sumcheck.committed.accumulators import Combining
from proofs.sumcheck.committed.groups import Part
from proofs.sumcheck.committed.values import Flat
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout.functional import FlatEq, point_vectors
from proofs.sumcheck.layout.segment import Segment


def look_up_rows(field: Field, parts: Sequence[tuple[Part, Flat]], eta: Scalar) -> Ext:
    """J on every real entry of a (K, 1, 1, B) site, (degree, K * B)."""
    combining = Combining(field.scalars, eta)
    segment = parts[0][0].site.segment.at(0)
    table = field.pack([field.scalars.zero] * segment.size)
    for index, (part, point) in enumerate(parts):
        part.reading(segment, point).spread(field, table, combining.factor(index))
    return real_entries(segment, table)


def look_up_at(field: Field, parts: Sequence[tuple[Part, Flat]], eta: Scalar, point: Point) -> Scalar:
    """J~ at a tensor point."""
    scalars, combining, total = field.scalars, Combining(field.scalars, eta), field.scalars.zero
    for index, (part, rho) in enumerate(parts):
        segment = part.site.segment
        functional: FlatEq = part.reading(segment, rho)
        value = functional.against(field, point_vectors(field, segment.shape, point))
        total = scalars.add(total, scalars.mul(combining.factor(index), value))
    return total


def real_entries(segment: Segment, table: Ext) -> Ext:
    """A table over a segment's entries as one over the (K, B) entries of its tensor, row-major."""
    rows = table.reshape(len(table), -1, segment.high * segment.low)[:, :, : segment.inner]
    shape = tuple(segment.shape[axis] for axis in segment.order)
    found = rows.reshape(len(table), *shape)
    back = [0, *(1 + segment.order.index(axis) for axis in range(4))]
    return found.transpose(back).reshape(len(table), -1)
