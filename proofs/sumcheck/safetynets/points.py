"""Random points over the axes of a tensor, cut from a run of challenges."""

from __future__ import annotations

from collections.abc import Sequence

from proofs.sumcheck.claims import Point, Shape, bits
from proofs.sumcheck.fields.extension import Scalar


def variables(shape: Shape) -> int:
    """Variables of all axes of a tensor's features."""
    return sum(bits(extent) for extent in shape)


def cut(challenges: Sequence[Scalar], shape: Shape) -> tuple[Point, tuple[Scalar, ...]]:
    """The first challenges as a point over ``shape``'s axes, the rest as one over the batch."""
    axes, start = [], 0
    for extent in shape:
        axes.append(tuple(challenges[start : start + bits(extent)]))
        start += bits(extent)
    return tuple(axes), tuple(challenges[start:])
