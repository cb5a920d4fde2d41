"""The rounds of a proof from its plan alone: the soundness of sizes too large to be proven in a test."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from committed_cheats import FAST

from proofs.networks.network import Convolution
from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed.heads.outputs import OutputsHead
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.values import committed_readings
from proofs.sumcheck.ligero.parameters import Code

ELEMENTS = FAST.scalars.size - 1
"""Challenges are one of these."""


def chances(plan: Plan) -> dict[str, Fraction]:
    """For each kind of round the largest chance that a wrong message passes, of a proof of public outputs."""
    if not isinstance(plan.head, OutputsHead):
        raise TypeError("only outputs are counted here")
    code = Code(plan.instance.log_columns)
    parts = [part.site.name for group in plan.groups for part in group.parts]
    degrees = {
        "trees": 2,
        "combine": 2 * max(map(parts.count, set(parts))),
        "outputs": bits(plan.instance.network.classes) + bits(plan.instance.count),
        "layers": 2,
        "claims": number_of_claims(plan) - 1,
        "batch": 2,
    }
    found = {name: Fraction(degree, ELEMENTS) for name, degree in degrees.items()}
    found["witness"] = max(Fraction((2 << g.depth) + plan.tables.total, ELEMENTS) for g in plan.groups)
    found["rows"] = Fraction(2, ELEMENTS) + code.row_error
    found["queries"] = code.query_error
    return found


def number_of_claims(plan: Plan) -> int:
    """Readings and multiplicities of every group, three of a convolution, one of any other node and of the outputs."""
    one = tuple([FAST.scalars.one] * max(group.depth for group in plan.groups))
    groups = sum(len(committed_readings(group, one[: group.depth])) + 1 for group in plan.groups)
    return groups + 1 + sum(3 if isinstance(node, Convolution) else 1 for node in plan.instance.network.nodes)


def number_of_rounds(plan: Plan) -> int:
    """Messages that challenges follow."""
    nodes, shape, row = plan.instance.network.nodes, plan.sites, 0
    for group in plan.groups:
        row += tree_rounds(group.depth + 1) + tree_rounds(plan.tables.depth)
    for index, node in enumerate(nodes):
        row += sum(map(bits, shape[f"node {index}"].segment.shape))
        if isinstance(node, Convolution):
            channels = plan.tensor(node.source).shape[0]
            row += bits(channels) + sum(map(bits, node.kernel))
    public = bits(plan.instance.network.classes) + bits(plan.instance.count) > 0
    return row + 1 + 1 + public + 1 + plan.flat_bits + 1


def tree_rounds(depth: int) -> int:
    """Of a tree: one message a variable of each layer, and one of values a layer."""
    return sum(1 for _ in _tree(depth))


def _tree(depth: int) -> Iterator[str]:
    for layer in range(depth):
        yield from ("round" for _ in range(layer))
        yield "values"
