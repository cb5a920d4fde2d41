"""The column rounds of the square sum-check over a 61-bit field, in as few passes over memory as pays.

Round 0 reads the base array. Rounds 1 and 2 read it again and bind one and two variables on the fly, a row at a time in
cache. Round 3 binds three variables and keeps the result, a quarter of the base array's size for degree 2. Later rounds
bind one variable and take the next sums in one pass. For the last few variables rows and columns are swapped, so that
loops stay long.
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

    def _next(self) -> Message:
        """Bind what waits to be bound, and take the next sums."""
        half = self._half()
        columns = self._launcher.eq_table(self._point[len(self._challenges) + 1 :], half)
        if self._swapped is not None:
            return self._launcher.swapped(self._swapped, self._weights, columns)
        if not self._challenges:
            return self._launcher.base(self._z, self._weights, columns)
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
