"""The retrieval circuit: one batch of committed documents in, one public bit each out.

    document_i = [view_i, salt_i]                          b tensors, each hashed to one public instance h_i
    tag        = 16 limbs, selector (C), [threshold], 12 secret blinds
    class      bit_i = first maximum of model(view_i) is where the selector has its one
    threshold  bit_i = <model(view_i), selector> >= threshold
    outputs    bits, selector, [threshold], void, tag limbs

The predicate enters as an input and leaves as an output, so it is a public value and not a committed weight: one
circuit serves every class and every threshold. ``void`` must be zero: it is where the dead units end, which for
thresholds must not touch the scores.
"""

from __future__ import annotations

from proofs.commitment.view_format import ViewFormat
from proofs.halo2.architecture import Architecture, Weights
from proofs.halo2.circuits.first_maximum import first_maximum_at
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.circuits.model_part import apply_model, blind_units, mask_units
from proofs.halo2.mask import BLIND_LIMBS, Mask
from proofs.halo2.tag import TAG_LIMBS


def retrieval_circuit(
    architecture: Architecture, weights: Weights, shape: ViewFormat, outputs: int, mask: Mask | None, threshold: bool
) -> bytes:
    """The ONNX bytes of the retrieval circuit for one predicate kind. Secret when the weights are."""
    graph = Graph()
    documents = [graph.input(f"document_{i}", [1, shape.width]) for i in range(shape.batch)]
    sizes = [TAG_LIMBS, outputs, *([1] if threshold else []), BLIND_LIMBS]
    tag, selector, *limit, blinds = graph.split(graph.input("tag", [1, sum(sizes)]), sizes)
    x, _ = graph.split(graph.stack(documents), [shape.features, shape.salt_limbs])
    logits = apply_model(graph, architecture, weights, x, shape)
    chosen = graph.stack([selector] * shape.batch)
    if threshold:
        bits = _at_least(graph, logits, chosen, graph.stack(limit * shape.batch))
    else:
        bits = first_maximum_at(graph, logits, chosen, outputs)
    graph.output(bits, [shape.batch, 1])
    graph.output(graph.node("Identity", [selector]), [1, outputs])
    for value in limit:
        graph.output(graph.node("Identity", [value]), [1, 1])
    graph.output(void(graph, tag, blinds, mask, shape.scale_bits), [1, 1])
    graph.output(graph.node("Identity", [tag]), [1, TAG_LIMBS])
    return graph.serialise("retrieval", architecture.opset)


def void(graph: Graph, tag: str, blinds: str, mask: Mask | None, scale_bits: int) -> str:
    """(1, 1): the sum of all dead units, an output every verifier requires to be zero."""
    total = blind_units(graph, blinds)
    return total if mask is None else graph.node("Add", [total, mask_units(graph, tag, mask, scale_bits)])


def _at_least(graph: Graph, logits: str, chosen: str, limit: str) -> str:
    """(b, 1): 1 where <logits, chosen> >= limit, else 0. The one is the selector's own sum."""
    score = graph.reduce_sum(graph.node("Mul", [logits, chosen]))
    sign = graph.node("Sign", [graph.node("Sub", [score, limit])])
    below = graph.node("Relu", [graph.node("Neg", [sign])])
    return graph.node("Relu", [graph.node("Sub", [graph.reduce_sum(chosen), below])])
