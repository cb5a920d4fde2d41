"""Small ONNX models, and the comparison of a float network with onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from proofs.networks.graph import FloatNetwork
from proofs.networks.onnx_import import import_float, run_float

RNG = np.random.default_rng(7)
TOLERANCE = 1e-4


def normal(*shape: int) -> np.ndarray:
    """Stored float32 numbers of about unit size."""
    return RNG.normal(size=shape).astype(np.float32)


def node(op: str, inputs: str, outputs: str = "", **attributes: object) -> onnx.NodeProto:
    """A node; names separated by blanks, '-' for one left out; its output is named after its operator by default."""
    domain = str(attributes.pop("domain", ""))
    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(
        op, names, (outputs or op.lower()).split(), name=f"n_{op}_{outputs}", domain=domain, **attributes
    )


def model(
    nodes: Sequence[onnx.NodeProto],
    shape: Sequence[int | str | None],
    constants: dict[str, np.ndarray] | None = None,
    *,
    opset: int = 17,
    output: str = "",
    outputs: Sequence[onnx.ValueInfoProto] | None = None,
    kind: int = TensorProto.FLOAT,
) -> bytes:
    """A model of one input 'x'; its output is what the last node writes first."""
    stored = [numpy_helper.from_array(np.asarray(array), name) for name, array in (constants or {}).items()]
    last = output or nodes[-1].output[0]
    given = outputs or [helper.make_tensor_value_info(last, TensorProto.FLOAT, None)]
    graph = helper.make_graph(list(nodes), "g", [helper.make_tensor_value_info("x", kind, list(shape))], given, stored)
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    proto = helper.make_model(graph, opset_imports=imports)
    proto.ir_version = 8
    return bytes(proto.SerializeToString())


def runtime(onnx_bytes: bytes, x: np.ndarray, output: int = 0) -> np.ndarray:
    """What onnxruntime computes, one row an example."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(onnx_bytes, options)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: x})[output]).reshape(len(x), -1)


def examples(network: FloatNetwork, count: int = 3) -> np.ndarray:
    """Inputs in the model's own layout."""
    return np.random.default_rng(1).normal(size=(count, *network.model_shape)).astype(np.float32)


def agree(onnx_bytes: bytes, count: int = 3) -> FloatNetwork:
    """The network, after it gave what onnxruntime gives."""
    network = import_float(onnx_bytes)
    x = examples(network, count)
    expected = runtime(onnx_bytes, x)
    found = run_float(network, x)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= TOLERANCE * max(1.0, np.abs(expected).max())
    return network


def kinds(network: FloatNetwork) -> list[str]:
    """Each node as its op and activation."""
    letters = {"FloatConvolution": "conv", "FloatCombination": "sum", "FloatMaxPool": "max"}
    return [
        letters[type(node.op).__name__] + ("" if node.activation.kind == "identity" else f":{node.activation.kind}")
        for node in network.nodes
    ]
