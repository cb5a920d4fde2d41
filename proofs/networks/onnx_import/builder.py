"""What the operators' readers share: the network so far, and which of its tensors each ONNX tensor is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from proofs.networks.graph import Activation, FloatCombination, FloatConvolution, FloatNode, FloatOp, Grid
from proofs.networks.limits import MAX_VALUES, MAX_WEIGHTS
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step, Stored
from proofs.networks.onnx_import.view import Levels, Positions, Ranking, View

Real = NDArray[np.float64]
IDENTITY = Activation()


@dataclass(frozen=True, slots=True)
class Note:
    """Something read in another way than the file says, which changes no answer."""

    step: Step
    text: str
    way_round: str


@dataclass(slots=True)
class Builder:
    """The network so far.

    Args:
        stored: constants by name. batch: length of the batch axis if fixed, else None. opset: of the file.
        shapes: of every tensor of the network, the input's first.
        views: every ONNX tensor that depends on the input. uses: how often each is read by what the output needs.
        reads: how often each tensor of the network is read, under all its names.
        guessed: tensors that stand in for what could not be read, so that reading can go on.
    """

    stored: dict[str, Stored]
    batch: int | None
    opset: int
    shapes: list[Shape3]
    views: dict[str, View]
    uses: Counter[str]
    nodes: list[FloatNode] = field(default_factory=list)
    reads: Counter[int] = field(default_factory=Counter)
    input_grid: Grid | None = None
    notes: list[Note] = field(default_factory=list)
    guessed: set[int] = field(default_factory=set)
    varying: frozenset[str] = frozenset()

    def view(self, step: Step, position: int = 0) -> View:
        """What a node reads at ``position``, as real numbers."""
        view = self.marked(step, position)
        if isinstance(view.mark, Levels):
            raise Refusal("it computes with the integers of a QuantizeLinear", "put a DequantizeLinear before it")
        if isinstance(view.mark, Ranking):
            raise Refusal(f"it computes with the result of {view.mark.what}", f"use {view.mark.what} at the end only")
        return view

    def marked(self, step: Step, position: int = 0) -> View:
        """What a node reads at ``position``, whatever it stands for."""
        name = step.inputs[position] if position < len(step.inputs) else ""
        if name in self.views:
            return self.views[name]
        if name in self.varying:
            raise UnknownInput
        raise Refusal(f"its input {position} is stored or missing", "let it read computed values")

    def is_stored(self, step: Step, position: int) -> bool:
        """Whether a node's input is a constant."""
        return position < len(step.inputs) and step.inputs[position] in self.stored

    def constant(self, step: Step, position: int, what: str) -> Real:
        """A stored tensor of finite numbers, as float64."""
        values = self.numbers(step, position, what)
        if not np.isfinite(values).all():
            raise Refusal(f"its {what} holds NaN or infinity", "train again, or repair the export")
        return values

    def numbers(self, step: Step, position: int, what: str) -> Real:
        """A stored tensor of numbers, as float64; infinities are let through."""
        values = self._values(step, position, what)
        if values.dtype.kind not in "fiub":
            raise Refusal(f"its {what} is not stored as numbers", "store float32 weights")
        return values.astype(np.float64)

    def integers(self, step: Step, position: int, what: str) -> list[int]:
        """A stored list of integers."""
        values = self._values(step, position, what)
        if values.dtype.kind not in "iu":
            raise Refusal(f"its {what} is not stored as integers", "export the model with fixed shapes")
        return [int(value) for value in values.reshape(-1)]

    def _values(self, step: Step, position: int, what: str) -> Stored:
        name = step.inputs[position] if position < len(step.inputs) else ""
        if name in self.stored:
            return self.stored[name]
        if name in self.varying and name not in self.views:
            raise UnknownInput
        raise Refusal(f"its {what} is not stored in the file", "export the model with stored weights and fixed shapes")

    def node(self, tensor: int) -> FloatNode:
        """The node that writes a tensor other than the input."""
        return self.nodes[tensor - 1]

    def sole(self, tensor: int) -> bool:
        """Whether a tensor is computed, and read once: its node may take in what reads it."""
        return tensor > 0 and self.reads[tensor] == 1

    def add(self, op: FloatOp, shape: Shape3, name: str, activation: Activation = IDENTITY) -> int:
        """A new node; its tensor, read once unless more is said."""
        if min(shape) < 1 or math.prod(shape) > MAX_VALUES:
            raise Refusal(f"it would write {shape} values an example, at most {MAX_VALUES}", "prove a smaller model")
        if isinstance(op, FloatConvolution):
            check_finite(op)
        self.nodes.append(FloatNode(op, activation, shape, None, name))
        self.shapes.append(shape)
        self.reads[len(self.nodes)] = 1
        if not self.guessed.isdisjoint(sources(op)) and not (isinstance(op, FloatConvolution) and op.groups == 1):
            self.guessed.add(len(self.nodes))  # its channels are as doubtful as those it is made of
        return len(self.nodes)

    def emit(
        self, step: Step, op: FloatOp, shape: Shape3, axes: tuple[int, ...], index: Positions | None = None
    ) -> None:
        """A new node that writes the step's output, seen with these axes."""
        tensor = self.add(op, shape, step.name)
        self.publish(step, View(tensor, axes, index))

    def publish(self, step: Step, view: View) -> None:
        """The step's output is a tensor whose other readers are none."""
        self.views[step.outputs[0]] = view
        self.reads[view.tensor] = self.uses[step.outputs[0]]

    def absorb(self, step: Step, view: View) -> None:
        """The step's output is what the node that wrote its input now writes."""
        self.views[step.outputs[0]] = view
        self.reads[view.tensor] += self.uses[step.outputs[0]] - 1

    def alias(self, step: Step, *views: View) -> None:
        """The step's outputs are its input's tensor, seen in other ways."""
        for name, view in zip(step.outputs, views, strict=False):
            if name:
                self.views[name] = view
                self.reads[view.tensor] += self.uses[name]
        self.reads[views[0].tensor] -= 1

    def replace_node(self, tensor: int, node: FloatNode) -> None:
        """The node that writes ``tensor`` becomes another."""
        if isinstance(node.op, FloatConvolution):
            check_finite(node.op)
        self.nodes[tensor - 1] = node

    def remark(self, step: Step, view: View, mark: Levels | Ranking | None) -> None:
        """The step's output is its input, standing for something else."""
        self.alias(step, replace(view, mark=mark))

    def note(self, step: Step, text: str, way_round: str) -> None:
        """Remember something the user should know."""
        self.notes.append(Note(step, text, way_round))


def sources(op: FloatOp) -> tuple[int, ...]:
    """The tensors a node reads."""
    if isinstance(op, FloatCombination):
        return tuple(term.source for term in op.terms)
    return (op.source,)


def check_finite(op: FloatConvolution) -> None:
    """Refuse weights that are no longer finite once factors are multiplied into them, or far too many."""
    if op.weight.size > MAX_WEIGHTS:
        raise Refusal(f"it would need {op.weight.size} weights, at most {MAX_WEIGHTS}", "prove a smaller model")
    if not (np.isfinite(op.weight).all() and np.isfinite(op.bias).all()):
        raise Refusal("its numbers, multiplied together, are infinite or not-a-number", "scale them down")
