"""What the kernels have to compute, in Python integers, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from proofs.sumcheck.fields import Ext, Extension, Scalar

Table = list[list[Scalar]]
"""Scalars (n, m) of an extension array (degree, n, m)."""


def random_base(p: int, dtype: np.dtype, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Canonical elements, about half of them next to 0 or p."""
    generator = np.random.default_rng(seed)
    values = generator.integers(0, p, shape, dtype=np.uint64)
    edges = np.array([0, 1, 2, p - 2, p - 1, (p - 1) // 2, (p + 1) // 2], dtype=np.uint64)
    at_edge = generator.integers(0, 2, shape).astype(bool)
    return np.where(at_edge, generator.choice(edges, shape), values).astype(dtype)


def random_signed(shape: tuple[int, ...], seed: int, size: int = 2**31 - 1) -> np.ndarray:
    """Integers in [-size, size], about half of them at the ends or zero."""
    generator = np.random.default_rng(seed)
    values = generator.integers(-size, size + 1, shape)
    return np.where(generator.integers(0, 2, shape).astype(bool), generator.choice([-size, 0, size], shape), values)


def scalars_of(table: Ext) -> list[Scalar]:
    """The scalars of an extension array (degree, n)."""
    return [tuple(int(c) for c in column) for column in table.T]


def rows_of(table: Ext) -> Table:
    """The scalars of an extension array (degree, n, m), as n lists."""
    return [scalars_of(table[:, k]) for k in range(table.shape[1])]


def total(scalars: Extension, terms: Sequence[Scalar]) -> Scalar:
    """Sum of scalars."""
    return tuple(sum(c) % scalars.p for c in zip(*terms, strict=True)) if terms else scalars.zero


def times_integer(scalars: Extension, x: Scalar, factor: int) -> Scalar:
    """A scalar times an integer."""
    return tuple(c * factor % scalars.p for c in x)


def bound(scalars: Extension, table: Table, x: Scalar, half: int) -> Table:
    """low + x (high - low), row by row; high is zero beyond the table."""
    zeros = [scalars.zero] * (len(table[0]) if table else 0)
    highs = table[half:] + [zeros] * half
    return [
        [scalars.add(a, scalars.mul(x, scalars.sub(b, a))) for a, b in zip(low, high, strict=True)]
        for low, high in zip(table[:half], highs, strict=False)
    ]


def eq(scalars: Extension, point: Sequence[Scalar], index: int) -> Scalar:
    """eq(point, index), the most significant bit first."""
    out = scalars.one
    for position, r in enumerate(reversed(point)):
        out = scalars.mul(out, r if index >> position & 1 else scalars.sub(scalars.one, r))
    return out


def quadratic(scalars: Extension, at_0: Scalar, at_1: Scalar, lead: Scalar, x: Scalar) -> Scalar:
    """The polynomial of degree 2 with these values and leading coefficient, at x."""
    middle = scalars.sub(scalars.sub(at_1, at_0), lead)
    return scalars.add(at_0, scalars.mul(x, scalars.add(middle, scalars.mul(x, lead))))


def cubic(scalars: Extension, values: tuple[Scalar, Scalar, Scalar], lead: Scalar, x: Scalar) -> Scalar:
    """The polynomial of degree 3 with these values at 0, 1 and -1 and this leading coefficient, at x."""
    at_0, at_1, at_minus_1 = values
    two = scalars.inverse(scalars.from_int(2))
    second = scalars.sub(scalars.mul(two, scalars.add(at_1, at_minus_1)), at_0)
    first = scalars.sub(scalars.sub(scalars.sub(at_1, at_0), second), lead)
    out = lead
    for coefficient in (second, first, at_0):
        out = scalars.add(coefficient, scalars.mul(x, out))
    return out


def summed(scalars: Extension, term: Callable[..., Scalar], *tables: Table) -> Scalar:
    """Sum over all entries of a function of several tables' entries."""
    flat = [[entry for row in table for entry in row] for table in tables]
    return total(scalars, [term(*entries) for entries in zip(*flat, strict=True)])
