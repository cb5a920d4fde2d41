"""Layers of fractions in compiled loops, shared among threads: the twin of plain.py, whose functions these are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.fast.modular31 import combined, factor_words
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.lookups import kernels
from proofs.sumcheck.lookups.weights import Weights

LINE = 64
"""Ranges of entries begin at multiples of this, so that no two threads write to one cache line."""
UP, PRODUCTS, CROSSES = 3, 8, 16
"""Field products a node, and a pair of a round, takes: to judge when another thread is worth waking."""

Run = Callable[[int, int], object]


def up(field: Field, p: Ext, q: Ext) -> tuple[Ext, Ext]:
    """The layer above: numerators p_0 q_1 + p_1 q_0, denominators q_0 q_1."""
    return _up(partial(kernels.up, p, q), q.shape[1] // 2)


def up_base(field: Field, p: Base, q: Ext) -> tuple[Ext, Ext]:
    """The same for base numerators."""
    return _up(partial(kernels.up_base, p, q), q.shape[1] // 2)


def up_ones(field: Field, q: Ext) -> tuple[Ext, Ext]:
    """The same for numerators that are all one."""
    return _up(partial(kernels.up_ones, q), q.shape[1] // 2)


def up_ones_twice(field: Field, q: Ext) -> tuple[Ext, Ext]:
    """Two layers above numerators that are all one."""
    return _up(partial(kernels.up_ones_twice, q), q.shape[1] // 4)


def products_round(
    field: Field, q: Ext, half: int, challenge: Scalar | None, shift: Scalar, weights: Weights
) -> tuple[Scalar, Scalar]:
    """sum w(x) (q_0 + shift)(q_1 + shift) at X = 0, and its leading coefficient; half is the round's.

    Args:
        q: table whose halves are q_0 and q_1, of 2 half entries in use each.
        challenge: of the last round, to be bound first, in place; None in the first round.
    """
    factor = factor_words(challenge or field.scalars.zero)
    by, binding = np.array(shift, dtype=np.uint32), challenge is not None
    work = partial(kernels.products_round, q, half, binding, factor, by, weights.low, weights.high)
    return _round(field, work, weights, PRODUCTS)


def crosses_round(
    field: Field, p: Ext, q: Ext, half: int, challenge: Scalar | None, mix: Scalar, weights: Weights
) -> tuple[Scalar, Scalar]:
    """The same for sum w(x) (p_0 q_1 + p_1 q_0); in the first round p_0 becomes p_0 + mix q_0 beforehand, in place."""
    factor, binding = factor_words(challenge or mix), challenge is not None
    work = partial(kernels.crosses_round, p, q, half, binding, factor, weights.low, weights.high)
    return _round(field, work, weights, CROSSES)


def denominators(
    field: Field, out: Ext, start: int, first: Integers, second: Integers | None, offset: Scalar, beta: Scalar
) -> None:
    """offset - first - beta second, written into out from ``start``."""
    values, at = np.ascontiguousarray(first, dtype=np.int32), np.array(offset, dtype=np.uint32)
    if second is None:
        work: Run = lambda lo, hi: kernels.single_denominators(values, at, out, start, lo, hi)  # noqa: E731
    else:
        others, minus_beta = np.ascontiguousarray(second, dtype=np.int32), factor_words(field.scalars.neg(beta))
        work = lambda lo, hi: kernels.denominators(values, others, at, minus_beta, out, start, lo, hi)  # noqa: E731
    share(work, values.size, values.size // 4, LINE)


def _up(work: Callable[..., object], nodes: int) -> tuple[Ext, Ext]:
    """A kernel that writes numerators and denominators of ``nodes`` nodes."""
    p_out, q_out = np.empty((4, nodes), dtype=np.uint32), np.empty((4, nodes), dtype=np.uint32)
    share(lambda lo, hi: work(p_out, q_out, lo, hi), nodes, UP * nodes, LINE)
    return p_out, q_out


def _round(
    field: Field, work: Callable[[int, int], NDArray[np.uint64]], weights: Weights, products: int
) -> tuple[Scalar, Scalar]:
    """A kernel that returns sums of tiles."""
    sums: list[list[list[int]]] = []
    tiles, width = weights.high.shape[1], weights.low.shape[1]
    share(lambda lo, hi: sums.append(work(lo, hi).tolist()), tiles, products * tiles * width)
    totals = [tuple(map(sum, zip(*(each[j] for each in sums), strict=True))) for j in range(2)]
    return combined(totals[0]), combined(totals[1])
