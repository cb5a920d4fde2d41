"""Multilinear extensions at a point: of the equality function, of "is a real index", and of tables.

A table of n entries has bits(n) variables; its extension is sum_i table(i) eq(point, i), entries beyond n being zero.
"""

from __future__ import annotations

from collections.abc import Sequence

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.rounds import as_point, variables


def eq(scalars: Extension, r: Sequence[Scalar], s: Sequence[Scalar]) -> Scalar:
    """prod_k r_k s_k + (1 - r_k)(1 - s_k): for bits, 1 where they agree and 0 elsewhere."""
    product = scalars.one
    for x, y in zip(r, s, strict=True):
        both = scalars.mul(x, y)
        neither = scalars.add(scalars.sub(scalars.sub(scalars.one, x), y), both)
        product = scalars.mul(product, scalars.add(both, neither))
    return product


def indicator(scalars: Extension, point: Sequence[Scalar], n: int) -> Scalar:
    """sum_{i < n} eq(point, i), for 0 <= n <= 2^len(point), in len(point) steps.

    Going down the bits of n: where n has a 1, the indices with a 0 there (and n's bits before it) are all below n,
    and their remaining bits, being free, sum to 1.
    """
    k = len(point)
    if not 0 <= n <= 1 << k:
        raise ValueError(f"{n} indices are more than {k} variables have")
    if n == 1 << k:
        return scalars.one
    total, prefix = scalars.zero, scalars.one
    for bit, r in zip(reversed(range(k)), point, strict=True):
        with_1 = scalars.mul(prefix, r)
        with_0 = scalars.sub(prefix, with_1)
        if n >> bit & 1:
            total, prefix = scalars.add(total, with_0), with_1
        else:
            prefix = with_0
    return total


def evaluate(field: Field, table: Base, point: Point) -> Scalar:
    """The extension of a base table, which has one axis for each of the point's."""
    *shape, last = table.shape
    weights = field.eq_table(point[-1], last)
    return evaluate_rows(field, field.combine_columns(table.reshape(-1, last), weights), tuple(shape), point[:-1])


def evaluate_integers(field: Field, table: Integers, point: Point) -> Scalar:
    """The same for a table of signed integers below 2^31 in size."""
    *shape, last = table.shape
    weights = field.eq_table(point[-1], last)
    rows = field.combine_integer_columns(table.reshape(-1, last), weights)
    return evaluate_rows(field, rows, tuple(shape), point[:-1])


def evaluate_rows(field: Field, table: Ext, shape: Shape, point: Point) -> Scalar:
    """The extension of a tensor's rows, extension array (degree, R), at a point."""
    challenges = [r for axis in point for r in axis]
    if as_point(shape, challenges) != point:
        raise ValueError(f"the point has {[len(axis) for axis in point]} variables an axis, the shape is {shape}")
    for variable, r in zip(variables(shape), challenges, strict=True):
        table = field.bind(variable.unfold(table), r, variable.half)
    return field.element(table.reshape(table.shape[0], 1), 0)
