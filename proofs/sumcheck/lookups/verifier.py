"""The verifier of a sum of fractions: from the root's children down to one claim about the leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.exchange import Receive, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.lookups.fractions import Fraction, above, challenges_after, joined, multiplied, pairs
from proofs.sumcheck.rounds import quadratic


@dataclass(frozen=True, slots=True)
class FractionsClaim:
    """ "The leaves sum to ``root`` if, at ``point``, their extensions are ``numerator`` and ``denominator``."

    The root's denominator is not zero. numerator is None where numerators are all one.
    """

    root: Fraction
    point: tuple[Scalar, ...]
    numerator: Scalar | None
    denominator: Scalar


@dataclass(frozen=True, slots=True)
class LayerClaim:
    """ "f(point) is ``value``." """

    point: tuple[Scalar, ...]
    value: Scalar


def verify_ones(field: Field, label: str, depth: int) -> Verifier[FractionsClaim]:
    """Reduce a sum of 1 / q over 2^depth leaves to q~ at one point. Raises RejectedProof."""
    return (yield from _verify(field.scalars, label, depth, ones=True))


def verify_fractions(field: Field, label: str, depth: int) -> Verifier[FractionsClaim]:
    """Reduce a sum of p / q over 2^depth leaves to p~ and q~ at one point. Raises RejectedProof."""
    return (yield from _verify(field.scalars, label, depth, ones=False))


def verify_layer(scalars: Extension, label: str, value: Scalar, point: Sequence[Scalar]) -> Verifier[LayerClaim]:
    """Reduce "sum over x of eq(point, x) f(x) is ``value``" to f at one point; the caller must discharge that.

    *Soundness*: 2 / (|F| - 1) a round. Challenges are not zero, so that 1/r_j exists.
    """
    challenges: list[Scalar] = []
    for number, r in enumerate(point):
        received = yield Receive(f"{label}/{number}", 2, degree=2)
        (at_0, lead), (challenge,) = received.elements, received.challenges
        rest = scalars.sub(value, scalars.mul(scalars.sub(scalars.one, r), at_0))
        at_1 = scalars.mul(rest, scalars.inverse(r))
        value = quadratic(scalars, at_0, at_1, lead, challenge)
        challenges.append(challenge)
    return LayerClaim(tuple(challenges), value)


def _verify(scalars: Extension, label: str, depth: int, ones: bool) -> Verifier[FractionsClaim]:
    """The checks of a tree."""
    width = 1 if ones and depth <= 1 else 2
    number = min(2, 1 << depth)
    said = width * number
    received = yield Receive(f"{label}/0", said, challenges_after(0, depth), products=multiplied(said, number))
    children = pairs(scalars, received.elements, number)
    root = above(scalars, children)
    scalars.require_nonzero(root[1], "lookup-denominator", f"the sum of fractions {label!r} has denominator zero")
    point = received.challenges[:1]
    for layer in range(1, depth):
        claim = joined(scalars, children, point)
        mix = received.challenges[1]
        mixed = scalars.add(claim[0], scalars.mul(mix, claim[1]))
        width = 1 if ones and layer == depth - 1 else 2
        end = yield from verify_layer(scalars, f"{label}/{layer}", mixed, point)
        after, products = challenges_after(layer, depth), multiplied(2 * width, 2)
        received = yield Receive(f"{label}/{layer}", 2 * width, after, products=products)
        children = pairs(scalars, received.elements, 2)
        p, q = above(scalars, children)
        detail = f"layer {layer} of {label!r} is not made of the values said of it"
        scalars.require_equal(scalars.add(p, scalars.mul(mix, q)), end.value, "lookup-layer", detail)
        point = (received.challenges[0], *end.point)
    p_value, q_value = joined(scalars, children, point)
    return FractionsClaim(root, point, None if ones else p_value, q_value)
