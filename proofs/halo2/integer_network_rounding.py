"""q = floor((acc + 2^(k-1)) / 2^k) and the table, out of signs alone: nothing is divided, so nothing can be chosen.

**Rescale.** Let c be the middle of an interval [c - 2^(m-1), c + 2^(m-1)), and w_0 = acc + 2^(k-1) + 1/2 - c 2^k, which
is never an integer. Division without restoring takes one sign a bit,

    s_j = sign(w_j),   w_(j+1) = w_j - s_j 2^(k+m-2-j),   j = 0..m-1
    q   = c - 1/2 + sum_j s_j 2^(m-2-j)

and is exact inside the interval; outside it every sign is the same and q stops at the nearest end: a clamp for free.

**Listed tables.** y = values[0] + sum over the places j where the table jumps of (s_j + 1)/2 times the jump,
s_j = sign(q - j + 1/2).

No sign is ever taken of zero, so nothing hangs on what a circuit makes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from proofs.errors import UnsupportedModel
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.integer_network_constants import Constants
from proofs.networks.network import Clamp, Listed, Table

MAX_JUMPS = 1 << 10
"""Jumps of a listed table: one sign an activation each."""
OFFSET = 1 << 19
"""Below this size a tensor of equal offsets can be told from others at the scales networks have."""
FACTOR_BITS = 18
"""Powers of two stored as one constant."""

Accumulate = Callable[[float], str]
"""The accumulators' tensor with a constant added to each."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What one rescale gives by itself: q stopped at [middle - 2^(bits-1), middle + 2^(bits-1) - 1], bits >= 1."""

    middle: float
    bits: int

    @property
    def least(self) -> int:
        """The lower end."""
        return int(self.middle - 2.0 ** (self.bits - 1))

    @property
    def greatest(self) -> int:
        """The upper end."""
        return self.least + (1 << self.bits) - 1

    def offset(self, shift: int) -> float:
        """What is added to accumulators beside 1/2."""
        return float(((1 << shift) >> 1) - self.middle * (1 << shift))


def interval(table: Clamp, shift: int) -> Interval:
    """The shortest interval that clamps as the table does, at its lower end at least.

    Where its offset is too large for one stored number it lies around zero instead, and clamps follow.
    """
    least, greatest = (
        min(max(table.low, table.least), table.greatest),
        max(min(table.high, table.greatest), table.least),
    )
    bits = max((greatest - least).bit_length(), 1)
    found = Interval(least + 2.0 ** (bits - 1), bits)
    if abs(found.offset(shift)) + 1 < OFFSET:
        return found
    return Interval(0.0, max(greatest, -least - 1, 0).bit_length() + 1)


def whole(table: Listed, shift: int) -> Interval:
    """The interval that gives every q of a listed table."""
    return interval(Clamp(table.low, table.high, table.low, table.high), shift)


def jumps(table: Listed) -> list[tuple[int, int]]:
    """(q, how much the table rises from q - 1 to q) wherever it does."""
    return [
        (table.low + place, after - before)
        for place, (before, after) in enumerate(zip(table.values, table.values[1:], strict=False), 1)
        if after != before
    ]


@dataclass(frozen=True, slots=True)
class Rounding:
    """Emits the rescale and the table of one node."""

    graph: Graph
    constants: Constants

    def apply(self, accumulate: Accumulate, table: Table, shift: int, bare: bool) -> str:
        """The node's output tensor.

        Args:
            bare: whether accumulators may be the output as they are. The circuit compiler works numbers stored in
                whatever follows a Conv into its kernel, so between two nodes something must stand that is not linear.
        """
        if isinstance(table, Listed):
            return self._listed(accumulate, table, shift)
        if shift == 0:
            return self._kept(accumulate, table, bare)
        found = interval(table, shift)
        y = self._divided(accumulate(found.offset(shift) + 0.5), found, shift)
        return self._between(y, table.least if found.least < table.least else None, found.greatest, table.greatest)

    def plus(self, tensor: str, value: float) -> str:
        """A constant added, nothing for zero."""
        return self.graph.node("Add", [tensor, self.constants.scalar(value)]) if value else tensor

    def times(self, tensor: str, power: int) -> str:
        """2^power times a tensor."""
        while power > FACTOR_BITS:
            tensor = self.graph.node("Mul", [tensor, self.constants.scalar(2.0**FACTOR_BITS)])
            power -= FACTOR_BITS
        return self.graph.node("Mul", [tensor, self.constants.scalar(2.0**power)])

    def _divided(self, w: str, found: Interval, shift: int) -> str:
        """q from w, by division without restoring; doubled sums of signs stay at scale 0."""
        doubled = ""
        for stage in range(found.bits):
            sign = self.graph.node("Sign", [w])
            twice = self.graph.node("Add", [doubled, doubled]) if doubled else ""
            doubled = self.graph.node("Add", [twice, sign]) if twice else sign
            if stage < found.bits - 1:
                w = self.graph.node("Sub", [w, self.times(sign, shift + found.bits - 2 - stage)])
        halves = self.graph.node("Mul", [doubled, self.constants.scalar(0.5)])
        return self.plus(halves, found.middle - 0.5)

    def _kept(self, accumulate: Accumulate, table: Clamp, bare: bool) -> str:
        """min(max(acc, least), greatest), each side only where accumulators get there."""
        if table.low < table.least or not (bare or table.high > table.greatest):
            least = max(table.low, table.least)
            raised = self.plus(self.graph.node("Relu", [accumulate(-least)]), least)
            return self._between(raised, None, table.high, table.greatest)
        if table.high <= table.greatest:
            return accumulate(0)
        return self._at_most(accumulate(-table.greatest), table.greatest)

    def _between(self, q: str, least: int | None, high: int, greatest: int) -> str:
        if least is not None:
            q = self.plus(self.graph.node("Relu", [self.plus(q, -least)]), least)
        return self._at_most(self.plus(q, -greatest), greatest) if high > greatest else q

    def _at_most(self, above: str, greatest: int) -> str:
        """min(q, greatest) from q - greatest."""
        below = self.graph.node("Relu", [self.graph.node("Neg", [above])])
        return self.plus(self.graph.node("Neg", [below]), greatest)

    def _listed(self, accumulate: Accumulate, table: Listed, shift: int) -> str:
        found = jumps(table)
        if len(found) > MAX_JUMPS:
            raise UnsupportedModel(f"a listed table with {len(found)} jumps; at most {MAX_JUMPS} are proven")
        found += [(table.high + 1 + extra, 0) for extra in range(2 - len(found))]
        place = whole(table, shift)
        q = self._divided(accumulate(place.offset(shift) + 0.5), place, shift)
        rises = [rise / 2 for _, rise in found]
        shape = (1, len(found), 1, 1, 1)
        places = self.constants.public([at - 0.5 for at, _ in found], shape)
        signs = self.graph.node(
            "Sign", [self.graph.node("Sub", [self.graph.node("Unsqueeze", [q, self.graph.integers([1])]), places])]
        )
        risen = self.graph.node("Mul", [signs, self.constants.public(rises, shape)])
        total = self.graph.node("ReduceSum", [risen, self.graph.integers([1])], keepdims=0)
        return self.plus(total, table.values[0] + sum(rises))
