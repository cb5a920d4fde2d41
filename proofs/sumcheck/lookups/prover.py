"""The prover of a sum of fractions: its layers from the leaves up, then their sum-checks from the root down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.lookups.fractions import Fraction, above, challenges_after, joined, pairs
from proofs.sumcheck.lookups.layers import Fractions, Layer, UnitFractions, prove_layer
from proofs.sumcheck.lookups.twins import twin

Tables = tuple[Ext | None, Ext]
"""Numerators, None for all one, and denominators."""


@dataclass(frozen=True, slots=True)
class FractionsEnd:
    """Where a prover's tree ended, and the extensions of its leaves there."""

    root: Fraction
    point: tuple[Scalar, ...]
    numerator: Scalar
    denominator: Scalar


def prove_ones(field: Field, label: str, denominators: Ext) -> Prover[FractionsEnd]:
    """Prove the sum of 1 / q over 2^d leaves, (degree, 2^d), which are overwritten.

    Beside the leaves it takes their size again: the layer above them is made twice rather than kept.
    """
    kernels, depth = twin(field), _depth(denominators)
    kept = _upwards(field, *kernels.up_ones_twice(field, denominators)) if depth > 2 else []

    def opened(level: int) -> Tables:
        if level == depth:
            return None, denominators
        return kept.pop() if kept else kernels.up_ones(field, denominators)

    return (yield from _prove(field, label, depth, opened))


def prove_fractions(field: Field, label: str, numerators: Base, denominators: Ext) -> Prover[FractionsEnd]:
    """Prove the sum of p / q over 2^d leaves: base numerators (2^d,), kept, and denominators, overwritten."""
    kernels, depth = twin(field), _depth(denominators)
    if numerators.shape != denominators.shape[1:]:
        raise ValueError(f"{numerators.size} numerators do not go with {denominators.shape[1]} denominators")
    kept = []
    if depth > 2:  # the layer above the leaves is made again when it is its turn
        kept = _upwards(field, *kernels.up(field, *kernels.up_base(field, numerators, denominators)))

    def opened(level: int) -> Tables:
        if level == depth:
            return field.lift(numerators), denominators
        return kept.pop() if kept else kernels.up_base(field, numerators, denominators)

    return (yield from _prove(field, label, depth, opened))


def _depth(table: Ext) -> int:
    size = int(table.shape[1])
    if size < 1 or size & (size - 1):
        raise ValueError(f"{size} leaves are not a power of two")
    return size.bit_length() - 1


def _upwards(field: Field, p: Ext, q: Ext) -> list[tuple[Ext, Ext]]:
    """This layer and those above it, but for the root."""
    found = []
    while q.shape[1] > 1:
        found.append((p, q))
        p, q = twin(field).up(field, p, q)
    return found


def _prove(field: Field, label: str, depth: int, opened: Callable[[int], Tables]) -> Prover[FractionsEnd]:
    """The messages of a tree whose layer of 2^level fractions is ``opened(level)``, asked for from the top down."""
    scalars = field.scalars
    p, q = opened(min(depth, 1))
    said = tuple(field.element(table, k) for k in range(q.shape[1]) for table in (p, q) if table is not None)
    children = pairs(scalars, said, q.shape[1])
    root = above(scalars, children)
    answer = yield Send(f"{label}/0", said, challenges_after(0, depth))
    point = answer[:1]
    for level in range(2, depth + 1):
        name = f"{label}/{level - 1}"
        said, bound = yield from _bound(field, name, opened(level), answer[1], point)
        children = pairs(scalars, said, 2)
        answer = yield Send(name, said, challenges_after(level - 1, depth))
        point = (answer[0], *bound)
    return FractionsEnd(root, point, *joined(scalars, children, point))


def _bound(
    field: Field, label: str, tables: Tables, mix: Scalar, point: Sequence[Scalar]
) -> Prover[tuple[tuple[Scalar, ...], tuple[Scalar, ...]]]:
    """The sum-check of one layer, which is gone afterwards: its values at the end, and where that is."""
    layer = _layer(field, *tables, mix)
    bound = yield from prove_layer(field, label, layer, point)
    return layer.values(bound[-1]), bound


def _layer(field: Field, p: Ext | None, q: Ext, mix: Scalar) -> Layer:
    if p is None:
        return UnitFractions(field, q, mix, field.scalars.inverse(mix))
    return Fractions(field, p, q, mix)
