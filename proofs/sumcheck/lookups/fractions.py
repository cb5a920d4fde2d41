"""The sum of 2^d fractions, proven layer by layer from its root.

Node x of a layer is the sum of leaf x and leaf x + half of the layer below, as a fraction:

    p = p_0 q_1 + p_1 q_0,   q = q_0 q_1.

The prover says the root's children; the verifier adds them up itself. From "p~(r) and q~(r) are so and so" on a layer,
and a challenge l, a sum-check over f = p_0 q_1 + p_1 q_0 + l q_0 q_1 (layers.py) leads to the children at a point s;
the prover says their four values, which must make f, and a challenge t for the bit that tells children apart gives one
claim for both at (t, s). The leaves' claim is the caller's to discharge.

*Soundness*: (2 / (|F| - 1)) a message, as recorded in the rounds; a root that is not the sum of the leaves leads to a
false claim about the leaves.
*Source*: Papini, Haboeck 2023 (eprint 2023/1284), section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs.errors import RejectedProof
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.lookups.layers import Fractions, Layer, UnitFractions, prove_layer, verify_layer
from proofs.sumcheck.lookups.twins import twin

Point = tuple[Scalar, ...]
Fraction = tuple[Scalar, Scalar]
"""Numerator and denominator."""
Tables = tuple[Ext | None, Ext]
"""Numerators, None for all one, and denominators."""


@dataclass(frozen=True, slots=True)
class FractionsEnd:
    """Where a prover's tree ended."""

    root: Fraction
    point: Point


@dataclass(frozen=True, slots=True)
class FractionsClaim:
    """ "The leaves sum to ``root`` if, at ``point``, their extensions are ``p_value`` and ``q_value``."

    The root's denominator is not zero. p_value is None where numerators are all one.
    """

    root: Fraction
    point: Point
    p_value: Scalar | None
    q_value: Scalar


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
    kept = _upwards(field, *kernels.up_base(field, numerators, denominators)) if depth > 1 else []
    if kept:
        del kept[0]  # the layer above the leaves is made again when it is its turn

    def opened(level: int) -> Tables:
        if level == depth:
            return field.lift(numerators), denominators
        return kept.pop() if kept else kernels.up_base(field, numerators, denominators)

    return (yield from _prove(field, label, depth, opened))


def verify_ones(field: Field, label: str, depth: int) -> Verifier[FractionsClaim]:
    """Reduce a sum of 1 / q over 2^depth leaves to q~ at one point. Raises RejectedProof."""
    return (yield from _verify(field.scalars, label, depth, ones=True))


def verify_fractions(field: Field, label: str, depth: int) -> Verifier[FractionsClaim]:
    """Reduce a sum of p / q over 2^depth leaves to p~ and q~ at one point. Raises RejectedProof."""
    return (yield from _verify(field.scalars, label, depth, ones=False))


def above(scalars: Extension, children: Sequence[Fraction]) -> Fraction:
    """The sum of two fractions; of one, itself."""
    if len(children) == 1:
        return children[0]
    (p_0, q_0), (p_1, q_1) = children
    return scalars.add(scalars.mul(p_0, q_1), scalars.mul(p_1, q_0)), scalars.mul(q_0, q_1)


# -- the prover's side ---------------------------------------------------------------------------------------------
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
    p, q = opened(min(depth, 1))
    entries = [field.element(t, k) for k in range(q.shape[1]) for t in (p, q) if t is not None]
    children = [(field.scalars.one if p is None else field.element(p, k), field.element(q, k)) for k in range(q.shape[1])]
    answer = yield Send(f"{label}/0", tuple(entries), _challenges(0, depth))
    point = answer[:1]
    for level in range(2, depth + 1):
        name = f"{label}/{level - 1}"
        layer = _layer(field, *opened(level), answer[1])
        bound = yield from prove_layer(field, name, layer, point)
        answer = yield Send(name, layer.values(bound[-1]), _challenges(level - 1, depth))
        point = (answer[0], *bound)
    return FractionsEnd(above(field.scalars, children), point)


def _layer(field: Field, p: Ext | None, q: Ext, mix: Scalar) -> Layer:
    if p is None:
        return UnitFractions(field, q, mix, field.scalars.inverse(mix))
    return Fractions(field, p, q, mix)


# -- both sides ----------------------------------------------------------------------------------------------------
def _challenges(layer: int, depth: int) -> int:
    """After the values of a layer's children: one that joins them, and one that mixes p and q in the next layer."""
    return min(2, depth - layer)


# -- the verifier's side -------------------------------------------------------------------------------------------
def _verify(scalars: Extension, label: str, depth: int, ones: bool) -> Verifier[FractionsClaim]:
    """The checks of a tree."""
    width = 1 if ones and depth <= 1 else 2
    received = yield Receive(f"{label}/0", width * min(2, depth + 1), _challenges(0, depth))
    children = _pairs(scalars, received.elements, width)
    root = above(scalars, children)
    if not any(root[1]):
        raise RejectedProof("lookup-denominator", f"the sum of fractions {label!r} has denominator zero")
    point = received.challenges[:1]
    for layer in range(1, depth):
        claim = joined(scalars, children, point)
        mix = received.challenges[1]
        mixed = scalars.add(claim[0], scalars.mul(mix, claim[1]))
        width = 1 if ones and layer == depth - 1 else 2
        end = yield from verify_layer(scalars, f"{label}/{layer}", mixed, point)
        received = yield Receive(f"{label}/{layer}", 2 * width, _challenges(layer, depth))
        children = _pairs(scalars, received.elements, width)
        p, q = above(scalars, children)
        if scalars.add(p, scalars.mul(mix, q)) != end.value:
            raise RejectedProof("lookup-layer", f"layer {layer} of {label!r} is not made of the values said of it")
        point = (received.challenges[0], *end.point)
    p_value, q_value = joined(scalars, children, point)
    return FractionsClaim(root, point, None if ones else p_value, q_value)


def _pairs(scalars: Extension, elements: Sequence[Scalar], width: int) -> list[Fraction]:
    """Numerators and denominators, the former one where only the latter are said."""
    if width == 1:
        return [(scalars.one, q) for q in elements]
    return list(zip(elements[::2], elements[1::2], strict=True))


def joined(scalars: Extension, children: Sequence[Fraction], point: Sequence[Scalar]) -> Fraction:
    """Two children's values at the first scalar of a point; one child's as they are."""
    if len(children) == 1:
        return children[0]
    (p_0, q_0), (p_1, q_1) = children
    p, q = (
        scalars.add(low, scalars.mul(point[0], scalars.sub(high, low))) for low, high in ((p_0, p_1), (q_0, q_1))
    )
    return p, q
