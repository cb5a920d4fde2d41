"""Which positions of a group are real, as a polynomial: what keeps pads out of every equation."""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.committed.groups import Part
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field


def real_at(field: Field, part: Part, point: tuple[Scalar, ...]) -> Scalar:
    """The multilinear extension of "is a real position of the part" at a point of the group."""
    segment = part.site.segment
    a, b, c, d = (_ones(field, extent) for extent in segment.shape)
    return part.reading(segment, point).against(field, (a, b, c, d))


def _ones(field: Field, extent: int) -> Ext:
    return field.lift(np.ones(extent, dtype=field.dtype))
