"""A fully connected layer: y = W x + b, x all features of a tensor of any shape (so a flatten before it is free)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as attribute

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.layers.checks import checked_bias, checked_shape, checked_weight, narrowed
from proofs.sumcheck.layers.constants import add_bias, bias_at
from proofs.sumcheck.layers.tensors import eq_rows


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """y[o] = sum_c W[o, c] x[c] + b[o].

    Args:
        weight: integers (O, C) below 2^31 in size; kept as read-only copies, ``narrow`` the one kernels read.
        bias: O Python integers of any size.
        in_shape: axes of the tensor it reads, C features in row-major order.

    Raises:
        InvalidInput: shapes that do not fit each other, or weights out of range.
    """

    weight: Integers
    bias: tuple[int, ...]
    in_shape: Shape
    narrow: Integers = attribute(init=False, repr=False)

    def __post_init__(self) -> None:
        weight = checked_weight("dense", self.weight, 2)
        in_shape = checked_shape("dense", self.in_shape)
        if weight.shape[1] != math.prod(in_shape):
            raise InvalidInput(f"dense: weights {weight.shape} do not fit inputs of shape {in_shape}")
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "narrow", narrowed(weight))
        object.__setattr__(self, "in_shape", in_shape)
        object.__setattr__(self, "bias", checked_bias("dense", self.bias, weight.shape[0]))

    @property
    def out_shape(self) -> Shape:
        """One axis: the outputs."""
        return (self.weight.shape[0],)

    @property
    def multiplications(self) -> int:
        """One a weight."""
        return int(self.weight.size)

    def forward(self, field: Field, x: Base) -> Base:
        """W x + b: base (C, B) gives base (O, B)."""
        y = field.matmul(self.narrow, x)
        add_bias(field, y, self.bias)
        return y

    def pull_back(self, field: Field, rows: Ext) -> Ext:
        """rows^T W: (degree, O) gives (degree, C)."""
        return field.combine_rows(self.narrow, rows)

    def rows_at(self, field: Field, out_point: Point) -> Ext:
        """W~(out_point, c) for every c: (degree, C)."""
        return self.pull_back(field, eq_rows(field, self.out_shape, out_point))

    def matrix_at(self, field: Field, out_point: Point, in_point: Point) -> Scalar:
        """W~(out_point, in_point): one pass over the weights."""
        return field.dot(self.rows_at(field, out_point), eq_rows(field, self.in_shape, in_point))

    def constant_at(self, field: Field, out_point: Point) -> Scalar:
        """b~(out_point)."""
        return bias_at(field, self.bias, out_point[0])
