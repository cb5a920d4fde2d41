"""Groups: blocks of look-up positions, each an identity of its own, so that no single one has too many terms.

A false look-up makes its own group's identity false, so that a proof's error is the largest group's, not their sum;
and only one group's trees are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed.sites import Placed, Site
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.layout.functional import FlatEq
from proofs.sumcheck.layout.segment import Segment

GROUP_BITS = 22
"""Positions of a group at most: 2^23 leaves and the tables, an error of 2^-100.7."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows [start, stop) of a site that lie in a group.

    Args:
        first: where the site's first entry would be in the group's own positions; negative if it lies before it.
    """

    site: Site
    first: int
    start: int
    stop: int

    @property
    def span(self) -> slice:
        """The part's positions in the group."""
        low = self.site.segment.low
        return slice(self.first + self.start * low, self.first + self.stop * low)

    def reading(self, place: Segment, point: tuple[Scalar, ...]) -> FlatEq:
        """eq(point, .) of the group's positions as a functional on what is committed at ``place``."""
        return FlatEq(place, point, self.first, (self.start, self.stop))


@dataclass(frozen=True, slots=True)
class Group:
    """A block of 2^depth positions from ``start`` on.

    Args:
        multiplicities: where they lie in the flat vector.
    """

    index: int
    start: int
    depth: int
    parts: tuple[Part, ...]
    multiplicities: Segment

    @property
    def name(self) -> str:
        """For messages and refusals."""
        return f"look-ups {self.index}"

    @property
    def pads(self) -> int:
        """Leaves of the group's tree, of either lane, that look nothing up."""
        looked_up = sum(real_in(part) * (2 if part.site.shift else 1) for part in self.parts)
        return int((2 << self.depth) - looked_up)


def real_in(part: Part) -> int:
    """Real positions of a part."""
    segment = part.site.segment
    missing = segment.high * segment.low - segment.inner
    tails = part.stop // segment.high - part.start // segment.high
    return (part.stop - part.start) * segment.low - tails * missing


def group_spans(total: int) -> list[tuple[int, int]]:
    """(start, depth) of every group over ``total`` positions."""
    spans = []
    for start in range(0, total, 1 << GROUP_BITS):
        spans.append((start, min(GROUP_BITS, bits(total - start))))
    return spans


def cut(placed: Placed, multiplicities: Sequence[Segment]) -> tuple[Group, ...]:
    """All sites cut into groups, whose multiplicities lie at the segments given."""
    groups = []
    for index, ((start, depth), segment) in enumerate(zip(group_spans(placed.total), multiplicities, strict=True)):
        parts = (_part(site, start, start + (1 << depth)) for site in placed.sites)
        groups.append(Group(index, start, depth, tuple(part for part in parts if part is not None), segment))
    return tuple(groups)


def _part(site: Site, start: int, end: int) -> Part | None:
    """A site's rows in [start, end), both multiples of its ``low`` where they cut it."""
    segment = site.segment
    lo, hi = max(start, segment.offset), min(end, segment.end)
    if lo >= hi:
        return None
    first, low = segment.offset - start, segment.low
    return Part(site, first, (lo - segment.offset) // low, -(-(hi - segment.offset) // low))
