"""The sum-check of weighted squares: v = sum over rows and columns of J(row) eq(t, column) Z(row, column)^2.

1. One round for each variable X of the columns. With t_i the point's coordinate there and earlier variables bound,

       q(X) = sum over rows and later columns b of J(row) eq(t_{i+1} .., b) Z(row, X, b)^2,   of degree 2,
       claim = (1 - t_i) q(0) + t_i q(1).

   The prover sends q(0) and the leading coefficient, the verifier derives q(1), the next claim is q(challenge): eq is
   used up a coordinate a round and never multiplied into the polynomial.
2. One round for each variable X of the rows: s(X) = sum J(X, .) Z(X, .)^2, of degree 3; sent are s(0), s(-1) and the
   leading coefficient; s(1) = claim - s(0).
3. The prover sends z = Z~(point, columns' point). Left to the caller: J~(point) z^2 = claim, and z itself.

*Soundness*: 2 / (|F| - 1) a column round, 3 / (|F| - 1) a row round, challenges being non-zero.
*Source*: Ghodsi, Gu, Garg 2017, section 3; the eq factor outside the round polynomial: Gruen 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.fields.square_rounds import square_rounds
from proofs.sumcheck.rounds import as_point, cubic, quadratic, variables

COLUMN_DEGREE = 2
ROW_DEGREE = 3


@dataclass(frozen=True, slots=True)
class SquaresEnd:
    """Where a prover's rounds ended, and Z's extension there."""

    point: Point
    batch: tuple[Scalar, ...]
    z_value: Scalar


@dataclass(frozen=True, slots=True)
class SquaresClaim:
    """ "J~(point) z_value^2 is ``value``" and "Z~(point, batch) is z_value": the caller must discharge both."""

    point: Point
    batch: tuple[Scalar, ...]
    z_value: Scalar
    value: Scalar


def prove_squares(
    field: Field, label: str, j: Ext, z: Base, shape: Shape, batch_point: Sequence[Scalar]
) -> Prover[SquaresEnd]:
    """Prove the weighted sum of squares.

    Args:
        j: J(row), extension array (degree, R), R the rows of a tensor of ``shape``.
        z: base array (R, B).
        batch_point: t, one scalar for each of bits(B) variables.
    """
    batch, rows = yield from _prove_columns(field, label, j, z, batch_point)
    challenges: list[Scalar] = []
    for variable in variables(shape):
        j, rows = variable.unfold(j), variable.unfold(rows)
        (r,) = yield Send(variable.name(f"{label}/rows"), field.weighted_square_round(j, rows, variable.half))
        j, rows = field.bind(j, r, variable.half), field.bind(rows, r, variable.half)
        challenges.append(r)
    z_value = field.element(rows.reshape(rows.shape[0], 1), 0)
    yield Send(f"{label}/value", (z_value,), challenges=0)
    return SquaresEnd(as_point(shape, challenges), batch, z_value)


def _prove_columns(
    field: Field, label: str, j: Ext, z: Base, batch_point: Sequence[Scalar]
) -> Prover[tuple[tuple[Scalar, ...], Ext]]:
    """The column rounds; returns the columns' point and Z's rows bound there, (degree, R)."""
    rounds, challenges = square_rounds(field, z, j, batch_point), []
    for variable in variables(z.shape[1:]):
        (r,) = yield Send(variable.name(f"{label}/columns"), rounds.message())
        rounds.bind(r)
        challenges.append(r)
    return tuple(challenges), rounds.rows()


def verify_squares(
    scalars: Extension, label: str, value: Scalar, shape: Shape, batch_point: Sequence[Scalar]
) -> Verifier[SquaresClaim]:
    """Reduce "the weighted sum of squares is ``value``" to one point; the caller must discharge what is returned.

    Args:
        batch_point: t; non-zero scalars, as challenges are.
    """
    batch: list[Scalar] = []
    for variable, t in zip(variables((1 << len(batch_point),)), batch_point, strict=True):
        received = yield Receive(variable.name(f"{label}/columns"), 2, degree=COLUMN_DEGREE)
        (at_0, lead), (r,) = received.elements, received.challenges
        rest = scalars.sub(value, scalars.mul(scalars.sub(scalars.one, t), at_0))
        value = quadratic(scalars, at_0, scalars.mul(rest, scalars.inverse(t)), lead, r)
        batch.append(r)
    challenges: list[Scalar] = []
    for variable in variables(shape):
        received = yield Receive(variable.name(f"{label}/rows"), 3, degree=ROW_DEGREE)
        (at_0, at_minus_1, lead), (r,) = received.elements, received.challenges
        value = cubic(scalars, at_0, scalars.sub(value, at_0), at_minus_1, lead, r)
        challenges.append(r)
    received = yield Receive(f"{label}/value", 1, challenges=0)
    return SquaresClaim(as_point(shape, challenges), tuple(batch), received.elements[0], value)
