"""A small ONNX graph builder for the circuits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

IR_VERSION = 8


class Graph:
    """Nodes and tensors under fresh names; every input and output is a float tensor."""

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

    def stack(self, rows: Sequence[str]) -> str:
        """Rows (1, n) as one tensor (len(rows), n)."""
        return self.node("Concat", rows, axis=0) if len(rows) > 1 else rows[0]

    def reduce_sum(self, tensor: str, axis: int = 1) -> str:
        return self.node("ReduceSum", [tensor, self.integers([axis])], keepdims=1)

    def serialise(self, name: str, opset: int) -> bytes:
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", max(opset, 13))], ir_version=IR_VERSION)
        return bytes(model.SerializeToString(deterministic=True))
