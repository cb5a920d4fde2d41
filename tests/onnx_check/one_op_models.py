"""One small model per operator: the specimens behind the list of operators the halo2 backend takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from proofs.onnx_check.operators import SUPPORTED, TABLE

Array = np.ndarray[Any, Any]
ROW, IMAGE = (1, 6), (1, 2, 6, 6)
RNG = np.random.default_rng(7)


def grid(*shape: int) -> Array:
    """Random multiples of 1/16 in [-1, 1]: exact at 10 fractional bits."""
    return (RNG.integers(-16, 17, shape) / 16).astype(np.float32)


@dataclass(frozen=True)
class Specimen:
    """One node on one input; ``consts`` are its further inputs by name, ``cast`` turns its result into floats."""

    op: str
    shape: tuple[int, ...] = ROW
    consts: Mapping[str, Array] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)
    outputs: int = 1
    positive: bool = False
    samples: tuple[float, ...] = ()
    cast: bool = False
    tolerance: float = 0.05
    label: str = ""

    @property
    def name(self) -> str:
        return f"{self.op}-{self.label}" if self.label else self.op


def spec(op: str, consts: Sequence[Array] = (), **options: Any) -> Specimen:
    """Short spelling: constants get names c0, c1, ..; attributes come as ``attrs=dict(..)``."""
    return Specimen(op, consts={f"c{i}": value for i, value in enumerate(consts)}, **options)


def ints(*values: int) -> Array:
    return np.array(values, dtype=np.int64)


UNARY = (
    "Relu Abs Neg Identity Sign Floor Ceil Round Sigmoid Tanh Exp Erf HardSwish Softplus LeakyRelu Elu Selu "
    "HardSigmoid Sin Cos Softmax LogSoftmax Softsign ThresholdedRelu Celu Hardmax Flatten Reciprocal Sqrt Log"
).split()
POSITIVE = {"Reciprocal", "Sqrt", "Log"}
PAIRS = "Add Sub Mul Div Mean".split()
COMPARE = "Greater GreaterOrEqual Less LessOrEqual".split()
REDUCE = ("ReduceSum ReduceMean ReduceMax ReduceMin ReduceSumSquare ReduceL1 ReduceL2 ReduceLogSumExp").split()


def elementwise() -> list[Specimen]:
    found = [spec(op, positive=op in POSITIVE, tolerance=0.1) for op in UNARY]
    found += [spec(op, [np.array([[2, 4, 0.5, 1, 8, 1]], np.float32)]) for op in PAIRS]
    found += [spec(op, [grid(1, 6)], cast=True) for op in COMPARE]
    found += [
        spec("Clip", [np.float32(-0.5), np.float32(0.5)]),
        spec("Pow", [np.float32(2)]),
        spec("PRelu", [np.array([[0.25] * 6], np.float32)]),
        spec("Max", [np.float32(0.25)]),
        spec("Min", [np.float32(0.25)]),
        spec("Cast", attrs={"to": TensorProto.FLOAT}),
        spec("Dropout"),
        spec("Sum", [grid(1, 6)]),
    ]
    return found


def linear() -> list[Specimen]:
    norm = [grid(2), grid(2), grid(2), np.abs(grid(2)) + 1]
    return [
        spec("Gemm", [grid(4, 6), grid(4)], attrs={"transB": 1}),
        spec("MatMul", [grid(6, 4)]),
        spec("Einsum", [grid(6, 4)], attrs={"equation": "bi,ij->bj"}),
        spec("Conv", [grid(3, 2, 3, 3), grid(3)], shape=IMAGE, attrs={"strides": [2, 2]}),
        spec("Conv", [grid(2, 1, 3, 3)], shape=IMAGE, attrs={"group": 2, "strides": [1, 1]}, label="depthwise"),
        spec("ConvTranspose", [grid(2, 3, 2, 2)], shape=IMAGE, attrs={"strides": [2, 2]}),
        spec("BatchNormalization", norm, shape=IMAGE),
        spec("LayerNormalization", [grid(6), grid(6)]),
        spec("InstanceNormalization", [grid(2), grid(2)], shape=IMAGE),
        spec("AveragePool", shape=IMAGE, attrs={"kernel_shape": [2, 2], "strides": [2, 2]}),
        spec("MaxPool", shape=IMAGE, attrs={"kernel_shape": [2, 2], "strides": [2, 2]}),
        spec("GlobalAveragePool", shape=IMAGE),
        spec("GlobalMaxPool", shape=IMAGE),
    ]


def layout() -> list[Specimen]:
    return [
        spec("Reshape", [ints(1, 3, 2)]),
        spec("Transpose", shape=IMAGE, attrs={"perm": [0, 2, 3, 1]}),
        spec("Concat", [grid(1, 6)], attrs={"axis": 1}),
        spec("Split", [ints(2, 4)], attrs={"axis": 1}, outputs=2),
        spec("Squeeze", [ints(1)], shape=(1, 1, 6)),
        spec("Unsqueeze", [ints(1)]),
        spec("Slice", [ints(1), ints(5), ints(1), ints(2)]),
        spec("Pad", [ints(0, 1, 0, 1)]),
        spec("Expand", [ints(1, 6)], shape=(1, 1)),
        spec("Gather", [ints(3, 0, 5)], attrs={"axis": 1}),
        spec("Resize", [np.array([], np.float32), np.array([1, 1, 2, 2], np.float32)], shape=IMAGE),
        spec("DepthToSpace", shape=(1, 4, 3, 3), attrs={"blocksize": 2}),
        spec("SpaceToDepth", shape=IMAGE, attrs={"blocksize": 2}),
    ]


def reductions() -> list[Specimen]:
    found = []
    for op in REDUCE:
        axes: dict[str, Any] = {"axes": [1]} if op != "ReduceSum" else {}
        found.append(spec(op, [ints(1)] if op == "ReduceSum" else [], attrs={"keepdims": 1, **axes}))
    found += [spec(op, attrs={"axis": 1, "keepdims": 1}, cast=True) for op in ("ArgMax", "ArgMin")]
    found.append(spec("TopK", [ints(2)], attrs={"axis": 1}, outputs=2))
    found.append(spec("CumSum", [np.int64(1)]))
    return found


def accepted() -> list[Specimen]:
    """Operators and settings the check lets through."""
    return [item for item in _measured() if item.op in SUPPORTED]


def tabled() -> list[Specimen]:
    """Operators refused because their circuit holds a look-up table over a range that only data can give."""
    return [item for item in _measured() if item.op in TABLE]


def divided() -> list[Specimen]:
    """Operators refused because their circuit divides, or because no malicious prover has been tried on them."""
    return [item for item in _measured() if item.op not in TABLE | SUPPORTED]


def _measured() -> list[Specimen]:
    return [*elementwise(), *linear(), *layout(), *reductions()]


def refused() -> list[Specimen]:
    """Operators and settings the check refuses, because the prover fails on them or proves something else."""
    kernel, pool = grid(3, 2, 3, 3), {"kernel_shape": [3, 3], "strides": [2, 2]}
    return [
        spec("Conv", [kernel], shape=IMAGE, label="default-strides"),
        spec("Conv", [kernel], shape=IMAGE, attrs={"strides": [1, 1], "dilations": [2, 2]}, label="dilated"),
        spec("MaxPool", shape=IMAGE, attrs={"kernel_shape": [2, 2]}, label="default-strides"),
        spec("MaxPool", shape=IMAGE, attrs={**pool, "ceil_mode": 1}, label="ceil"),
        spec(
            "MaxPool",
            shape=IMAGE,
            label="dilated",
            attrs={"kernel_shape": [2, 2], "strides": [1, 1], "dilations": [2, 2]},
        ),
        spec("AveragePool", shape=IMAGE, attrs={**pool, "pads": [1, 1, 1, 1]}, label="padding-not-counted"),
        spec("Equal", [np.zeros((1, 6), np.float32)], cast=True, samples=(0, 1, 0, 1, 0, 0.5)),
        spec(
            "Cast", attrs={"to": TensorProto.INT64}, cast=True, samples=(1.75, -1.75, 0.5, 2.5, -0.25, 3), label="int"
        ),
        spec("Cast", attrs={"to": TensorProto.BOOL}, cast=True, samples=(1.75, -1.75, 0.5, 0, 2, 3), label="bool"),
        spec("Max", [grid(1, 6)], label="tensors"),
        spec("Pad", [ints(0, 1, 0, 1)], attrs={"mode": "reflect"}, label="reflect"),
        spec("Pad", [ints(0, 1, 0, 1), np.float32(2)], label="value"),
        spec(
            "Resize",
            [np.array([], np.float32), np.array([1, 1, 2, 2], np.float32)],
            shape=IMAGE,
            attrs={"mode": "linear"},
            label="linear",
        ),
        spec(
            "Resize", [np.array([], np.float32), np.array([1, 1, 0.5, 0.5], np.float32)], shape=IMAGE, label="smaller"
        ),
        spec("Mod", [np.float32(0.5)], attrs={"fmod": 1}),
        spec("Tile", [ints(1, 2)]),
        spec("Trilu", shape=(6, 6)),
        spec("LRN", shape=IMAGE, attrs={"size": 3}),
        spec("LpNormalization", attrs={"axis": 1}),
    ]


def build(specimen: Specimen) -> onnx.ModelProto:
    """The specimen as an opset 17 model: input ``input``, output ``y`` (boolean or integer results cast to float)."""
    names = list(specimen.consts)
    order = ["input", *names]
    results = ["raw" if specimen.cast else "y", "unused"][: specimen.outputs]
    nodes = [helper.make_node(specimen.op, order, results, name="specimen", **specimen.attrs)]
    if specimen.cast:
        nodes.append(helper.make_node("Cast", ["raw"], ["y"], to=TensorProto.FLOAT))
    inits = [numpy_helper.from_array(np.asarray(value), name) for name, value in specimen.consts.items()]
    source = helper.make_tensor_value_info("input", TensorProto.FLOAT, list(specimen.shape))
    target = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "one", [source], [target], inits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return onnx.shape_inference.infer_shapes(model, data_prop=True)


def sample(specimen: Specimen) -> Array:
    """An input of the specimen's shape, multiples of 1/16."""
    if specimen.samples:
        return np.array(specimen.samples, np.float32).reshape(specimen.shape)
    values = grid(*specimen.shape)
    return np.abs(values) + np.float32(0.25) if specimen.positive else values
