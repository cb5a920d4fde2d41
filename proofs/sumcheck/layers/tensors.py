"""Extension arrays over the axes of a tensor: products of tables, and sums of such products."""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.field import Base, Ext, Field


def outer(field: Field, a: Ext, b: Ext) -> Ext:
    """a(i) b(j) at i m + j: (degree, n) and (degree, m) give (degree, n m)."""
    degree, n, m = a.shape[0], a.shape[1], b.shape[1]
    if n == 1 or m == 1:
        table, factor = (a, field.element(b, 0)) if m == 1 else (b, field.element(a, 0))
        return field.scale(table, factor)
    left = np.repeat(a, m, axis=1)
    right = np.ascontiguousarray(np.broadcast_to(b[:, None, :], (degree, n, m))).reshape(degree, n * m)
    return field.mul(left, right)


def eq_rows(field: Field, shape: Shape, point: Point) -> Ext:
    """eq(point, row) for every real row of a tensor, row-major: (degree, R).

    Raises:
        ValueError: the point has another number of axes than the tensor.
    """
    if len(point) != len(shape):
        raise ValueError(f"a point over {len(point)} axes for a tensor of shape {shape}")
    table = field.eq_table(point[-1], shape[-1])
    for coordinates, extent in zip(point[-2::-1], shape[-2::-1], strict=True):
        table = outer(field, field.eq_table(coordinates, extent), table)
    return table


def product(field: Field, a: Ext, b: Ext) -> Ext:
    """Matrix product, for few inner terms: (degree, n, k) and (degree, k, m) give (degree, n, m)."""
    total = outer(field, np.ascontiguousarray(a[:, :, 0]), np.ascontiguousarray(b[:, 0]))
    for k in range(1, a.shape[2]):
        term = outer(field, np.ascontiguousarray(a[:, :, k]), np.ascontiguousarray(b[:, k]))
        total = field.add(total, term)
    return total.reshape(a.shape[0], a.shape[1], b.shape[2])


def row_sums(field: Field, table: Ext) -> Ext:
    """The sum over axis 1: (degree, k, n) gives (degree, n)."""
    total = table[:, 0]
    for k in range(1, table.shape[1]):
        total = field.add(np.ascontiguousarray(total), np.ascontiguousarray(table[:, k]))
    return np.ascontiguousarray(total)


def add_into(field: Field, target: Base, term: Base) -> None:
    """target += term, for views of one shape."""
    target[...] = field.add(np.ascontiguousarray(target), np.ascontiguousarray(term))
