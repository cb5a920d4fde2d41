"""The messages of a proof before there is one: they follow from the plan alone, but for the siblings of its columns.

They are the messages the verifier's walk (verifier.py) asks for, in its order: their lengths make the proof's bytes,
their degrees its soundness.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs.networks.network import Convolution
from proofs.sumcheck.claims import Shape, bits
from proofs.sumcheck.committed.accumulators import most_parts
from proofs.sumcheck.committed.groups import Group
from proofs.sumcheck.committed.heads.of_class import MARGINS
from proofs.sumcheck.committed.heads.reaching import DISTANCES
from proofs.sumcheck.committed.instance import Correct, OfClass, Outputs
from proofs.sumcheck.committed.plan import Plan, node_name
from proofs.sumcheck.committed.values import elements, is_output
from proofs.sumcheck.exchange import Receive
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.hiding.opening import opening_messages
from proofs.sumcheck.hiding.products import EQUATIONS as PRODUCT_EQUATIONS
from proofs.sumcheck.hiding.products import clear_messages, round_messages
from proofs.sumcheck.hiding.tails import Tails, tails_of
from proofs.sumcheck.layout.folding import DEGREE
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES
from proofs.sumcheck.ligero.queries import ELEMENT_BYTES
from proofs.sumcheck.lookups.balance import EQUATIONS as BALANCE_EQUATIONS
from proofs.sumcheck.lookups.balance import balance_message
from proofs.sumcheck.lookups.fractions import challenges_after, multiplied
from proofs.sumcheck.rounds import variables
from proofs.sumcheck.triple import DEGREE as TRIPLE_DEGREE

COLUMNS = "opening/columns"
"""The one message whose length depends on challenges; here without any bytes."""
Messages = Iterator[Receive]


def outline(plan: Plan, scalars: Extension) -> list[Receive]:
    """Every message of a proof, in order."""
    return list(_messages(plan, scalars))


def hidden_messages(plan: Plan) -> list[Receive]:
    """The messages of a hidden proof that pads cover, in order."""
    walk = list(_walk(plan))
    products = sum(len(message.products) for message in walk) + 1
    return [*walk, *round_messages(products)]


def _messages(plan: Plan, scalars: Extension) -> Messages:
    yield from _walk(plan)
    if plan.pad_plan is None:
        yield Receive("claims", 0, 1, degree=_claims(plan) - 1)
        yield from _opening(plan, scalars)
        return
    before, after = clear_messages(plan.pad_plan.products)
    yield before
    yield from round_messages(plan.pad_plan.products)
    yield after
    yield Receive("claims", 0, 1, degree=_claims(plan) + _equations(plan) - 1)
    yield from batch_messages(plan, scalars)
    yield from opening_messages("opening", plan_tails(plan, scalars.p))
    yield Receive(COLUMNS, 0, 0)


def plan_tails(plan: Plan, prime: int) -> Tails:
    """The tails of a hidden proof: pads of the batching's messages."""
    return tails_of(plan.instance.code(prime), DEGREE * plan.flat_bits)


def _walk(plan: Plan) -> Messages:
    """The messages up to the claims."""
    network, sites = plan.instance.network, plan.sites
    yield Receive("witness", 0, 3, raw_bytes=DIGEST_BYTES, error=plan.lookup_error)
    for group in plan.groups:
        yield from _tree(f"{group.name}/sites", group.depth + 1, ones=True)
        yield from _tree(f"{group.name}/tables", plan.tables.depth, ones=False)
        if plan.instance.hiding:
            yield balance_message(group.name)
        yield Receive(f"{group.name}/values", elements(group), 0)
    parts = [[part for group in plan.groups for part in group.parts if part.site.name == name] for name in sites]
    yield Receive("combine", 0, 1, degree=most_parts(parts))
    yield from _head(plan)
    for index in reversed(range(len(network.nodes))):
        name, node = node_name(index), network.nodes[index]
        yield from _tensor(f"{name}/point", sites[name].segment)
        if isinstance(node, Convolution):
            yield Receive(f"{name}/bias", 1, 0)
            yield from _rounds(name, (network.tensors[node.source].shape[0], *node.kernel), 2)
            yield Receive(f"{name}/end", 2, 0, products=((0, 1),))


def _tree(label: str, depth: int, ones: bool) -> Messages:
    """A sum of fractions, layer by layer (lookups/verifier.py)."""
    width = 1 if ones and depth <= 1 else 2
    number = min(2, 1 << depth)
    said = width * number
    yield Receive(f"{label}/0", said, challenges_after(0, depth), products=multiplied(said, number))
    for layer in range(1, depth):
        for number in range(layer):
            yield Receive(f"{label}/{layer}/{number}", 2, degree=2)
        width = 1 if ones and layer == depth - 1 else 2
        after = challenges_after(layer, depth)
        yield Receive(f"{label}/{layer}", 2 * width, after, products=multiplied(2 * width, 2))


def _head(plan: Plan) -> Messages:
    """What the claim about logits sends (heads/)."""
    head, count, classes = plan.instance.head, plan.instance.count, plan.instance.network.classes
    if isinstance(head, Outputs):
        yield Receive("outputs", 0, bits(count) + bits(classes))
        return
    if not isinstance(head, Correct | OfClass):
        yield from _tensor(DISTANCES, plan.sites[DISTANCES].segment)
        return
    yield Receive("examples", 0, bits(count))
    yield Receive("chosen", 1, 0)
    yield from _rounds("chosen", (classes, count), TRIPLE_DEGREE)
    yield Receive("chosen/end", 2, 0, products=((0, 1),))
    if isinstance(head, OfClass):
        yield from _tensor(MARGINS, plan.sites[MARGINS].segment)
    else:
        yield from _rounds("margins", (classes, count), TRIPLE_DEGREE)
        yield Receive("margins/end", 2, 0, products=((0, 1),))


def _tensor(label: str, segment: Segment) -> Messages:
    """From flat points to a tensor point (layout/tensorise.py)."""
    yield from _rounds(label, (*segment.outer, segment.inner), DEGREE)
    yield Receive(f"{label}/value", 1, 0)


def _rounds(label: str, shape: Shape, degree: int) -> Messages:
    """A sum-check over a tensor: as many elements a round as the degree."""
    for variable in variables(shape):
        yield Receive(variable.name(label), degree, degree=degree)


def batch_messages(plan: Plan, scalars: Extension) -> Messages:
    """One sum-check for all claims."""
    error = Fraction(DEGREE, scalars.size - 1) + plan.instance.code(scalars.p).row_error
    for place, bit in enumerate(reversed(range(plan.flat_bits))):
        yield Receive(f"batch/{bit}", 2, degree=DEGREE, error=error if place < plan.row_bits else None)


def _opening(plan: Plan, scalars: Extension) -> Messages:
    """The same, and the opening of its end."""
    yield from batch_messages(plan, scalars)
    yield Receive("batch/value", 1, 0)
    code = plan.instance.code(scalars.p)
    combined = ELEMENT_BYTES * code.columns
    yield Receive("opening/combination", 0, code.challenges, raw_bytes=combined, error=code.query_error)
    yield Receive(COLUMNS, 0, 0)


def _equations(plan: Plan) -> int:
    """Equations between hidden values, besides claims."""
    head, nodes = plan.instance.head, plan.instance.network.nodes
    of_nodes = sum(2 if isinstance(node, Convolution) else 1 for node in nodes)
    of_head = 2 if isinstance(head, Correct | OfClass) else 0 if isinstance(head, Outputs) else 1
    layers = sum(group.depth + max(0, plan.tables.depth - 1) for group in plan.groups)
    return of_nodes + of_head + layers + len(plan.groups) * (2 + BALANCE_EQUATIONS) + PRODUCT_EQUATIONS


def _claims(plan: Plan) -> int:
    """Claims left to the opening."""
    head, nodes = plan.instance.head, plan.instance.network.nodes
    of_head = 9 if isinstance(head, Correct) else 6 if isinstance(head, OfClass) else 1
    of_nodes = sum(3 if isinstance(node, Convolution) else 1 for node in nodes)
    return of_head + of_nodes + sum(1 + _readings(group) for group in plan.groups)


def _readings(group: Group) -> int:
    """Claims on what is committed where a group's look-ups end: remainders, values, and all outputs together."""
    sites = [part.site for part in group.parts]
    outputs = any(is_output(part) and part.site.place is not None for part in group.parts)
    return sum((site.remainders is not None) + (site.kind == "committed") for site in sites) + outputs
