"""Layers of fractions in NumPy, for any field. A table's two halves are the children 0 and 1 of the layer above it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.lookups.weights import Weights

PIECE = 1 << 14
"""Entries worked on at once: a dozen temporaries of this size fit a second-level cache."""


def up(field: Field, p: Ext, q: Ext) -> tuple[Ext, Ext]:
    """The layer above: numerators p_0 q_1 + p_1 q_0, denominators q_0 q_1."""
    half = q.shape[1] // 2
    p_out, q_out = np.empty_like(p[:, :half]), np.empty_like(q[:, :half])
    for part in _pieces(half):
        p_0, p_1, q_0, q_1 = p[:, :half][:, part], p[:, half:][:, part], q[:, :half][:, part], q[:, half:][:, part]
        p_out[:, part] = field.add(field.mul(p_0, q_1), field.mul(p_1, q_0))
        q_out[:, part] = field.mul(q_0, q_1)
    return p_out, q_out


def up_base(field: Field, p: Base, q: Ext) -> tuple[Ext, Ext]:
    """The same for base numerators."""
    return up(field, field.lift(p), q)


def up_ones(field: Field, q: Ext) -> tuple[Ext, Ext]:
    """The same for numerators that are all one."""
    half = q.shape[1] // 2
    return field.add(q[:, :half], q[:, half:]), field.mul(q[:, :half], q[:, half:])


def up_ones_twice(field: Field, q: Ext) -> tuple[Ext, Ext]:
    """Two layers above numerators that are all one."""
    return up(field, *up_ones(field, q))


def products_round(
    field: Field, q: Ext, half: int, challenge: Scalar | None, shift: Scalar, weights: Weights
) -> tuple[Scalar, Scalar]:
    """sum w(x) (q_0 + shift)(q_1 + shift) at X = 0, and its leading coefficient; half is the round's.

    Args:
        q: table whose halves are q_0 and q_1, of 2 half entries in use each.
        challenge: of the last round, to be bound first, in place; None in the first round.
    """
    scalars, gap = field.scalars, q.shape[1] // 2
    if challenge is not None:
        _bind(field, q, 2 * half, challenge)
    at_0 = lead = scalars.zero
    by = field.pack([shift])
    for part, weight in _weighted(field, weights):
        values = []
        for start in (0, gap):
            low, high = q[:, start : start + half][:, part], q[:, start + half : start + 2 * half][:, part]
            shifted = field.add(low, np.broadcast_to(by, low.shape))
            values.append((shifted, field.sub(high, low)))
        (a_0, a_lead), (b_0, b_lead) = values
        at_0 = scalars.add(at_0, field.dot(weight, field.mul(a_0, b_0)))
        lead = scalars.add(lead, field.dot(weight, field.mul(a_lead, b_lead)))
    return at_0, lead


def crosses_round(
    field: Field, p: Ext, q: Ext, half: int, challenge: Scalar | None, mix: Scalar, weights: Weights
) -> tuple[Scalar, Scalar]:
    """The same for sum w(x) (p_0 q_1 + p_1 q_0); in the first round p_0 becomes p_0 + mix q_0 beforehand, in place."""
    scalars, gap = field.scalars, q.shape[1] // 2
    if challenge is None:
        for part in _pieces(gap):
            p[:, part] = field.add(p[:, part], field.scale(q[:, part], mix))
    else:
        _bind(field, p, 2 * half, challenge)
        _bind(field, q, 2 * half, challenge)
    totals = [scalars.zero, scalars.zero]
    for part, weight in _weighted(field, weights):
        lows = [t[:, start : start + half][:, part] for t in (p, q) for start in (0, gap)]
        highs = [t[:, start + half : start + 2 * half][:, part] for t in (p, q) for start in (0, gap)]
        leads = [field.sub(high, low) for low, high in zip(lows, highs, strict=True)]
        for k, (p_0, p_1, q_0, q_1) in enumerate((lows, leads)):
            crossed = field.add(field.mul(p_0, q_1), field.mul(p_1, q_0))
            totals[k] = scalars.add(totals[k], field.dot(weight, crossed))
    return totals[0], totals[1]


def denominators(
    field: Field, out: Ext, start: int, first: Integers, second: Integers | None, offset: Scalar, beta: Scalar
) -> None:
    """offset - first - beta second, written into out from ``start``."""
    at = field.pack([offset])
    for part in _pieces(first.size):
        value = field.lift(field.from_signed(first[part]))
        if second is not None:
            value = field.add(value, field.scale(field.lift(field.from_signed(second[part])), beta))
        out[:, start : start + first.size][:, part] = field.sub(np.broadcast_to(at, value.shape), value)


def _bind(field: Field, table: Ext, half: int, challenge: Scalar) -> None:
    """Bind the top bit of q_0 and of q_1, 2 half entries each, in place."""
    gap = table.shape[1] // 2
    for start in (0, gap):
        low, high = table[:, start : start + half], table[:, start + half : start + 2 * half]
        for part in _pieces(half):
            difference = field.sub(high[:, part], low[:, part])
            low[:, part] = field.add(low[:, part], field.scale(difference, challenge))


def _weighted(field: Field, weights: Weights) -> Iterator[tuple[slice, Ext]]:
    """Pieces of x, and w there."""
    width, tiles = weights.low.shape[1], weights.high.shape[1]
    many = max(1, PIECE // width)
    for first in range(0, tiles, many):
        high = weights.high[:, first : first + many]
        weight = field.mul(high[:, :, None], weights.low[:, None, :])
        yield slice(first * width, (first + high.shape[1]) * width), weight.reshape(field.scalars.degree, -1)


def _pieces(total: int) -> Iterator[slice]:
    return (slice(start, min(start + PIECE, total)) for start in range(0, total, PIECE))
