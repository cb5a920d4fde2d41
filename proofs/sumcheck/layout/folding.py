"""The sum-check of a table of weights against a table of values, over any sequence of splits.

v = sum_i w(i) t(i). Each round, for the variable that tells entry i from entry i + split, the prover sends s(0) and the
leading coefficient of s(X) = sum w(X, .) t(X, .), of degree 2; s(1) = claim - s(0); the next claim is s(challenge).
At the end the prover sends t's value; w's the verifier computes: the last claim is their product.

*Soundness*: 2 / (|F| - 1) a round, challenges being non-zero.
*Source*: as in product.py; the first round reads values of the base field, where a product costs a quarter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layout.kernels import Values, kernels
from proofs.sumcheck.rounds import quadratic

DEGREE = 2


@dataclass(frozen=True, slots=True)
class Split:
    """A round: its label, how far apart its pairs are, and its error where that does not follow from the degree."""

    label: str
    distance: int
    error: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a verifier's rounds ended, before any value is sent: the challenges, and the claim on the product."""

    challenges: tuple[Scalar, ...]
    claim: Scalar


@dataclass(frozen=True, slots=True)
class Folded:
    """Where the rounds ended: the challenges, the claim on the product, and the value the prover sent."""

    challenges: tuple[Scalar, ...]
    claim: Scalar
    value: Scalar


def prove_folding(
    field: Field, label: str, splits: Sequence[Split], weights: Ext, values: Values
) -> Prover[tuple[tuple[Scalar, ...], Scalar]]:
    """Prove a sum of products; both extension tables are overwritten. Returns the challenges and the values' end."""
    challenges, value = yield from prove_rounds(field, splits, weights, values)
    yield Send(f"{label}/value", (value,), challenges=0)
    return challenges, value


def prove_rounds(
    field: Field, splits: Sequence[Split], weights: Ext, values: Values
) -> Prover[tuple[tuple[Scalar, ...], Scalar]]:
    """The rounds alone: the values' end is not sent."""
    k, n = kernels(field), weights.shape[1]
    challenges: list[Scalar] = []
    distances = [split.distance for split in splits]
    if splits:
        elements = k.first_round(field, weights, values, distances[0])
    for split, after in zip(splits, [*distances, 0][1:], strict=True):
        (r,) = yield Send(split.label, elements)
        weights, values, elements = k.next_round(field, weights, values, n, split.distance, r, after)
        n = min(n, split.distance)
        challenges.append(r)
    value = field.element(values.view(field.dtype), 0) if values.ndim > 1 else field.scalars.from_int(int(values[0]))
    return tuple(challenges), value


def verify_folding(scalars: Extension, label: str, splits: Sequence[Split], value: Scalar) -> Verifier[Folded]:
    """Reduce "the sum of products is ``value``" to one point; the caller must check claim = weight times value there,
    and discharge the value.
    """
    bound = yield from verify_rounds(scalars, splits, value)
    received = yield Receive(f"{label}/value", 1, challenges=0)
    return Folded(bound.challenges, bound.claim, received.elements[0])


def verify_rounds(scalars: Extension, splits: Sequence[Split], value: Scalar) -> Verifier[Bound]:
    """The rounds alone."""
    challenges: list[Scalar] = []
    for split in splits:
        received = yield Receive(split.label, 2, degree=DEGREE, error=split.error)
        (at_0, lead), (r,) = received.elements, received.challenges
        value = quadratic(scalars, at_0, scalars.sub(value, at_0), lead, r)
        challenges.append(r)
    return Bound(tuple(challenges), value)
