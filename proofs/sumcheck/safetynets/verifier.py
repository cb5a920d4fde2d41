"""The verifier of SafetyNets: from a claim about the outputs back to claims about the inputs, layer by layer.

*Source*: Ghodsi, Gu, Garg 2017, section 3, with three changes: a square is proven together with the linear layer that
reads it (one sum-check instead of two, and no claim about the squares themselves), the eq factor of the batch is taken
out of the round polynomials (Gruen 2024), and challenges come from an extension field.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from proofs.errors import UnsupportedModel
from proofs.sumcheck.claims import Claim, Point, bits
from proofs.sumcheck.exchange import Receive, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.functionals import AtPoint, Pooled, Pulled, Reshaped, eq_rows
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.mle import indicator
from proofs.sumcheck.product import verify_product
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.obligations import AtPointObligation, InputObligation, Obligation
from proofs.sumcheck.safetynets.points import cut, variables
from proofs.sumcheck.squares import verify_squares

MAX_CLAIMS = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Walk:
    """What every layer's reduction needs: the field, the number of examples, and the equations collected so far."""

    field: Field
    total: int
    obligations: list[Obligation]


def verify(network: Network, field: Field, outputs: NDArray[Any]) -> Verifier[list[Obligation]]:
    """Run every sum-check of a network; returns the equations its caller must discharge (``discharge_all``).

    *Statement*: the integers ``outputs`` are, modulo the field's prime, the network's on the inputs.

    Args:
        outputs: (N, K) signed integers, public, as the prover claims them.

    *Soundness*: outputs that are wrong modulo the prime pass with chance at most ``soundness``'s figure.
    """
    walk = Walk(field, len(outputs), [])
    pending: defaultdict[int, list[Claim]] = defaultdict(list)
    pending[len(network.nodes)].append((yield from _output_claim(network, field, outputs)))
    for index in range(len(network.nodes), 0, -1):
        node = network.nodes[index - 1]
        for number, claim in enumerate(check_number(pending.pop(index, []), index)):
            claims = yield from _reduce(walk, node, label_of(index, number), claim)
            for tensor, reduced in zip(node.inputs, claims, strict=True):
                pending[tensor].append(reduced)
    for claim in pending.pop(0, []):
        walk.obligations.append(InputObligation("input", claim.functional, claim.batch, claim.value))
    return walk.obligations


def label_of(index: int, number: int) -> str:
    """The label of the ``number``-th claim about node ``index``'s output, as in messages and refusals."""
    return f"layer {index}" if number == 0 else f"layer {index} claim {number}"


def check_number(claims: list[T], index: int) -> list[T]:
    """Each reader of a tensor leaves a claim about it. Raises UnsupportedModel where they multiply without end."""
    if len(claims) > MAX_CLAIMS:
        raise UnsupportedModel(
            f"the output of layer {index} is read {len(claims)} times by layers that are themselves read several "
            f"times; at most {MAX_CLAIMS} such paths can be proven: merge the branches"
        )
    return claims


def _output_claim(network: Network, field: Field, outputs: NDArray[Any]) -> Verifier[Claim]:
    """The claim about the outputs at a random point; its value is the verifier's own."""
    shape, total = network.output_shape, len(outputs)
    drawn = yield Receive("outputs", 0, variables(shape) + bits(total))
    point, batch = cut(drawn.challenges, shape)
    columns = field.combine_columns(field.from_signed(outputs.T), field.eq_table(batch, total))
    return Claim(AtPoint(shape, point), batch, field.dot(eq_rows(field, shape, point), columns))


def _reduce(walk: Walk, node: Node, label: str, claim: Claim) -> Verifier[tuple[Claim, ...]]:
    """A claim about a node's output, turned into one about each of its inputs."""
    layer = node.layer
    if isinstance(layer, Square):
        return ((yield from _square(walk, layer, label, claim)),)
    if isinstance(layer, Add):
        return (yield from _add(walk, layer, label, claim))
    if isinstance(layer, SumPool):
        return (Claim(Pooled(claim.functional, layer), claim.batch, claim.value),)
    if isinstance(layer, Reshape):
        return (Claim(Reshaped(claim.functional, layer), claim.batch, claim.value),)
    point, value = yield from _at_a_point(walk, label, claim)
    scalars = walk.field.scalars
    constant = scalars.mul(layer.constant_at(walk.field, point), indicator(scalars, claim.batch, walk.total))
    return (Claim(Pulled(layer, point), claim.batch, scalars.sub(value, constant)),)


def _square(walk: Walk, layer: Square, label: str, claim: Claim) -> Verifier[Claim]:
    """sum J eq Z^2: ends in J at a point, to be discharged, and in Z at the same point."""
    end = yield from verify_squares(walk.field.scalars, label, claim.value, layer.in_shape, claim.batch)
    square = walk.field.scalars.square(end.z_value)
    walk.obligations.append(AtPointObligation(label, claim.functional, end.point, square, end.value))
    return Claim(AtPoint(layer.in_shape, end.point), end.batch, end.z_value)


def _add(walk: Walk, layer: Add, label: str, claim: Claim) -> Verifier[tuple[Claim, ...]]:
    """J(m1 A + m2 B): the prover says J(A), which leaves J(B)."""
    scalars = walk.field.scalars
    (first,) = (yield Receive(label, 1, 0)).elements
    m1, m2 = (scalars.from_int(m) for m in layer.multipliers)
    second = scalars.mul(scalars.sub(claim.value, scalars.mul(m1, first)), scalars.inverse(m2))
    return tuple(Claim(claim.functional, claim.batch, value) for value in (first, second))


def _at_a_point(walk: Walk, label: str, claim: Claim) -> Verifier[tuple[Point, Scalar]]:
    """A linear layer reads its output at a point; any other functional is brought to one by a product sum-check."""
    functional, scalars = claim.functional, walk.field.scalars
    if isinstance(functional, AtPoint):
        return functional.point, claim.value
    end = yield from verify_product(scalars, label, claim.value, functional.shape)
    (value,) = (yield Receive(label, 1, 0)).elements
    walk.obligations.append(AtPointObligation(label, functional, end.point, value, end.value))
    return end.point, value
