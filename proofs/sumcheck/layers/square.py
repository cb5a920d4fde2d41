"""The square activation: y = x^2, entry by entry."""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Base, Field
from proofs.sumcheck.layers.checks import checked_shape


@dataclass(frozen=True, slots=True)
class Square:
    """y = x^2, entry by entry.

    Raises:
        InvalidInput: not a shape.
    """

    shape: Shape

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", checked_shape("square", self.shape))

    @property
    def in_shape(self) -> Shape:
        """Axes of the tensor it reads."""
        return self.shape

    @property
    def out_shape(self) -> Shape:
        """The same."""
        return self.shape

    @property
    def multiplications(self) -> int:
        """One a value."""
        return math.prod(self.shape)

    def forward(self, field: Field, x: Base) -> Base:
        """Base (R, B), entry by entry."""
        return field.mul_base(x, x)
