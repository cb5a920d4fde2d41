"""The linear functionals that claims are about, each given by its rows and by its extension at a point.

All of them are zero on pads, by construction: their extensions sum over real rows only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.claims import Functional, Point, Shape, bits
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layers.linear import Linear
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape, recut
from proofs.sumcheck.layers.tensors import eq_rows

__all__ = ["AtPoint", "Pooled", "Pulled", "Reshaped", "eq_rows", "overlap"]


@dataclass(frozen=True, slots=True)
class AtPoint:
    """J = eq(point, .): a tensor's value at a point."""

    shape: Shape
    point: Point

    def rows(self, field: Field) -> Ext:
        """eq(point, row) for every real row."""
        return eq_rows(field, self.shape, self.point)

    def at(self, field: Field, point: Point) -> Scalar:
        """sum over real rows of eq(self.point, row) eq(point, row), one axis at a time."""
        value = field.scalars.one
        for r, s, extent in zip(self.point, point, self.shape, strict=True):
            value = field.scalars.mul(value, overlap(field.scalars, r, s, extent))
        return value


@dataclass(frozen=True, slots=True)
class Pulled:
    """J = M~(out_point, .): a linear layer's output at a point, as a functional on its input."""

    layer: Linear
    out_point: Point

    @property
    def shape(self) -> Shape:
        """Axes of the layer's input."""
        return self.layer.in_shape

    def rows(self, field: Field) -> Ext:
        """M~(out_point, row) for every real row."""
        return self.layer.rows_at(field, self.out_point)

    def at(self, field: Field, point: Point) -> Scalar:
        """M~(out_point, point)."""
        return self.layer.matrix_at(field, self.out_point, point)


@dataclass(frozen=True, slots=True)
class Pooled:
    """A functional on the sums of a pool, as one on what they sum."""

    inner: Functional
    layer: SumPool

    @property
    def shape(self) -> Shape:
        """Axes of the pool's input."""
        return self.layer.in_shape

    def rows(self, field: Field) -> Ext:
        """Every sum's weight for all the values in it."""
        return self.layer.pull_back(field, self.inner.rows(field))

    def at(self, field: Field, point: Point) -> Scalar:
        """Windows that tile the axes in powers of two ignore an index's low bits; else a sum over the rows."""
        if self.layer.drops_bits:
            kept = tuple(axis[: bits(extent)] for axis, extent in zip(point, self.layer.out_shape, strict=True))
            return self.inner.at(field, kept)
        return field.dot(self.rows(field), eq_rows(field, self.shape, point))


@dataclass(frozen=True, slots=True)
class Reshaped:
    """A functional on a reshaped tensor, as one on the tensor before."""

    inner: Functional
    layer: Reshape

    @property
    def shape(self) -> Shape:
        """Axes of the tensor before."""
        return self.layer.in_shape

    def rows(self, field: Field) -> Ext:
        """The same rows."""
        return self.inner.rows(field)

    def at(self, field: Field, point: Point) -> Scalar:
        """The same bits, dealt out to other axes, where the extents allow it; else a sum over the rows."""
        cut = recut(point, self.shape, self.inner.shape)
        if cut is not None:
            return self.inner.at(field, cut)
        return field.dot(self.rows(field), eq_rows(field, self.shape, point))


def overlap(scalars: Extension, r: Sequence[Scalar], s: Sequence[Scalar], n: int) -> Scalar:
    """sum_{i < n} eq(r, i) eq(s, i), for 0 <= n <= 2^len(r), in len(r) steps.

    From the last bit up: with E the same sum over all indices of the bits so far, T over those below n's bits so far,
    a new bit 1 of n leaves every index without it, and with it those T counts; a bit 0 leaves T's, without it.
    """
    if not 0 <= n <= 1 << len(r):
        raise ValueError(f"{n} indices are more than {len(r)} variables have")
    below, every = scalars.zero, scalars.one
    for bit, (x, y) in enumerate(zip(reversed(r), reversed(s), strict=True)):
        both = scalars.mul(x, y)
        neither = scalars.add(scalars.sub(scalars.sub(scalars.one, x), y), both)
        if n >> bit & 1:
            below = scalars.add(scalars.mul(neither, every), scalars.mul(both, below))
        else:
            below = scalars.mul(neither, below)
        every = scalars.mul(every, scalars.add(both, neither))
    return every if n == 1 << len(r) else below
