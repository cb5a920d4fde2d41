"""The constant part of a linear layer: a bias an output channel, of any size as an integer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Field

BLOCK = 1 << 20
"""Values that get their bias at once, to bound the memory."""


def add_bias(field: Field, values: Base, bias: Sequence[int]) -> None:
    """values[o] += bias[o], in place; base (O, n)."""
    if not any(bias):
        return
    elements = bias_elements(field, bias)
    step = max(1, BLOCK // values.shape[1])
    for row in range(0, len(values), step):
        part = values[row : row + step]
        part[...] = field.add(part, np.repeat(elements[row : row + step, None], values.shape[1], axis=1))


def bias_at(field: Field, bias: Sequence[int], point: Sequence[Scalar]) -> Scalar:
    """The multilinear extension of the bias over the real output channels."""
    if not any(bias):
        return field.scalars.zero
    return field.dot(field.lift(bias_elements(field, bias)), field.eq_table(point, len(bias)))


def bias_elements(field: Field, bias: Sequence[int]) -> Base:
    """The bias modulo p."""
    return field.from_signed(np.array([value % field.scalars.p for value in bias], dtype=object))
