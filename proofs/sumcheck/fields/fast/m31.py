"""The field of 2^31 - 1 with its degree-4 extension, in compiled loops: the fast twin of ``PlainField``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.fast import m31_kernels as kernels
from proofs.sumcheck.fields.fast.modular31 import combined, factor_words
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.fields.field import Base, Ext, Integers
from proofs.sumcheck.fields.integers import below_2_31
from proofs.sumcheck.fields.plain import PlainField
from proofs.sumcheck.fields.shapes import alike, batch, multiplicable, splittable

LINE = 64
"""Ranges of entries begin at multiples of this, so that no two threads write to one cache line."""
BASE_PRODUCTS = 8
"""Products of base elements that take about as long as one of extension elements."""

Range = Callable[[int, int], object]
Sums = list[Any]
"""What several ranges' kernels returned."""


class FastM31Field(PlainField):
    """``Field`` for p = 2^31 - 1 and degree 4; what is not overridden here is quick enough as it is."""

    compiled = True

    # -- in and out ------------------------------------------------------------------------------------------------
    def from_signed(self, values: NDArray[np.generic]) -> Base:
        """Signed integers (any integer dtype, or Python integers in an object array) modulo p; same shape."""
        if values.dtype.kind != "i":
            return super().from_signed(values)
        x = np.ascontiguousarray(values, dtype=np.int64)
        return self._entries(kernels.from_signed, x.shape, x)

    # -- entry by entry --------------------------------------------------------------------------------------------
    def add(self, a: Base, b: Base) -> Base:
        """Sum of two arrays of one kind and shape."""
        alike(a, b)
        return self._entries(kernels.add, a.shape, a, b)

    def sub(self, a: Base, b: Base) -> Base:
        """Difference of two arrays of one kind and shape."""
        alike(a, b)
        return self._entries(kernels.sub, a.shape, a, b)

    def mul_base(self, a: Base, b: Base) -> Base:
        """Product of two base arrays of one shape (or broadcast)."""
        if a.shape != b.shape:
            return super().mul_base(a, b)
        return self._entries(kernels.mul_base, a.shape, a, b)

    def mul(self, a: Ext, b: Ext) -> Ext:
        """Product of two extension arrays of one shape (or broadcast)."""
        if a.shape != b.shape:
            return super().mul(a, b)
        flat, other = _flat(a), _flat(b)
        out = np.empty(flat.shape, dtype=self.dtype)
        self._share(lambda lo, hi: kernels.mul(flat, other, out, lo, hi), flat.shape[1])
        return out.reshape(a.shape)

    def scale(self, a: Ext, factor: Scalar) -> Ext:
        """Every entry of an extension array times one scalar."""
        flat, words = _flat(a), factor_words(factor)
        out = np.empty(flat.shape, dtype=self.dtype)
        self._share(lambda lo, hi: kernels.scale(flat, lo, words, out, lo, hi - lo), flat.shape[1])
        return out.reshape(a.shape)

    # -- sums ------------------------------------------------------------------------------------------------------
    def eq_table(self, point: Sequence[Scalar], n: int) -> Ext:
        """eq(point, i) for i < n <= 2^len(point); shape (degree, n).

        From the least significant bit on: the table times r goes above the table times 1 - r, as far as n.
        """
        if n > 1 << len(point):
            raise ValueError(f"{len(point)} variables index {1 << len(point)} entries, not {n}")
        table = np.empty((4, n), dtype=self.dtype)
        table[:, :1] = self.pack([self.scalars.one])
        for bit, challenge in enumerate(reversed(point)):
            size = min(1 << bit, n)
            above = min(size, n - size)
            self._expand(table, size, above, factor_words(challenge))
            if above < size:
                rest = self.scalars.sub(self.scalars.one, challenge)
                table[:, above:size] = self.scale(table[:, above:size], rest)
        return table

    def dot(self, a: Ext, b: Ext) -> Scalar:
        """Sum of products of two extension arrays (degree, n)."""
        alike(a, b)
        a, b = _flat(a), _flat(b)
        sums: Sums = []
        self._share(lambda lo, hi: sums.append(kernels.dot(a, b, lo, hi)), a.shape[1])
        return self._scalar(sums)

    def combine_columns(self, x: Base, weights: Ext) -> Ext:
        """X weights: base (R, B) and extension (degree, B) give extension (degree, R)."""
        return self._combine_columns(kernels.combine_columns, np.ascontiguousarray(x), weights)

    def combine_integer_columns(self, x: Integers, weights: Ext) -> Ext:
        """The same for signed integers (R, B) below 2^31 in size. Raises ValueError."""
        return self._combine_columns(kernels.combine_integer_columns, below_2_31(x), weights)

    def combine_rows(self, w: Integers, weights: Ext) -> Ext:
        """weights^T W: signed integers (O, C) below 2^31 in size and extension (degree, O) give (degree, C)."""
        multiplicable(weights.shape, w.shape)
        w, weights = below_2_31(w), np.ascontiguousarray(weights)
        out = np.empty((4, w.shape[1]), dtype=self.dtype)
        share(lambda lo, hi: kernels.combine_rows(w, weights, out, lo, hi), w.shape[1], w.size, LINE)
        return out

    # -- sum-check rounds ------------------------------------------------------------------------------------------
    def bind(self, table: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of axis 1 of an extension array (degree, n, m): (degree, min(n, half), m)."""
        splittable(table.shape[1], half)
        flat, split = _flat(table), half * table.shape[2]
        out = np.empty((4, min(flat.shape[1], split)), dtype=self.dtype)
        pairs, factor, rest = flat.shape[1] - out.shape[1], *self._both(challenge)
        self._share(lambda lo, hi: kernels.bind(flat, lo, split, factor, out, lo, hi - lo), pairs)
        alone = out.shape[1] - pairs
        self._share(lambda lo, hi: kernels.scale(flat, pairs + lo, rest, out, pairs + lo, hi - lo), alone)
        return out.reshape(4, min(table.shape[1], half), table.shape[2])

    def product_round(self, a: Ext, b: Ext, half: int) -> tuple[Scalar, Scalar]:
        """s(0) and the leading coefficient of s(X) = sum a(X, .) b(X, .), degree 2; arrays (degree, n, m)."""
        alike(a, b)
        splittable(a.shape[1], half)
        split, a, b = half * a.shape[2], _flat(a), _flat(b)
        pairs = max(0, a.shape[1] - split)
        sums: Sums = []
        self._share(lambda lo, hi: sums.append(kernels.product_round(a, b, split, lo, hi)), pairs)
        alone = self.dot(a[:, pairs:split], b[:, pairs:split])
        at_0, lead = (self._scalar([each[k] for each in sums]) for k in range(2))
        return self.scalars.add(at_0, alone), self.scalars.add(lead, alone)

    def weighted_square_round(self, j: Ext, z: Ext, half: int) -> tuple[Scalar, Scalar, Scalar]:
        """s(0), s(-1) and the leading coefficient of s(X) = sum j(X, .) z(X, .)^2, degree 3; arrays (degree, n, m).

        Where nothing is above an entry, it is doubled at -1 and its negative is the difference.
        """
        alike(j, z)
        splittable(j.shape[1], half)
        split, j, z = half * j.shape[2], _flat(j), _flat(z)
        pairs = max(0, j.shape[1] - split)
        width = min(split, j.shape[1])
        sums: Sums = []
        lone: Sums = []
        self._share(lambda lo, hi: sums.append(kernels.weighted_square_round(j, z, split, lo, hi)), pairs)
        self._share(lambda lo, hi: lone.append(kernels.weighted_squares(j, z, lo + pairs, hi + pairs)), width - pairs)
        at_0, at_minus_1, lead = (self._scalar([each[k] for each in sums]) for k in range(3))
        alone = self._scalar(lone)
        eightfold = self.scalars.mul(alone, self.scalars.from_int(8))
        return (
            self.scalars.add(at_0, alone),
            self.scalars.add(at_minus_1, eightfold),
            self.scalars.sub(lead, alone),
        )

    def square_round_base(self, z: Base, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """q(0) and the leading coefficient of q(X) = sum_r rows_r sum_b columns_b z(r, X, b)^2, degree 2."""
        return self._square_round(kernels.square_round_base, z.shape, np.ascontiguousarray(z), rows, columns)

    def square_round(self, z: Ext, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """The same for an extension array z (degree, R, n)."""
        return self._square_round(kernels.square_round, z.shape, _flat(z), rows, columns)

    def bind_columns_base(self, z: Base, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of base (R, B): extension (degree, R, min(B, half))."""
        splittable(z.shape[1], half)
        z, factor = np.ascontiguousarray(z), factor_words(challenge)
        out = np.empty((4, z.shape[0], min(z.shape[1], half)), dtype=self.dtype)
        share(lambda lo, hi: kernels.bind_rows_base(z, half, factor, out, lo, hi), z.shape[0], z.size // 2)
        return out

    def bind_columns(self, z: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of extension (degree, R, n): (degree, R, min(n, half))."""
        splittable(z.shape[2], half)
        (_, r, n), flat, (factor, rest) = z.shape, _flat(z), self._both(challenge)
        width = min(n, half)
        out = np.empty((4, r * width), dtype=self.dtype)
        share(lambda lo, hi: kernels.bind_rows(flat, n, half, factor, rest, out, width, lo, hi), r, r * width)
        return out.reshape(4, r, width)

    # -- parts -----------------------------------------------------------------------------------------------------
    def _entries(self, work: Callable[..., object], shape: tuple[int, ...], *arrays: NDArray[Any]) -> Base:
        """A kernel on arrays entry by entry."""
        flat = [np.ascontiguousarray(array).reshape(-1) for array in arrays]
        out = np.empty(flat[0].size, dtype=self.dtype)
        share(lambda lo, hi: work(*flat, out, lo, hi), out.size, out.size // BASE_PRODUCTS, LINE)
        return out.reshape(shape)

    def _expand(self, table: Ext, size: int, above: int, factor: NDArray[np.uint64]) -> None:
        """One step of ``eq_table``: entries that have a partner ``size`` entries above."""
        self._share(lambda lo, hi: kernels.expand(table, size, factor, lo, hi), above)

    def _combine_columns(self, work: Callable[..., object], x: NDArray[Any], weights: Ext) -> Ext:
        """A kernel on the rows of a matrix."""
        multiplicable(x.shape, weights.shape[::-1])
        weights = np.ascontiguousarray(weights)
        out = np.empty((4, x.shape[0]), dtype=self.dtype)
        share(lambda lo, hi: work(x, weights, out, lo, hi), x.shape[0], x.size // 4)
        return out

    def _square_round(
        self, work: Callable[..., NDArray[np.uint64]], shape: tuple[int, ...], z: NDArray[Any], rows: Ext, columns: Ext
    ) -> tuple[Scalar, Scalar]:
        """A kernel on the rows of a table of shape (..., R, n)."""
        batch(shape, rows, columns)
        rows, columns = np.ascontiguousarray(rows), np.ascontiguousarray(columns)
        sums: Sums = []
        (r, n) = shape[-2:]
        share(lambda lo, hi: sums.append(work(z, n, rows, columns, lo, hi)), r, r * n)
        return self._scalar([each[0] for each in sums]), self._scalar([each[1] for each in sums])

    def _both(self, challenge: Scalar) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """A challenge r and 1 - r, for kernels."""
        return factor_words(challenge), factor_words(self.scalars.sub(self.scalars.one, challenge))

    def _share(self, work: Range, n: int) -> None:
        """Share work on n extension elements among threads."""
        if n > 0:
            share(work, n, n, LINE)

    def _scalar(self, sums: Sums) -> Scalar:
        """The scalar that several sums of parts make up."""
        total = self.scalars.zero
        for each in sums:
            total = self.scalars.add(total, combined(each))
        return total


def _flat(table: Ext) -> Ext:
    """An extension array (4, n)."""
    return np.ascontiguousarray(table).reshape(4, -1)
