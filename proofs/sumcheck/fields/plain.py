"""Every kernel of a field in NumPy, for any prime of primes.py: the readable twin, and all that verification needs.

Tables are worked through in pieces that stay in cache. The half of a table below the split is called low, the other
high; high ends where the table ends, and is zero from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Integers
from proofs.sumcheck.fields.integers import below_2_31
from proofs.sumcheck.fields.limbs import product
from proofs.sumcheck.fields.primes import Array, Prime
from proofs.sumcheck.fields.shapes import alike, batch, multiplicable, splittable

PIECE = 1 << 14
"""Entries worked on at once: a dozen temporaries of this size fit a second-level cache."""


class PlainField:
    """A prime field with its challenge extension (``Field``), in NumPy."""

    compiled = False
    FEW = 64
    """Products that are made one by one in Python integers: a step over arrays costs as much as a dozen of them."""

    def __init__(self, name: str, prime: Prime, degree: int) -> None:
        self.name = name
        self.prime = prime
        self.scalars = Extension(prime.p, degree)
        self.dtype = prime.dtype
        self._products = _structure(self.scalars)

    # -- in and out ------------------------------------------------------------------------------------------------
    def from_signed(self, values: NDArray[np.generic]) -> Base:
        """Signed integers (any integer dtype, or Python integers in an object array) modulo p; same shape."""
        return self.prime.from_signed(values)

    def to_signed(self, values: Base) -> Integers:
        """The representatives in [-(p-1)/2, (p-1)/2] as int64; same shape."""
        return self.prime.to_signed(values)

    def lift(self, values: Base) -> Ext:
        """Base elements as extension elements; shape (degree, ...)."""
        out = np.zeros((self.scalars.degree, *values.shape), dtype=self.dtype)
        out[0] = values
        return out

    def pack(self, elements: Sequence[Scalar]) -> Ext:
        """Scalars as an extension array (degree, n)."""
        table = np.array(elements, dtype=self.dtype).reshape(len(elements), self.scalars.degree)
        return np.ascontiguousarray(table.T)

    def element(self, table: Ext, index: int) -> Scalar:
        """Entry ``index`` of an extension array (degree, n)."""
        return tuple(int(coordinate) for coordinate in table[:, index])

    # -- entry by entry --------------------------------------------------------------------------------------------
    def add(self, a: Base, b: Base) -> Base:
        """Sum of two arrays of one kind and shape."""
        alike(a, b)
        return self.prime.add(a, b)

    def sub(self, a: Base, b: Base) -> Base:
        """Difference of two arrays of one kind and shape."""
        alike(a, b)
        return self.prime.sub(a, b)

    def mul_base(self, a: Base, b: Base) -> Base:
        """Product of two base arrays of one shape (or broadcast)."""
        return self.prime.mul(a, b)

    def mul(self, a: Ext, b: Ext) -> Ext:
        """Product of two extension arrays of one shape (or broadcast)."""
        shape = np.broadcast_shapes(a.shape[1:], b.shape[1:])
        if prod(shape) <= self.FEW:
            return self._mul_few(a, b, shape)
        out = np.zeros((self.scalars.degree, *shape), dtype=self.dtype)
        for i, j, terms in self._products:
            part = self.prime.mul(a[i], b[j])
            for k, coefficient in terms:
                self._accumulate(out[k], part, coefficient)
        return out

    def scale(self, a: Ext, factor: Scalar) -> Ext:
        """Every entry of an extension array times one scalar."""
        return self.mul(a, self._constant(factor, a.ndim))

    def inverse(self, a: Ext) -> Ext:
        """Inverses of the entries of an extension array (degree, n), by one inversion. Raises ZeroDivisionError.

        A tree of products up, and the inverses of each level's entries down.
        """
        if a.shape[1] <= 1:
            return self.pack([self.scalars.inverse(self.element(a, k)) for k in range(a.shape[1])])
        even = a.shape[1] - a.shape[1] % 2
        left, right = a[:, 0:even:2], a[:, 1:even:2]
        parents = self.inverse(np.concatenate([self.mul(left, right), a[:, even:]], axis=1))
        out = np.empty_like(a)
        out[:, 0:even:2] = self.mul(parents[:, : even // 2], right)
        out[:, 1:even:2] = self.mul(parents[:, : even // 2], left)
        out[:, even:] = parents[:, even // 2 :]
        return out

    def powers(self, base: Scalar, n: int) -> Ext:
        """1, base, base^2, ... : n entries."""
        table, step = self.pack([self.scalars.one]), base
        while table.shape[1] < n:
            table = np.concatenate([table, self.scale(table, step)], axis=1)
            step = self.scalars.square(step)
        return np.ascontiguousarray(table[:, :n])

    # -- sums ------------------------------------------------------------------------------------------------------
    def eq_table(self, point: Sequence[Scalar], n: int) -> Ext:
        """eq(point, i) for i < n <= 2^len(point); shape (degree, n)."""
        if n > 1 << len(point):
            raise ValueError(f"{len(point)} variables index {1 << len(point)} entries, not {n}")
        table = self.pack([self.scalars.one])
        for done, challenge in enumerate(point, start=1):
            wanted = -(-n >> (len(point) - done))  # rounded up: prefixes of the indices below n
            table = table[:, : (wanted + 1) // 2]
            ones = self.scale(table, challenge)
            table = np.stack([self.sub(table, ones), ones], axis=2).reshape(self.scalars.degree, -1)[:, :wanted]
        return np.ascontiguousarray(table[:, :n])

    def dot(self, a: Ext, b: Ext) -> Scalar:
        """Sum of products of two extension arrays (degree, n)."""
        alike(a, b)
        total = self.scalars.zero
        for piece in _pieces(a.shape[1]):
            total = self.scalars.add(total, self._total(self.mul(a[:, piece], b[:, piece])))
        return total

    def combine_columns(self, x: Base, weights: Ext) -> Ext:
        """X weights: base (R, B) and extension (degree, B) give extension (degree, R)."""
        return np.ascontiguousarray(self._product(x, weights.T).T)

    def combine_integer_columns(self, x: Integers, weights: Ext) -> Ext:
        """The same for signed integers (R, B) below 2^31 in size. Raises ValueError."""
        return np.ascontiguousarray(self._product(below_2_31(x), weights.T).T)

    def combine_rows(self, w: Integers, weights: Ext) -> Ext:
        """weights^T W: signed integers (O, C) below 2^31 in size and extension (degree, O) give (degree, C)."""
        return self._product(weights, below_2_31(w))

    def matmul(self, w: Integers, x: Base) -> Base:
        """W X modulo p: signed integers (O, C) below 2^31 in size and base (C, B) give base (O, B)."""
        return self._product(below_2_31(w), x)

    # -- sum-check rounds ------------------------------------------------------------------------------------------
    def bind(self, table: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of axis 1 of an extension array (degree, n, m): (degree, min(n, half), m)."""
        splittable(table.shape[1], half)
        low, high = table[:, :half], table[:, half:]
        out = np.empty_like(low).reshape(self.scalars.degree, -1)
        for piece, start, difference in self._splits(low, high):
            out[:, piece] = self.add(start, self.scale(difference, challenge))
        return out.reshape(low.shape)

    def product_round(self, a: Ext, b: Ext, half: int) -> tuple[Scalar, Scalar]:
        """s(0) and the leading coefficient of s(X) = sum a(X, .) b(X, .), degree 2; arrays (degree, n, m)."""
        alike(a, b)
        splittable(a.shape[1], half)
        at_0 = lead = self.scalars.zero
        splits = zip(self._halves(a, half), self._halves(b, half), strict=True)
        for (_, a_0, a_difference), (_, b_0, b_difference) in splits:
            at_0 = self.scalars.add(at_0, self.dot(a_0, b_0))
            lead = self.scalars.add(lead, self.dot(a_difference, b_difference))
        return at_0, lead

    def weighted_square_round(self, j: Ext, z: Ext, half: int) -> tuple[Scalar, Scalar, Scalar]:
        """s(0), s(-1) and the leading coefficient of s(X) = sum j(X, .) z(X, .)^2, degree 3; arrays (degree, n, m)."""
        alike(j, z)
        splittable(j.shape[1], half)
        totals = [self.scalars.zero] * 3
        splits = zip(self._halves(j, half), self._halves(z, half), strict=True)
        for (_, j_0, j_lead), (_, z_0, z_lead) in splits:
            points = ((j_0, z_0), (self.sub(j_0, j_lead), self.sub(z_0, z_lead)), (j_lead, z_lead))
            parts = [self.dot(weight, self.mul(value, value)) for weight, value in points]
            totals = [self.scalars.add(total, part) for total, part in zip(totals, parts, strict=True)]
        return totals[0], totals[1], totals[2]

    def square_round_base(self, z: Base, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """q(0) and the leading coefficient of q(X) = sum_r rows_r sum_b columns_b z(r, X, b)^2, degree 2.

        z: base (R, B) whose columns the top index bit splits at half; rows (degree, R); columns (degree, half).
        """
        batch(z.shape, rows, columns)
        at_0 = lead = self.scalars.zero
        half = columns.shape[1]
        width = min(half, z.shape[1])
        for piece in _pieces(z.shape[0], max(1, PIECE // max(1, width))):
            low, difference = self._difference(z[piece, :half], z[piece, half:])
            for_0 = self.combine_columns(self.mul_base(low, low), columns[:, :width])
            for_lead = self.combine_columns(self.mul_base(difference, difference), columns[:, :width])
            at_0 = self.scalars.add(at_0, self.dot(rows[:, piece], for_0))
            lead = self.scalars.add(lead, self.dot(rows[:, piece], for_lead))
        return at_0, lead

    def square_round(self, z: Ext, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """The same for an extension array z (degree, R, n)."""
        batch(z.shape, rows, columns)
        at_0 = lead = self.scalars.zero
        half = columns.shape[1]
        width = min(half, z.shape[2])
        for piece in _pieces(z.shape[1], max(1, PIECE // max(1, width))):
            weights = self.mul(rows[:, piece, None], columns[:, None, :width])
            low, difference = self._difference(z[:, piece, :half], z[:, piece, half:])
            at_0 = self.scalars.add(at_0, self._weighted_squares(weights, low))
            lead = self.scalars.add(lead, self._weighted_squares(weights, difference))
        return at_0, lead

    def bind_columns_base(self, z: Base, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of base (R, B): extension (degree, R, min(B, half))."""
        splittable(z.shape[1], half)
        low, difference = self._difference(z[:, :half], z[:, half:])
        out = np.stack([self.prime.times(difference, coordinate) for coordinate in challenge])
        out[0] = self.add(out[0], low)
        return out

    def bind_columns(self, z: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of extension (degree, R, n): (degree, R, min(n, half))."""
        swapped = self.bind(np.ascontiguousarray(np.swapaxes(z, 1, 2)), challenge, half)
        return np.ascontiguousarray(np.swapaxes(swapped, 1, 2))

    # -- parts -----------------------------------------------------------------------------------------------------
    def _mul_few(self, a: Ext, b: Ext, shape: tuple[int, ...]) -> Ext:
        """``mul``, entry by entry."""
        degree = self.scalars.degree
        left, right = (np.broadcast_to(x, (degree, *shape)).reshape(degree, -1).T.tolist() for x in (a, b))
        products = [self.scalars.mul(tuple(x), tuple(y)) for x, y in zip(left, right, strict=True)]
        return self.pack(products).reshape(degree, *shape)

    def _product(self, left: NDArray[np.integer], right: NDArray[np.integer]) -> Base:
        """An exact matrix product, modulo p."""
        multiplicable(left.shape, right.shape)
        return product(self.prime, left, right)

    def _constant(self, scalar: Scalar, ndim: int) -> Ext:
        """A scalar as an extension array of ``ndim`` axes that broadcasts."""
        return self.pack([scalar]).reshape(self.scalars.degree, *(1,) * (ndim - 1))

    def _accumulate(self, out: Array, part: Array, coefficient: int) -> None:
        """out += coefficient * part, for a coefficient of size 1 or 2."""
        for _ in range(abs(coefficient)):
            out[...] = self.add(out, part) if coefficient > 0 else self.sub(out, part)

    def _total(self, a: Ext) -> Scalar:
        """The sum of all entries of an extension array."""
        return tuple(self.prime.total(coordinate) for coordinate in a)

    def _halves(self, table: Ext, half: int) -> Iterator[tuple[slice, Ext, Ext]]:
        """The pieces of an extension array split along axis 1, flattened."""
        return self._splits(table[:, :half], table[:, half:])

    def _splits(self, low: Ext, high: Ext) -> Iterator[tuple[slice, Ext, Ext]]:
        """Pieces of the flattened low half: where they lie, their entries, and high - low."""
        low, high = low.reshape(self.scalars.degree, -1), high.reshape(self.scalars.degree, -1)
        for piece in _pieces(low.shape[1]):
            yield piece, *self._difference(low[:, piece], high[:, piece])

    def _difference(self, low: Array, high: Array) -> tuple[Array, Array]:
        """low, and high - low with high zero where its last axis has ended."""
        padded = np.zeros_like(low)
        padded[..., : high.shape[-1]] = high
        return low, self.sub(padded, low)

    def _weighted_squares(self, weights: Ext, z: Ext) -> Scalar:
        """The sum of weights z^2 over all entries."""
        return self._total(self.mul(weights, self.mul(z, z)))


def _structure(scalars: Extension) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """(i, j, terms): the product of coordinates i and j enters coordinate k with a small coefficient."""
    basis = [tuple(int(i == k) for k in range(scalars.degree)) for i in range(scalars.degree)]
    out = []
    for i, x in enumerate(basis):
        for j, y in enumerate(basis):
            terms = [(k, c - scalars.p if c > scalars.p // 2 else c) for k, c in enumerate(scalars.mul(x, y)) if c]
            out.append((i, j, terms))
    return out


def _pieces(total: int, size: int = PIECE) -> Iterator[slice]:
    """Slices of at most ``size`` entries."""
    return (slice(start, min(start + size, total)) for start in range(0, total, size))
