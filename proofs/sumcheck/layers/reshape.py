"""The same values in the same row-major order under other axes; a flatten is a reshape to one axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Point, Shape, bits
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Field
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

    def forward(self, field: Field, x: Base) -> Base:
        """Rows are row-major in both shapes: nothing moves."""
        return x


def recut(point: Point, old: Shape, new: Shape) -> Point | None:
    """A point over the axes ``old`` as one over ``new``: the same bits, where both index rows by them; else None.

    Axes are matched in runs of equal size. In a run whose axes are all powers of two but the first, an index's bits are
    its axes' bits one after the other, in either shape, and an index beyond the real rows is so in both.
    """
    if len(point) != len(old):
        raise ValueError(f"a point over {len(point)} axes for a tensor of shape {old}")
    cut: list[tuple[Scalar, ...]] = [()] * len(new)  # axes of length 1 have no bits
    for old_run, new_run in _matched(old, new):
        if not (_indexed_by_bits(old, old_run) and _indexed_by_bits(new, new_run)):
            return None
        coordinates = [r for axis in old_run for r in point[axis]]
        for axis in new_run:
            width = bits(new[axis])
            cut[axis], coordinates = tuple(coordinates[:width]), coordinates[width:]
    return tuple(cut)


def _matched(old: Shape, new: Shape) -> list[tuple[list[int], list[int]]]:
    """The smallest runs of axes longer than 1, one of either shape, that have equal sizes."""
    runs = []
    old_axes, new_axes = (iter([axis for axis, extent in enumerate(shape) if extent > 1]) for shape in (old, new))
    for first in old_axes:
        old_run, new_run = [first], [next(new_axes)]
        old_size, new_size = old[first], new[new_run[0]]
        while old_size != new_size:
            if old_size < new_size:
                old_run.append(next(old_axes))
                old_size *= old[old_run[-1]]
            else:
                new_run.append(next(new_axes))
                new_size *= new[new_run[-1]]
        runs.append((old_run, new_run))
    return runs


def _indexed_by_bits(shape: Shape, run: list[int]) -> bool:
    """Whether every axis of a run but the first is a power of two."""
    return all(shape[axis] & (shape[axis] - 1) == 0 for axis in run[1:])
