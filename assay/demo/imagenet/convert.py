"""An 8-bit MobileNet as an ONNX file with QuantizeLinear and DequantizeLinear nodes.

The ONNX takes real inputs "image", float32 (N, 3, H, W), and gives "logits", float32 (N, 1001), background first.
Weights and biases stay integers with their scales; each activation is rounded to the file's own levels, except the
logits, which are left real so that rounding makes no ties.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from assay.demo.imagenet.model import LINEAR, Constant, Model, Op, Tensor, same_pads

OPSET, IR_VERSION = 17, 8
SIX = 6.0  # ReLU6


class Writer:
    """Nodes and constants as they come; ``names`` is the real-valued ONNX name of each of the file's tensors."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.names: dict[int, str] = {}
        self.stored: set[str] = set()

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node, named after what it writes."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """Store an array once."""
        if name not in self.stored:
            self.stored.add(name)
            self.constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def on_levels(self, current: str, tensor: Tensor) -> str:
        """Round to a tensor's levels, and back to real values."""
        scale = self.constant(f"t{tensor.index}.scale", np.array(tensor.scale, np.float32))
        zero = self.constant(f"t{tensor.index}.zero", np.array(tensor.zero_point, tensor.dtype))
        levels = self.node("QuantizeLinear", [current, scale, zero], f"t{tensor.index}.levels")
        return self.node("DequantizeLinear", [levels, scale, zero], f"t{tensor.index}")

    def weight(self, index: int, stored: Constant, axes: tuple[int, int, int, int], name: str) -> str:
        """A convolution's weights as ONNX has them, (outputs, inputs, kh, kw)."""
        q = self.constant(f"{name}.q", stored.q.transpose(axes))
        scale = self.constant(f"{name}.scale", stored.scale)
        zeros = np.full(stored.scale.shape, stored.zero_point, stored.q.dtype)
        zero = self.constant(f"{name}.zero", zeros)
        axis = {"axis": axes.index(stored.axis)} if stored.scale.ndim else {}
        return self.node("DequantizeLinear", [q, scale, zero], f"w{index}", **axis)

    def bias(self, index: int, stored: Constant, name: str) -> str:
        """A bias: int32, no zero point."""
        inputs = [self.constant(f"{name}.q", stored.q), self.constant(f"{name}.scale", stored.scale)]
        return self.node("DequantizeLinear", inputs, f"w{index}", **({"axis": 0} if stored.scale.ndim else {}))


def to_onnx(model: Model) -> ModelProto:
    """The whole model."""
    writer = Writer(model)
    writer.names[model.input.index] = writer.on_levels("image", model.input)
    last = model.ops[-1].output
    for op in model.ops:
        if op.kind == "QUANTIZE":  # int8 for uint8: the same real values
            writer.names[op.output] = writer.names[op.inputs[0]]
            continue
        current = _linear(writer, op) if op.kind in LINEAR else _sum(writer, op)
        if op.activation == "RELU6":
            ends = [writer.constant(name, np.array(value, np.float32)) for name, value in (("zero", 0), ("six", SIX))]
            current = writer.node("Clip", [current, *ends], f"a{op.output}")
        elif op.activation != "NONE":
            raise ValueError(f"tensor {op.output} has activation {op.activation}: only RELU6 is known here")
        writer.names[op.output] = current if op.output == last else writer.on_levels(current, model.tensors[op.output])
    writer.node("Flatten", [writer.names[last]], "logits", axis=1)
    return _finished(writer)


def _linear(writer: Writer, op: Op) -> str:
    """Conv, with explicit pads; depthwise ones have one group a channel."""
    source, kernel, bias = op.inputs
    stored = writer.model.constants[kernel]
    depthwise = op.kind == "DEPTHWISE_CONV_2D"
    axes = (3, 0, 1, 2) if depthwise else (0, 3, 1, 2)
    _, high, wide, channels = writer.model.tensors[source].shape
    sides = [stored.q.shape[1], stored.q.shape[2]]
    pads = [(0, 0), (0, 0)]
    if op.padding == "SAME":
        pads = [
            same_pads(extent, side, step) for extent, side, step in zip((high, wide), sides, op.stride, strict=True)
        ]
    inputs = [
        writer.names[source],
        writer.weight(kernel, stored, axes, f"w{kernel}"),
        writer.bias(bias, writer.model.constants[bias], f"w{bias}"),
    ]
    return writer.node(
        "Conv",
        inputs,
        f"c{op.output}",
        kernel_shape=sides,
        strides=list(op.stride),
        pads=[pads[0][0], pads[1][0], pads[0][1], pads[1][1]],
        group=channels if depthwise else 1,
    )


def _sum(writer: Writer, op: Op) -> str:
    """A residual addition, or the mean of the whole map."""
    if op.kind == "ADD":
        return writer.node("Add", [writer.names[source] for source in op.inputs], f"s{op.output}")
    return writer.node("GlobalAveragePool", [writer.names[op.inputs[0]]], f"p{op.output}")


def _finished(writer: Writer) -> ModelProto:
    model = writer.model
    _, high, wide, channels = model.input.shape
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", channels, high, wide])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", model.classes])
    graph = helper.make_graph(writer.nodes, model.name, [image], [logits], writer.constants)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(proto, full_check=True)
    return proto
