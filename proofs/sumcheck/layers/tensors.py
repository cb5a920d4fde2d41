"""Extension arrays over the axes of a tensor: products of tables, and sums of such products."""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.field import Base, Ext, Field

AT_ONCE = 1 << 18
"""Products formed before they are summed, to bound the memory."""


def outer(field: Field, a: Ext, b: Ext) -> Ext:
    """a(i) b(j) at i m + j: (degree, n) and (degree, m) give (degree, n m)."""
    degree, n, m = a.shape[0], a.shape[1], b.shape[1]
    if n == 1 or m == 1:
        table, factor = (a, field.element(b, 0)) if m == 1 else (b, field.element(a, 0))
        return field.scale(table, factor)
    return _spread_product(field, a[:, :, None], b[:, None, :], (n, m)).reshape(degree, n * m)


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
    n, inner, m = a.shape[1], a.shape[2], b.shape[2]
    step = max(1, AT_ONCE // (n * m))
    out: Ext | None = None
    for k in range(0, inner, step):
        left, right = a[:, None, :, k : k + step].swapaxes(1, 3), b[:, k : k + step, None, :]
        part = sum_axis(field, _spread_product(field, left, right, (right.shape[1], n, m)))
        out = part if out is None else field.add(out, part)
    return np.zeros((len(a), n, m), dtype=field.dtype) if out is None else out


def dots(field: Field, table: Ext, weights: Ext) -> Ext:
    """sum_i table(k, i) weights(i) for each k: (degree, k, n) and (degree, n) give (degree, k)."""
    turned = np.ascontiguousarray(table.swapaxes(1, 2))
    return sum_axis(field, _spread_product(field, turned, weights[:, :, None], turned.shape[1:]))


def sum_axis(field: Field, table: Ext) -> Ext:
    """The sum over axis 1: (degree, k, ...) gives (degree, ...), by halves."""
    while table.shape[1] > 1:
        half = (table.shape[1] + 1) // 2
        low = np.ascontiguousarray(table[:, :half])
        add_into(field, low[:, : table.shape[1] - half], table[:, half:])
        table = low
    return np.ascontiguousarray(table[:, 0])


def add_into(field: Field, target: Base, term: Base) -> None:
    """target += term, for views of one shape."""
    target[...] = field.add(np.ascontiguousarray(target), np.ascontiguousarray(term))


def _spread_product(field: Field, a: Ext, b: Ext, shape: tuple[int, ...]) -> Ext:
    """The product of two extension arrays after both are spread to (degree, *shape)."""
    full = (a.shape[0], *shape)
    return field.mul(*(np.ascontiguousarray(np.broadcast_to(table, full)) for table in (a, b)))
