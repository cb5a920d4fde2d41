"""The end of the network: one vector of logits, at least two, whose largest is the answer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from proofs.networks.graph import FloatCombination, FloatConvolution, FloatTerm
from proofs.networks.limits import MAX_CLASSES
from proofs.networks.onnx_import.builder import IDENTITY, Builder
from proofs.networks.onnx_import.classifiers import SAME_ANSWER
from proofs.networks.onnx_import.functions import STRICTLY_RISING
from proofs.networks.onnx_import.images import vector
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step

ONE_VECTOR = "return one logit a class, flattened: [batch, classes]"


def logits(builder: Builder, end: Step) -> int:
    """The tensor (classes, 1, 1) of the logits.

    Args:
        end: a step that reads the model's output.
    """
    view = builder.marked(end)
    if view.tensor == 0:
        raise Refusal("it is the input itself", "export the whole model")
    shape = builder.shapes[view.tensor]
    classes = math.prod(view.shape)
    sides = [side for side in view.shape if side != 1]
    if len(sides) > 1 or classes > MAX_CLASSES:
        raise Refusal(f"it holds {view.shape} values an example, at most {MAX_CLASSES} in one axis", ONE_VECTOR)
    flat = view.reshaped((classes,))
    tensor = vector(builder, end.name, flat) if flat.index is not None or shape[1:] != (1, 1) else view.tensor
    pair = _of_pair(builder, end, tensor)
    if pair is not None:
        return _two(builder, end, pair)
    tensor = _without_rising(builder, end, tensor)
    return _two(builder, end, tensor) if classes == 1 else tensor


def _without_rising(builder: Builder, end: Step, tensor: int) -> int:
    """A last Sigmoid or Tanh left out: it keeps the order of the logits."""
    node = builder.node(tensor)
    if node.activation.kind not in STRICTLY_RISING:
        return tensor
    builder.note(end, f"the last {node.activation.kind} is left out: the network gives the logits", SAME_ANSWER)
    if isinstance(node.op, FloatCombination) and node.op.terms == (FloatTerm(node.op.terms[0].source, 1.0),):
        return node.op.terms[0].source
    builder.replace_node(tensor, replace(node, activation=IDENTITY, grid=None))
    return tensor


def _of_pair(builder: Builder, end: Step, tensor: int) -> int | None:
    """z, where the output is the pair 1 - Sigmoid(z), Sigmoid(z)."""
    op = builder.node(tensor).op
    if not isinstance(op, FloatCombination) or len(op.terms) != 2 or builder.node(tensor).activation != IDENTITY:
        return None
    first, second = op.terms
    if op != FloatCombination((FloatTerm(first.source, 1.0), FloatTerm(second.source, 1.0, channel=1)), (2, 1, 1)):
        return None
    if first.source == 0 or second.source == 0:
        return None
    other, score = builder.node(first.source), builder.node(second.source)
    turn = other.op
    if not isinstance(turn, FloatConvolution) or turn.source != second.source or other.activation != IDENTITY:
        return None
    if score.activation.kind != "sigmoid" or (turn.weight.size, turn.weight.sum(), turn.bias.sum()) != (1, -1, 1):
        return None
    builder.note(end, "the last sigmoid is left out: the network gives the logits", SAME_ANSWER)
    return builder.add(score.op, score.shape, score.name)


def _two(builder: Builder, end: Step, tensor: int) -> int:
    """One logit z as two, 0 and z: the second is the larger where z > 0."""
    builder.note(end, "its one logit z becomes two, 0 and z: class 1 where z is positive", "return one logit a class")
    node = builder.node(tensor)
    if (
        isinstance(node.op, FloatConvolution)
        and node.activation == IDENTITY
        and node.grid is None
        and builder.sole(tensor)
    ):
        weight = np.concatenate([np.zeros_like(node.op.weight), node.op.weight])
        op = replace(node.op, weight=weight, bias=np.concatenate([[0.0], node.op.bias]))
        if node.op.groups == 1:
            return builder.add(op, (2, 1, 1), node.name)
    pick = np.array([0.0, 1.0]).reshape(2, 1, 1, 1)
    op = FloatConvolution(tensor, pick, np.zeros(2), (1, 1), (0, 0, 0, 0), 1)
    return builder.add(op, (2, 1, 1), end.name)
