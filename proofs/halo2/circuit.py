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

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from proofs.commitment.input_format import InputFormat
from proofs.halo2 import attributes
from proofs.halo2.architecture import Architecture, Node, Weights
from proofs.halo2.mask import BLIND_LIMBS, Mask
from proofs.halo2.tag import TAG_LIMBS

IR_VERSION = 8


def accuracy_circuit(architecture: Architecture, weights: Weights, shape: InputFormat, mask: Mask | None) -> bytes:
    """The ONNX bytes of the accuracy circuit. Secret when the weights are."""
    graph = _Graph()
    examples = [graph.input(f"example_{i}", [1, shape.width]) for i in range(shape.batch)]
    tag, blinds = graph.split(graph.input("tag", [1, TAG_LIMBS + BLIND_LIMBS]), [TAG_LIMBS, BLIND_LIMBS])
    rows = graph.node("Concat", examples, axis=0) if shape.batch > 1 else examples[0]
    x, y, _ = graph.split(rows, [shape.features, shape.classes, shape.salt_limbs])
    logits = _model(graph, architecture, weights, x, shape)
    logits = graph.node("Add", [logits, _dead(graph, graph.node("Relu", [blinds]), "blind_outer", BLIND_LIMBS)])
    if mask is not None:
        logits = _add_mask(graph, logits, tag, mask, shape.scale_bits)
    count = graph.reduce_sum(_correct(graph, logits, y, shape.classes), axis=0)
    graph.output(count, [1, 1])
    graph.output(graph.node("Identity", [tag]), [1, TAG_LIMBS])
    return graph.serialise("accuracy", architecture.opset)


def logits_circuit(architecture: Architecture, weights: Weights, shape: InputFormat) -> bytes:
    """The model alone over one batch, for the fidelity receipt: x (b, features) to logits (b, C). Secret."""
    graph = _Graph()
    x = graph.input("x_flat", [shape.batch, shape.features])
    graph.output(_model(graph, architecture, weights, x, shape), [shape.batch, shape.classes])
    return graph.serialise("logits", architecture.opset)


class _Graph:
    """A small ONNX graph builder: fresh names, typed inputs and outputs."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, shape: list[int]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, name: str, shape: list[int]) -> None:
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, name: str, array: NDArray[np.generic]) -> str:
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def integers(self, values: Sequence[int]) -> str:
        return self.constant(f"wrap_i{len(self.initialisers)}", np.array(values, dtype=np.int64))

    def node(self, op: str, inputs: Sequence[str], **keywords: Any) -> str:
        name = f"wrap_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **keywords))
        return name

    def split(self, tensor: str, sizes: list[int]) -> list[str]:
        names = [f"wrap_{len(self.nodes)}_{i}" for i in range(len(sizes))]
        self.nodes.append(helper.make_node("Split", [tensor, self.integers(sizes)], names, axis=1))
        return names

    def reduce_sum(self, tensor: str, axis: int = 1) -> str:
        return self.node("ReduceSum", [tensor, self.integers([axis])], keepdims=1)

    def serialise(self, name: str, opset: int) -> bytes:
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", max(opset, 13))], ir_version=IR_VERSION)
        return bytes(model.SerializeToString(deterministic=True))


def _model(graph: _Graph, architecture: Architecture, weights: Weights, x: str, shape: InputFormat) -> str:
    """Copy the model's nodes under the prefix ``m_``, fixing the batch axis; returns the logits' name."""
    for name, values in weights.items():
        graph.constant(f"m_{name}", _kept(values))
    targets = {node.inputs[1] for node in architecture.nodes if node.op == "Reshape" and len(node.inputs) > 1}
    for name, sides, integers in architecture.constants:
        array = np.array(integers, dtype=np.int64).reshape(sides)
        graph.constant(f"m_{name}", _batched(array, shape.batch) if name in targets else array)
    if len(shape.shape) > 1:
        x = graph.node("Reshape", [x, graph.integers([shape.batch, *shape.shape])])
    for node in architecture.nodes:
        graph.nodes.append(_copy(node, x))
    return f"m_{architecture.output}"


def _copy(node: Node, x: str) -> onnx.NodeProto:
    def rename(name: str) -> str:
        return x if name == "x" else f"m_{name}" if name else ""

    proto = helper.make_node(node.op, [rename(name) for name in node.inputs], [rename(name) for name in node.outputs])
    proto.attribute.extend(attributes.protos(node.attributes))
    return proto


def _kept(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """``values``, no tensor of them all alike: the compiler drops "+ 0" and "* 1", and with them a committed weight.

    The first element of such a tensor moves to the next single-precision number (2^-60 from zero), far below half a
    step of any scale used, so the integers are the same ones; the circuit then is, too, for every choice of weights.
    """
    if values.size == 0 or (values != values.flat[0]).any():
        return values
    moved = np.array(values, dtype=np.float32)
    moved.flat[0] = np.nextafter(moved.flat[0], np.float32(np.inf)) if moved.flat[0] else np.float32(2.0**-60)
    return moved


def _batched(target: NDArray[np.int64], batch: int) -> NDArray[np.int64]:
    """A Reshape target whose first axis is the batch: exported as 1, 0 or -1 when the model takes one example."""
    if target.ndim == 1 and len(target) >= 2 and target[0] in (-1, 0, 1):
        return np.concatenate([[batch], target[1:]]).astype(np.int64)
    return target


def _add_mask(graph: _Graph, logits: str, tag: str, mask: Mask, scale_bits: int) -> str:
    inner = (mask.inner / (1 << scale_bits)).astype(np.float32)
    units = graph.node("MatMul", [tag, graph.constant("mask_inner", inner)])
    return graph.node("Add", [logits, _dead(graph, units, "mask_outer", mask.units)])


def _dead(graph: _Graph, row: str, name: str, width: int) -> str:
    """``row`` (1, width) times a committed zero column: reaches the logits, and changes no comparison between them."""
    return graph.node("MatMul", [row, graph.constant(name, np.zeros((width, 1), dtype=np.float32))])


def _correct(graph: _Graph, logits: str, y: str, classes: int) -> str:
    """(b, 1): 1 where the first maximum of the logits is at the label, else 0."""
    label_logit = graph.reduce_sum(graph.node("Mul", [logits, y]))
    sign = graph.node("Sign", [graph.node("Sub", [label_logit, logits])])
    sign_first, sign_last = graph.split(sign, [classes - 1, 1])
    before = _suffix_sums(graph, y, classes)
    wrong_first = graph.reduce_sum(graph.node("Relu", [graph.node("Sub", [before, sign_first])]))
    wrong_last = graph.node("Relu", [graph.node("Neg", [sign_last])])
    violations = graph.node("Add", [wrong_first, wrong_last])
    return graph.node("Relu", [graph.node("Sub", [graph.reduce_sum(y), violations])])


def _suffix_sums(graph: _Graph, y: str, classes: int) -> str:
    """u_k = sum_{j>k} y_j for k = 0..C-2."""
    columns = graph.split(y, [1] * classes)
    sums = [columns[-1]]
    for column in reversed(columns[1:-1]):
        sums.append(graph.node("Add", [sums[-1], column]))
    ordered = sums[::-1]
    return graph.node("Concat", ordered, axis=1) if len(ordered) > 1 else ordered[0]
