"""Counting: float parameters, and multiply-accumulates of one example."""

from __future__ import annotations

import math
from collections.abc import Callable

from proofs.onnx_check.view import FLOAT_TYPES, Graph, Node


def parameters(graph: Graph) -> int:
    """Number of float values stored in the model, whatever they are used for."""
    return sum(math.prod(tensor.dims) for tensor in graph.constants.values() if tensor.data_type in FLOAT_TYPES)


def macs(graph: Graph) -> int:
    """Multiply-accumulates of one example in Gemm, MatMul and Conv; nodes of unknown shape count nothing."""
    whole = (node for node in graph.nodes if len(node.inputs) > 1 and node.outputs)  # others are refused by name
    return sum(COUNTERS[node.op](graph, node) for node in whole if node.op in COUNTERS)


def _gemm(graph: Graph, node: Node) -> int:
    left, out = _sides(graph, node.inputs[0]), _sides(graph, node.outputs[0])
    return math.prod(out) * left[0 if node.integer("transA", 0) else -1] if left and out else 0


def _matmul(graph: Graph, node: Node) -> int:
    left, out = _sides(graph, node.inputs[0]), _sides(graph, node.outputs[0])
    return math.prod(out) * left[-1] if left and out else 0


def _conv(graph: Graph, node: Node) -> int:
    kernel, out = _sides(graph, node.inputs[1]), _sides(graph, node.outputs[0])
    return math.prod(out) * math.prod(kernel[1:]) if kernel and out else 0  # kernel is (out, in / group, ...)


def _conv_transpose(graph: Graph, node: Node) -> int:
    kernel, source = _sides(graph, node.inputs[1]), _sides(graph, node.inputs[0])
    return math.prod(source) * math.prod(kernel[1:]) if kernel and source else 0  # kernel is (in, out / group, ...)


def _sides(graph: Graph, tensor: str) -> tuple[int, ...]:
    """The shape with an open batch axis taken as 1; empty where it is not fully known."""
    shape = graph.shape(tensor) or ()
    sides = tuple(1 if i == 0 and side < 0 else side for i, side in enumerate(shape))
    return sides if all(side >= 0 for side in sides) else ()


COUNTERS: dict[str, Callable[[Graph, Node], int]] = {
    "Gemm": _gemm, "MatMul": _matmul, "Conv": _conv, "ConvTranspose": _conv_transpose,
}  # fmt: skip
