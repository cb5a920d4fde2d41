"""Which operators are read, by whom, and what to use instead of the others."""

from __future__ import annotations

from collections.abc import Callable

from proofs.onnx_check import operators as known
from proofs.onnx_check.view import Node
from proofs.sumcheck.safetynets.onnx_import import elementwise, linear, pooling, shaping
from proofs.sumcheck.safetynets.onnx_import.builder import Builder

Reader = Callable[[Builder, Node], None]

READERS: dict[str, Reader] = {
    "Conv": linear.convolution,
    "Gemm": linear.gemm,
    "MatMul": linear.matmul,
    "AveragePool": pooling.average_pool,
    "GlobalAveragePool": pooling.global_average_pool,
    "Mul": elementwise.multiply,
    "Div": elementwise.divide,
    "Pow": elementwise.power,
    "Add": elementwise.add,
    "Sub": elementwise.subtract,
    "BatchNormalization": elementwise.batch_normalisation,
    "Flatten": shaping.flatten,
    "Reshape": shaping.reshape,
    "Squeeze": shaping.squeeze,
    "Unsqueeze": shaping.unsqueeze,
    "Identity": shaping.same,
    "Dropout": shaping.same,
}

_SQUARES = "train with squares in its place (examples/safetynets), or use the halo2 backend"
_AVERAGE = "use AveragePool and retrain"
_LEAVE_OUT = "leave it out at the end of a classifier: the largest output is the same without it"
WAY_ROUND: dict[str, str] = {
    "Relu": _SQUARES, "Clip": _SQUARES, "LeakyRelu": _SQUARES, "PRelu": _SQUARES, "Sigmoid": _SQUARES,
    "Tanh": _SQUARES, "HardSigmoid": _SQUARES, "HardSwish": _SQUARES, "Gelu": _SQUARES, "Elu": _SQUARES,
    "MaxPool": _AVERAGE, "GlobalMaxPool": _AVERAGE, "LpPool": _AVERAGE,
    "Softmax": _LEAVE_OUT, "LogSoftmax": _LEAVE_OUT,
    "Transpose": "export images as [batch, channels, height, width] all the way",
    "Neg": "put the sign into the weights of the layer before it",
    "ReduceMean": "use GlobalAveragePool", "ReduceSum": "use GlobalAveragePool, and scale the weights after it",
    "Sum": "use Add, two tensors at a time",
    "Pad": "use the pads of the Conv or AveragePool after it",
    "Concat": "use Add of two layers' outputs",
}  # fmt: skip
DEFAULT_WAY_ROUND = "use Conv, Gemm, squares (Mul of a tensor with itself), Add, AveragePool and Flatten only"


def way_round(op: str) -> str:
    """What to use instead of an operator that is not read."""
    return WAY_ROUND.get(op) or known.WAY_ROUND.get(op, DEFAULT_WAY_ROUND)
