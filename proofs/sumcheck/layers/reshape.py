"""The same values in the same row-major order under other axes; a flatten is a reshape to one axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.layers.checks import checked_shape


@dataclass(frozen=True, slots=True)
class Reshape:
    """y = x, rows unmoved.

    Raises:
        InvalidInput: the two shapes have different numbers of values.
    """

    in_shape: Shape
    out_shape: Shape

    def __post_init__(self) -> None:
        object.__setattr__(self, "in_shape", checked_shape("reshape", self.in_shape))
        object.__setattr__(self, "out_shape", checked_shape("reshape", self.out_shape))
        if math.prod(self.in_shape) != math.prod(self.out_shape):
            raise InvalidInput(f"reshape: {self.in_shape} and {self.out_shape} have different numbers of values")

    @property
    def multiplications(self) -> int:
        """None."""
        return 0
