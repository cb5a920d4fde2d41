"""One layer at a time: a claim about its output becomes one about each of its inputs, and the verifier keeps nothing.

    linear  Y~(r, t) = v                 sum over rows of M~(r, row) X~(row, t) = v - constant; ends in X~(s, t)
    square  J(Z^2) at t = v              sum over rows, columns of J eq(t, column) Z^2 = v;     ends in Z~(s, t')
    add     J(m1 A + m2 B) at t = v      the prover says J(A) and J(B)

A reshape or a sum pool needs no message: see ``Reshaped`` and ``Pooled`` in functionals.py. These reductions leave no
equation to the caller but the claims they return; SafetyNets' own walk collects its equations and checks them at the
end (safetynets/obligations.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.errors import RejectedProof
from proofs.sumcheck.claims import Claim, Functional, Point
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.functionals import Pulled
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.linear import Linear
from proofs.sumcheck.mle import indicator
from proofs.sumcheck.product import prove_product, verify_product
from proofs.sumcheck.squares import prove_squares, verify_squares


@dataclass(frozen=True, slots=True)
class PointClaim:
    """ "The tensor's multilinear extension at (point, batch) is ``value``": its holder must discharge it."""

    point: Point
    batch: tuple[Scalar, ...]
    value: Scalar


def prove_linear(
    field: Field, label: str, layer: Linear, x: Base, point: Point, batch: tuple[Scalar, ...]
) -> Prover[PointClaim]:
    """Prove the value of a layer's output at (point, batch), x (R_in, B) being its input."""
    rows = Pulled(layer, point).rows(field)
    end = yield from prove_product(field, label, rows, _at_batch(field, x, batch), layer.in_shape)
    yield Send(f"{label}/value", (end.b_value,), 0)
    return PointClaim(end.point, batch, end.b_value)


def verify_linear(field: Field, label: str, layer: Linear, claim: PointClaim, columns: int) -> Verifier[PointClaim]:
    """Reduce a claim about a layer's output to one about its input.

    Args:
        columns: examples of the batch; the layer's constant is in these columns only.

    Raises:
        RejectedProof: the sum-check ended in another value than the layer's matrix gives.

    *Soundness*: 2 / (|F| - 1) a variable of ``layer.in_shape``.
    """
    scalars = field.scalars
    constant = scalars.mul(layer.constant_at(field, claim.point), indicator(scalars, claim.batch, columns))
    end = yield from verify_product(scalars, label, scalars.sub(claim.value, constant), layer.in_shape)
    (value,) = (yield Receive(f"{label}/value", 1, 0)).elements
    if scalars.mul(layer.matrix_at(field, claim.point, end.point), value) != end.value:
        raise RejectedProof(label, "the input's value does not fit the output's and the layer's weights")
    return PointClaim(end.point, claim.batch, value)


def prove_square(
    field: Field, label: str, functional: Functional, batch: tuple[Scalar, ...], z: Base
) -> Prover[PointClaim]:
    """Prove the value of a functional on the squares of z (R, B), the batch at a point."""
    end = yield from prove_squares(field, label, functional.rows(field), z, functional.shape, batch)
    return PointClaim(end.point, end.batch, end.z_value)


def verify_square(field: Field, label: str, claim: Claim) -> Verifier[PointClaim]:
    """Reduce a claim about a tensor's squares to one about the tensor.

    Raises:
        RejectedProof: the sum-check ended in another value than the functional gives.

    *Soundness*: 2 / (|F| - 1) a variable of the batch, 3 / (|F| - 1) one of the rows.
    """
    end = yield from verify_squares(field.scalars, label, claim.value, claim.functional.shape, claim.batch)
    square = field.scalars.square(end.z_value)
    if field.scalars.mul(claim.functional.at(field, end.point), square) != end.value:
        raise RejectedProof(label, "the tensor's value does not fit that of its squares")
    return PointClaim(end.point, end.batch, end.z_value)


def prove_add(
    field: Field, label: str, functional: Functional, batch: tuple[Scalar, ...], terms: tuple[Base, Base]
) -> Prover[tuple[Claim, Claim]]:
    """Say the functional's value on each of the two tensors (R, B) that are added."""
    rows = functional.rows(field)
    first, second = (field.dot(rows, _at_batch(field, term, batch)) for term in terms)
    yield Send(label, (first, second), 0)
    return Claim(functional, batch, first), Claim(functional, batch, second)


def verify_add(field: Field, label: str, layer: Add, claim: Claim) -> Verifier[tuple[Claim, Claim]]:
    """Split a claim about m1 A + m2 B. Raises RejectedProof: the parts do not make the whole. No error of its own."""
    scalars = field.scalars
    first, second = (yield Receive(label, 2, 0)).elements
    m1, m2 = (scalars.from_int(multiplier) for multiplier in layer.multipliers)
    if scalars.add(scalars.mul(m1, first), scalars.mul(m2, second)) != claim.value:
        raise RejectedProof(label, "the values of the two terms do not add up")
    return Claim(claim.functional, claim.batch, first), Claim(claim.functional, claim.batch, second)


def _at_batch(field: Field, x: Base, batch: Sequence[Scalar]) -> Ext:
    """The rows of a tensor (R, B), its batch folded at a point."""
    return field.combine_columns(x, field.eq_table(batch, x.shape[1]))
