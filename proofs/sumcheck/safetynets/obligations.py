"""What is left of a SafetyNets proof once its sum-checks are run: equations in weights and inputs, to be discharged.

The rounds of the sum-checks check nothing by themselves: each value they omit is derived from the claim. Everything a
proof says ends in these equations, so a verifier that discharges every one of them has checked the proof, and one that
forgets one has checked nothing. They depend on the prover's messages only by ``factor`` and ``expected``: who draws the
challenges itself can evaluate the functionals before the prover has said a word (``interactive.Client.prepare``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.errors import RejectedProof
from proofs.sumcheck.claims import Functional, Point
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field, Integers


@dataclass(frozen=True, slots=True)
class AtPointObligation:
    """ "functional~(point) * factor = expected": the end of a sum-check."""

    label: str
    functional: Functional
    point: Point
    factor: Scalar
    expected: Scalar


@dataclass(frozen=True, slots=True)
class InputObligation:
    """ "sum over rows of functional(row) X~(row, batch) = expected", X the public input."""

    label: str
    functional: Functional
    batch: tuple[Scalar, ...]
    expected: Scalar


Obligation = AtPointObligation | InputObligation


@dataclass(frozen=True, slots=True)
class Prepared:
    """A value computed before the protocol, with the challenges it belongs to."""

    where: Point | tuple[Scalar, ...]
    value: Scalar


def evaluate(field: Field, obligation: Obligation, inputs: Integers) -> Prepared:
    """The verifier's own side of an equation, from weights, inputs and challenges alone."""
    if isinstance(obligation, AtPointObligation):
        return Prepared(obligation.point, obligation.functional.at(field, obligation.point))
    columns = field.combine_integer_columns(inputs, batch_weights(field, obligation.batch, inputs.shape[1]))
    return Prepared(obligation.batch, field.dot(obligation.functional.rows(field), columns))


def discharge(field: Field, obligation: Obligation, own: Prepared) -> None:
    """Compare an equation's two sides. Raises RejectedProof, naming the layer."""
    where: Point | tuple[Scalar, ...]
    if isinstance(obligation, AtPointObligation):
        where, found = obligation.point, field.scalars.mul(own.value, obligation.factor)
    else:
        where, found = obligation.batch, own.value
    if where != own.where:
        raise RejectedProof(obligation.label, "the verifier's own value was prepared for other challenges")
    if found != obligation.expected:
        raise RejectedProof(
            obligation.label, f"the claims about this layer do not fit its weights and values (modulo {field.name})"
        )


def discharge_all(field: Field, obligations: Sequence[Obligation], inputs: Integers) -> None:
    """Discharge every equation. Raises RejectedProof for the first that fails."""
    for obligation in obligations:
        discharge(field, obligation, evaluate(field, obligation, inputs))


def batch_weights(field: Field, batch: Sequence[Scalar], total: int) -> Ext:
    """eq(batch, column) for the real columns."""
    return field.eq_table(batch, total)
