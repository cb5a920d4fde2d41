"""Conv, Gemm and MatMul."""

from __future__ import annotations

import numpy as np

from proofs.onnx_check.view import Node
from proofs.sumcheck.safetynets.onnx_import.builder import Builder, Refusal
from proofs.sumcheck.safetynets.onnx_import.windows import pads_of, refuse_dilations, strides_of
from proofs.sumcheck.safetynets.scales.float_network import FloatConvolution, FloatDense

FLATTEN = "put a Flatten before it"


def convolution(builder: Builder, node: Node) -> None:
    """Any kernel, strides, pads and groups, over images."""
    shape = builder.shape(node)
    if len(shape) != 3:
        raise Refusal(f"it reads {1 + len(shape)} axes", "reshape to [batch, channels, height, width]")
    weight = builder.stored(node, 1, "weight")
    if weight.ndim != 4:
        raise Refusal(f"its weight has {weight.ndim} axes", "use a two-dimensional convolution")
    refuse_dilations(node)
    bias = builder.stored(node, 2, "bias") if len(node.inputs) > 2 and node.inputs[2] else np.zeros(len(weight))
    kernel, stride = (weight.shape[2], weight.shape[3]), strides_of(node)
    groups = node.integer("group", 1)
    if node.integers("kernel_shape") not in ((), kernel) or bias.shape != (len(weight),):
        raise Refusal("its attributes do not fit its weights", "export the model again")
    if groups < 1 or weight.shape[1] * groups != shape[0] or len(weight) % groups:
        raise Refusal(f"weights {weight.shape} in {groups} groups do not fit {shape[0]} channels", "export it again")
    pads = pads_of(node, shape[1:], kernel, stride)
    builder.emit(node, FloatConvolution(weight, bias, shape, stride, pads, groups), builder.tensor(node))


def gemm(builder: Builder, node: Node) -> None:
    """alpha x B + beta C with stored B and C."""
    if node.integer("transA", 0):
        raise Refusal("it transposes its input, which mixes the examples", "export without transA")
    weight = builder.stored(node, 1, "weight") * _number(node, "alpha")
    bias = None
    if len(node.inputs) > 2 and node.inputs[2]:
        bias = builder.stored(node, 2, "bias") * _number(node, "beta")
    _dense(builder, node, weight if node.integer("transB", 0) else weight.T, bias)


def matmul(builder: Builder, node: Node) -> None:
    """x B with a stored B."""
    if not builder.is_stored(node, 1):
        raise Refusal(
            "it multiplies by a matrix that is not stored", "use stored weights on the right: only squares multiply"
        )
    _dense(builder, node, builder.stored(node, 1, "weight").T, None)


def _dense(
    builder: Builder,
    node: Node,
    weight: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    bias: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None,
) -> None:
    """weight (O, C), bias anything that broadcasts to (1, O)."""
    shape = builder.shape(node)
    if len(shape) != 1:
        raise Refusal(f"it reads {1 + len(shape)} axes", FLATTEN)
    if weight.ndim != 2 or weight.shape[1] != shape[0]:
        raise Refusal(f"weights {weight.shape[::-1]} do not fit {shape[0]} features", "export the model again")
    offsets = np.zeros(len(weight)) if bias is None else builder.by_channel(bias, (len(weight),))
    builder.emit(node, FloatDense(np.ascontiguousarray(weight), offsets, shape), builder.tensor(node))


def _number(node: Node, name: str) -> float:
    """A factor, 1 where the node names none."""
    value = node.attributes.get(name, 1.0)
    return value if isinstance(value, float) else 1.0
