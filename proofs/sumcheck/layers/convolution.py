"""A two-dimensional convolution: any kernel, strides, pads per side and groups; no dilation."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.checks import checked_bias, checked_numbers, checked_shape, checked_weight
from proofs.sumcheck.layers.window import Window


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """y[o, y, x] = b[o] + sum_{c, i, j} W[o, c, i, j] x[c', s_y y + i - top, s_x x + j - left].

    c runs over the channels of o's group, c' = group(o) * (C / groups) + c; beyond the input's edges stands zero.

    Args:
        weight: integers (O, C / groups, kh, kw) below 2^31 in size; kept as a read-only int64 copy.
        bias: O Python integers of any size.
        in_shape: (C, H, W).
        stride: (down, across).
        pads: zeros (top, left, bottom, right).
        groups: both C and O are split into so many; C of them is a depthwise convolution.

    Raises:
        InvalidInput: shapes that do not fit each other, or weights out of range.
    """

    weight: Integers
    bias: tuple[int, ...]
    in_shape: Shape
    stride: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    groups: int = 1

    def __post_init__(self) -> None:
        weight = checked_weight("convolution", self.weight, 4)
        in_shape = checked_shape("convolution", self.in_shape, 3)
        outputs, channels, *_ = weight.shape
        if self.groups < 1 or channels * self.groups != in_shape[0] or outputs % self.groups:
            raise InvalidInput(
                f"convolution: weights {weight.shape} in {self.groups} groups do not fit inputs of shape {in_shape}"
            )
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "in_shape", in_shape)
        object.__setattr__(self, "bias", checked_bias("convolution", self.bias, outputs))
        object.__setattr__(self, "stride", checked_numbers("convolution", "stride", self.stride, 2))
        object.__setattr__(self, "pads", checked_numbers("convolution", "pads", self.pads, 4))
        checked_shape("convolution", self.out_shape)

    @property
    def down(self) -> Window:
        """The window along the height."""
        return Window(self.in_shape[1], self.weight.shape[2], self.stride[0], self.pads[0], self.pads[2])

    @property
    def across(self) -> Window:
        """The window along the width."""
        return Window(self.in_shape[2], self.weight.shape[3], self.stride[1], self.pads[1], self.pads[3])

    @property
    def out_shape(self) -> Shape:
        """(O, height, width)."""
        return (self.weight.shape[0], self.down.out, self.across.out)

    @property
    def multiplications(self) -> int:
        """One a weight and output position, those that fall on pads included."""
        return int(self.weight.size) * self.down.out * self.across.out
