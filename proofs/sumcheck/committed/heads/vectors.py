"""The functionals of (classes, 1, 1, count) tensors that claims above the network are made of."""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.claims import Point
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field, Integers
from proofs.sumcheck.layout.functional import Product
from proofs.sumcheck.layout.segment import Segment


def table(field: Field, segment: Segment, classes: Ext, examples: Ext) -> Product:
    """J(k, n) = classes[k] examples[n] on a tensor (K, 1, 1, B)."""
    one = field.pack([field.scalars.one])
    return Product(segment, (classes, one, one, examples))


def at_point(field: Field, segment: Segment, point: Point) -> Product:
    """The tensor's value at a point."""
    return table(field, segment, field.eq_table(point[0], segment.shape[0]), field.eq_table(point[3], segment.shape[3]))


def integers(field: Field, values: Integers) -> Ext:
    """Small signed integers as an extension array."""
    return field.lift(field.from_signed(values))


def ones(field: Field, extent: int) -> Ext:
    """1 in every entry."""
    return field.lift(np.ones(extent, dtype=field.dtype))


def only(field: Field, extent: int, index: int) -> Ext:
    """1 at one index."""
    found = np.zeros(extent, dtype=np.int64)
    found[index] = 1
    return integers(field, found)


def negated(field: Field, vector: Ext) -> Ext:
    """Minus a vector."""
    return field.sub(np.zeros_like(vector), vector)


def earlier(field: Field, weights: Ext) -> Ext:
    """sum_{k < k'} weights[k] for every k': what [k < l] is, summed over k, when l is given by its one-hot row."""
    scalars, found, total = field.scalars, [], field.scalars.zero
    for index in range(weights.shape[1]):
        found.append(total)
        total = scalars.add(total, field.element(weights, index))
    return field.pack(found)


def total_of(field: Field, vector: Ext) -> Scalar:
    """The sum of a vector's entries."""
    return field.dot(vector, ones(field, vector.shape[1]))
