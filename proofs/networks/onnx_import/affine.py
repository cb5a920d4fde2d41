"""Stored numbers multiplied and added, and activations: taken into the node before, or nodes of their own."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from proofs.networks.graph import Activation, FloatCombination, FloatConvolution, FloatMaxPool, FloatTerm
from proofs.networks.onnx_import.builder import IDENTITY, Builder, Real
from proofs.networks.onnx_import.functions import RISING
from proofs.networks.onnx_import.images import whole
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import View

BY_POSITION = "its stored numbers differ inside a channel"


def scale_and_shift(builder: Builder, step: Step, position: int, factor: Real, offset: Real) -> None:
    """factor x + offset, both broadcast over x: into the linear form that wrote x if nothing else reads it, else a
    depthwise 1x1 convolution."""
    view = whole(builder, step, position)
    factors, offsets = (by_channel(builder, view, values) for values in (factor, offset))
    tensor = view.tensor
    if builder.sole(tensor):
        node = builder.node(tensor)
        if isinstance(node.op, FloatConvolution) and node.activation == IDENTITY and node.grid is None:
            builder.replace_node(tensor, replace(node, op=scaled(node.op, factors, offsets)))
            builder.absorb(step, view)
            return
    if (factors == 1).all() and not offsets.any():
        builder.alias(step, view)
        return
    op = FloatConvolution(tensor, factors.reshape(-1, 1, 1, 1), offsets, (1, 1), (0, 0, 0, 0), len(factors))
    builder.emit(step, op, builder.shapes[tensor], view.shape, view.index)


def scaled(op: FloatConvolution, factors: Real, offsets: Real) -> FloatConvolution:
    """The linear form factor acc + offset by output channel."""
    with np.errstate(all="ignore"):  # what overflows is refused
        return replace(op, weight=op.weight * factors[:, None, None, None], bias=op.bias * factors + offsets)


def by_channel(builder: Builder, view: View, values: Real) -> Real:
    """Stored numbers that broadcast over (N, *view): one for each channel of the view's tensor."""
    full = (1, *view.shape)
    try:
        spread = np.broadcast_to(values, full)
    except ValueError:
        raise Refusal(
            f"stored numbers of shape {values.shape} do not fit values of shape ('N', *{view.shape})"
        ) from None
    shape = builder.shapes[view.tensor]
    if values.size == 1:
        return np.full(shape[0], values.reshape(-1)[0])
    ordered = np.empty(math.prod(shape))
    ordered[view.positions().reshape(-1)] = spread.reshape(-1)
    channels = ordered.reshape(shape[0], -1)
    if (channels != channels[:, :1]).any():
        if view.tensor in builder.guessed:
            raise UnknownInput
        raise Refusal(BY_POSITION, "use one number a channel; subtract a mean image before the model")
    return np.ascontiguousarray(channels[:, 0])


def activate(builder: Builder, step: Step, activation: Activation) -> None:
    """The activation of what a node reads: part of the node that wrote it, or a combination of one term."""
    view = whole(builder, step)
    if fuse(builder, view.tensor, activation):
        builder.absorb(step, view)
        return
    shape = builder.shapes[view.tensor]
    tensor = builder.add(FloatCombination((FloatTerm(view.tensor, 1.0),), shape), shape, step.name, activation)
    builder.publish(step, replace(view, tensor=tensor))


def fuse(builder: Builder, tensor: int, activation: Activation) -> bool:
    """Make the activation part of the node that writes a tensor, if it may be."""
    if not builder.sole(tensor):
        return False
    node = builder.node(tensor)
    if node.grid is not None:
        return False
    if isinstance(node.op, FloatMaxPool):  # a function that never falls may be taken before the maximum
        rising = activation.kind == "clip" or activation.kind in RISING
        return rising and fuse(builder, node.op.source, activation)
    joined = _joined(node.activation, activation)
    if joined is None:
        return False
    builder.replace_node(tensor, replace(node, activation=joined))
    return True


def _joined(first: Activation, second: Activation) -> Activation | None:
    """One activation for two, None if there is none."""
    if first == IDENTITY:
        return second
    if second == IDENTITY:
        return first
    if first.kind != "clip" or second.kind != "clip":
        return None
    low, high = (min(max(end, second.low), second.high) for end in (first.low, first.high))
    return Activation("clip", low, high)
