"""The column rounds of the square sum-check over a 61-bit field, in as few passes over memory as pays.

One pass over the base array serves rounds 0 and 1. Round 2 reads it again and binds two variables on the fly, a row at
a time in cache. Round 3 binds three variables and keeps the result, a quarter of the base array's size for degree 2.
Later rounds bind one variable and take the next sums in one pass. For the last few variables rows and columns are
swapped, so that loops stay long.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.fast.launch61 import Launcher, Message
from proofs.sumcheck.fields.field import Base, Ext

UNKEPT = 2
"""Variables bound on the fly, without keeping the result."""
SHORT = 16
"""Columns for which rows and columns are swapped."""


class FastSquareRounds:
    """``SquareRounds`` (fields/square_rounds.py) of the 61-bit fields."""

    def __init__(self, launcher: Launcher, z: Base, weights: Ext, point: Sequence[Scalar]) -> None:
        self._launcher = launcher
        self._z = np.ascontiguousarray(z)
        self._weights = weights
        self._point = tuple(point)
        self._challenges: list[Scalar] = []
        self._table: Ext | None = None  # (degree, R, n)
        self._swapped: Ext | None = None  # (degree, n, R)
        self._message: Message | None = None
        self._ahead: list[Scalar] = []  # what the first two rounds are made of
        if z.shape[1] <= SHORT:
            self._swapped = np.zeros((launcher.scalars.degree, *z.T.shape), dtype=np.uint64)
            self._swapped[0] = z.T

    def message(self) -> Message:
        """q(0) and the leading coefficient of the next variable's q."""
        if self._message is None:
            self._message = self._next()
        return self._message

    def bind(self, challenge: Scalar) -> None:
        """Bind that variable: now if swapped, else with the next message."""
        half = self._half()
        if self._swapped is not None:
            degree, n, count = self._swapped.shape
            flat = self._swapped.reshape(degree, 1, n * count)
            self._swapped = self._launcher.bind(flat, challenge, half, count).reshape(degree, min(n, half), count)
        elif self._message is None:
            raise ValueError("a variable is bound after its message only")
        self._challenges.append(challenge)
        self._message = None

    def rows(self) -> Ext:
        """Z's rows when all column variables are bound, (degree, R)."""
        left = len(self._point) - len(self._challenges)
        if self._swapped is None or left:
            raise ValueError(f"{left} column variables are not bound yet")
        return np.ascontiguousarray(self._swapped[:, 0])

    def _half(self) -> int:
        left = len(self._point) - len(self._challenges)
        if not left:
            raise ValueError("all column variables are bound")
        return 1 << (left - 1)

    def _first(self) -> Message:
        """Round 0, with the sums for round 1."""
        scalars, t = self._launcher.scalars, self._point[1]
        later = self._launcher.eq_table(self._point[2:], self._half() // 2)
        self._ahead = self._launcher.two_rounds(self._z, self._weights, later)
        low, high, low_d, high_d = self._ahead[:4]
        at_0 = scalars.add(low, scalars.mul(t, scalars.sub(high, low)))
        return at_0, scalars.add(low_d, scalars.mul(t, scalars.sub(high_d, low_d)))

    def _second(self) -> Message:
        """Round 1, from what the first pass has summed."""
        low, _, low_d, _, cross, square, mixed, mixed_square = self._ahead
        return self._at(low, cross, low_d), self._at(square, mixed, mixed_square)

    def _at(self, constant: Scalar, middle: Scalar, lead: Scalar) -> Scalar:
        """constant + 2 r middle + r^2 lead at the first challenge r."""
        scalars, (r,) = self._launcher.scalars, self._challenges
        inner = scalars.add(scalars.add(middle, middle), scalars.mul(r, lead))
        return scalars.add(constant, scalars.mul(r, inner))

    def _next(self) -> Message:
        """Bind what waits to be bound, and take the next sums."""
        if self._swapped is None and len(self._challenges) < 2:
            return self._second() if self._challenges else self._first()
        half = self._half()
        columns = self._launcher.eq_table(self._point[len(self._challenges) + 1 :], half)
        if self._swapped is not None:
            return self._launcher.swapped(self._swapped, self._weights, columns)
        if self._table is None:
            keep = len(self._challenges) > UNKEPT or 2 * half <= SHORT
            table, message = self._launcher.fold(self._z, self._challenges, keep, self._weights, columns)
            self._table = table if keep else None
        else:
            self._table, message = self._launcher.bind_and_sum(
                self._table, self._challenges[-1], self._weights, columns
            )  # fmt: skip
        if self._table is not None and 2 * half <= SHORT:
            self._swapped = np.ascontiguousarray(np.swapaxes(self._table, 1, 2))
            self._table = None
        return message
