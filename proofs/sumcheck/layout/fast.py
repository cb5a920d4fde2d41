"""This folder's loops, compiled, for 2^31 - 1 with its degree-4 extension: the fast twin of plain.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.fast.modular31 import combined, factor_words
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout import loops
from proofs.sumcheck.layout.factored import Factored
from proofs.sumcheck.layout.kernels import Round, Values

__all__ = ["add_factored", "first_round", "next_round", "outer", "rows_dot", "share"]

LINE = 64
"""Ranges of entries begin at multiples of this, so that no two threads write to one cache line."""
PRODUCTS = 6
"""Extension products a pair of a round costs."""


def outer(field: Field, a: Ext, b: Ext) -> Ext:
    """Extension arrays (degree, A) and (degree, B) give a_i b_j at i B + j: (degree, A B)."""
    out = np.empty((4, a.shape[1] * b.shape[1]), dtype=np.uint32)
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    share(lambda lo, hi: loops.outer(a, b, out, lo, hi), a.shape[1], out.shape[1])
    return out


def rows_dot(field: Field, table: Ext, weights: Ext) -> Ext:
    """Extension arrays (degree, R B) and (degree, B): each row's sum of products, (degree, R)."""
    table, weights = np.ascontiguousarray(table), np.ascontiguousarray(weights)
    out = np.empty((4, table.shape[1] // weights.shape[1]), dtype=np.uint32)
    share(lambda lo, hi: loops.rows_dot(table, weights, out, lo, hi), out.shape[1], table.shape[1])
    return out


def add_factored(field: Field, factored: Factored, out: Ext, to: int, stride: int, lo: int, hi: int) -> None:
    """Add entries lo to hi to ``out``: entry i of run k in column k stride + i - to."""
    tables = (factored.outer, factored.inner, factored.shift, factored.run, factored.period)
    loops.add_factored(*tables, out, to, stride, lo, hi)


def first_round(field: Field, weights: Ext, values: Values, split: int) -> Round:
    """The polynomial of sum weights values in the variable that ``split`` belongs to."""
    n = weights.shape[1]
    if values.ndim > 1:
        return field.product_round(weights[:, :, None], values.view(np.uint32)[:, :, None], split)
    signed, pairs = _signed(values), max(0, n - split)
    sums: list[Any] = []
    lone: list[Any] = []
    share(lambda lo, hi: sums.append(loops.mixed_round(weights, signed, split, lo, hi)), pairs, pairs, LINE)
    alone = min(n, split) - pairs
    share(lambda lo, hi: lone.append(loops.mixed_dot(weights, signed, pairs + lo, pairs + hi)), alone, alone // 2, LINE)
    at_0, lead = (_total([each[k] for each in sums] + lone) for k in range(2))
    return at_0, lead


def next_round(
    field: Field, weights: Ext, values: Values, n: int, split: int, challenge: Scalar, next_split: int
) -> tuple[Ext, Ext, Round]:
    """Bind a variable of both tables' first ``n`` entries, and make the polynomial of the next variable."""
    factor, rest = factor_words(challenge), factor_words(field.scalars.sub(field.scalars.one, challenge))
    bound = min(n, split)
    after = next_split or bound
    count, found = min(after, bound), list[Any]()
    if values.ndim == 1:
        signed, out = _signed(values), np.empty((4, bound), dtype=np.uint32)
        tables = (weights, signed, split, factor, rest, after, out)
        share(lambda lo, hi: found.append(loops.next_round_mixed(*tables, lo, hi)), count, PRODUCTS * count, LINE)
    else:
        out = values.view(np.uint32)
        both = (weights, out, n, split, factor, rest, after)
        share(lambda lo, hi: found.append(loops.next_round(*both, lo, hi)), count, PRODUCTS * count, LINE)
    total = np.sum(found, axis=0) if len(found) > 1 else found[0]
    at_0, lead = combined(total[0]), combined(total[1])
    return weights, out, (at_0, lead)


def _signed(values: Values) -> Any:
    """Base elements or signed integers as int32, in place."""
    return values.view(np.int32)


def _total(sums: list[Any]) -> Scalar:
    """The scalar that several sums of coordinates make up."""
    return combined((*map(sum, zip(*sums, strict=True)), 0, 0))
