"""Whether the sum-check backend can prove a model, and how large it is."""

from __future__ import annotations

import math

from proofs.networks.graph import FloatConvolution, FloatNetwork
from proofs.networks.onnx_import.importer import Imported, read_model
from proofs.onnx_check import cost
from proofs.onnx_check.report import CheckReport
from proofs.onnx_check.structure import opset_of
from proofs.onnx_check.view import build_graph

BACKEND = "sumcheck"


def check_integer(onnx_bytes: bytes) -> CheckReport:
    """Name everything in a model that cannot be proven; of one that can, its weights and multiplications.

    Args:
        onnx_bytes: the contents of an .onnx file; untrusted.

    Returns:
        ``parameters`` are the weights and biases that would be committed, ``macs`` products with weights for one
        example. Of a model that cannot be proven both are the file's own, as far as its shapes are known.

    Raises:
        InvalidInput: the bytes are not a valid ONNX model.
    """
    imported = read_model(onnx_bytes)
    network = imported.network
    if network is None:
        return _refused(imported)
    return CheckReport(
        backend=BACKEND,
        problems=(),
        warnings=imported.notes,
        input_shape=network.model_shape,
        classes=network.nodes[-1].shape[0],
        parameters=parameters(network),
        macs=macs(network),
        opset=opset_of(imported.proto),
    )


def _refused(imported: Imported) -> CheckReport:
    graph = build_graph(imported.proto, imported.infos)
    inputs, outputs = graph.model_inputs(), imported.proto.graph.output
    shape = graph.shape(outputs[0].name) if len(outputs) == 1 else None
    return CheckReport(
        backend=BACKEND,
        problems=imported.problems,
        warnings=imported.notes,
        input_shape=(graph.shape(inputs[0].name) or ())[1:] if len(inputs) == 1 else (),
        classes=shape[1] if shape is not None and len(shape) == 2 and shape[1] > 0 else 0,
        parameters=cost.parameters(graph),
        macs=cost.macs(graph) if imported.infos else 0,
        opset=opset_of(imported.proto),
    )


def parameters(network: FloatNetwork) -> int:
    """Weights and biases."""
    ops = (node.op for node in network.nodes)
    return sum(op.weight.size + op.bias.size for op in ops if isinstance(op, FloatConvolution))


def macs(network: FloatNetwork) -> int:
    """Products of weights and activations for one example."""
    return sum(
        math.prod(node.shape[1:]) * node.op.weight.size
        for node in network.nodes
        if isinstance(node.op, FloatConvolution)
    )
