"""What the protocol asks of a field: kernels over arrays. Protocol code calls these and never sees limbs.

Two kinds of array, both of ``dtype`` and canonical (every entry in [0, p)):

* a *base* array has any shape, an entry is an element of F_p;
* an *extension* array has a leading axis of length ``degree``, the coordinates of elements of the extension field that
  challenges come from (structure of arrays).

A single extension element is a ``Scalar``: a tuple of ``degree`` Python integers. Points are sequences of scalars, the
variable of the most significant index bit first. Tables are truncated to their real extent: entries beyond it are zero
and never stored. ``half`` is the power of two at which the top index bit splits an axis of length n: half < n <= 2 half
(or half = 1 = n).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Extension, Scalar

Base = NDArray[np.unsignedinteger]
Ext = NDArray[np.unsignedinteger]
Integers = NDArray[np.signedinteger]


class Field(Protocol):
    """A prime field with its challenge extension, as array kernels."""

    name: str
    scalars: Extension
    dtype: np.dtype[np.unsignedinteger]
    compiled: bool  # whether kernels are compiled loops; other folders choose their own kernels by it

    # -- in and out ------------------------------------------------------------------------------------------------
    def from_signed(self, values: NDArray[np.generic]) -> Base:
        """Signed integers (any integer dtype, or Python integers in an object array) modulo p; same shape."""

    def to_signed(self, values: Base) -> Integers:
        """The representatives in [-(p-1)/2, (p-1)/2] as int64; same shape."""

    def lift(self, values: Base) -> Ext:
        """Base elements as extension elements; shape (degree, ...)."""

    def pack(self, elements: Sequence[Scalar]) -> Ext:
        """Scalars as an extension array (degree, n)."""

    def element(self, table: Ext, index: int) -> Scalar:
        """Entry ``index`` of an extension array (degree, n)."""

    # -- entry by entry --------------------------------------------------------------------------------------------
    def add(self, a: Base, b: Base) -> Base:
        """Sum of two arrays of one kind and shape."""

    def sub(self, a: Base, b: Base) -> Base:
        """Difference of two arrays of one kind and shape."""

    def mul_base(self, a: Base, b: Base) -> Base:
        """Product of two base arrays of one shape (or broadcast)."""

    def mul(self, a: Ext, b: Ext) -> Ext:
        """Product of two extension arrays of one shape."""

    def scale(self, a: Ext, factor: Scalar) -> Ext:
        """Every entry of an extension array times one scalar."""

    def inverse(self, a: Ext) -> Ext:
        """Inverses of the entries of an extension array (degree, n), by one inversion. Raises ZeroDivisionError."""

    def powers(self, base: Scalar, n: int) -> Ext:
        """1, base, base^2, ... : n entries."""

    # -- sums ------------------------------------------------------------------------------------------------------
    def eq_table(self, point: Sequence[Scalar], n: int) -> Ext:
        """eq(point, i) for i < n <= 2^len(point); shape (degree, n)."""

    def dot(self, a: Ext, b: Ext) -> Scalar:
        """Sum of products of two extension arrays (degree, n)."""

    def combine_columns(self, x: Base, weights: Ext) -> Ext:
        """X weights: base (R, B) and extension (degree, B) give extension (degree, R)."""

    def combine_integer_columns(self, x: Integers, weights: Ext) -> Ext:
        """The same for signed integers (R, B) below 2^31 in size: cheaper than field elements."""

    def combine_rows(self, w: Integers, weights: Ext) -> Ext:
        """weights^T W: signed integers (O, C) below 2^31 in size and extension (degree, O) give (degree, C)."""

    def matmul(self, w: Integers, x: Base) -> Base:
        """W X modulo p: signed integers (O, C) below 2^31 in size and base (C, B) give base (O, B)."""

    # -- sum-check rounds ------------------------------------------------------------------------------------------
    def bind(self, table: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of axis 1 of an extension array (degree, n, m): (degree, min(n, half), m)."""

    def product_round(self, a: Ext, b: Ext, half: int) -> tuple[Scalar, Scalar]:
        """s(0) and the leading coefficient of s(X) = sum a(X, .) b(X, .), degree 2; arrays (degree, n, m)."""

    def weighted_square_round(self, j: Ext, z: Ext, half: int) -> tuple[Scalar, Scalar, Scalar]:
        """s(0), s(-1) and the leading coefficient of s(X) = sum j(X, .) z(X, .)^2, degree 3; arrays (degree, n, m)."""

    def square_round_base(self, z: Base, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """q(0) and the leading coefficient of q(X) = sum_r rows_r sum_b columns_b z(r, X, b)^2, degree 2.

        z: base (R, B) whose columns the top index bit splits at half; rows (degree, R); columns (degree, half).
        """

    def square_round(self, z: Ext, rows: Ext, columns: Ext) -> tuple[Scalar, Scalar]:
        """The same for an extension array z (degree, R, n)."""

    def bind_columns_base(self, z: Base, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of base (R, B): extension (degree, R, min(B, half))."""

    def bind_columns(self, z: Ext, challenge: Scalar, half: int) -> Ext:
        """Bind the top bit of the columns of extension (degree, R, n): (degree, R, min(n, half))."""
