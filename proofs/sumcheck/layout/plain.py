"""This folder's loops in NumPy, for any field: the readable twin, and all that verification needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout import products31
from proofs.sumcheck.layout.factored import Factored
from proofs.sumcheck.layout.kernels import Round, Values

PIECE = 1 << 14
"""Entries worked on at once."""


def share(work: Callable[[int, int], object], count: int, products: int, align: int = 1) -> None:
    """One thread does it all."""
    work(0, count)


def outer(field: Field, a: Ext, b: Ext) -> Ext:
    """Extension arrays (degree, A) and (degree, B) give a_i b_j at i B + j: (degree, A B)."""
    out = np.empty((a.shape[0], a.shape[1], b.shape[1]), dtype=field.dtype)
    step, lazy = max(1, PIECE // max(1, b.shape[1])), products31.applies(field)
    for start in range(0, a.shape[1], step):
        piece = slice(start, start + step)
        few = a[:, piece]
        out[:, piece] = products31.outer(few, b) if lazy else field.mul(few[:, :, None], b[:, None, :])
    return out.reshape(a.shape[0], -1)


def rows_dot(field: Field, table: Ext, weights: Ext) -> Ext:
    """Extension arrays (degree, R B) and (degree, B): each row's sum of products, (degree, R)."""
    width = weights.shape[1]
    rows = table.reshape(table.shape[0], -1, width)
    out = np.empty(rows.shape[:2], dtype=field.dtype)
    step, lazy = max(1, PIECE // width), products31.applies(field)
    for start in range(0, rows.shape[1], step):
        piece = slice(start, start + step)
        few = rows[:, piece]
        by_weights = products31.rows_dot(few, weights) if lazy else _sums(field, field.mul(few, weights[:, None, :]))
        out[:, piece] = by_weights
    return out


def _sums(field: Field, table: Ext) -> Ext:
    """Sums over the last axis: the lower halves of a power of two of entries on the upper, again and again."""
    while (n := table.shape[-1]) > 1:
        half = n // 2
        folded = field.add(table[..., :half], table[..., half : 2 * half])
        table = np.concatenate([folded, table[..., 2 * half :]], axis=-1)
    return table[..., 0]


def add_factored(field: Field, factored: Factored, out: Ext, to: int, stride: int, lo: int, hi: int) -> None:
    """Add entries lo to hi to ``out``: entry i of run k in column k stride + i - to."""
    m = factored.inner.shape[1]
    step = max(1, PIECE // m) * m
    for start in range(lo, hi, step):
        entries = np.arange(start, min(start + step, hi))
        run, index = np.divmod(entries, factored.period)
        real = index < factored.run
        columns = (run * stride + index - to)[real]
        first, last = start + factored.shift, int(entries[-1]) + factored.shift
        weights = outer(field, factored.outer[:, first // m : last // m + 1], factored.inner)
        weights = weights[:, first % m :][:, : entries.size][:, real]
        out[:, columns] = field.add(out[:, columns], weights)


def first_round(field: Field, weights: Ext, values: Values, split: int) -> Round:
    """The polynomial of sum weights values in the variable that ``split`` belongs to."""
    return field.product_round(weights[:, :, None], _lifted(field, values)[:, :, None], split)


def next_round(
    field: Field, weights: Ext, values: Values, n: int, split: int, challenge: Scalar, next_split: int
) -> tuple[Ext, Ext, Round]:
    """Bind a variable of both tables' first ``n`` entries, and make the polynomial of the next variable."""
    tables = (weights[:, :n, None], _lifted(field, values)[:, :n, None])
    a, b = (field.bind(table, challenge, split) for table in tables)
    found = field.product_round(a, b, next_split) if next_split else (field.scalars.zero, field.scalars.zero)
    return a[:, :, 0], b[:, :, 0], found


def _lifted(field: Field, values: Values) -> Ext:
    """Signed integers as extension elements; an extension array as it is."""
    return field.lift(field.from_signed(values)) if values.ndim == 1 else values.view(field.dtype)
