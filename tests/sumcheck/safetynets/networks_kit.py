"""Random ONNX networks whose numbers are exact multiples of their scales, and networks in loops over integers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import onnx
import onnxruntime
from helpers.tiny_models import classifier
from numpy.typing import NDArray
from onnx import helper

from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import Layer, Network, Node
from proofs.sumcheck.safetynets.scales.float_network import Scales

Whole = NDArray[Any]
GRID = 4
"""Weights are multiples of 1/4, inputs and offsets of 1/2: exact in single precision, and integers at these scales."""


class RandomModel:
    """Layers drawn one after the other, as ONNX nodes from ``x``."""

    def __init__(self, seed: int, shape: tuple[int, ...]) -> None:
        self.rng = np.random.default_rng(seed)
        self.input_shape = self.shape = shape
        self.name = "x"
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, NDArray[np.generic]] = {}
        self.linear = self.squares = 0
        self.written_by_linear = False

    def emit(self, op: str, inputs: Sequence[str], shape: tuple[int, ...], **attributes: object) -> None:
        """A node that reads ``inputs``."""
        self.name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [self.name], **attributes))
        self.shape = shape
        self.written_by_linear = op in ("Conv", "Gemm", "MatMul")

    def constant(self, values: NDArray[np.generic] | Sequence[float]) -> str:
        """The name of a stored tensor."""
        name = f"c{len(self.constants)}"
        array = np.asarray(values)
        self.constants[name] = array if array.dtype.kind == "i" else array.astype(np.float32)
        return name

    def multiples(self, shape: tuple[int, ...], grid: int = GRID, most: int = 4) -> NDArray[np.float64]:
        """Random multiples of 1/grid."""
        return self.rng.integers(-most, most + 1, shape) / grid

    # -- layers ----------------------------------------------------------------------------------------------------
    def convolution(self) -> None:
        """Kernels up to 3, strides up to 2, pads of each side their own, any groups."""
        channels, height, width = self.shape
        groups = int(self.rng.choice([g for g in range(1, channels + 1) if channels % g == 0]))
        outputs = groups * int(self.rng.integers(1, 3))
        kernel = tuple(int(self.rng.integers(1, 1 + min(3, extent))) for extent in (height, width))
        stride = tuple(int(v) for v in self.rng.integers(1, 3, 2))
        pads = tuple(int(v) for v in self.rng.integers(0, 2, 4))
        inputs = [self.name, self.constant(self.multiples((outputs, channels // groups, *kernel)))]
        if self.rng.random() < 0.7:
            inputs.append(self.constant(self.multiples((outputs,), 2)))
        out = tuple(
            (extent + pads[i] + pads[i + 2] - kernel[i]) // stride[i] + 1 for i, extent in enumerate((height, width))
        )
        self.emit("Conv", inputs, (outputs, *out), kernel_shape=kernel, strides=stride, pads=pads, group=groups)
        self.linear += 1

    def square(self) -> None:
        """As Mul or as Pow."""
        if self.squares == 2:
            return
        self.squares += 1
        if self.rng.random() < 0.5:
            self.emit("Mul", [self.name, self.name], self.shape)
        else:
            self.emit("Pow", [self.name, self.constant(np.float32([2]))], self.shape)

    def pool(self) -> None:
        """Windows whose area is a power of two, so that an average is exact."""
        channels, height, width = self.shape
        kernel = tuple(int(self.rng.choice([k for k in (1, 2, 4) if k <= extent])) for extent in (height, width))
        stride = tuple(int(v) for v in self.rng.integers(1, 3, 2))
        pads = tuple(int(self.rng.integers(0, 1 + k // 2)) for k in (*kernel, *kernel))
        out = tuple(
            (extent + pads[i] + pads[i + 2] - kernel[i]) // stride[i] + 1 for i, extent in enumerate((height, width))
        )
        attributes = {"kernel_shape": kernel, "strides": stride, "pads": pads, "count_include_pad": 1}
        self.emit("AveragePool", [self.name], (channels, *out), **attributes)

    def normalise(self) -> None:
        """Batch normalisation by powers of two, right after a convolution."""
        if not self.written_by_linear or len(self.shape) != 3:
            return
        channels = self.shape[0]
        variance = self.rng.choice([0.75, 3.75], channels)  # with epsilon 1/4: 1 or 4
        scale = self.rng.choice([-2.0, -1.0, 1.0, 2.0], channels) * np.sqrt(variance + 0.25)
        names = [self.constant(v) for v in (scale, self.multiples((channels,), 2), self.multiples((channels,), 2))]
        self.emit("BatchNormalization", [self.name, *names, self.constant(variance)], self.shape, epsilon=0.25)

    def residual(self) -> None:
        """x + a 1x1 convolution of x."""
        channels, source = self.shape[0], self.name
        self.emit("Conv", [source, self.constant(self.multiples((channels, channels, 1, 1)))], self.shape)
        self.linear += 1
        self.emit(str(self.rng.choice(["Add", "Sub"])), [source, self.name], self.shape)

    def reshape(self) -> None:
        """The image turned: height and width change places in number."""
        channels, height, width = self.shape
        self.emit("Reshape", [self.name, self.constant(np.int64([0, channels, width, -1]))], (channels, width, height))

    def finish(self, classes: int) -> bytes:
        """Flatten, and a Gemm or a MatMul with its bias."""
        if len(self.shape) == 3:
            self.emit("Flatten", [self.name], (math.prod(self.shape),))
        weight = self.multiples((self.shape[0], classes))
        if self.rng.random() < 0.5:
            self.emit("MatMul", [self.name, self.constant(weight)], (classes,))
            self.emit("Add", [self.constant(self.multiples((classes,), 2)), self.name], (classes,))
        else:
            bias = self.constant(self.multiples((1, classes), 2))
            self.emit("Gemm", [self.name, self.constant(weight.T), bias], (classes,), transB=1)
        self.linear += 1
        self.nodes[-1].output[0] = "y"
        return classifier(self.nodes, self.constants, self.input_shape, classes)

    @property
    def scales(self) -> Scales:
        """At which nothing is rounded: inputs in [-1, 1] as multiples of 1/2."""
        return Scales(Fraction(2), (Fraction(GRID),) * self.linear, -2, 2)


STEPS = ("convolution", "square", "pool", "normalise", "residual", "reshape")


def random_model(seed: int, steps: Sequence[str], shape: tuple[int, int, int], classes: int) -> tuple[bytes, Scales]:
    """A model of these layers, and scales at which its integers are exact."""
    model = RandomModel(seed, shape)
    for step in steps:
        getattr(model, step)()
    return model.finish(classes), model.scales


def exact_inputs(seed: int, total: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Multiples of 1/2 in [-1, 1]."""
    return (np.random.default_rng(seed).integers(-2, 3, (total, *shape)) / 2).astype(np.float32)


def onnxruntime_outputs(model: bytes, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the reference runtime computes, in single precision."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: x})[0])


# -- integer networks in loops over Python integers -----------------------------------------------------------------
def chain(layers: Sequence[Layer], low: int = -2, high: int = 2, **changes: Any) -> Network:
    """A network of layers in a row, at scales of 1."""
    nodes = tuple(Node(layer, (index,)) for index, layer in enumerate(layers))
    linear = sum(isinstance(layer, Dense | Convolution) for layer in layers)
    fields = {"alpha": Fraction(1), "betas": (Fraction(1),) * linear, **changes}
    return Network(layers[0].in_shape, low, high, fields["alpha"], fields["betas"], nodes, fields.get("square_norm"))


def exact_tensors(network: Network, x: NDArray[np.integer]) -> list[Whole]:
    """Every tensor's values (R, N) as Python integers, one sum after the other."""
    tensors: list[Whole] = [x.astype(object)]
    for node in network.nodes:
        tensors.append(_apply(node.layer, [tensors[i] for i in node.inputs]))
    return tensors


def _apply(layer: Layer, inputs: Sequence[Whole]) -> Whole:
    x = inputs[0]
    if isinstance(layer, Dense):
        return layer.weight.astype(object) @ x + np.array(layer.bias, object)[:, None]
    if isinstance(layer, Convolution):
        return _windows(layer, x, layer.weight.astype(object), layer.groups, layer.bias)
    if isinstance(layer, SumPool):
        channels = layer.in_shape[0]
        return _windows(layer, x, np.ones((channels, 1, *layer.kernel), object), channels, (0,) * channels)
    if isinstance(layer, Add):
        return layer.multipliers[0] * x + layer.multipliers[1] * inputs[1]
    return x * x if isinstance(layer, Square) else x


def _windows(layer: Convolution | SumPool, x: Whole, weight: Whole, groups: int, bias: Sequence[int]) -> Whole:
    """A convolution by its definition, on a padded copy."""
    top, left, bottom, right = layer.pads
    images = x.reshape(*layer.in_shape, -1)
    channels, height, width, total = images.shape
    padded = np.zeros((channels, top + height + bottom, left + width + right, total), object)
    padded[:, top : top + height, left : left + width] = images
    outputs, channels, kh, kw = weight.shape
    _, height, width = layer.out_shape
    out = np.empty((outputs, height, width, images.shape[3]), object)
    for o in range(outputs):
        first = (o // (outputs // groups)) * channels
        for y in range(height):
            for z in range(width):
                rows, columns = y * layer.stride[0], z * layer.stride[1]
                window = padded[first : first + channels, rows : rows + kh, columns : columns + kw]
                out[o, y, z] = bias[o] + (weight[o][..., None] * window).reshape(-1, images.shape[3]).sum(axis=0)
    return out.reshape(-1, images.shape[3])
