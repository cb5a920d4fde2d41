"""Which operators are read, by whom, and what to use instead of the others."""

from __future__ import annotations

from collections.abc import Callable

from proofs.networks.onnx_import import (
    activations,
    arithmetic,
    classifiers,
    joining,
    layout,
    linear,
    pooling,
    quantised,
)
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.step import Step
from proofs.onnx_check import operators as known

Reader = Callable[[Builder, Step], None]

LAYOUT: dict[str, Reader] = {
    "Identity": layout.same, "Dropout": layout.same, "Cast": layout.same, "Flatten": layout.flatten,
    "Reshape": layout.reshape, "Squeeze": layout.squeeze, "Unsqueeze": layout.unsqueeze,
    "Transpose": layout.transpose, "Slice": layout.slices, "Split": layout.split, "Gather": layout.gather,
}  # fmt: skip
READERS: dict[str, Reader] = {
    **LAYOUT,
    "Conv": linear.convolution, "Gemm": linear.gemm, "MatMul": linear.matmul,
    "Add": arithmetic.add, "Sub": arithmetic.subtract, "Mul": arithmetic.multiply, "Div": arithmetic.divide,
    "Neg": arithmetic.negate, "Sum": arithmetic.total, "Mean": arithmetic.total,
    "BatchNormalization": arithmetic.batch_normalisation,
    "Concat": joining.concatenate, "Pad": joining.pad,
    "MaxPool": pooling.max_pool, "AveragePool": pooling.average_pool,
    "GlobalAveragePool": pooling.global_average_pool, "GlobalMaxPool": pooling.global_max_pool,
    "ReduceMean": pooling.reduce, "ReduceSum": pooling.reduce, "ReduceMax": pooling.reduce,
    "Relu": activations.relu, "Clip": activations.clip, "Max": activations.limit, "Min": activations.limit,
    "PRelu": activations.prelu, "Gelu": activations.gelu, "Swish": activations.swish, "Pow": activations.power,
    "Recognised": activations.recognised,
    **dict.fromkeys((*activations.PLAIN, *activations.WITH_NUMBERS), activations.named),
    "QuantizeLinear": quantised.quantise, "DequantizeLinear": quantised.dequantise,
    "Softmax": classifiers.softmax, "LogSoftmax": classifiers.softmax, "ArgMax": classifiers.arg_max,
    "ai.onnx.ml.Scaler": classifiers.scaler, "ai.onnx.ml.Normalizer": classifiers.normalise,
    "ai.onnx.ml.LinearClassifier": classifiers.linear_classifier,
    "ai.onnx.ml.LinearRegressor": classifiers.linear_regressor,
    "ai.onnx.ml.ZipMap": classifiers.passed, "ai.onnx.ml.ArrayFeatureExtractor": classifiers.class_names,
}  # fmt: skip

_QDQ = "quantise in QDQ form (quant_format=QuantFormat.QDQ), or give the float model"
_PRODUCTS = "use convolutions in its place: two computed tensors are not multiplied"
_BATCH_NORM = "use BatchNormalization, which is folded into the weights, and train again"
_STRIDED = "use strided Conv or MaxPool for the features, and an ordinary classifier"
_TREES = "distil it into a small network: only linear models and multi-layer perceptrons are read"
WAY_ROUND: dict[str, str] = {
    **dict.fromkeys(("QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear"), _QDQ),
    **dict.fromkeys(("com.microsoft.QLinearAdd", "com.microsoft.QGemm"), _QDQ),
    "com.microsoft.QLinearGlobalAveragePool": _QDQ,
    **dict.fromkeys(("Attention", "Einsum"), _PRODUCTS),
    **dict.fromkeys(("LayerNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "RMSNormalization",
                     "LpNormalization", "MeanVarianceNormalization"), _BATCH_NORM),
    **dict.fromkeys(("ConvTranspose", "Resize", "Upsample", "DepthToSpace", "SpaceToDepth"), _STRIDED),
    "LpPool": "use AveragePool or MaxPool", "TopK": "return the logits: the statement names k",
    "Softplus": "use Relu", "Sqrt": "use Relu or a function that is read", "Exp": "use Sigmoid, Tanh or Elu",
    "Log": "use Relu or a function that is read", "Not": "return the logits", "Greater": "return the logits",
    **dict.fromkeys(("ai.onnx.ml.TreeEnsembleClassifier", "ai.onnx.ml.TreeEnsemble"), _TREES),
    "ai.onnx.ml.SVMClassifier": _TREES,
    "ai.onnx.ml.Imputer": "fill in missing values before the model",
    "ai.onnx.ml.DictVectorizer": "make one float tensor of the features before the model",
}  # fmt: skip
DEFAULT_WAY_ROUND = (
    "rewrite it with convolutions, Gemm, sums, pools, concatenations and functions of one number, or leave it out"
)


def way_round(kind: str, domain: str) -> str:
    """What to use instead of an operator that is not read."""
    if kind in WAY_ROUND:
        return WAY_ROUND[kind]
    if "." in kind and domain != "ai.onnx.ml":
        return known.FOREIGN_DOMAIN
    way = known.WAY_ROUND.get(kind, "")
    return (
        way if way.startswith(("unroll", "export for inference", "do text", "its output shape")) else DEFAULT_WAY_ROUND
    )
