"""Tensorising: from values at flat points of look-up groups to one claim at a tensor point.

A tensor's accumulators are looked up at positions of several groups, each of which ends at a point of its own. With
J = sum of the parts' factor eq(point, position), the claim sum_z J(z) acc(z) is reduced by a sum-check over the
tensor's axes, as they lie in the vector, to acc~(tensor point): eq at a flat point is no tensor product, but at a
tensor point the layer's own reduction can begin.

*Soundness*: 2 / (|F| - 1) a round. J is zero on pads, so that what they hold does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from proofs.sumcheck.claims import Point
from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field, Integers
from proofs.sumcheck.fields.integers import below_2_31
from proofs.sumcheck.layout.folding import Split, prove_folding, verify_folding
from proofs.sumcheck.layout.functional import SHARED, FlatEq, point_vectors
from proofs.sumcheck.layout.kernels import Values, kernels
from proofs.sumcheck.layout.ranges import FlatPoint
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.rounds import as_point, variables


@dataclass(frozen=True, slots=True)
class Part:
    """factor eq(point, segment.offset - group_start + flat(z)) on the rows that lie in the group.

    Args:
        segment: its offset is a position in the space of look-ups.
        group_start: the group's first position; it has 2^len(point).
        rows: (start, stop), of runs of ``segment.low`` entries.
    """

    segment: Segment
    group_start: int
    point: FlatPoint
    rows: tuple[int, int]
    factor: Scalar

    @property
    def functional(self) -> FlatEq:
        """Without the factor."""
        return FlatEq(self.segment, self.point, self.segment.offset - self.group_start, self.rows)


@dataclass(frozen=True, slots=True)
class TensorEnd:
    """Where a prover's rounds ended, and the tensor's value there."""

    point: Point
    value: Scalar


@dataclass(frozen=True, slots=True)
class TensorClaim:
    """ "The tensor's extension at ``point`` is ``value``", to be discharged."""

    point: Point
    value: Scalar


def prove_tensor(field: Field, label: str, parts: Sequence[Part], values: Integers | Ext) -> Prover[TensorEnd]:
    """Prove sum_z J(z) values(z).

    Args:
        parts: at least one, all of one tensor.
        values: (channels, height, width, batch), signed integers below 2^31 in size; or an extension array of these
            axes, with its own in front.
    """
    segment = _segment(parts)
    if values.shape[-4:] != segment.shape:
        raise ValueError(f"a tensor of shape {values.shape} is no tensor of a segment of shape {segment.shape}")
    splits = _splits(label, segment)
    challenges, value = yield from prove_folding(field, label, splits, _weights(field, parts), _flat(segment, values))
    return TensorEnd(_tensor_point(segment, challenges), value)


def verify_tensor(field: Field, label: str, parts: Sequence[Part], value: Scalar) -> Verifier[TensorClaim]:
    """Reduce "sum_z J(z) T(z) is ``value``" to a value of T at a tensor point, which the caller must discharge.

    Raises:
        RejectedProof: the tensor's value is not what the rounds ended with.
    """
    segment, scalars = _segment(parts), field.scalars
    folded = yield from verify_folding(scalars, label, _splits(label, segment), value)
    point = _tensor_point(segment, folded.challenges)
    vectors, weight = point_vectors(field, segment.shape, point), scalars.zero
    for part in parts:
        weight = scalars.add(weight, scalars.mul(part.factor, part.functional.against(field, vectors)))
    detail = f"the value at the end of {label} is not the one its rounds lead to"
    scalars.require_equal(scalars.mul(weight, folded.value), folded.claim, "tensorising", detail)
    return TensorClaim(point, folded.value)


def _segment(parts: Sequence[Part]) -> Segment:
    """The one all parts are of."""
    if len({part.segment for part in parts}) != 1:
        raise ValueError("the parts of a sum-check are of one segment, and at least one")
    return parts[0].segment


def _splits(label: str, segment: Segment) -> list[Split]:
    """Rounds over the axes in the order they lie in, with their real extents."""
    shape = (*segment.outer, segment.inner)
    rest = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return [Split(variable.name(label), variable.half * rest[variable.axis]) for variable in variables(shape)]


def _tensor_point(segment: Segment, challenges: Sequence[Scalar]) -> Point:
    """The challenges as a point whose axes are (channels, height, width, batch)."""
    lying = as_point((*segment.outer, segment.inner), challenges)
    return tuple(lying[segment.order.index(axis)] for axis in range(len(lying)))


def _weights(field: Field, parts: Sequence[Part]) -> Ext:
    """J of all real entries in the order they lie in, without pads."""
    k, segment = kernels(field), parts[0].segment
    out = np.zeros((field.scalars.degree, segment.real), dtype=field.dtype)
    for part in parts:
        entries = part.functional.factored(field, part.factor)
        stride = segment.inner if entries.run == segment.inner else segment.real

        def add(lo: int, hi: int) -> None:
            k.add_factored(field, entries, out, 0, stride, entries.start + lo, entries.start + hi)  # noqa: B023

        count = entries.stop - entries.start
        if count > 0:
            k.share(add, count, count, SHARED)
    return out


def _flat(segment: Segment, values: Integers | Ext) -> Values:
    """The real entries in the order they lie in; an extension array is copied, because it will be overwritten."""
    if values.ndim == 4:
        return below_2_31(cast(Integers, values.transpose(segment.order))).reshape(-1)
    lying = values.transpose(0, *(axis + 1 for axis in segment.order))
    return lying.reshape(values.shape[0], -1).copy()
