"""Several functionals about which one value is claimed: their sum."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout.functional import FlatEq, Product


@dataclass(frozen=True, slots=True)
class Joint:
    """J = the sum of ``members``."""

    members: tuple[Product | FlatEq, ...]

    def spread(self, field: Field, out: Ext, factor: Scalar) -> None:
        """Add factor * J to a table over the flat vector."""
        for member in self.members:
            member.spread(field, out, factor)

    def spread_rows(self, field: Field, out: Ext, factor: Scalar, start: int, stop: int) -> None:
        """The same for its entries [start, stop)."""
        for member in self.members:
            member.spread_rows(field, out, factor, start, stop)

    def at(self, field: Field, point: tuple[Scalar, ...]) -> Scalar:
        """J~(point)."""
        total = field.scalars.zero
        for member in self.members:
            total = field.scalars.add(total, member.at(field, point))
        return total
