"""The inference circuit: committed inputs in, the model's integer logits out.

    input_i = [x_i, salt_i]      b tensors, each hashed to one public instance h_i
    tag     = 16 limbs, 12 secret blinds
    outputs   logits (b, C), void, tag limbs

The dead units end in ``void``, which every verifier requires to be zero: they must not be able to move a logit.
"""

from __future__ import annotations

from proofs.commitment.view_format import ViewFormat
from proofs.halo2.architecture import Architecture, Weights
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.circuits.model_part import apply_model
from proofs.halo2.circuits.retrieval import void
from proofs.halo2.mask import BLIND_LIMBS, Mask
from proofs.halo2.tag import TAG_LIMBS


def inference_circuit(
    architecture: Architecture, weights: Weights, shape: ViewFormat, outputs: int, mask: Mask | None
) -> bytes:
    """The ONNX bytes of the inference circuit. Secret when the weights are."""
    graph = Graph()
    inputs = [graph.input(f"input_{i}", [1, shape.width]) for i in range(shape.batch)]
    tag, blinds = graph.split(graph.input("tag", [1, TAG_LIMBS + BLIND_LIMBS]), [TAG_LIMBS, BLIND_LIMBS])
    x, _ = graph.split(graph.stack(inputs), [shape.features, shape.salt_limbs])
    graph.output(apply_model(graph, architecture, weights, x, shape), [shape.batch, outputs])
    graph.output(void(graph, tag, blinds, mask, shape.scale_bits), [1, 1])
    graph.output(graph.node("Identity", [tag]), [1, TAG_LIMBS])
    return graph.serialise("inference", architecture.opset)
