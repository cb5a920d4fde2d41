"""Float models as ONNX bytes, written layer by layer, with random weights or given ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, checker, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
Floats = NDArray[np.float32]
Pair = tuple[Floats, Floats]
"""A layer's weights and biases."""


class Writer:
    """A model that grows node by node; ``current`` is the name of what the last one gave, ``channels`` its width."""

    def __init__(self, shape: Sequence[int], seed: int = 0) -> None:
        self.shape, self.channels, self.current = tuple(shape), shape[0], "x"
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._rng = np.random.default_rng(seed)

    def _node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        self.current = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [self.current], **attributes))
        return self.current

    def _constant(self, values: Floats) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name))
        return name

    def _drawn(self, shape: tuple[int, ...], gain: float) -> Pair:
        """He's normal weights: the spread of values stays the same from layer to layer."""
        spread = (gain / float(np.prod(shape[1:]))) ** 0.5
        weight = self._rng.normal(0, spread, shape).astype(np.float32)
        return weight, self._rng.normal(0, 0.05, shape[0]).astype(np.float32)

    def convolution(self, outputs: int, kernel: int, stride: int = 1, pad: int = 0, gain: float = 2.0) -> str:
        """A square convolution with random weights and biases."""
        weight, bias = self._drawn((outputs, self.channels, kernel, kernel), gain)
        self.channels = outputs
        inputs = [self.current, self._constant(weight), self._constant(bias)]
        return self._node("Conv", inputs, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)

    def dense(self, outputs: int, given: Pair | None = None) -> str:
        """A dense layer on what is flat already."""
        weight, bias = given or self._drawn((outputs, self.channels), 2.0)
        self.channels = outputs
        return self._node("Gemm", [self.current, self._constant(weight), self._constant(bias)], transB=1)

    def relu(self) -> str:
        """max(x, 0)."""
        return self._node("Relu", [self.current])

    def add(self, other: str) -> str:
        """Onto an earlier tensor."""
        return self._node("Add", [self.current, other])

    def max_pool(self) -> str:
        """2 x 2, stride 2."""
        return self._node("MaxPool", [self.current], kernel_shape=[2, 2], strides=[2, 2])

    def average(self) -> str:
        """The mean of the whole map."""
        return self._node("GlobalAveragePool", [self.current])

    def flatten(self, values: int) -> str:
        """Maps to a vector of so many values."""
        self.channels = values
        return self._node("Flatten", [self.current])

    def finished(self, name: str) -> bytes:
        """The file."""
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *self.shape])
        y = helper.make_tensor_value_info(self.current, TensorProto.FLOAT, ["N", self.channels])
        graph = helper.make_graph(self._nodes, name, [x], [y], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        checker.check_model(model, full_check=True)
        found: bytes = model.SerializeToString()
        return found


def lenet_44k() -> bytes:
    """LeNet without padding, as others measure it: 44,426 parameters, 281,640 multiplications."""
    model = Writer((1, 28, 28))
    for outputs in (6, 16):
        model.convolution(outputs, 5)
        model.relu()
        model.max_pool()
    model.flatten(256)
    for outputs in (120, 84):
        model.dense(outputs)
        model.relu()
    model.dense(10)
    return model.finished("lenet-44k")


def vgg16() -> bytes:
    """VGG16 for 32 x 32 images: 13 convolutions, dense layers of 512, 512 and 10: 15.2 million parameters."""
    model = Writer((3, 32, 32))
    for outputs, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            model.convolution(outputs, 3, pad=1)
            model.relu()
        model.max_pool()
    model.flatten(512)
    for outputs in (512, 512):
        model.dense(outputs)
        model.relu()
    model.dense(10)
    return model.finished("vgg16")


def resnet18() -> bytes:
    """ResNet-18 for 32 x 32 images, batch norms folded: 11.2 million parameters, 556 million multiplications."""
    model = Writer((3, 32, 32))
    model.convolution(64, 3, pad=1)
    model.relu()
    for outputs, first_stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        for stride in (first_stride, 1):
            _block(model, outputs, stride)
    model.average()
    model.flatten(512)
    model.dense(10)
    return model.finished("resnet18")


def _block(model: Writer, outputs: int, stride: int) -> None:
    """relu(conv(relu(conv(x))) + x), x by a 1 x 1 convolution where its shape changes."""
    source, channels = model.current, model.channels
    model.convolution(outputs, 3, stride, pad=1)
    model.relu()
    inner = model.convolution(outputs, 3, pad=1, gain=0.5)
    if stride != 1 or channels != outputs:
        model.current, model.channels = source, channels
        source = model.convolution(outputs, 1, stride, gain=1.0)
        model.current = inner
    model.add(source)
    model.relu()
