"""Is the graph one the rest can walk: named once, in order, without a cycle, without graphs inside graphs?"""

from __future__ import annotations

from collections.abc import Iterator

import onnx
from onnx import TensorProto

from proofs.errors import InvalidInput
from proofs.onnx_check.report import Finding

DEFAULT_DOMAINS = ("", "ai.onnx")


def node_name(position: int, node: onnx.NodeProto) -> str:
    """The node's own name, or a made-up one that can be found in any viewer."""
    return node.name or f"{node.op_type}#{position}"


def opset_of(model: onnx.ModelProto) -> int:
    """Operator-set version of the default domain, 0 where the model names none."""
    return max((int(entry.version) for entry in model.opset_import if entry.domain in DEFAULT_DOMAINS), default=0)


def check_order(model: onnx.ModelProto) -> None:
    """Raise InvalidInput unless each tensor is written once and before it is read."""
    known = {"", *(value.name for value in model.graph.input), *(tensor.name for tensor in model.graph.initializer)}
    later = {name for node in model.graph.node for name in node.output}
    for position, node in enumerate(model.graph.node):
        name = node_name(position, node)
        for tensor in node.input:
            if tensor in known:
                continue
            if tensor in later:
                raise InvalidInput(
                    f"node '{name}' reads tensor '{tensor}' before it is computed: the graph has a cycle or is out of "
                    "order, export it again"
                )
            raise InvalidInput(f"node '{name}' reads tensor '{tensor}', which nothing computes: export the model again")
        for tensor in node.output:
            if tensor and tensor in known:
                raise InvalidInput(f"node '{name}' writes tensor '{tensor}' a second time: export the model again")
            known.add(tensor)
    for value in model.graph.output:
        if value.name not in known:
            raise InvalidInput(f"output '{value.name}' is computed by no node: export the model again")


def model_findings(model: onnx.ModelProto, opset: int) -> Iterator[Finding]:
    """Problems of the file as a whole: functions, training graphs, sparse or quantised weights."""
    for function in model.functions:
        yield Finding(
            function.name, "model", opset, None, "the model defines a function of its own, which is not expanded here",
            "inline it with onnx.inliner.inline_local_functions",
        )  # fmt: skip
    if model.training_info:
        yield Finding("training_info", "model", opset, None, "the file carries training graphs", "export for inference")
    for sparse in model.graph.sparse_initializer:
        yield Finding(
            sparse.values.name, "weight", opset, tuple(sparse.dims), "sparse weights are not read",
            "store the weight as an ordinary dense initializer",
        )  # fmt: skip
    if any(value.type.tensor_type.elem_type == TensorProto.UNDEFINED for value in model.graph.input):
        yield Finding(
            "input",
            "input",
            opset,
            None,
            "an input is not a tensor or has no element type",
            "export the model with a float32 tensor as input",
        )
