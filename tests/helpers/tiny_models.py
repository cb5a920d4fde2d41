"""Tiny ONNX classifiers, made here so that a test can say exactly what is in them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8


def classifier(
    nodes: Sequence[onnx.NodeProto],
    constants: Mapping[str, NDArray[np.generic]],
    shape: Sequence[int] = (8,),
    classes: int = 3,
    opset: int = OPSET,
) -> bytes:
    """The bytes of a graph from ``x`` (n, *shape) to ``y`` (n, classes)."""
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", classes])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


def mlp(seed: int = 0, sizes: Sequence[int] = (8, 4, 3), dtype: str = "float32") -> bytes:
    """A random network of Gemm and Relu."""
    rng = np.random.default_rng(seed)
    nodes, constants, current = [], {}, "x"
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(sizes)):
        constants[f"w{layer}"] = (rng.normal(size=(fan_out, fan_in)) / 2).astype(dtype)
        constants[f"b{layer}"] = (rng.normal(size=fan_out) / 10).astype(dtype)
        last = layer == len(sizes) - 2
        out = "y" if last else f"g{layer}"
        nodes.append(helper.make_node("Gemm", [current, f"w{layer}", f"b{layer}"], [out], transB=1))
        current = out
        if not last:
            nodes.append(helper.make_node("Relu", [current], [f"r{layer}"]))
            current = f"r{layer}"
    return classifier(nodes, constants, (sizes[0],), sizes[-1])


def identity_model(classes: int) -> bytes:
    """Logits = inputs: a test chooses the logits by choosing the example."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    return classifier(nodes, {"w": np.eye(classes, dtype=np.float32)}, (classes,), classes)


def examples(total: int, features: int = 8, classes: int = 3, seed: int = 1) -> tuple[NDArray, NDArray]:
    """Random x in [0, 1) and labels."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1, (total, features)), rng.integers(0, classes, total)
