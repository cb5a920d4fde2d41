"""The check itself: parse, look at every node, the outside and the weights, then count."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import onnx

from proofs.errors import InvalidInput
from proofs.onnx_check import batch_rules, cost, interface_rules, limits, node_rules, operators, weight_rules
from proofs.onnx_check.parse import is_external, parse_model, tensors
from proofs.onnx_check.report import CheckReport, Finding
from proofs.onnx_check.shapes import TensorInfo, infer_shapes
from proofs.onnx_check.structure import DEFAULT_DOMAINS, check_order, model_findings, opset_of
from proofs.onnx_check.view import Graph, Node, build_graph

BACKENDS = ("halo2",)
SCALE_BITS = range(4, 15)


def check_model(onnx_bytes: bytes, backend: str = "halo2", *, scale_bits: int = 10) -> CheckReport:
    """Name everything in a model that the backend cannot prove.

    Args:
        onnx_bytes: the contents of an .onnx file; untrusted.
        backend: ``halo2``.
        scale_bits: fractional bits of the fixed-point circuit, 4..14.

    Raises:
        InvalidInput: the bytes are not a valid ONNX model, or the backend or scale is unknown.
    """
    if backend not in BACKENDS:
        raise InvalidInput(f"unknown backend '{backend}': choose one of {', '.join(BACKENDS)}")
    if scale_bits not in SCALE_BITS:
        raise InvalidInput(f"scale_bits {scale_bits} is outside {SCALE_BITS.start}..{SCALE_BITS.stop - 1}")
    model = parse_model(onnx_bytes)
    check_order(model)
    graph = build_graph(model, _shapes(model))
    return CheckReport(
        backend=backend,
        problems=tuple(islice(_problems(graph, scale_bits), limits.MAX_FINDINGS)),
        warnings=tuple(islice(_warnings(graph, scale_bits), limits.MAX_FINDINGS)),
        input_shape=_input_shape(graph),
        classes=_classes(graph),
        parameters=cost.parameters(graph),
        macs=cost.macs(graph),
        opset=graph.opset,
    )


def require_supported(onnx_bytes: bytes, backend: str = "halo2", *, scale_bits: int = 10) -> CheckReport:
    """``check_model``, raising UnsupportedModel with every problem if there is one."""
    return check_model(onnx_bytes, backend, scale_bits=scale_bits).require()


def _shapes(model: onnx.ModelProto) -> dict[str, TensorInfo]:
    """Inferred shapes; none for a model whose problems are already plain and may be what defeats inference."""
    if any(is_external(tensor) for tensor in tensors(model)):
        return {}
    try:
        return infer_shapes(model)
    except InvalidInput:
        graph = build_graph(model, {})
        if any(node.op not in operators.SUPPORTED for node in graph.nodes) or graph.opset not in limits.OPSETS:
            return {}
        if any(model_findings(model, opset_of(model))):
            return {}
        raise


def _problems(graph: Graph, scale_bits: int) -> Iterator[Finding]:
    yield from model_findings(graph.model, graph.opset)
    yield from interface_rules.opset_findings(graph)
    known = bool(graph.infos)
    if known:
        yield from interface_rules.input_findings(graph)
    for node in graph.nodes:
        for reason, way_round in _node_reasons(graph, node):
            yield graph.finding(node, reason, way_round)
    yield from weight_rules.weight_findings(graph, scale_bits)
    if known:
        yield from interface_rules.output_findings(graph)


def _node_reasons(graph: Graph, node: Node) -> Iterator[tuple[str, str]]:
    if node.domain not in DEFAULT_DOMAINS:
        yield (
            f"operators of domain '{node.domain}' are not ONNX's own",
            operators.WAY_ROUND.get(node.op, operators.FOREIGN_DOMAIN),
        )
        return
    if node.op in operators.TABLE:
        yield operators.TABLE_REASON, operators.table_way_round(node.op)
        return
    if node.op not in operators.SUPPORTED:
        yield "this operator is not supported", operators.way_round(node.op)
        return
    if node.op == "Constant" and node.outputs[:1] and node.outputs[0] not in graph.constants:
        yield "it holds something else than a tensor", "store the constant as a tensor (attribute 'value')"
    if not graph.infos:
        return  # without shapes the remaining rules would guess
    for rule in node_rules.RULES.get(node.op, ()):
        yield from rule(graph, node)
    yield from batch_rules.batch_findings(graph, node)
    if any(-1 in (graph.shape(name) or ()) or graph.shape(name) is None for name in node.outputs if name):
        yield "its output shape is not fixed", "export with fixed shapes (only the batch axis may be open)"


def _warnings(graph: Graph, scale_bits: int) -> Iterator[Finding]:
    yield from weight_rules.weight_warnings(graph, scale_bits)
    if graph.infos:
        yield from interface_rules.interface_warnings(graph)
    if (products := cost.macs(graph)) > limits.MANY_MACS:
        yield Finding(
            "size", "model", graph.opset, None,
            f"{products} multiply-accumulates an example; 24 GiB hold about {limits.MANY_MACS} for a whole batch",
            "prove a smaller model",
        )  # fmt: skip


def _input_shape(graph: Graph) -> tuple[int, ...]:
    inputs = graph.model_inputs()
    return (graph.shape(inputs[0].name) or ())[1:] if len(inputs) == 1 else ()


def _classes(graph: Graph) -> int:
    outputs = graph.model.graph.output
    shape = graph.shape(outputs[0].name) if len(outputs) == 1 else None
    return shape[1] if shape is not None and len(shape) == 2 and shape[1] > 0 else 0
