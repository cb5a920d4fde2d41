"""The file as its readers see it: nodes the answer needs, constants, one input, one output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from proofs.errors import InvalidInput
from proofs.networks.limits import MAX_MODEL_BYTES, MAX_VALUES, OPSETS
from proofs.networks.onnx_import.folding import EVALUATORS, evaluate
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step, Stored, read_step
from proofs.onnx_check.limits import RECOMMENDED_OPSET, element_count
from proofs.onnx_check.parse import ELEMENT_BYTES, is_external, parse_model, tensors
from proofs.onnx_check.report import Finding
from proofs.onnx_check.structure import check_order, model_findings, opset_of
from proofs.onnx_check.view import FLOAT_TYPES

STRINGS = np.zeros(0, np.str_)
"""Stands for stored class names, which are never read."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """A parsed file. ``steps``: in order, only those that ``output`` needs and that depend on the input.

    Args:
        stored: constants, those computed from constants among them.
        input, output: names. model_shape: of one example. batch: its axis' length if fixed.
        failed: nodes of constants only that cannot be computed, and why.
    """

    proto: onnx.ModelProto
    opset: int
    steps: tuple[Step, ...]
    stored: dict[str, Stored]
    input: str
    output: str
    model_shape: tuple[int, ...]
    batch: int | None
    failed: tuple[tuple[Step, Refusal], ...]


def parse(onnx_bytes: bytes) -> onnx.ModelProto:
    """The file as a message, its sizes sane and its nodes in order. Raises InvalidInput."""
    model = parse_model(onnx_bytes, MAX_MODEL_BYTES)
    if not all(isinstance(name, str) for name in _names(model)):  # protobuf gives bytes where they are no UTF-8
        raise InvalidInput("a name in the file is not text: it is damaged, export it again")
    check_order(model)
    return model


def _names(model: onnx.ModelProto) -> Iterator[object]:
    yield from (entry.domain for entry in model.opset_import)
    yield from (function.name for function in model.functions)
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        yield value.name
    yield from (sparse.values.name for sparse in model.graph.sparse_initializer)
    for node in model.graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        for attribute in node.attribute:
            yield from (attribute.name, attribute.t.name)


def outside_findings(model: onnx.ModelProto) -> Iterator[Finding]:
    """Problems of the file as a whole, its opset, its input, its outputs and where its weights are."""
    opset = opset_of(model)
    yield from model_findings(model, opset)
    if opset not in OPSETS and any(node.domain in ("", "ai.onnx") for node in model.graph.node):
        reason = f"opset {opset} is outside {OPSETS.start}..{OPSETS.stop - 1}"
        way = f"export at opset {RECOMMENDED_OPSET}, or use onnx.version_converter"
        yield Finding("opset", "model", opset, None, reason, way)
    for tensor in tensors(model):
        if is_external(tensor):
            reason, way = "its values are in another file, which is never opened", "save the model in one file"
            yield Finding(tensor.name, "weight", opset, tuple(tensor.dims), reason, way)
    inputs = _inputs(model)
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs[:8]) or "none"
        reason, way = f"the model has {len(inputs)} inputs, one is needed", "concatenate them into one tensor outside"
        yield Finding(names, "input", opset, None, reason, way)
    else:
        yield from _input_findings(inputs[0], opset)
    if chosen_output(model) is None:
        names = ", ".join(value.name for value in model.graph.output[:8])
        reason = f"none or several of its {len(model.graph.output)} outputs could be the logits"
        yield Finding(names, "output", opset, None, reason, "keep the logits only (onnx.utils.extract_model)")


def _inputs(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    stored = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in stored]


def _input_findings(value: onnx.ValueInfoProto, opset: int) -> Iterator[Finding]:
    sides = _sides(value)
    kind = value.type.tensor_type.elem_type
    if kind not in FLOAT_TYPES:
        label = TensorProto.DataType.Name(kind) if kind in TensorProto.DataType.values() else str(kind)
        reason = f"its element type is {label}, not a float"
        yield Finding(value.name, "input", opset, sides, reason, "take float32 in and convert before the model")
    if sides is None or not 2 <= len(sides) <= 4:
        reason, way = "it needs two to four axes, the examples first", "add a batch axis, for example [batch, features]"
        yield Finding(value.name, "input", opset, sides, reason, way)
    elif min(sides[1:]) < 1:
        reason, way = "it has an open axis besides the batch", "export with that axis fixed"
        yield Finding(value.name, "input", opset, sides, reason, way)
    elif element_count(sides[1:]) > MAX_VALUES:
        reason = f"{element_count(sides[1:])} values an example are more than {MAX_VALUES}"
        yield Finding(value.name, "input", opset, sides, reason, "downscale the input")


def _sides(value: onnx.ValueInfoProto) -> tuple[int, ...] | None:
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    return tuple(int(dim.dim_value) if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim)


def chosen_output(model: onnx.ModelProto) -> str | None:
    """The output the answer is read from: the only one, or of several the only float tensor or map."""
    outputs = list(model.graph.output)
    if len(outputs) == 1:
        return str(outputs[0].name)
    scores = [value.name for value in outputs if _holds_scores(value)]
    return str(scores[0]) if len(scores) == 1 else None


def _holds_scores(value: onnx.ValueInfoProto) -> bool:
    if value.type.HasField("tensor_type"):
        return value.type.tensor_type.elem_type in FLOAT_TYPES
    return bool(value.type.HasField("sequence_type"))


def read_file(model: onnx.ModelProto) -> ModelFile:
    """The parts of a file without outside findings."""
    (value,), output = _inputs(model), chosen_output(model) or ""
    stored = {tensor.name: _values(tensor) for tensor in model.graph.initializer}
    steps: list[Step] = []
    failed: dict[str, tuple[Step, Refusal]] = {}
    for position, proto in enumerate(model.graph.node):
        step = read_step(position, proto)
        if any(name and name not in stored for name in step.inputs) or not step.outputs:
            steps.append(step)
            continue
        try:
            stored[step.outputs[0]] = _computed(step, stored)
        except Refusal as refusal:
            failed[step.outputs[0]] = step, refusal
            steps.append(step)
    live = needed(steps, output)
    broken = {step.name: failed[step.outputs[0]] for step in live if step.outputs and step.outputs[0] in failed}
    sides = _sides(value) or ()
    kept = tuple(step for step in live if step.name not in broken)
    batch = sides[0] if sides[0] > 0 else None
    return ModelFile(model, opset_of(model), kept, stored, value.name, output, sides[1:], batch, tuple(broken.values()))


def _values(tensor: TensorProto) -> Stored:
    if tensor.data_type not in ELEMENT_BYTES:
        return STRINGS
    return np.asarray(numpy_helper.to_array(tensor))


def _computed(step: Step, stored: dict[str, Stored]) -> Stored:
    if step.kind == "Constant" and "value" in step.attributes and step.attributes["value"] is None:
        return STRINGS
    if step.kind not in EVALUATORS:
        raise Refusal("it computes with stored numbers in a way that is not read", "run onnxsim")
    return evaluate(step, [stored[name] if name else None for name in step.inputs])


def needed(steps: list[Step], output: str) -> list[Step]:
    """The steps an output depends on, in their order."""
    wanted, kept = {output}, []
    for step in reversed(steps):
        if wanted.intersection(step.outputs):
            wanted.update(name for name in step.inputs if name)
            kept.append(step)
    return kept[::-1]


def uses(steps: list[Step], output: str) -> Counter[str]:
    """How often each tensor is read."""
    counts = Counter(name for step in steps for name in step.inputs if name)
    counts[output] += 1
    return counts
