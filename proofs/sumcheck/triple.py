"""The sum-check of a triple product: v = sum over a tensor's rows of j(row) a(row) b(row).

With 4 a b = (a + b)^2 - (a - b)^2 a round is two of the weighted squares', s being of degree 3: sent are s(0), s(-1)
and the leading coefficient, s(1) = claim - s(0), the next claim is s(challenge).

*Soundness*: 3 / (|F| - 1) a round.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.rounds import as_point, cubic, variables

DEGREE = 3


@dataclass(frozen=True, slots=True)
class TripleEnd:
    """Where a prover's rounds ended, and the second and third table there."""

    point: Point
    a_value: Scalar
    b_value: Scalar


@dataclass(frozen=True, slots=True)
class TripleClaim:
    """ "j~(point) a~(point) b~(point) is ``value``": left to the caller."""

    point: Point
    value: Scalar


def prove_triple(field: Field, label: str, j: Ext, a: Ext, b: Ext, shape: Shape) -> Prover[TripleEnd]:
    """Prove the sum of products of three extension arrays (degree, R), R the rows of a tensor of ``shape``."""
    total, difference = field.add(a, b), field.sub(a, b)
    challenges: list[Scalar] = []
    for variable in variables(shape):
        j, total, difference = (variable.unfold(table) for table in (j, total, difference))
        (r,) = yield Send(variable.name(label), _message(field, j, total, difference, variable.half))
        j, total, difference = (field.bind(table, r, variable.half) for table in (j, total, difference))
        challenges.append(r)
    plus, minus = (field.element(table.reshape(table.shape[0], 1), 0) for table in (total, difference))
    scalars = field.scalars
    half = scalars.from_int((scalars.p + 1) // 2)
    a_value, b_value = scalars.mul(half, scalars.add(plus, minus)), scalars.mul(half, scalars.sub(plus, minus))
    return TripleEnd(as_point(shape, challenges), a_value, b_value)


def _message(field: Field, j: Ext, total: Ext, difference: Ext, half: int) -> tuple[Scalar, ...]:
    """s(0), s(-1) and the leading coefficient."""
    scalars = field.scalars
    quarter = scalars.inverse(scalars.from_int(4))
    first = field.weighted_square_round(j, total, half)
    second = field.weighted_square_round(j, difference, half)
    return tuple(scalars.mul(quarter, scalars.sub(x, y)) for x, y in zip(first, second, strict=True))


def verify_triple(scalars: Extension, label: str, value: Scalar, shape: Shape) -> Verifier[TripleClaim]:
    """Reduce "sum over rows of j a b is ``value``" to one point; the caller must discharge what is returned."""
    challenges: list[Scalar] = []
    for variable in variables(shape):
        received = yield Receive(variable.name(label), 3, degree=DEGREE)
        (at_0, at_minus_1, lead), (r,) = received.elements, received.challenges
        value = cubic(scalars, at_0, scalars.sub(value, at_0), at_minus_1, lead, r)
        challenges.append(r)
    return TripleClaim(as_point(shape, challenges), value)
