"""The verifier's walk: look-ups group by group, layers one by one, then one sum-check and one opening for all."""

from __future__ import annotations

from collections import defaultdict

from proofs.networks.network import Convolution
from proofs.sumcheck.committed.accumulators import Combining, most_parts
from proofs.sumcheck.committed.groups import Group
from proofs.sumcheck.committed.leaves import check_leaf
from proofs.sumcheck.committed.plan import Plan, node_name
from proofs.sumcheck.committed.values import PartValue, committed_claims, elements, read_values
from proofs.sumcheck.exchange import Receive, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.hiding.forms import Forms
from proofs.sumcheck.layout.batching import verify_batch
from proofs.sumcheck.layout.functional import FlatEq
from proofs.sumcheck.layout.tensorise import verify_tensor
from proofs.sumcheck.ligero.opening import Matrix, verify_opening
from proofs.sumcheck.lookups.balance import require_balance, verify_balance
from proofs.sumcheck.lookups.leaves import Challenges
from proofs.sumcheck.lookups.verifier import FractionsClaim, verify_fractions, verify_ones
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.reductions.combination import combination_claim
from proofs.sumcheck.reductions.convolution import ConvolutionPlaces, verify_convolution

Said = dict[str, list[PartValue]]
"""What was said of each site's look-ups, group by group."""


def verify_all(field: Field, plan: Plan) -> Verifier[None]:
    """Check a whole proof in the open; every claim made on the way ends in the opening.

    Raises:
        RejectedProof: naming the check.
    """
    root, claims = yield from verify_walk(field, plan)
    yield from _open(field, plan, root, claims)


def verify_walk(field: Field, plan: Plan) -> Verifier[tuple[bytes, list[Claim]]]:
    """Everything up to claims about the flat vector; returns the witness's root and the claims. Raises RejectedProof.

    Args:
        field: its scalars may be forms, where values are hidden.
    """
    received = yield Receive("witness", 0, 3, raw_bytes=32, error=plan.lookup_error)
    root, drawn = received.raw, Challenges(*received.challenges)
    said: Said = defaultdict(list)
    claims: list[Claim] = []
    for group in plan.groups:
        claims += yield from _group(field, plan, drawn, group, said)
    (eta,) = (yield Receive("combine", 0, 1, degree=most_parts(list(said.values())))).challenges
    claims += yield from plan.head.verify(field, plan, said, eta)
    for index in reversed(range(len(plan.instance.network.nodes))):
        claims += yield from _node(field, plan, index, said[node_name(index)], eta)
    return root, claims


def _group(field: Field, plan: Plan, drawn: Challenges, group: Group, said: Said) -> Verifier[list[Claim]]:
    """One group's identity: the look-ups' fractions are the tables', pads apart."""
    looked_up = yield from verify_ones(field, f"{group.name}/sites", group.depth + 1)
    held = yield from verify_fractions(field, f"{group.name}/tables", plan.tables.depth)
    if isinstance(field.scalars, Forms):
        yield from verify_balance(field.scalars, group.name, looked_up, group.pads, held)
    else:
        require_balance(field.scalars, looked_up, group.pads, held)
    top, *rest = looked_up.point
    message = yield Receive(f"{group.name}/values", elements(group), 0)
    values = read_values(field, group, tuple(rest), message.elements)
    check_leaf(field.scalars, plan, drawn, top, values, looked_up.denominator)
    for value in values.parts:
        said[value.part.site.name].append(value)
    return [*committed_claims(values), _table_claim(field, plan, drawn, group, held)]


def _table_claim(field: Field, plan: Plan, drawn: Challenges, group: Group, held: FractionsClaim) -> Claim:
    """The tables' denominators are the verifier's own; their numerators are committed. Raises RejectedProof."""
    own = drawn.combined(field.scalars, plan.tables.value_at(field, held.point))
    if held.numerator is None:
        raise ValueError("tables have multiplicities")
    detail = f"the tables' side of {group.name} does not hold the tables"
    field.scalars.require_equal(own, held.denominator, "lookup-tables", detail)
    segment = group.multiplicities
    return Claim((FlatEq(segment, held.point, 0, (0, segment.rows)),), held.numerator)


def _node(field: Field, plan: Plan, index: int, values: list[PartValue], eta: Scalar) -> Verifier[list[Claim]]:
    """A node's accumulators, brought to a point and reduced to weights and inputs."""
    name, node = node_name(index), plan.instance.network.nodes[index]
    combining = Combining(field.scalars, eta)
    parts = combining.placed([(value.part, value.point) for value in values])
    end = yield from verify_tensor(field, f"{name}/point", parts, combining.value(values))
    if isinstance(node, Convolution):
        weights = plan.model[index]
        places = ConvolutionPlaces(weights.weight, weights.bias, plan.tensor(node.source))
        return (yield from verify_convolution(field, name, node, places, end.point, end.value))
    terms = plan.terms(field.scalars, index, eta)
    return [combination_claim(field, terms, end.point, end.value)]


def _open(field: Field, plan: Plan, root: bytes, claims: list[Claim]) -> Verifier[None]:
    """All claims at one point of the flat vector, which is opened there."""
    (xi,) = (yield Receive("claims", 0, 1, degree=len(claims) - 1)).challenges
    joint = [(claim.functionals, claim.value) for claim in claims]
    log, row_error = plan.instance.log_columns, plan.instance.code(field.scalars.p).row_error
    end = yield from verify_batch(field, "batch", joint, xi, plan.flat_bits, plan.row_bits, row_error)
    yield from verify_opening(field, "opening", matrices_of(plan, root), end.point, end.value, log)


def matrices_of(plan: Plan, root: bytes, more: int = 0) -> list[Matrix]:
    """Roots and rows of what is opened: model, chunk, and the witness, with so many rows behind those of the vector."""
    model, chunk = plan.instance.model, plan.instance.chunk.matrix
    witness = plan.rows - plan.first_row + more
    return [(model.root, model.rows), (chunk.root, chunk.rows), (root, witness)]
