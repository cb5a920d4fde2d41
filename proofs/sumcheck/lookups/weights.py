"""eq(point, .) as a product of two small tables, so that no round folds a table as long as its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field

LOW_VARIABLES = 7
"""A run of 2^7 entries is long enough to vectorise, and 32 such runs of coordinates fit a first-level cache."""


@dataclass(frozen=True, slots=True)
class Weights:
    """w(x) = high(x div n) low(x mod n), n the length of low; extension arrays, of powers of two of entries."""

    low: Ext
    high: Ext

    @classmethod
    def over(cls, field: Field, point: Sequence[Scalar]) -> Weights:
        """w(x) = eq(point, x)."""
        split = max(0, len(point) - LOW_VARIABLES)
        high, low = (field.eq_table(part, 1 << len(part)) for part in (point[:split], point[split:]))
        return cls(low, high)

    @property
    def size(self) -> int:
        """How many x there are."""
        return int(self.low.shape[1] * self.high.shape[1])

    def summed(self, field: Field) -> Weights:
        """w(0, .) + w(1, .), for the top bit: eq(point[1:], .), since eq(r, 0) + eq(r, 1) = 1."""
        if self.high.shape[1] > 1:
            return Weights(self.low, _halves_summed(field, self.high))
        return Weights(_halves_summed(field, self.low), self.high)


def _halves_summed(field: Field, table: Ext) -> Ext:
    half = table.shape[1] // 2
    return field.add(table[:, :half], table[:, half:])
