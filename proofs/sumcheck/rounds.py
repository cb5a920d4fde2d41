"""What every sum-check round shares: which variable it binds, and the polynomial a prover's message stands for.

A round polynomial s is sent without s(1), which follows from the claim, so no round checks anything by itself: a wrong
claim stays wrong (but for a lucky challenge) until the caller discharges the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.claims import Point, Shape, bits
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext


@dataclass(frozen=True, slots=True)
class Variable:
    """One index bit of a tensor's rows, as a round binds it.

    Args:
        axis: the axis it belongs to.
        extent: entries left on that axis before the round.
        half: the power of two at which the bit splits them: half < extent <= 2 half.
    """

    axis: int
    extent: int
    half: int

    def name(self, label: str) -> str:
        """The label of this variable's round in the sum-check called ``label``."""
        return f"{label}/{self.axis}/{self.half}"

    def unfold(self, table: Ext) -> Ext:
        """A table of rows as (degree, extent, rest): this variable's axis apart from those after it."""
        return table.reshape(table.shape[0], self.extent, -1)


def variables(shape: Shape) -> list[Variable]:
    """The variables of a tensor's rows in the order they are bound: axis by axis, most significant bit first."""
    if any(extent < 1 for extent in shape):
        raise ValueError(f"a tensor of shape {shape} has no rows")
    found = []
    for axis, extent in enumerate(shape):
        left = extent
        for bit in reversed(range(bits(extent))):
            found.append(Variable(axis, left, 1 << bit))
            left = 1 << bit
    return found


def as_point(shape: Shape, challenges: Sequence[Scalar]) -> Point:
    """The challenges of ``variables(shape)``, in order, as one tuple an axis."""
    if len(challenges) != sum(map(bits, shape)):
        raise ValueError(f"{len(challenges)} challenges do not make a point of shape {shape}")
    rest = iter(challenges)
    return tuple(tuple(next(rest) for _ in range(bits(extent))) for extent in shape)


def quadratic(scalars: Extension, at_0: Scalar, at_1: Scalar, lead: Scalar, x: Scalar) -> Scalar:
    """s(x), for s of degree 2 given by s(0), s(1) and its leading coefficient."""
    linear = scalars.sub(scalars.sub(at_1, at_0), lead)
    return _horner(scalars, (lead, linear, at_0), x)


def cubic(scalars: Extension, at_0: Scalar, at_1: Scalar, at_minus_1: Scalar, lead: Scalar, x: Scalar) -> Scalar:
    """s(x), for s of degree 3 given by s(0), s(1), s(-1) and its leading coefficient."""
    one_half = scalars.from_int((scalars.p + 1) // 2)
    even = scalars.mul(scalars.add(at_1, at_minus_1), one_half)  # s(0) + the coefficient of X^2
    odd = scalars.mul(scalars.sub(at_1, at_minus_1), one_half)  # the coefficients of X and X^3
    return _horner(scalars, (lead, scalars.sub(even, at_0), scalars.sub(odd, lead), at_0), x)


def _horner(scalars: Extension, coefficients: Sequence[Scalar], x: Scalar) -> Scalar:
    """A polynomial at x, its coefficients from the leading one down."""
    value = scalars.zero
    for coefficient in coefficients:
        value = scalars.add(scalars.mul(value, x), coefficient)
    return value
