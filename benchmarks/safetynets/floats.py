"""The same network in float32, by onnxruntime on all cores: what executing costs somebody who needs no proof."""

from __future__ import annotations

import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import Network


def float_run(network: Network, batch: int, repeats: int = 3) -> float:
    """Seconds of the fastest run of a chain of layers in float32."""
    session = onnxruntime.InferenceSession(_model(network), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).random((batch, *network.input_shape), dtype=np.float32)
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        session.run(None, {"t0": x})
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _model(network: Network) -> bytes:
    """The integer network's layers as an ONNX model with small random weights."""
    rng = np.random.default_rng(1)
    nodes, initializers = [], []
    for index, node in enumerate(network.nodes):
        layer, before, after = node.layer, f"t{node.inputs[0]}", f"t{index + 1}"
        if isinstance(layer, Dense | Convolution):
            weight = (rng.random(layer.weight.shape, dtype=np.float32) - 0.5) / 100
            initializers.append(numpy_helper.from_array(weight, f"w{index}"))
        if isinstance(layer, Convolution):
            nodes.append(helper.make_node("Conv", [before, f"w{index}"], [after], strides=layer.stride))
        elif isinstance(layer, Dense):
            nodes.append(helper.make_node("Flatten", [before], [f"f{index}"]))
            nodes.append(helper.make_node("Gemm", [f"f{index}", f"w{index}"], [after], transB=1))
        elif isinstance(layer, SumPool):
            kernel = {"kernel_shape": layer.kernel, "strides": layer.stride}
            nodes.append(helper.make_node("AveragePool", [before], [after], **kernel))
        elif isinstance(layer, Square):
            nodes.append(helper.make_node("Mul", [before, before], [after]))
        else:
            raise TypeError(f"{node.kind} is not one of the paper's layers")
    graph = helper.make_graph(
        nodes,
        "floats",
        [helper.make_tensor_value_info("t0", TensorProto.FLOAT, ["N", *network.input_shape])],
        [helper.make_tensor_value_info(f"t{len(network.nodes)}", TensorProto.FLOAT, ["N", network.classes])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    found: bytes = model.SerializeToString()
    return found
