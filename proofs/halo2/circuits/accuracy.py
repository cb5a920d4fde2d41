"""The accuracy circuit: one batch of committed examples in, the number classified correctly out.

    example_i = [x_i, one-hot y_i, salt_i]      b tensors, each hashed to one public instance h_i
    tag       = 16 limbs, 12 secret blinds      the limbs passed through to the public outputs
    count     = #{ i : logits(x_i) has its first maximum at y_i }

The wrapper around the model holds **no constant of its own**: the proving system treats every constant of the graph as
a committed parameter, so a threshold or a table written here would be the seller's to choose. The tie rule (first
maximum wins, as numpy and ONNX ArgMax) is made of the committed one-hot alone. With t = <logits, y>,
u_k = sum_{j>k} y_j (1 for classes before the label, else 0) and s_k = sign(t - logits_k):

    violations = sum_{k<C-1} relu(u_k - s_k) + relu(-s_{C-1}),      correct = relu(sum_k y_k - violations)

A class before the label must be strictly smaller (s = 1), any other at most equal (s >= 0).
"""

from __future__ import annotations

from proofs.commitment.input_format import InputFormat
from proofs.halo2.architecture import Architecture, Weights
from proofs.halo2.circuits.first_maximum import first_maximum_at
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.circuits.model_part import apply_model, blind_units, mask_units
from proofs.halo2.mask import BLIND_LIMBS, Mask
from proofs.halo2.tag import TAG_LIMBS


def accuracy_circuit(architecture: Architecture, weights: Weights, shape: InputFormat, mask: Mask | None) -> bytes:
    """The ONNX bytes of the accuracy circuit. Secret when the weights are.

    The dead units reach every logit of every example alike: whatever a prover puts in them, no comparison changes.
    """
    graph = Graph()
    examples = [graph.input(f"example_{i}", [1, shape.width]) for i in range(shape.batch)]
    tag, blinds = graph.split(graph.input("tag", [1, TAG_LIMBS + BLIND_LIMBS]), [TAG_LIMBS, BLIND_LIMBS])
    x, y, _ = graph.split(graph.stack(examples), [shape.features, shape.classes, shape.salt_limbs])
    logits = apply_model(graph, architecture, weights, x, shape)
    logits = graph.node("Add", [logits, blind_units(graph, blinds)])
    if mask is not None:
        logits = graph.node("Add", [logits, mask_units(graph, tag, mask, shape.scale_bits)])
    count = graph.reduce_sum(first_maximum_at(graph, logits, y, shape.classes), axis=0)
    graph.output(count, [1, 1])
    graph.output(graph.node("Identity", [tag]), [1, TAG_LIMBS])
    return graph.serialise("accuracy", architecture.opset)


def logits_circuit(architecture: Architecture, weights: Weights, shape: InputFormat) -> bytes:
    """The model alone over one batch, for the fidelity receipt: x (b, features) to logits (b, C). Secret."""
    graph = Graph()
    x = graph.input("x_flat", [shape.batch, shape.features])
    graph.output(apply_model(graph, architecture, weights, x, shape), [shape.batch, shape.classes])
    return graph.serialise("logits", architecture.opset)
