"""The tie rule "the first maximum of the logits is at the label", made of the one-hot alone (see ``accuracy``)."""

from __future__ import annotations

from proofs.halo2.circuits.graph import Graph


def first_maximum_at(graph: Graph, logits: str, y: str, classes: int) -> str:
    """(b, 1): 1 where the first maximum of the logits is at the label, else 0."""
    label_logit = graph.reduce_sum(graph.node("Mul", [logits, y]))
    sign = graph.node("Sign", [graph.node("Sub", [label_logit, logits])])
    sign_first, sign_last = graph.split(sign, [classes - 1, 1])
    before = _suffix_sums(graph, y, classes)
    wrong_first = graph.reduce_sum(graph.node("Relu", [graph.node("Sub", [before, sign_first])]))
    wrong_last = graph.node("Relu", [graph.node("Neg", [sign_last])])
    violations = graph.node("Add", [wrong_first, wrong_last])
    return graph.node("Relu", [graph.node("Sub", [graph.reduce_sum(y), violations])])


def _suffix_sums(graph: Graph, y: str, classes: int) -> str:
    """u_k = sum_{j>k} y_j for k = 0..C-2."""
    columns = graph.split(y, [1] * classes)
    sums = [columns[-1]]
    for column in reversed(columns[1:-1]):
        sums.append(graph.node("Add", [sums[-1], column]))
    ordered = sums[::-1]
    return graph.node("Concat", ordered, axis=1) if len(ordered) > 1 else ordered[0]
