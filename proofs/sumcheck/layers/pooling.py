"""Sums over windows, channel by channel: average pooling without its division."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.claims import Shape
from proofs.sumcheck.layers.checks import checked_numbers, checked_shape
from proofs.sumcheck.layers.window import Window


@dataclass(frozen=True, slots=True)
class SumPool:
    """y[c, y, x] = sum_{i, j} x[c, s_y y + i - top, s_x x + j - left]; beyond the input's edges stands zero.

    Args:
        in_shape: (C, H, W).
        kernel: (kh, kw).
        stride: (down, across).
        pads: zeros (top, left, bottom, right).

    Raises:
        InvalidInput: no window fits.
    """

    in_shape: Shape
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "in_shape", checked_shape("sum pool", self.in_shape, 3))
        object.__setattr__(self, "kernel", checked_numbers("sum pool", "kernel", self.kernel, 2))
        object.__setattr__(self, "stride", checked_numbers("sum pool", "stride", self.stride, 2))
        object.__setattr__(self, "pads", checked_numbers("sum pool", "pads", self.pads, 4))
        checked_shape("sum pool", self.out_shape)

    @property
    def down(self) -> Window:
        """The window along the height."""
        return Window(self.in_shape[1], self.kernel[0], self.stride[0], self.pads[0], self.pads[2])

    @property
    def across(self) -> Window:
        """The window along the width."""
        return Window(self.in_shape[2], self.kernel[1], self.stride[1], self.pads[1], self.pads[3])

    @property
    def out_shape(self) -> Shape:
        """(C, height, width)."""
        return (self.in_shape[0], self.down.out, self.across.out)

    @property
    def multiplications(self) -> int:
        """None: only sums."""
        return 0
