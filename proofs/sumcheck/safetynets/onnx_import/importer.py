"""The walk over a model file's graph."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
import onnx
from onnx import TensorProto

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.onnx_check.limits import MAX_FINDINGS, RECOMMENDED_OPSET
from proofs.onnx_check.operators import FOREIGN_DOMAIN
from proofs.onnx_check.parse import is_external, parse_model, tensors
from proofs.onnx_check.report import Finding
from proofs.onnx_check.structure import DEFAULT_DOMAINS, check_order, model_findings
from proofs.onnx_check.view import Graph, Node, build_graph
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.safetynets.network import MAX_VALUES
from proofs.sumcheck.safetynets.onnx_import.attributes import check_attributes
from proofs.sumcheck.safetynets.onnx_import.builder import Builder, Refusal, UnknownInput
from proofs.sumcheck.safetynets.onnx_import.hints import read_hint
from proofs.sumcheck.safetynets.onnx_import.operators import READERS, way_round
from proofs.sumcheck.safetynets.scales.float_network import FloatNetwork, tidied
from proofs.wording import counted

MAX_MODEL_BYTES = 256 << 20
OPSETS = range(13, 22)
INPUT_RANKS = range(2, 5)


def import_onnx(onnx_bytes: bytes) -> FloatNetwork:
    """Read a model of linear layers, squares, sums, averages and reshapes.

    Args:
        onnx_bytes: the contents of an .onnx file; untrusted.

    Raises:
        InvalidInput: not a valid ONNX model, or scales in it that cannot be read.
        UnsupportedModel: names everything in it that cannot be proven, and the way round each.
    """
    model = parse_model(onnx_bytes, MAX_MODEL_BYTES)
    check_order(model)
    graph = build_graph(model, {})
    problems = list(islice(_outside(graph), MAX_FINDINGS))
    builder = None
    if not problems:
        builder = _start(graph)
        problems = list(islice(_walk(builder), MAX_FINDINGS))
    else:
        problems += islice(_unsupported(graph), MAX_FINDINGS)
    if builder is None or problems:
        raise _refusal(problems)
    output = builder.tensors.get(graph.model.graph.output[0].name)
    if not output:
        raise _refusal(
            [
                _about(
                    graph,
                    "output",
                    graph.model.graph.output[0].name,
                    "it is not computed from the input",
                    "export the whole model",
                )
            ]
        )
    return FloatNetwork(builder.shapes[0], tidied(builder.nodes[:output]), read_hint(model))


def _outside(graph: Graph) -> Iterator[Finding]:
    """Problems of the file as a whole, its opset, its input and its outputs."""
    yield from model_findings(graph.model, graph.opset)
    if graph.opset not in OPSETS:
        yield _about(
            graph, "model", "opset", f"opset {graph.opset} is outside {OPSETS.start}..{OPSETS.stop - 1}",
            f"export at opset {RECOMMENDED_OPSET}, or use onnx.version_converter",
        )  # fmt: skip
    for tensor in tensors(graph.model):
        if is_external(tensor):
            yield _about(
                graph,
                "weight",
                tensor.name,
                "its values are in another file",
                "store the weights inside the file",
            )
    inputs, outputs = graph.model_inputs(), graph.model.graph.output
    if len(inputs) != 1 or len(outputs) != 1:
        found = f"{counted(len(inputs), 'input')} and {counted(len(outputs), 'output')}"
        yield _about(
            graph, "model", "inputs and outputs", f"it has {found}",
            "keep one input and the logits (onnx.utils.extract_model)",
        )  # fmt: skip
    elif inputs[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        yield _about(graph, "input", inputs[0].name, "it is not of type FLOAT", "take float32 in")
    elif _example_shape(inputs[0]) is None:
        yield _about(
            graph, "input", inputs[0].name, "it needs two to four axes of fixed length, the examples first",
            "export with fixed shapes (only the batch axis may be open)",
        )  # fmt: skip


def _example_shape(value: onnx.ValueInfoProto) -> Shape | None:
    """Axes of one example; None where they are not fixed."""
    dims = value.type.tensor_type.shape.dim
    sizes = [int(dim.dim_value) if dim.HasField("dim_value") else 0 for dim in dims]
    if len(sizes) not in INPUT_RANKS or min(sizes[1:]) < 1 or math.prod(sizes[1:]) > MAX_VALUES:
        return None
    return tuple(sizes[1:])


def _start(graph: Graph) -> Builder:
    (value,) = graph.model_inputs()
    first = value.type.tensor_type.shape.dim[0]
    batch = int(first.dim_value) if first.HasField("dim_value") else None
    shape = _example_shape(value)
    return Builder(graph, batch, [shape] if shape else [], {value.name: 0})


def _walk(builder: Builder) -> Iterator[Finding]:
    """Read node after node; those that cannot be read are reported, and what only they lead to is passed over."""
    for node in builder.graph.nodes:
        if not any(name in builder.graph.varying for name in node.inputs):
            if node.op != "Constant":
                yield builder.graph.finding(node, "it computes with stored numbers only", "run onnxsim: it folds them")
            continue
        if not node.outputs or not node.outputs[0]:
            continue
        reader = READERS.get(node.op) if node.domain in DEFAULT_DOMAINS else None
        if reader is None:
            yield _unread(builder.graph, node)
            continue
        try:
            check_attributes(node)
            with np.errstate(all="ignore"):  # what overflows is refused as it is written
                reader(builder, node)
        except Refusal as refusal:
            yield builder.graph.finding(node, refusal.reason, refusal.way_round)
        except InvalidInput as error:
            yield builder.graph.finding(node, str(error), "export the model again")
        except UnknownInput:
            continue


def _unsupported(graph: Graph) -> Iterator[Finding]:
    """Operators that are not read, where shapes are not known."""
    for node in graph.nodes:
        if node.domain not in DEFAULT_DOMAINS or node.op not in (*READERS, "Constant"):
            yield _unread(graph, node)


def _unread(graph: Graph, node: Node) -> Finding:
    if node.domain not in DEFAULT_DOMAINS:
        return graph.finding(node, f"operators of domain '{node.domain}' are not ONNX's own", FOREIGN_DOMAIN)
    return graph.finding(node, "this operator is not one of exact integer arithmetic", way_round(node.op))


def _about(graph: Graph, kind: str, name: str, reason: str, way: str) -> Finding:
    return Finding(name, kind, graph.opset, None, reason, way)


def _refusal(problems: list[Finding]) -> UnsupportedModel:
    things = "one thing" if len(problems) == 1 else f"{len(problems)} things"
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return UnsupportedModel(
        f"the safetynets backend cannot prove this model; {things} to change:\n{listed}", tuple(problems)
    )
