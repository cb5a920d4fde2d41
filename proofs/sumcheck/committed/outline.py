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
from proofs.sumcheck.layout.folding import DEGREE
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.ligero.parameters import CHALLENGES, DIGEST_BYTES, query_error, row_error
from proofs.sumcheck.ligero.queries import ELEMENT_BYTES
from proofs.sumcheck.lookups.fractions import challenges_after
from proofs.sumcheck.rounds import variables
from proofs.sumcheck.triple import DEGREE as TRIPLE_DEGREE

COLUMNS = "opening/columns"
"""The one message whose length depends on challenges; here without any bytes."""
Messages = Iterator[Receive]


def outline(plan: Plan, scalars: Extension) -> list[Receive]:
    """Every message of a proof, in order."""
    return list(_messages(plan, scalars))


def _messages(plan: Plan, scalars: Extension) -> Messages:
    network, sites = plan.instance.network, plan.sites
    yield Receive("witness", 0, 3, raw_bytes=DIGEST_BYTES, error=plan.lookup_error)
    for group in plan.groups:
        yield from _tree(f"{group.name}/sites", group.depth + 1, ones=True)
        yield from _tree(f"{group.name}/tables", plan.tables.depth, ones=False)
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
            yield Receive(f"{name}/end", 2, 0)
    yield Receive("claims", 0, 1, degree=_claims(plan) - 1)
    yield from _opening(plan, scalars)


def _tree(label: str, depth: int, ones: bool) -> Messages:
    """A sum of fractions, layer by layer (lookups/verifier.py)."""
    width = 1 if ones and depth <= 1 else 2
    yield Receive(f"{label}/0", width * min(2, 1 << depth), challenges_after(0, depth))
    for layer in range(1, depth):
        for number in range(layer):
            yield Receive(f"{label}/{layer}/{number}", 2, degree=2)
        width = 1 if ones and layer == depth - 1 else 2
        yield Receive(f"{label}/{layer}", 2 * width, challenges_after(layer, depth))


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
    yield Receive("chosen/end", 2, 0)
    if isinstance(head, OfClass):
        yield from _tensor(MARGINS, plan.sites[MARGINS].segment)
    else:
        yield from _rounds("margins", (classes, count), TRIPLE_DEGREE)
        yield Receive("margins/end", 2, 0)


def _tensor(label: str, segment: Segment) -> Messages:
    """From flat points to a tensor point (layout/tensorise.py)."""
    yield from _rounds(label, (*segment.outer, segment.inner), DEGREE)
    yield Receive(f"{label}/value", 1, 0)


def _rounds(label: str, shape: Shape, degree: int) -> Messages:
    """A sum-check over a tensor: as many elements a round as the degree."""
    for variable in variables(shape):
        yield Receive(variable.name(label), degree, degree=degree)


def _opening(plan: Plan, scalars: Extension) -> Messages:
    """One sum-check for all claims, and the opening of its end."""
    log = plan.instance.log_columns
    error = Fraction(DEGREE, scalars.size - 1) + row_error(log)
    for place, bit in enumerate(reversed(range(plan.flat_bits))):
        yield Receive(f"batch/{bit}", 2, degree=DEGREE, error=error if place < plan.row_bits else None)
    yield Receive("batch/value", 1, 0)
    combined = ELEMENT_BYTES << log
    yield Receive("opening/combination", 0, CHALLENGES, raw_bytes=combined, error=query_error(log))
    yield Receive(COLUMNS, 0, 0)


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
