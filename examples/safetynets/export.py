"""ONNX files of the networks: opset 17, float32, plain nodes, batch dimension "N".

The square network's weights are exact multiples ``w_int / beta`` and its metadata says what they were made for:
``assay.alpha``, ``assay.betas``, ``assay.input_low``, ``assay.input_high``, ``assay.static_bound_bits``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from examples.safetynets.integers import IntegerNetwork, bits_of, scales, static_bound

OPSET, IR_VERSION = 17, 8

Real = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RealLinear:
    """One linear map of a float network."""

    weights: Real
    bias: Real


def real_layers(network: IntegerNetwork) -> list[RealLinear]:
    """The float network whose rounding gives back this integer network."""
    found = []
    for layer, scale in zip(network.layers, scales(network.layers, network.alpha), strict=True):
        bias = np.array([value / scale for value in layer.bias], np.float32)
        found.append(RealLinear((layer.weights / float(layer.beta)).astype(np.float32), bias))
    return found


def metadata(network: IntegerNetwork) -> dict[str, str]:
    """What the importer may use instead of searching."""
    return {
        "assay.alpha": str(network.alpha),
        "assay.betas": json.dumps([layer.beta for layer in network.layers]),
        "assay.input_low": str(network.low),
        "assay.input_high": str(network.high),
        "assay.static_bound_bits": f"{bits_of(static_bound(network)):.3f}",
    }


def to_onnx(layers: list[RealLinear], name: str, activation: str, properties: dict[str, str]) -> onnx.ModelProto:
    """The model: Conv, square or Relu, 2x2 pool, ... Flatten, Gemm, ... Gemm."""
    nodes: list[NodeProto] = []
    constants = []
    current, flat, last = "input", layers[0].weights.ndim == 2, len(layers) - 1
    for index, layer in enumerate(layers):
        convolution = layer.weights.ndim == 4
        prefix = f"conv{index + 1}" if convolution else f"fc{index + 1}"
        names = [f"{prefix}.weight", f"{prefix}.bias"]
        arrays = (np.ascontiguousarray(layer.weights), layer.bias)
        constants += [numpy_helper.from_array(array, key) for array, key in zip(arrays, names, strict=True)]
        if not convolution and not flat:
            nodes.append(helper.make_node("Flatten", [current], ["flat"], name="flatten", axis=1))
            current, flat = "flat", True
        out = "logits" if index == last else prefix
        kernel = {"kernel_shape": list(layer.weights.shape[2:])} if convolution else {"transB": 1}
        nodes.append(
            helper.make_node("Conv" if convolution else "Gemm", [current, *names], [out], name=prefix, **kernel)
        )
        current = out
        if index < last:
            current = activate(nodes, current, index + 1, activation, pooled=convolution)
    return finish(nodes, constants, name, layers, properties)


def activate(nodes: list[NodeProto], current: str, index: int, activation: str, *, pooled: bool) -> str:
    """Append the activation and the pool; returns the name of their output."""
    square = activation == "square"
    out = f"{activation}{index}"
    kind, sources = ("Mul", [current, current]) if square else ("Relu", [current])
    nodes.append(helper.make_node(kind, sources, [out], name=out))
    if not pooled:
        return out
    kind, pool = "AveragePool" if square else "MaxPool", f"pool{index}"
    nodes.append(helper.make_node(kind, [out], [pool], name=pool, kernel_shape=[2, 2], strides=[2, 2]))
    return pool


def finish(
    nodes: list[NodeProto],
    constants: list[TensorProto],
    name: str,
    layers: list[RealLinear],
    properties: dict[str, str],
) -> onnx.ModelProto:
    """Wrap the nodes into a checked model."""
    first = layers[0].weights
    shape = ["N", first.shape[1], 28, 28] if first.ndim == 4 else ["N", first.shape[1]]
    source = helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)
    target = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", len(layers[-1].bias)])
    graph = helper.make_graph(nodes, name, [source], [target], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    model.producer_name = "assay-examples"
    helper.set_model_props(model, properties)
    onnx.checker.check_model(model, full_check=True)
    return model


def save(model: onnx.ModelProto, path: Path) -> None:
    """Write the file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
