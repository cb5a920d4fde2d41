"""Claims about a tensor that a sum-check leaves to its caller, who must discharge them.

A tensor's rows are its features in row-major order (axes such as channel, height, width), its columns the batch. Each
axis is padded, on paper only, to a power of two; a point has a tuple of scalars an axis, most significant bit first.
Every functional is zero on pads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field

Shape = tuple[int, ...]
Point = tuple[tuple[Scalar, ...], ...]


def bits(extent: int) -> int:
    """Variables of an axis: the least k with 2^k >= extent."""
    return (extent - 1).bit_length()


class Functional(Protocol):
    """A linear functional J on the rows of a tensor, known to prover and verifier alike."""

    @property
    def shape(self) -> Shape:
        """Axes of the tensor."""

    def rows(self, field: Field) -> Ext:
        """J(row) for every real row: extension array (degree, R)."""

    def at(self, field: Field, point: Point) -> Scalar:
        """The multilinear extension of J at ``point``, with J zero on pads."""


@dataclass(frozen=True, slots=True)
class Claim:
    """ "sum over rows and columns of J(row) eq(batch, column) T(row, column) is ``value``."

    With J = eq(point, .) it is the value of T's multilinear extension at (point, batch).
    """

    functional: Functional
    batch: tuple[Scalar, ...]
    value: Scalar
