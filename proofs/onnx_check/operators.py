"""The operators the halo2 backend takes, as measured with ezkl 23.0.5 at 10 fractional bits against onnxruntime."""

from __future__ import annotations

from enum import Enum


class Cost(Enum):
    """How an operator is proven, as far as a user feels it."""

    PLAIN = "arithmetic and range checks"
    SORT = "a shuffle argument, which adds columns to the proof and bytes to the contract"


PLAIN = (
    # elementwise
    "Abs Add And Cast Ceil Clip Div Dropout Equal Floor Greater GreaterOrEqual HardSigmoid Identity LeakyRelu Less "
    "LessOrEqual Max Mean Min Mul Neg Not Or PRelu Pow Reciprocal Relu Sign Softsign Sqrt Sub Sum ThresholdedRelu "
    "Where Xor "
    # linear and averaging
    "AveragePool BatchNormalization Conv ConvTranspose CumSum Einsum Gemm GlobalAveragePool InstanceNormalization "
    "LayerNormalization MatMul ReduceL1 ReduceL2 ReduceMean ReduceSum ReduceSumSquare "
    # layout and constants
    "Concat Constant ConstantOfShape DepthToSpace Expand Flatten Gather Pad Range Reshape Resize Shape Slice "
    "SpaceToDepth Split Squeeze Transpose Unsqueeze"
).split()
TABLE = (
    "Celu Cos Elu Erf Exp HardSwish Log LogSoftmax ReduceLogSumExp Round Selu Sigmoid Sin Softmax Softplus Tanh"
).split()
"""Operators that compile to a look-up table over a range only data can give; circuits here are made without data."""
SORT = ("ArgMax ArgMin GlobalMaxPool Hardmax MaxPool OneHot ReduceMax ReduceMin TopK").split()

SUPPORTED: dict[str, Cost] = {
    **dict.fromkeys(PLAIN, Cost.PLAIN),
    **dict.fromkeys(SORT, Cost.SORT),
}

_CONTROL = "unroll it: export the model by tracing, with the control flow decided"
_RECURRENT = "unroll the recurrence over its fixed number of steps into MatMul, Add, Sigmoid and Tanh"
_QUANTISED = "export the float model: the backend quantises it itself"
_RANDOM = "export for inference: a proof needs a function of the input alone"

WAY_ROUND: dict[str, str] = {
    "If": _CONTROL, "Loop": _CONTROL, "Scan": _CONTROL, "SequenceMap": _CONTROL,
    "LSTM": _RECURRENT, "GRU": _RECURRENT, "RNN": _RECURRENT,
    "QuantizeLinear": _QUANTISED, "DequantizeLinear": _QUANTISED, "DynamicQuantizeLinear": _QUANTISED,
    "QLinearConv": _QUANTISED, "QLinearMatMul": _QUANTISED, "ConvInteger": _QUANTISED, "MatMulInteger": _QUANTISED,
    "RandomNormal": _RANDOM, "RandomNormalLike": _RANDOM, "RandomUniform": _RANDOM, "RandomUniformLike": _RANDOM,
    "Bernoulli": _RANDOM, "Multinomial": _RANDOM,
    "Gelu": "export at opset 17, where it becomes Erf, Mul and Add",
    "Mish": "write it as x * Tanh(Softplus(x))",
    "Mod": "compute x - Floor(x / m) * m",
    "ReduceProd": "multiply step by step with Mul (a long product outgrows fixed point)",
    "Tile": "use Concat of the tensor with itself, or Expand",
    "Trilu": "multiply by a constant 0/1 mask (it compiles but copies the whole matrix)",
    "LRN": "replace local response normalisation by BatchNormalization and retrain",
    "LpNormalization": "divide by ReduceL2",
    "LpPool": "use AveragePool of the squares and Sqrt",
    "Upsample": "use Resize with mode 'nearest'",
    "GroupNormalization": "reshape the groups into the batch axis and use InstanceNormalization",
    "IsNaN": "drop it: fixed-point values are never NaN",
    "IsInf": "drop it: fixed-point values are never infinite",
    "ScatterElements": "multiply by a constant mask and add",
    "ScatterND": "multiply by a constant mask and add",
    "GatherND": "use Gather or Slice with constant indices",
    "GatherElements": "use Gather or Slice with constant indices",
    "NonMaxSuppression": "prove the network without its post-processing",
    "NonZero": "its output shape depends on values: multiply by a 0/1 mask instead",
    "Unique": "its output shape depends on values: prove the network without it",
    "Compress": "its output shape depends on values: multiply by a 0/1 mask instead",
    "StringNormalizer": "do text processing before the model",
    "TfIdfVectorizer": "do text processing before the model",
    "TreeEnsembleClassifier": "distil the trees into a small ReLU network",
    "LinearClassifier": "write it as Gemm and return the scores",
}  # fmt: skip

DEFAULT_WAY_ROUND = (
    "rewrite it with supported operators (Gemm, Conv, Relu, AveragePool, Add, Mul, Reshape are the cheapest), "
    "or prove the model without it"
)
FOREIGN_DOMAIN = "export the model with standard ONNX operators only (no runtime-specific fusion or custom operator)"


TABLE_REASON = "it needs a look-up table over a range that depends on data, and this backend's circuits have none"
_PIECEWISE = "use a piecewise-linear activation (Relu, LeakyRelu, Clip, HardSigmoid) and retrain"
_LEAVE_OUT = "leave it out at the end of a classifier: the first maximum is the same without it"
TABLE_WAY_ROUND: dict[str, str] = {
    "Softmax": _LEAVE_OUT, "LogSoftmax": _LEAVE_OUT, "Sigmoid": "use HardSigmoid, or leave it out at the end",
    "Tanh": "use Clip between -1 and 1 and retrain", "HardSwish": "use x * HardSigmoid(x)",
    "Round": "use Floor(x + 0.5)", "ReduceLogSumExp": "use ReduceMax",
}  # fmt: skip


def table_way_round(op: str) -> str:
    """What to do instead of an operator that needs a look-up table."""
    return TABLE_WAY_ROUND.get(op, _PIECEWISE)


def way_round(op: str) -> str:
    """What to do instead of an operator that is not supported."""
    return WAY_ROUND.get(op, DEFAULT_WAY_ROUND)


CHEAPER_DEFAULT = "use Relu or an average, which need none, where accuracy allows"
CHEAPER: dict[str, str] = {
    "MaxPool": "use AveragePool or a strided Conv", "GlobalMaxPool": "use GlobalAveragePool",
    "ReduceMax": "use ReduceMean where accuracy allows", "ReduceMin": "use ReduceMean where accuracy allows",
}  # fmt: skip
