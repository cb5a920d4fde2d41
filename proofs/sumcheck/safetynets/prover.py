"""The prover of SafetyNets: the same walk as the verifier's, with the values of every layer at hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from proofs.sumcheck.claims import Functional, Point, bits
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.functionals import AtPoint, Pooled, Pulled, Reshaped
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.product import prove_product
from proofs.sumcheck.safetynets.execution.execute import Execution
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.points import cut, variables
from proofs.sumcheck.safetynets.verifier import check_number, label_of
from proofs.sumcheck.squares import prove_squares


@dataclass(frozen=True, slots=True)
class Walk:
    """What every layer's reduction needs: the field, and the values of the tensors (base arrays (R, N))."""

    field: Field
    execution: Execution


@dataclass(frozen=True, slots=True)
class Site:
    """Where a claim is made; its value is the verifier's concern."""

    functional: Functional
    batch: tuple[Scalar, ...]


def prove(network: Network, field: Field, execution: Execution) -> Prover[None]:
    """Prove that a network's outputs are its own on the inputs it was run on. Hides nothing.

    Args:
        execution: the values of every tensor modulo the field's prime.
    """
    walk = Walk(field, execution)
    shape, total = network.output_shape, execution.total
    drawn = yield Send("outputs", (), variables(shape) + bits(total))
    point, batch = cut(drawn, shape)
    pending: defaultdict[int, list[Site]] = defaultdict(list)
    pending[len(network.nodes)].append(Site(AtPoint(shape, point), batch))
    for index in range(len(network.nodes), 0, -1):
        node = network.nodes[index - 1]
        for number, site in enumerate(check_number(pending.pop(index, []), index)):
            sites = yield from _reduce(walk, node, index, label_of(index, number), site)
            for tensor, reduced in zip(node.inputs, sites, strict=True):
                pending[tensor].append(reduced)


def _reduce(walk: Walk, node: Node, index: int, label: str, site: Site) -> Prover[tuple[Site, ...]]:
    """The prover's side of one node."""
    layer, functional, batch = node.layer, site.functional, site.batch
    if isinstance(layer, Square):
        return ((yield from _square(walk, node, label, site)),)
    if isinstance(layer, Add):
        return (yield from _add(walk, node, label, site))
    if isinstance(layer, SumPool):
        return (Site(Pooled(functional, layer), batch),)
    if isinstance(layer, Reshape):
        return (Site(Reshaped(functional, layer), batch),)
    point = yield from _at_a_point(walk, index, label, site)
    return (Site(Pulled(layer, point), batch),)


def _square(walk: Walk, node: Node, label: str, site: Site) -> Prover[Site]:
    """sum J eq Z^2 over rows and batch."""
    z, j = walk.execution.tensors[node.inputs[0]], site.functional.rows(walk.field)
    end = yield from prove_squares(walk.field, label, j, z, node.layer.in_shape, site.batch)
    return Site(AtPoint(node.layer.in_shape, end.point), end.batch)


def _add(walk: Walk, node: Node, label: str, site: Site) -> Prover[tuple[Site, ...]]:
    """Say J(A)."""
    first = walk.field.dot(site.functional.rows(walk.field), _at_batch(walk, node.inputs[0], site.batch))
    yield Send(label, (first,), 0)
    return tuple(site for _ in node.inputs)


def _at_a_point(walk: Walk, index: int, label: str, site: Site) -> Prover[Point]:
    """Bring a functional to a point by a product sum-check over the rows."""
    functional = site.functional
    if isinstance(functional, AtPoint):
        return functional.point
    values = _at_batch(walk, index, site.batch)
    end = yield from prove_product(walk.field, label, functional.rows(walk.field), values, functional.shape)
    yield Send(label, (end.b_value,), 0)
    return end.point


def _at_batch(walk: Walk, tensor: int, batch: tuple[Scalar, ...]) -> Ext:
    """A tensor's rows with its batch folded at a point: extension array (degree, R)."""
    return walk.field.combine_columns(walk.execution.tensors[tensor], walk.field.eq_table(batch, walk.execution.total))
