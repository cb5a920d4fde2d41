"""The sum of two tensors of one shape, each times an integer that brings both to one scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Base, Field
from proofs.sumcheck.layers.checks import MAX_WEIGHT, checked_shape


@dataclass(frozen=True, slots=True)
class Add:
    """y = m1 a + m2 b, entry by entry.

    Args:
        shape: axes of both tensors and of the result.
        multipliers: (m1, m2), neither of them zero, below 2^31 in size.

    Raises:
        InvalidInput: not such a shape, or not such multipliers.
    """

    shape: Shape
    multipliers: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", checked_shape("add", self.shape))
        if len(self.multipliers) != 2 or not all(0 < abs(m) <= MAX_WEIGHT for m in self.multipliers):
            raise InvalidInput(f"add: takes two multipliers, not zero and below 2^31 in size, not {self.multipliers}")
        object.__setattr__(self, "multipliers", tuple(int(m) for m in self.multipliers))

    @property
    def in_shape(self) -> Shape:
        """Axes of either tensor it reads."""
        return self.shape

    @property
    def out_shape(self) -> Shape:
        """The same."""
        return self.shape

    @property
    def multiplications(self) -> int:
        """One a value for every multiplier that is not 1."""
        return sum(m != 1 for m in self.multipliers) * math.prod(self.shape)

    def forward(self, field: Field, a: Base, b: Base) -> Base:
        """m1 a + m2 b: two base arrays (R, B) give a third."""
        m1, m2 = self.multipliers
        return field.add(_times(field, m1, a), _times(field, m2, b))


def _times(field: Field, multiplier: int, x: Base) -> Base:
    """A base array times an integer."""
    if multiplier == 1:
        return x
    return field.mul_base(field.from_signed(np.array([[multiplier]])), x)
