"""What an architecture read from a commitment must be before a circuit is built around it.

A commitment's maker chooses the architecture, so it is held to a closed set of operators, to tensors that are defined
once and before their use, and to treating every example of a batch alone: a graph that looked across the batch would
be another thing than a model that classifies examples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from proofs.commitment.input_format import InputFormat
from proofs.errors import AssayError, MalformedProof
from proofs.halo2 import attributes
from proofs.halo2.architecture import Architecture
from proofs.onnx_check import check_model
from proofs.onnx_check.check import SCALE_BITS
from proofs.onnx_check.limits import MAX_RANK, OPSETS
from proofs.onnx_check.operators import SUPPORTED

IR_VERSION = 8


def check_graph(architecture: Architecture) -> None:
    """Check operators, names and sizes of an architecture that came from outside. Raises MalformedProof."""
    reason = next(_faults(architecture), None)
    if reason is not None:
        raise MalformedProof(f"architecture: {reason}")


def problem(architecture: Architecture, shape: InputFormat) -> str | None:
    """Why the graph is no classifier of single examples in this input format, or None."""
    try:
        report = check_model(_model(architecture, shape), scale_bits=_nearest(shape.scale_bits))
    except (AssayError, ValueError, TypeError) as error:
        return f"it is no valid ONNX graph: {error}"
    if report.problems:
        return str(report.problems[0])
    if report.classes != shape.classes:
        return f"it returns {report.classes} logits, the input format has {shape.classes} classes"
    return None


def _faults(architecture: Architecture) -> Iterator[str]:
    if architecture.opset not in OPSETS:
        yield f"opset {architecture.opset} is outside {OPSETS.start}..{OPSETS.stop - 1}"
    yield from _tensor_faults(architecture)
    known = {"", "x", *(name for name, _ in architecture.weights), *(name for name, _, _ in architecture.constants)}
    for node in architecture.nodes:
        if node.op not in SUPPORTED or node.op == "Constant":
            yield f"operator {node.op[:40]!r} is not one this backend proves"
        for name in node.inputs:
            if name not in known:
                yield f"{node.op[:40]} reads tensor {name[:40]!r} before anything defines it"
        for name in node.outputs:
            if name and (name in known or not (name[:1] == "t" and name[1:].isdecimal() and name.isascii())):
                yield f"{node.op[:40]} defines tensor {name[:40]!r}, which is taken or no name of ours"
        known.update(node.outputs)
    if architecture.output not in {name for node in architecture.nodes for name in node.outputs if name}:
        yield f"nothing computes the output {architecture.output[:40]!r}"


def _tensor_faults(architecture: Architecture) -> Iterator[str]:
    for prefix, tensors in (("w", architecture.weights), ("c", architecture.constants)):
        for position, (name, shape, *values) in enumerate(tensors):
            if name != f"{prefix}{position}" or len(shape) > MAX_RANK:
                yield f"tensor {name[:40]!r} must be called {prefix}{position} and have at most {MAX_RANK} axes"
            if values and math.prod(shape) != len(values[0]):
                yield f"constant {name[:40]!r} has {len(values[0])} values for shape {shape}"


def _model(architecture: Architecture, shape: InputFormat) -> bytes:
    """The model as an ONNX file around stand-in weights, with an open batch axis."""
    constants = [
        numpy_helper.from_array(np.array(values, dtype=np.int64).reshape(sides), name)
        for name, sides, values in architecture.constants
    ]
    weights = [numpy_helper.from_array(values, name) for name, values in architecture.random_weights().items()]
    nodes = []
    for node in architecture.nodes:
        proto = helper.make_node(node.op, node.inputs, node.outputs)
        proto.attribute.extend(attributes.protos(node.attributes))
        nodes.append(proto)
    graph = helper.make_graph(
        nodes,
        "model",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape.shape])],
        [helper.make_tensor_value_info(architecture.output, TensorProto.FLOAT, ["n", shape.classes])],
        [*weights, *constants],
    )
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", architecture.opset)], ir_version=IR_VERSION
    )
    return bytes(model.SerializeToString())


def _nearest(scale_bits: int) -> int:
    return min(max(scale_bits, SCALE_BITS.start), SCALE_BITS.stop - 1)
