"""The operators the halo2 backend takes, as measured with ezkl 23.0.5 at 10 fractional bits against onnxruntime."""

from __future__ import annotations

SUPPORTED = frozenset(
    # exact arithmetic, and the two functions a signed decomposition decides
    "Add Sub Mul Neg Sum ReduceSum Gemm MatMul Conv Relu Sign "
    # layout and constants
    "Concat Constant Dropout Flatten Identity Pad Reshape Slice Split Squeeze Transpose Unsqueeze".split()
)
"""Operators whose circuit leaves the prover no choice.

Others compile, but divide: ezkl 23.0.5 accepts both quotients next to a division's result, so a prover could choose how
each value rounds. Averages, normalisations, leaky and hard activations divide; comparisons, sorting and pooling by
maximum have not been tried with a malicious prover.
"""
TABLE = frozenset(
    "Celu Cos Elu Erf Exp HardSwish Log LogSoftmax ReduceLogSumExp Round Selu Sigmoid Sin Softmax Softplus Tanh".split()
)
"""Operators that compile to a look-up table over a range only data can give; circuits here are made without data."""

_CONTROL = "unroll it: export the model by tracing, with the control flow decided"
_RECURRENT = "unroll the recurrence over its fixed number of steps into MatMul, Add, Sigmoid and Tanh"
_QUANTISED = "export the float model: the backend quantises it itself"
_RANDOM = "export for inference: a proof needs a function of the input alone"

_STRIDED = "use a strided Conv, or ReduceSum, and retrain"
_SCALED = "use ReduceSum, and put the division into the next layer's weights"
_FOLD = "fold it into the weights of the layer before it (most exporters do)"
_ARGMAX = "return the logits: the circuit finds the first largest itself"

WAY_ROUND: dict[str, str] = {
    "AveragePool": "use a Conv with stored weights 1/n", "GlobalAveragePool": _SCALED, "ReduceMean": _SCALED,
    "Mean": _SCALED, "MaxPool": _STRIDED, "GlobalMaxPool": _STRIDED, "BatchNormalization": _FOLD,
    "InstanceNormalization": _FOLD, "LayerNormalization": _FOLD, "Clip": "use Relu and retrain",
    "LeakyRelu": "use Relu and retrain", "PRelu": "use Relu and retrain", "HardSigmoid": "use Relu and retrain",
    "ArgMax": _ARGMAX, "ArgMin": _ARGMAX, "Hardmax": _ARGMAX, "TopK": _ARGMAX,
    "Div": "multiply by the stored reciprocal",
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
    "rewrite it with exact operators (Gemm, MatMul, Conv, Relu, Add, Sub, Mul, ReduceSum and layout), or prove the "
    "model without it"
)
FOREIGN_DOMAIN = "export the model with standard ONNX operators only (no runtime-specific fusion or custom operator)"


TABLE_REASON = "it needs a look-up table over a range that depends on data, and this backend's circuits have none"
_PIECEWISE = "use Relu and retrain"
_LEAVE_OUT = "leave it out at the end of a classifier: the first maximum is the same without it"
TABLE_WAY_ROUND: dict[str, str] = {
    "Softmax": _LEAVE_OUT, "LogSoftmax": _LEAVE_OUT, "Sigmoid": "use Relu and retrain, or leave it out at the end",
    "Tanh": "use Relu and retrain", "HardSwish": "use Relu and retrain",
    "Round": "leave it out: values are fixed-point already",
}  # fmt: skip


def table_way_round(op: str) -> str:
    """What to do instead of an operator that needs a look-up table."""
    return TABLE_WAY_ROUND.get(op, _PIECEWISE)


def way_round(op: str) -> str:
    """What to do instead of an operator that is not supported."""
    return WAY_ROUND.get(op, DEFAULT_WAY_ROUND)
