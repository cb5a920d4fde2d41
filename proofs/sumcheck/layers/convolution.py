"""A two-dimensional convolution: any kernel, strides, pads per side and groups; no dilation."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute

import numpy as np

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.layers.checks import checked_bias, checked_numbers, checked_shape, checked_weight, narrowed
from proofs.sumcheck.layers.constants import add_bias, bias_at
from proofs.sumcheck.layers.grouped import fold_outputs, window_products, window_products_transposed
from proofs.sumcheck.layers.patches import blocks, patches, scattered
from proofs.sumcheck.layers.sliding import read_at, read_rows
from proofs.sumcheck.layers.tensors import add_into, outer, product
from proofs.sumcheck.layers.window import Window
from proofs.sumcheck.mle import indicator


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """y[o, y, x] = b[o] + sum_{c, i, j} W[o, c, i, j] x[c', s_y y + i - top, s_x x + j - left].

    c runs over the channels of o's group, c' = group(o) * (C / groups) + c; beyond the input's edges stands zero.

    Args:
        weight: integers (O, C / groups, kh, kw) below 2^31 in size; kept as read-only copies,
            ``narrow`` the one kernels read.
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
    narrow: Integers = attribute(init=False, repr=False)

    def __post_init__(self) -> None:
        weight = checked_weight("convolution", self.weight, 4)
        in_shape = checked_shape("convolution", self.in_shape, 3)
        outputs, channels, *_ = weight.shape
        if self.groups < 1 or channels * self.groups != in_shape[0] or outputs % self.groups:
            raise InvalidInput(
                f"convolution: weights {weight.shape} in {self.groups} groups do not fit inputs of shape {in_shape}"
            )
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "narrow", narrowed(weight))
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

    def forward(self, field: Field, x: Base) -> Base:
        """Base (R_in, B) gives base (R_out, B), a block of output rows at a time."""
        images = x.reshape(*self.in_shape, -1)
        batch = images.shape[3]
        out = np.empty((*self.out_shape, batch), dtype=x.dtype)
        depth = self.in_shape[0] * self.down.kernel * self.across.kernel
        for block in blocks(self.down, self.across, depth, batch, x.dtype.itemsize):
            windows = patches(images, self.down, self.across, block)
            values = window_products(field, self.narrow, self.groups, windows.reshape(depth, -1))
            out[:, block.rows, :, block.examples] = values.reshape(-1, *windows.shape[3:])
        flat = out.reshape(-1, batch)
        add_bias(field, out.reshape(len(out), -1), self.bias)
        return flat

    def pull_back(self, field: Field, rows: Ext) -> Ext:
        """The transposed convolution of (degree, R_out): (degree, R_in)."""
        degree, kernel = len(rows), (self.down.kernel, self.across.kernel)
        weights = np.ascontiguousarray(np.moveaxis(rows.reshape(degree, *self.out_shape), 0, -1))
        out = np.zeros((*self.in_shape, degree), dtype=rows.dtype)
        depth = self.in_shape[0] * kernel[0] * kernel[1]
        for block in blocks(self.down, self.across, depth, degree, rows.dtype.itemsize):
            part = weights[:, block.rows, :, block.examples]
            columns = window_products_transposed(field, self.narrow, self.groups, part.reshape(len(weights), -1))
            columns = columns.reshape(self.in_shape[0], *kernel, *part.shape[1:])
            for where, terms in scattered(columns, self.down, self.across, block.rows):
                add_into(field, out[where][..., block.examples], terms)
        return np.ascontiguousarray(np.moveaxis(out, -1, 0)).reshape(degree, -1)

    def rows_at(self, field: Field, out_point: Point) -> Ext:
        """sum_ij W~(out_c, c, i, j) A~_i(out_y, y') B~_j(out_x, x') for every input (c, y', x'): (degree, R_in)."""
        channels, height, width = self.in_shape
        kernels = fold_outputs(field, self.narrow, self.groups, out_point[0])
        degree, down, across = len(kernels), self.down.kernel, self.across.kernel
        wide = product(field, kernels.reshape(degree, -1, across), read_rows(field, self.across, out_point[2]))
        turned = wide.reshape(degree, channels, down, width).swapaxes(2, 3).reshape(degree, -1, down)
        full = product(field, turned, read_rows(field, self.down, out_point[1]))
        full = full.reshape(degree, channels, width, height).swapaxes(2, 3)
        return np.ascontiguousarray(full).reshape(degree, -1)

    def matrix_at(self, field: Field, out_point: Point, in_point: Point) -> Scalar:
        """sum_ij W~(out_c, in_c, i, j) A~_i(out_y, in_y) B~_j(out_x, in_x), c's group taken into account."""
        kernels = fold_outputs(field, self.narrow, self.groups, out_point[0])
        down = read_at(field, self.down, out_point[1], in_point[1])
        across = read_at(field, self.across, out_point[2], in_point[2])
        channels = field.eq_table(in_point[0], self.in_shape[0])
        factors = outer(field, channels, outer(field, down, across))
        return field.dot(kernels.reshape(len(kernels), -1), factors)

    def constant_at(self, field: Field, out_point: Point) -> Scalar:
        """b~(out_c) over the real positions (y, x)."""
        scalars, (_, height, width) = field.scalars, self.out_shape
        positions = scalars.mul(indicator(scalars, out_point[1], height), indicator(scalars, out_point[2], width))
        return scalars.mul(bias_at(field, self.bias, out_point[0]), positions)
