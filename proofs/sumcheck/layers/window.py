"""A window that slides along one axis: which input index each output index reads at each offset, real extents only."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput

MAX_PAD = 1 << 12
"""Beyond any real layer; bounds what a hostile description can make its reader do."""

MAX_READS = 1 << 24
"""Offsets times indices of an axis, for the same reason."""


@dataclass(frozen=True, slots=True)
class Window:
    """Output y reads input y' = stride * y + offset - before, offset < kernel, where 0 <= y' < extent; else zero.

    Args:
        extent: length of the input axis.
        kernel: length of the window.
        stride: step between windows.
        before: zeros ahead of the axis.
        after: zeros behind it.

    Raises:
        InvalidInput: no window fits.
    """

    extent: int
    kernel: int
    stride: int
    before: int
    after: int

    def __post_init__(self) -> None:
        if self.kernel < 1 or self.stride < 1 or not (0 <= self.before <= MAX_PAD and 0 <= self.after <= MAX_PAD):
            raise InvalidInput(
                f"a window needs a kernel and a stride of at least 1 and pads from 0 to {MAX_PAD}: {self}"
            )
        if self.kernel > self.extent + self.before + self.after:
            raise InvalidInput(f"the kernel is longer than its padded input: {self}")
        if self.kernel * (self.extent + self.before + self.after) > MAX_READS:
            raise InvalidInput(f"the kernel times its padded input is more than 2^24, too much for an axis: {self}")

    @property
    def out(self) -> int:
        """Length of the output axis; what a last, incomplete window would have read is dropped."""
        return (self.extent + self.before + self.after - self.kernel) // self.stride + 1

    @property
    def tiles(self) -> bool:
        """Whether every input index is read by exactly one window."""
        return self.kernel == self.stride and self.before == 0 and self.extent == self.out * self.kernel

    def reach(self, offset: int, outputs: slice | None = None) -> tuple[slice, slice]:
        """The outputs that read a real input at ``offset``, and the inputs they read; slices of equal length.

        Args:
            outputs: only these outputs; all of them if not given.
        """
        start, stop = (0, self.out) if outputs is None else (outputs.start, outputs.stop)
        first = max(start, -((offset - self.before) // self.stride))
        last = min(stop - 1, (self.extent - 1 - offset + self.before) // self.stride)
        if last < first:
            return slice(start, start), slice(0, 0)
        read = self.stride * first + offset - self.before
        return slice(first, last + 1), slice(read, read + self.stride * (last - first) + 1, self.stride)
