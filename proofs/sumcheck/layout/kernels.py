"""The loops of this folder: in NumPy for every field (plain), and compiled for the one commitments are made in (fast).

Tables of sum-check rounds are flat: an entry's partner, where the variable is 1 instead of 0, is ``split`` entries
above it; where nothing is that far above, it is zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import MERSENNE_31, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout.factored import Factored

Values = NDArray[np.integer]
"""A table's other factor: base elements or int32 above -2^31, (n,), or an extension array (degree, n)."""
Round = tuple[Scalar, Scalar]
"""s(0) and the leading coefficient of a round polynomial s of degree 2."""


class Kernels(Protocol):
    """What both twins have."""

    def share(self, work: Callable[[int, int], object], count: int, products: int, align: int = 1) -> None:
        """Call ``work(start, stop)`` on ranges that make up range(count), perhaps at the same time."""

    def outer(self, field: Field, a: Ext, b: Ext) -> Ext:
        """Extension arrays (degree, A) and (degree, B) give a_i b_j at i B + j: (degree, A B)."""

    def rows_dot(self, field: Field, table: Ext, weights: Ext) -> Ext:
        """Extension arrays (degree, R B) and (degree, B): each row's sum of products, (degree, R)."""

    def add_factored(self, field: Field, factored: Factored, out: Ext, to: int, stride: int, lo: int, hi: int) -> None:
        """Add entries lo to hi to ``out``: entry i of run k in column k stride + i - to."""

    def first_round(self, field: Field, weights: Ext, values: Values, split: int) -> Round:
        """The polynomial of sum weights values in the variable that ``split`` belongs to."""

    def next_round(
        self, field: Field, weights: Ext, values: Values, n: int, split: int, challenge: Scalar, next_split: int
    ) -> tuple[Ext, Ext, Round]:
        """Bind a variable of both tables' first ``n`` entries, and make the polynomial of the next variable.

        Returns tables whose first min(n, split) entries are what is bound, and the polynomial, which means nothing
        after the last variable (next_split 0). Both extension tables are overwritten.
        """


def kernels(field: Field) -> Kernels:
    """The twin for a field."""
    if field.compiled and field.scalars.p == MERSENNE_31 and field.scalars.degree == 4:
        from proofs.sumcheck.layout import fast

        return fast
    from proofs.sumcheck.layout import plain

    return plain
