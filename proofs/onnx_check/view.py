"""A model as the rules see it: nodes with attributes and shapes, constants, and what varies with the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import AttributeProto, TensorProto, numpy_helper

from proofs.onnx_check.parse import ELEMENT_BYTES, is_external
from proofs.onnx_check.report import Finding
from proofs.onnx_check.shapes import TensorInfo
from proofs.onnx_check.structure import node_name, opset_of

Attribute = int | float | str | tuple[int, ...]
FLOAT_TYPES = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)
SHAPE_ONLY = ("Shape", "Size")


@dataclass(frozen=True, slots=True)
class Node:
    """One node. ``attributes`` holds numbers, strings and integer lists; anything else only appears in ``other``."""

    name: str
    op: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    other: tuple[str, ...]

    def integers(self, name: str) -> tuple[int, ...]:
        """An integer-list attribute, empty if absent."""
        value = self.attributes.get(name, ())
        return value if isinstance(value, tuple) else ()

    def integer(self, name: str, default: int) -> int:
        """An integer attribute or its default."""
        value = self.attributes.get(name, default)
        return value if isinstance(value, int) else default


@dataclass(frozen=True, slots=True)
class Graph:
    """The whole model. ``constants``: stored tensors by name. ``varying``: tensors that depend on the input."""

    model: onnx.ModelProto
    opset: int
    nodes: tuple[Node, ...]
    infos: Mapping[str, TensorInfo]
    constants: Mapping[str, TensorProto]
    varying: frozenset[str]

    def shape(self, tensor: str) -> tuple[int, ...] | None:
        """Shape of a tensor, None where unknown."""
        if tensor in self.constants:
            return tuple(self.constants[tensor].dims)
        info = self.infos.get(tensor)
        return info.shape if info else None

    def rank(self, tensor: str) -> int | None:
        """Number of axes of a tensor, None where unknown."""
        shape = self.shape(tensor)
        return None if shape is None else len(shape)

    def element_type(self, tensor: str) -> int:
        """onnx.TensorProto number of a tensor's element type, 0 where unknown."""
        if tensor in self.constants:
            return self.constants[tensor].data_type
        info = self.infos.get(tensor)
        return info.element_type if info else 0

    def values(self, tensor: str) -> NDArray[np.generic] | None:
        """The values of a stored tensor, None if it is computed, external or of a type that is not read."""
        proto = self.constants.get(tensor)
        if proto is None or is_external(proto) or proto.data_type not in ELEMENT_BYTES:
            return None
        return np.asarray(numpy_helper.to_array(proto))

    def finding(self, node: Node, reason: str, way_round: str) -> Finding:
        """A finding about a node, with its opset and output shape filled in."""
        shape = self.shape(node.outputs[0]) if node.outputs else None
        return Finding(node.name, node.op, self.opset, shape, reason, way_round)

    def model_inputs(self) -> list[onnx.ValueInfoProto]:
        """Graph inputs that are not merely declarations of initialisers."""
        return [value for value in self.model.graph.input if value.name not in self.constants]


def read_attribute(attribute: AttributeProto) -> Attribute | None:
    """A number, string or list of integers; None for everything else."""
    if attribute.type == AttributeProto.INT:
        return int(attribute.i)
    if attribute.type == AttributeProto.FLOAT:
        return float(attribute.f)
    if attribute.type == AttributeProto.INTS:
        return tuple(int(value) for value in attribute.ints)
    if attribute.type == AttributeProto.STRING:
        return bytes(attribute.s).decode("utf-8", errors="replace")
    return None


def read_node(position: int, proto: onnx.NodeProto) -> Node:
    """One protobuf node as a Node."""
    read = {a.name: read_attribute(a) for a in proto.attribute}
    known = {name: value for name, value in read.items() if value is not None}
    other = tuple(name for name, value in read.items() if value is None)
    return Node(
        node_name(position, proto), proto.op_type, proto.domain, tuple(proto.input), tuple(proto.output), known, other
    )


def build_graph(model: onnx.ModelProto, infos: Mapping[str, TensorInfo]) -> Graph:
    """The view of a parsed, ordered model."""
    nodes = tuple(read_node(i, proto) for i, proto in enumerate(model.graph.node))
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for proto in model.graph.node:
        for attribute in proto.attribute if proto.op_type == "Constant" and proto.output else ():
            if attribute.name == "value" and attribute.HasField("t"):
                constants[proto.output[0]] = attribute.t
    varying = {value.name for value in model.graph.input if value.name not in constants}
    for node in nodes:
        if node.op not in SHAPE_ONLY and any(name in varying for name in node.inputs):
            varying.update(name for name in node.outputs if name)
    return Graph(model, opset_of(model), nodes, infos, constants, frozenset(varying))
