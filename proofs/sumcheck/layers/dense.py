"""A fully connected layer: y = W x + b, x all features of a tensor of any shape (so a flatten before it is free)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.checks import checked_bias, checked_shape, checked_weight


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """y[o] = sum_c W[o, c] x[c] + b[o].

    Args:
        weight: integers (O, C) below 2^31 in size; kept as a read-only int64 copy.
        bias: O Python integers of any size.
        in_shape: axes of the tensor it reads, C features in row-major order.

    Raises:
        InvalidInput: shapes that do not fit each other, or weights out of range.
    """

    weight: Integers
    bias: tuple[int, ...]
    in_shape: Shape

    def __post_init__(self) -> None:
        weight = checked_weight("dense", self.weight, 2)
        in_shape = checked_shape("dense", self.in_shape)
        if weight.shape[1] != math.prod(in_shape):
            raise InvalidInput(f"dense: weights {weight.shape} do not fit inputs of shape {in_shape}")
        object.__setattr__(self, "weight", weight)
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
