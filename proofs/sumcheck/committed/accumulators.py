"""From what was said of a node's look-ups to one claim about its accumulators, over all groups that hold part of it.

A part's accumulators at the group's point are acc~ = 2^k q~ + rem~ - 2^(k-1) real~, all at the same point. The parts'
equations, and for a maximum the one about its second term, are summed with powers of a challenge drawn after all of
them were said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.committed.groups import Part
from proofs.sumcheck.committed.values import PartValue
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.layout.tensorise import Part as TensorPart


@dataclass(frozen=True, slots=True)
class Combining:
    """Powers of the challenge: part i's accumulators weigh eta^(2 i), its second term eta times that."""

    scalars: Extension
    eta: Scalar

    def factor(self, index: int) -> Scalar:
        """eta^(2 index)."""
        value, square = self.scalars.one, self.scalars.square(self.eta)
        for _ in range(index):
            value = self.scalars.mul(value, square)
        return value

    def placed(self, parts: Sequence[tuple[Part, tuple[Scalar, ...]]]) -> list[TensorPart]:
        """The functional sum_i eta^(2 i) eq(rho_i, .) over the parts of one site."""
        found = []
        for index, (part, point) in enumerate(parts):
            segment = part.site.segment
            rows = (part.start, part.stop)
            found.append(TensorPart(segment, segment.offset - part.first, point, rows, self.factor(index)))
        return found

    def value(self, values: Sequence[PartValue]) -> Scalar:
        """What the verifier makes of the parts' values."""
        total = self.scalars.zero
        for index, value in enumerate(values):
            accumulator = self._accumulator(value)
            total = self.scalars.add(total, self.scalars.mul(self.factor(index), accumulator))
        return total

    def _accumulator(self, value: PartValue) -> Scalar:
        """acc~, or for a maximum (first - second)~ + eta second~."""
        scalars, site = self.scalars, value.part.site
        if value.second is None:
            return value.first
        if site.kind == "maximum":
            return scalars.add(value.first, scalars.mul(self.eta, value.second))
        half = scalars.mul(scalars.from_int(1 << (site.shift - 1)), value.real)
        scaled = scalars.mul(scalars.from_int(1 << site.shift), value.first)
        return scalars.sub(scalars.add(scaled, value.second), half)


def most_parts(parts: Sequence[Sequence[object]]) -> int:
    """Degree of the combination in its challenge, for sites of so many parts each."""
    return 2 * max((len(site) for site in parts), default=1)
