"""The model's outside: one float input with the examples along axis 0, one output of logits, a usable opset."""

from __future__ import annotations

from collections.abc import Iterator

from onnx import TensorProto

from proofs.onnx_check import limits
from proofs.onnx_check.report import Finding
from proofs.onnx_check.view import Graph


def opset_findings(graph: Graph) -> Iterator[Finding]:
    """The operator-set version must be one that was measured."""
    if graph.opset not in limits.OPSETS:
        yield Finding(
            "opset", "model", graph.opset, None,
            f"opset {graph.opset} is outside {limits.OPSETS.start}..{limits.OPSETS.stop - 1}",
            f"export at opset {limits.RECOMMENDED_OPSET}, or use onnx.version_converter",
        )  # fmt: skip


def input_findings(graph: Graph) -> Iterator[Finding]:
    """Problems with the model's inputs."""
    inputs = graph.model_inputs()
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs[:8]) or "none"
        yield Finding(
            names, "input", graph.opset, None, f"the model has {len(inputs)} inputs, one is needed",
            "concatenate them into one tensor and split it inside the graph",
        )  # fmt: skip
    for value in inputs:
        shape = graph.shape(value.name)
        for reason, way_round in _input_reasons(graph, value.name, shape):
            yield Finding(value.name, "input", graph.opset, shape, reason, way_round)


def _input_reasons(graph: Graph, name: str, shape: tuple[int, ...] | None) -> Iterator[tuple[str, str]]:
    kind = graph.element_type(name)
    if kind != TensorProto.FLOAT:
        label = TensorProto.DataType.Name(kind) if kind in TensorProto.DataType.values() else str(kind)
        yield f"its element type is {label}, only FLOAT is taken", "take float32 in and convert before the model"
    if shape is None or len(shape) not in limits.INPUT_RANKS:
        yield "it needs two to four axes, the first for the examples", "add a batch axis, for example [batch, features]"
        return
    if shape[0] not in (1, -1):
        yield f"its batch axis is fixed to {shape[0]}", "export with a batch axis of 1 or an open one (dynamic axis 0)"
    if any(axis < 1 for axis in shape[1:]):
        yield "it has an open axis besides the batch: circuits have fixed shapes", "export with that axis fixed"
    elif limits.element_count(shape[1:]) > limits.MAX_INPUT_ELEMENTS:
        yield (f"{limits.element_count(shape[1:])} values an example are more than can be hashed in a circuit "
               f"({limits.MAX_INPUT_ELEMENTS})", "downscale the input before the model")  # fmt: skip


def output_findings(graph: Graph) -> Iterator[Finding]:
    """Problems with the model's outputs."""
    outputs = graph.model.graph.output
    if len(outputs) != 1:
        names = ", ".join(value.name for value in outputs[:8])
        yield Finding(
            names, "output", graph.opset, None, f"the model has {len(outputs)} outputs, one is needed",
            "keep the logits and remove the others (onnx.utils.extract_model)",
        )  # fmt: skip
        return
    name = outputs[0].name
    shape = graph.shape(name)
    if shape is None or len(shape) != 2 or not 2 <= shape[1] <= limits.MAX_CLASSES:
        yield Finding(
            name, "output", graph.opset, shape, f"it must be [batch, classes] with 2 to {limits.MAX_CLASSES} classes",
            "return one logit a class, flattened",
        )  # fmt: skip
    elif shape[0] not in (1, -1):
        yield Finding(
            name, "output", graph.opset, shape, "one example gives several rows", "keep axis 0 for the examples"
        )
    if graph.element_type(name) not in (TensorProto.FLOAT, TensorProto.UNDEFINED):
        yield Finding(
            name, "output", graph.opset, shape, "it is not float32 logits", "return the scores before ArgMax or Cast"
        )
    if name not in graph.varying:
        yield Finding(name, "output", graph.opset, shape, "it does not depend on the input", "export the whole model")


def interface_warnings(graph: Graph) -> Iterator[Finding]:
    """Costs that follow from the outside alone."""
    for value in graph.model_inputs()[:1]:
        shape = graph.shape(value.name) or ()
        if limits.element_count(shape[1:]) > limits.MANY_INPUT_ELEMENTS:
            yield Finding(
                value.name, "input", graph.opset, shape,
                f"hashing {limits.element_count(shape[1:])} values costs about 42 rows each, for every example",
                "use a smaller batch, or downscale the input",
            )  # fmt: skip
