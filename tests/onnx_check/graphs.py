"""Small complete classifiers and ways to spoil them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = np.ndarray[Any, Any]


def dense(features: int = 6, hidden: int = 4, classes: int = 3) -> dict[str, Array]:
    """Weights of a two-layer classifier."""
    rng = np.random.default_rng(1)
    sizes = {"w0": (hidden, features), "b0": (hidden,), "w1": (classes, hidden), "b1": (classes,)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in sizes.items()}


def dense_nodes() -> list[onnx.NodeProto]:
    """Gemm, Relu, Gemm over the weights of ``dense``."""
    return [
        helper.make_node("Gemm", ["input", "w0", "b0"], ["h"], name="first", transB=1),
        helper.make_node("Relu", ["h"], ["r"], name="relu"),
        helper.make_node("Gemm", ["r", "w1", "b1"], ["logits"], name="second", transB=1),
    ]


def model(
    *,
    nodes: Sequence[onnx.NodeProto] | None = None,
    weights: dict[str, Array] | None = None,
    inputs: dict[str, tuple[int, Sequence[int | str]]] | None = None,
    outputs: dict[str, tuple[int, Sequence[int | str] | None]] | None = None,
    opset: int = 17,
    domains: Sequence[str] = (),
) -> onnx.ModelProto:
    """A model from its parts; by default the two-layer classifier, complete and supported."""
    given_inputs = inputs or {"input": (TensorProto.FLOAT, ["batch", 6])}
    given_outputs = outputs or {"logits": (TensorProto.FLOAT, ["batch", 3])}
    graph = helper.make_graph(
        list(nodes) if nodes is not None else dense_nodes(),
        "classifier",
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in given_inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in given_outputs.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or dense()).items()],
    )
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def raw(**parts: Any) -> bytes:
    """``model`` as bytes."""
    return bytes(model(**parts).SerializeToString())
