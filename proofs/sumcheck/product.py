"""The sum-check of a product: v = sum over a tensor's rows of a(row) b(row).

Each round, for one variable X of the rows (all those before it bound), the prover sends s(0) and the leading
coefficient of s(X) = sum a(X, .) b(X, .), of degree 2; s(1) = claim - s(0); the next claim is s(challenge).

*Soundness*: 2 / (|F| - 1) a round, challenges being non-zero.
*Source*: Lund, Fortnow, Karloff, Nisan 1992; Thaler 2013, section 5 (a prover linear in the table).
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.rounds import as_point, quadratic, variables

DEGREE = 2


@dataclass(frozen=True, slots=True)
class ProductEnd:
    """Where a prover's rounds ended, and its two tables there."""

    point: Point
    a_value: Scalar
    b_value: Scalar


@dataclass(frozen=True, slots=True)
class ProductClaim:
    """ "a~(point) b~(point) is ``value``": all that is left to check, and nothing was checked before."""

    point: Point
    value: Scalar


def prove_product(field: Field, label: str, a: Ext, b: Ext, shape: Shape) -> Prover[ProductEnd]:
    """Prove the sum of products of two extension arrays (degree, R), R the rows of a tensor of ``shape``."""
    challenges: list[Scalar] = []
    for variable in variables(shape):
        a, b = variable.unfold(a), variable.unfold(b)
        (r,) = yield Send(variable.name(label), field.product_round(a, b, variable.half))
        a, b = field.bind(a, r, variable.half), field.bind(b, r, variable.half)
        challenges.append(r)
    a_value, b_value = (field.element(table.reshape(table.shape[0], 1), 0) for table in (a, b))
    return ProductEnd(as_point(shape, challenges), a_value, b_value)


def verify_product(scalars: Extension, label: str, value: Scalar, shape: Shape) -> Verifier[ProductClaim]:
    """Reduce "sum over rows of a b is ``value``" to one point; the caller must discharge what is returned."""
    challenges: list[Scalar] = []
    for variable in variables(shape):
        received = yield Receive(variable.name(label), 2, degree=DEGREE)
        (at_0, lead), (r,) = received.elements, received.challenges
        value = quadratic(scalars, at_0, scalars.sub(value, at_0), lead, r)
        challenges.append(r)
    return ProductClaim(as_point(shape, challenges), value)
