"""The fields of 2^61 - 1 and 2^61 - 45 with challenges from F_p or its extension of degree 2, in compiled loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.fast import columns61, entries61, sums61
from proofs.sumcheck.fields.fast.launch61 import LINE, Launcher
from proofs.sumcheck.fields.fast.products61 import general_product, integer_product
from proofs.sumcheck.fields.fast.square_rounds61 import FastSquareRounds
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.fields.field import Base, Ext, Integers
from proofs.sumcheck.fields.integers import below_2_31
from proofs.sumcheck.fields.plain import PlainField
from proofs.sumcheck.fields.primes import Prime
from proofs.sumcheck.fields.shapes import alike, batch, multiplicable, splittable


class FastM61Field(PlainField):
    """``Field`` for the two primes just below 2^61; what is not overridden here is made of what is."""

    compiled = True

    def __init__(self, name: str, prime: Prime, degree: int) -> None:
        super().__init__(name, prime, degree)
        self._launcher = Launcher(self.scalars)
        self._other, self._second = self._launcher.other, self._launcher.second

    # -- in and out ------------------------------------------------------------------------------------------------
    def from_signed(self, values: NDArray[np.generic]) -> Base:
        """Signed integers (any integer dtype, or Python integers in an object array) modulo p; same shape."""
        if values.dtype.kind != "i":
            return super().from_signed(values)
        out = np.empty(values.shape, dtype=self.dtype)
        self._entries(entries61.take_signed, out, values)
        return out

    def to_signed(self, values: Base) -> Integers:
        """The representatives in [-(p-1)/2, (p-1)/2] as int64; same shape."""
        out = np.empty(values.shape, dtype=np.int64)
        self._entries(entries61.give_signed, out, values)
        return out

    # -- entry by entry --------------------------------------------------------------------------------------------
    def add(self, a: Base, b: Base) -> Base:
        """Sum of two arrays of one kind and shape."""
        alike(a, b)
        return self._entries(entries61.add_entries, np.empty(a.shape, dtype=self.dtype), a, b)

    def sub(self, a: Base, b: Base) -> Base:
        """Difference of two arrays of one kind and shape."""
        alike(a, b)
        return self._entries(entries61.sub_entries, np.empty(a.shape, dtype=self.dtype), a, b)

    def mul_base(self, a: Base, b: Base) -> Base:
        """Product of two base arrays of one shape (or broadcast)."""
        if a.shape != b.shape:
            return super().mul_base(a, b)
        return self._entries(entries61.mul_entries, np.empty(a.shape, dtype=self.dtype), a, b)

    def mul(self, a: Ext, b: Ext) -> Ext:
        """Product of two extension arrays of one shape (or broadcast)."""
        if a.shape != b.shape:
            return super().mul(a, b)
        left, right, out = self._flat(a), self._flat(b), np.empty((len(a), a[0].size), dtype=self.dtype)
        self._share(lambda lo, hi: entries61.mul_extension(left, right, self._second, out, lo, hi, self._other), out)
        return out.reshape(a.shape)

    def scale(self, a: Ext, factor: Scalar) -> Ext:
        """Every entry of an extension array times one scalar."""
        flat, out = self._flat(a), np.empty((len(a), a[0].size), dtype=self.dtype)
        words = np.array(factor, dtype=self.dtype)
        self._share(lambda lo, hi: entries61.scale_extension(flat, words, self._second, out, lo, hi, self._other), out)
        return out.reshape(a.shape)

    # -- sums ------------------------------------------------------------------------------------------------------
    def eq_table(self, point: Sequence[Scalar], n: int) -> Ext:
        """eq(point, i) for i < n <= 2^len(point); shape (degree, n)."""
        if n > 1 << len(point):
            raise ValueError(f"{len(point)} variables index {1 << len(point)} entries, not {n}")
        return self._launcher.eq_table(point, n)

    def dot(self, a: Ext, b: Ext) -> Scalar:
        """Sum of products of two extension arrays (degree, n)."""
        alike(a, b)
        return self._launcher.dot(self._flat(a), self._flat(b))

    def combine_columns(self, x: Base, weights: Ext) -> Ext:
        """X weights: base (R, B) and extension (degree, B) give extension (degree, R)."""
        multiplicable(x.shape, weights.shape[::-1])
        x, weights = np.ascontiguousarray(x), np.ascontiguousarray(weights)
        out = np.empty((self.scalars.degree, x.shape[0]), dtype=self.dtype)

        def work(start: int, stop: int) -> None:
            columns61.combine_base(x, weights, self._second, out, start, stop, self._other)

        share(work, x.shape[0], self.scalars.degree * x.size)
        return out

    def combine_integer_columns(self, x: Integers, weights: Ext) -> Ext:
        """The same for signed integers (R, B) below 2^31 in size. Raises ValueError."""
        multiplicable(x.shape, weights.shape[::-1])
        x, third = _integers(x)
        limbs = _limbs(weights, third)
        out = np.empty((self.scalars.degree, x.shape[0]), dtype=self.dtype)

        def work(start: int, stop: int) -> None:
            _refuse_large(columns61.combine_integers(x, limbs, third, out, start, stop, self._other))

        share(work, x.shape[0], x.size)
        return out

    def combine_rows(self, w: Integers, weights: Ext) -> Ext:
        """weights^T W: signed integers (O, C) below 2^31 in size and extension (degree, O) give (degree, C)."""
        multiplicable(weights.shape, w.shape)
        w, third = _integers(w)
        limbs = np.pad(_limbs(weights, third), ((0, 0), (0, 0), (0, -len(w) % 4)))
        out = np.zeros((self.scalars.degree, w.shape[1]), dtype=self.dtype)

        def work(first: int, last: int) -> None:
            for left in range(first, last, columns61.TILE):
                right = min(last, left + columns61.TILE)
                sums = np.empty((self.scalars.degree, 3, right - left), dtype=np.int64)
                _refuse_large(columns61.combine_integer_rows(w, limbs, third, sums, out, left, right, self._other))

        share(work, w.shape[1], w.size, LINE)
        return out

    def matmul(self, w: Integers, x: Base) -> Base:
        """W X modulo p: signed integers (O, C) below 2^31 in size and base (C, B) give base (O, B)."""
        multiplicable(w.shape, x.shape)
        return integer_product(below_2_31(w), np.ascontiguousarray(x), self._other)

    def general_matmul(self, a: Base, b: Base) -> Base:
        """A B, base (O, C) times base (C, B), both of full elements: the arithmetic that proofs are compared with."""
        multiplicable(a.shape, b.shape)
        return general_product(np.ascontiguousarray(a), np.ascontiguousarray(b), self._other)

    # -- sum-check rounds ------------------------------------------------------------------------------------------
    def bind(self, table: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of axis 1 of an extension array (degree, n, m): (degree, min(n, half), m)."""
        splittable(table.shape[1], half)
        _, n, m = table.shape
        row = np.ascontiguousarray(table).reshape(len(table), 1, n * m)
        return self._launcher.bind(row, challenge, half, m).reshape(len(table), min(n, half), m)

    def product_round(self, a: Ext, b: Ext, half: int) -> tuple[Scalar, Scalar]:
        """s(0) and the leading coefficient of s(X) = sum a(X, .) b(X, .), degree 2; arrays (degree, n, m)."""
        at_0, lead = self._round(sums61.product_sums, 2, a, b, half)
        return at_0, lead

    def weighted_square_round(self, j: Ext, z: Ext, half: int) -> tuple[Scalar, Scalar, Scalar]:
        """s(0), s(-1) and the leading coefficient of s(X) = sum j(X, .) z(X, .)^2, degree 3; arrays (degree, n, m)."""
        at_0, at_minus_1, lead = self._round(sums61.square_sums, 3, j, z, half)
        return at_0, at_minus_1, lead

    def square_round_base(self, z: Base, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """q(0) and the leading coefficient of q(X) = sum_r rows_r sum_b columns_b z(r, X, b)^2, degree 2."""
        batch(z.shape, rows, columns)
        return self._launcher.base(np.ascontiguousarray(z), np.ascontiguousarray(rows), columns)

    def square_round(self, z: Ext, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """The same for an extension array z (degree, R, n)."""
        batch(z.shape, rows, columns)
        return self._launcher.rows(np.ascontiguousarray(z), np.ascontiguousarray(rows), columns)

    def square_rounds(self, z: Base, rows: Ext, point: Sequence[Scalar]) -> FastSquareRounds:
        """All column rounds of squares, in fewer passes over memory (fields/square_rounds.py)."""
        return FastSquareRounds(self._launcher, np.ascontiguousarray(z), np.ascontiguousarray(rows), point)

    def bind_columns_base(self, z: Base, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of base (R, B): extension (degree, R, min(B, half))."""
        splittable(z.shape[1], half)
        return self._launcher.bind_base(np.ascontiguousarray(z), challenge, half)

    def bind_columns(self, z: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of extension (degree, R, n): (degree, R, min(n, half))."""
        splittable(z.shape[2], half)
        return self._launcher.bind(np.ascontiguousarray(z), challenge, half, 1)

    # -- parts -----------------------------------------------------------------------------------------------------
    def _entries(self, kernel: Callable[..., object], out: NDArray[Any], *arrays: NDArray[Any]) -> Base:
        """A kernel on arrays entry by entry; returns ``out``."""
        flat = [np.ascontiguousarray(array).reshape(-1) for array in arrays]
        into = out.reshape(-1)
        share(lambda lo, hi: kernel(*flat, into, lo, hi, self._other), into.size, into.size // 2, LINE)
        return out

    def _share(self, work: Callable[[int, int], object], out: Ext) -> None:
        """Share work on the entries of an extension array (degree, n)."""
        share(work, out.shape[1], 2 * out.shape[1], LINE)

    def _flat(self, table: Ext) -> Ext:
        """An extension array (degree, n)."""
        return np.ascontiguousarray(table).reshape(len(table), -1)

    def _round(self, kernel: Callable[..., object], count: int, a: Ext, b: Ext, half: int) -> tuple[Scalar, ...]:
        """A kernel that sums over the low half of two tables (degree, n, m)."""
        alike(a, b)
        splittable(a.shape[1], half)
        gap, left, right = half * a.shape[2], self._flat(a), self._flat(b)
        paired = max(0, left.shape[1] - gap)

        def work(out: Ext, start: int, stop: int) -> None:
            kernel(left, right, gap, paired, self._second, out, start, stop, self._other)

        return self._launcher.summed(count, min(gap, left.shape[1]), work)


def _integers(values: Integers) -> tuple[Integers, bool | None]:
    """The matrix as kernels take it, and whether weights need a third limb (True or None): not for 16 bits."""
    if values.dtype.kind != "i":
        raise TypeError(f"signed integers are wanted here, not {values.dtype}")
    return np.ascontiguousarray(values), True if values.dtype.itemsize > 2 else None


def _limbs(weights: Ext, third: bool | None) -> NDArray[np.int32]:
    """Weights (degree, n) as limbs (degree, 2 or 3, n), of 31 or 21 bits."""
    width, count = (31, 2) if third is None else (21, 3)
    limbs = [(weights >> np.uint64(width * k)) & np.uint64((1 << width) - 1) for k in range(count)]
    return np.stack(limbs, axis=1).astype(np.int32)


def _refuse_large(largest: np.uint64) -> None:
    """Raises ValueError if an integer kernel has met an entry of 2^31 or more in size."""
    if int(largest) >= 2**32 - 1:
        raise ValueError("integers are not all below 2^31 in size")
