"""Where a tensor lies in a flat vector: contiguous, but for the padding of its innermost axis.

A tensor's axes are always named in the order (channels, height, width, batch). ``order`` says in which they lie in the
vector; the last of them is split into (high, low) with ``low`` a power of two and padded to a multiple of it, so that

    flat(z) = row(z) * low + (innermost index mod low),   row(z) row-major over the other axes and high.

The vector is addressed by the bits of offset + flat(z), most significant first; ``offset`` is a multiple of ``low``, so
a position's last bits are the innermost index's and the others number rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Shape4 = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A tensor's place in a vector.

    Args:
        shape: (channels, height, width, batch), real extents.
        order: the axes' order in the vector, outermost first, a permutation of (0, 1, 2, 3).
        low: the power of two the innermost axis is split at.
        offset: of its first entry, a multiple of ``low``.

    Raises:
        ValueError: it is not: functionals are read run by run, and would be those of another place.
    """

    shape: Shape4
    order: tuple[int, int, int, int]
    low: int
    offset: int

    def __post_init__(self) -> None:
        if self.low < 1 or self.low & (self.low - 1) or self.offset % self.low:
            raise ValueError(f"a segment of runs of {self.low} entries cannot begin at {self.offset}")

    @property
    def inner(self) -> int:
        """Real extent of the innermost axis."""
        return self.shape[self.order[3]]

    @property
    def high(self) -> int:
        """Parts of ``low`` entries the innermost axis has, the last perhaps not full."""
        return -(-self.inner // self.low)

    @property
    def outer(self) -> tuple[int, int, int]:
        """Extents of the other axes, outermost first."""
        a, b, c, _ = (self.shape[axis] for axis in self.order)
        return a, b, c

    @property
    def rows(self) -> int:
        """Runs of ``low`` entries."""
        return math.prod(self.outer) * self.high

    @property
    def size(self) -> int:
        """Entries it takes up, pads included."""
        return self.rows * self.low

    @property
    def real(self) -> int:
        """Entries that are not pads."""
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.size

    def at(self, offset: int) -> Segment:
        """The same tensor elsewhere."""
        return Segment(self.shape, self.order, self.low, offset)
