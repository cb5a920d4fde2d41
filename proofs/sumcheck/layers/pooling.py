"""Sums over windows, channel by channel: average pooling without its division."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.layers.checks import checked_numbers, checked_shape
from proofs.sumcheck.layers.sliding import read_at, read_rows, window_spread, window_sums
from proofs.sumcheck.layers.tensors import outer, sum_axis
from proofs.sumcheck.layers.window import Window

BLOCK = 1 << 22
"""Values summed at once, to bound the memory."""


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
    def drops_bits(self) -> bool:
        """Whether windows tile both axes by powers of two: then a sum's index is its inputs' top bits."""
        return all(window.tiles and window.kernel & (window.kernel - 1) == 0 for window in (self.down, self.across))

    @property
    def multiplications(self) -> int:
        """None: only sums."""
        return 0

    def forward(self, field: Field, x: Base) -> Base:
        """Base (R_in, B) gives base (R_out, B), some channels at a time."""
        channels, height, width = self.in_shape
        x = x.reshape(channels, height, width, -1)
        out = np.empty((*self.out_shape, x.shape[3]), dtype=x.dtype)
        step = max(1, BLOCK // x[0].size)
        for c in range(0, channels, step):
            out[c : c + step] = window_sums(field, self.down, window_sums(field, self.across, x[c : c + step], 2), 1)
        return out.reshape(-1, x.shape[3])

    def pull_back(self, field: Field, rows: Ext) -> Ext:
        """Every sum's weight for all the values in it: (degree, R_out) gives (degree, R_in)."""
        weights = rows.reshape(len(rows), *self.out_shape)
        spread = window_spread(field, self.down, window_spread(field, self.across, weights, 3), 2)
        return spread.reshape(len(rows), math.prod(self.in_shape))

    def rows_at(self, field: Field, out_point: Point) -> Ext:
        """The matrix's extension at an output point and every input row: (degree, R_in)."""
        channels = field.eq_table(out_point[0], self.in_shape[0])
        down, across = (
            sum_axis(field, read_rows(field, window, point))
            for window, point in zip((self.down, self.across), out_point[1:], strict=True)
        )
        return outer(field, channels, outer(field, down, across))

    def matrix_at(self, field: Field, out_point: Point, in_point: Point) -> Scalar:
        """The product of one extension an axis: the channels are equal, and each window reads its input."""
        count = self.in_shape[0]
        value = field.dot(field.eq_table(out_point[0], count), field.eq_table(in_point[0], count))
        for window, r, s in zip((self.down, self.across), out_point[1:], in_point[1:], strict=True):
            reads = sum_axis(field, read_at(field, window, r, s)[:, :, None])
            value = field.scalars.mul(value, field.element(reads, 0))
        return value

    def constant_at(self, field: Field, out_point: Point) -> Scalar:
        """Sums have no constant."""
        return field.scalars.zero
