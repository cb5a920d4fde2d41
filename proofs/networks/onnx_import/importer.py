"""The walk over a model file's graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import onnx

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.networks.graph import FloatCombination, FloatNetwork
from proofs.networks.limits import ANY_BATCH, MAX_VALUES
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.attributes import check_attributes
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.classifiers import passed
from proofs.networks.onnx_import.composites import recognise
from proofs.networks.onnx_import.folding import evaluate
from proofs.networks.onnx_import.input_layout import input_layout
from proofs.networks.onnx_import.logits import logits
from proofs.networks.onnx_import.model_file import ModelFile, needed, outside_findings, parse, read_file, uses
from proofs.networks.onnx_import.operators import LAYOUT, READERS, way_round
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.tidying import tidied
from proofs.networks.onnx_import.view import Ranking, View
from proofs.onnx_check.limits import MAX_FINDINGS
from proofs.onnx_check.report import Finding
from proofs.onnx_check.shapes import TensorInfo, infer_shapes

Infos = Mapping[str, TensorInfo]


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """What reading a file gave.

    Args:
        network: None if there are problems.
        notes: what was read in another way than the file says, without changing an answer.
        infos: shapes of ONNX's own inference; only looked for where there are problems.
    """

    proto: onnx.ModelProto
    network: FloatNetwork | None
    problems: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    infos: Infos


def import_float(onnx_bytes: bytes) -> FloatNetwork:
    """Read a model of convolutions, sums, pools and functions of one number.

    Args:
        onnx_bytes: the contents of an .onnx file; untrusted.

    Raises:
        InvalidInput: not a valid ONNX model.
        UnsupportedModel: names everything in it that cannot be proven, and the way round each.
    """
    imported = read_model(onnx_bytes)
    if imported.network is not None:
        return imported.network
    count = len(imported.problems)
    things = "one thing" if count == 1 else f"{count} things"
    listed = "\n".join(f"  - {problem}" for problem in imported.problems)
    raise UnsupportedModel(
        f"the sumcheck backend cannot prove this model; {things} to change:\n{listed}", imported.problems
    )


def read_model(onnx_bytes: bytes) -> Imported:
    """Read a model, or find every reason why it cannot be read. Raises InvalidInput: not a valid ONNX model."""
    proto = parse(onnx_bytes)
    outside = tuple(islice(outside_findings(proto), MAX_FINDINGS))
    if outside:
        return Imported(proto, None, outside + tuple(_operators(proto)), (), {})
    file = read_file(proto)
    reading = _Reading(file, {})
    network, problems = reading.run()
    if problems:
        infos = _inferred(proto)
        reading = _Reading(file, infos)  # once more: with shapes, reading can go on after a refused node
        network, problems = reading.run()
    return Imported(proto, network, tuple(problems), tuple(reading.notes()), reading.infos)


def _operators(proto: onnx.ModelProto) -> Iterator[Finding]:
    """Operators that are not read, of a file whose outside is already refused."""
    from proofs.networks.onnx_import.folding import EVALUATORS
    from proofs.networks.onnx_import.step import read_step

    for position, node in enumerate(proto.graph.node):
        step = read_step(position, node)
        if step.kind not in READERS and step.kind not in EVALUATORS:
            yield _unread(step, 0, None)


def _inferred(proto: onnx.ModelProto) -> Infos:
    for value in proto.graph.output:
        value.type.tensor_type.shape.SetInParent()  # what is claimed there is not looked at, but has to be there
    try:
        return infer_shapes(proto)
    except InvalidInput:
        return {}  # what inference trips over is among the problems already found


def _unread(step: Step, opset: int, shape: tuple[int, ...] | None) -> Finding:
    way = way_round(step.kind, step.domain)
    return Finding(step.name, step.kind, opset, shape, "this operator is not supported", way)


class _Reading:
    """One walk over a file."""

    def __init__(self, file: ModelFile, infos: Infos) -> None:
        steps = recognise(file.steps, file.stored, file.opset)
        self.file = file
        self.infos = infos
        self.steps = needed(steps, file.output)
        self.builder = Builder(
            stored=dict(file.stored), batch=file.batch, opset=file.opset or 1, shapes=[], views={},
            uses=uses(self.steps, file.output), varying=_varying(self.steps, file),
        )  # fmt: skip

    def run(self) -> tuple[FloatNetwork | None, list[Finding]]:
        """The network, or why there is none."""
        builder, file = self.builder, self.file
        shape, last = input_layout(builder, self.steps, file.input, file.model_shape)
        builder.shapes.append(shape)
        builder.reads[0] = builder.uses[file.input]
        builder.views[file.input] = _input_view(shape, file.model_shape, last)
        problems = list(islice(self._walk(), MAX_FINDINGS))
        if problems:
            return None, problems
        end = Step(file.output, "output", "", (file.output,), (), {})
        try:
            output = logits(builder, end)
            nodes = tidied(builder.nodes, shape, output)
        except (Refusal, UnknownInput) as refusal:
            reason = refusal.reason if isinstance(refusal, Refusal) else "it does not depend on the input"
            way = refusal.way_round if isinstance(refusal, Refusal) else "export the whole model"
            return None, [Finding(file.output, "output", file.opset, self._shape(file.output), reason, way)]
        return FloatNetwork(shape, file.model_shape, last, builder.input_grid, nodes), []

    def notes(self) -> Iterator[Finding]:
        """Notes as warnings."""
        for note in self.builder.notes:
            shape = self._shape(note.step.outputs[0]) if note.step.outputs else None
            yield Finding(note.step.name, note.step.kind, self.file.opset, shape, note.text, note.way_round)

    def _walk(self) -> Iterator[Finding]:
        for step, refusal in self.file.failed:
            yield self._finding(step, refusal)
        for step in self.steps:
            try:
                self._read(step)
            except Refusal as refusal:
                yield self._finding(step, refusal)
                self._guess(step)
            except UnknownInput:
                self._guess(step)

    def _read(self, step: Step) -> None:
        builder = self.builder
        if all(not name or name in builder.stored for name in step.inputs):
            builder.stored[step.outputs[0]] = evaluate(step, [builder.stored.get(name) for name in step.inputs])
            return
        if step.kind in ("Shape", "Size"):
            view = builder.marked(step)
            sides = [builder.batch or ANY_BATCH, *view.shape][step.integer("start", 0) :]
            if step.kind == "Size" or "end" in step.attributes:
                raise Refusal("it computes a size that depends on the batch", "export with fixed shapes")
            builder.stored[step.outputs[0]] = np.array(sides, np.int64)
            return
        reader = READERS.get(step.kind)
        if reader is None:
            raise Refusal("this operator is not supported", way_round(step.kind, step.domain))
        check_attributes(step)
        views = [builder.views[name] for name in step.inputs if name in builder.views]
        if any(isinstance(view.mark, Ranking) and view.mark.label for view in views) and step.kind in LAYOUT:
            reader = passed
        with np.errstate(all="ignore"):  # what overflows is refused as it is written
            reader(builder, step)

    def _guess(self, step: Step) -> None:
        """Tensors of the inferred shapes in the place of what could not be read."""
        for name in step.outputs:
            info = self.infos.get(name)
            sides = None if info is None or info.shape is None else info.shape[1:]
            if name in self.builder.views or not sides or len(sides) > 3 or min(sides) < 1:
                continue
            if math.prod(sides) > MAX_VALUES:
                continue
            height, width = (1, 1, *sides[1:])[-2:]
            shape: Shape3 = (sides[0], height, width)
            tensor = self.builder.add(FloatCombination((), shape), shape, step.name)
            self.builder.guessed.add(tensor)
            self.builder.views[name] = View(tensor, sides)
            self.builder.reads[tensor] = 2  # so that nothing is folded into it

    def _finding(self, step: Step, refusal: Refusal) -> Finding:
        shape = self._shape(step.outputs[0]) if step.outputs else None
        return Finding(step.name, step.kind, self.file.opset, shape, refusal.reason, refusal.way_round)

    def _shape(self, name: str) -> tuple[int, ...] | None:
        if name in self.builder.views:
            return (self.builder.batch or -1, *self.builder.views[name].shape)
        info = self.infos.get(name)
        return None if info is None else info.shape


def _varying(steps: list[Step], file: ModelFile) -> frozenset[str]:
    names = {file.input, *(name for step, _ in file.failed for name in step.outputs)}
    return frozenset(names.union(name for step in steps for name in step.outputs if name))


def _input_view(shape: Shape3, model_shape: tuple[int, ...], last: bool) -> View:
    view = View(0, model_shape)
    if not last:
        return view
    places = np.arange(math.prod(shape), dtype=np.int32).reshape(shape).transpose(1, 2, 0)
    return replace(view, shape=()).moved(places.reshape(model_shape), math.prod(shape))
