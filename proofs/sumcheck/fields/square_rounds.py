"""The column rounds of the square sum-check as one object, so that a field may choose what it keeps between rounds.

For each variable X of the columns, earlier ones bound, q(X) = sum over rows and later columns b of J(row)
eq(point after X, b) Z(row, X, b)^2. Compiled fields bind several variables in one pass and never write the first bound
tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field


class SquareRounds(Protocol):
    """Rounds in progress: ``message`` and ``bind`` in turn, once a variable, then ``rows``."""

    def message(self) -> tuple[Scalar, Scalar]:
        """q(0) and the leading coefficient of the next variable's q."""

    def bind(self, challenge: Scalar) -> None:
        """Bind that variable."""

    def rows(self) -> Ext:
        """Z's rows when all column variables are bound, (degree, R)."""


@runtime_checkable
class HasSquareRounds(Protocol):
    """A field with rounds of its own."""

    def square_rounds(self, z: Base, rows: Ext, point: Sequence[Scalar]) -> SquareRounds:
        """See the function of this name."""


def square_rounds(field: Field, z: Base, rows: Ext, point: Sequence[Scalar]) -> SquareRounds:
    """The column rounds of sum over rows and columns of J(row) eq(point, column) Z(row, column)^2.

    Args:
        z: base array (R, B).
        rows: J, extension array (degree, R).
        point: one scalar for each of bits(B) variables.

    Raises:
        ValueError: the shapes do not fit together.
    """
    if rows.shape[1:] != z.shape[:1]:
        raise ValueError(f"{len(z)} rows need as many weights, not {rows.shape[1:]}")
    if len(point) != bits(z.shape[1]):
        raise ValueError(f"{z.shape[1]} columns have {bits(z.shape[1])} variables, the point {len(point)}")
    if isinstance(field, HasSquareRounds):
        return field.square_rounds(z, rows, point)
    return StepwiseSquareRounds(field, z, rows, point)


class StepwiseSquareRounds:
    """Rounds by the field's own kernels, a bound table at a time."""

    def __init__(self, field: Field, z: Base, rows: Ext, point: Sequence[Scalar]) -> None:
        self._field = field
        self._weights = rows
        self._point = tuple(point)
        self._z: Base = z
        self._bound: Ext | None = None if point else field.lift(z)
        self._done = 0

    def message(self) -> tuple[Scalar, Scalar]:
        """q(0) and the leading coefficient of the next variable's q."""
        columns = self._field.eq_table(self._point[self._done + 1 :], self._half())
        if self._bound is None:
            return self._field.square_round_base(self._z, self._weights, columns)
        return self._field.square_round(self._bound, self._weights, columns)

    def bind(self, challenge: Scalar) -> None:
        """Bind that variable."""
        half = self._half()
        if self._bound is None:
            self._bound = self._field.bind_columns_base(self._z, challenge, half)
        else:
            self._bound = self._field.bind_columns(self._bound, challenge, half)
        self._done += 1

    def rows(self) -> Ext:
        """Z's rows when all column variables are bound, (degree, R)."""
        if self._bound is None or self._done < len(self._point):
            raise ValueError(f"{len(self._point) - self._done} column variables are not bound yet")
        return self._bound[..., 0]

    def _half(self) -> int:
        if self._done == len(self._point):
            raise ValueError("all column variables are bound")
        return 1 << (len(self._point) - self._done - 1)
