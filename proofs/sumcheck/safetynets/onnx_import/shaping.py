"""Operators that move no value: Flatten, Reshape, Squeeze, Unsqueeze, Identity, Dropout."""

from __future__ import annotations

import math

from proofs.onnx_check.view import Node
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.safetynets.onnx_import.builder import Builder, Refusal

KEEP_BATCH = "keep axis 0 for the examples: use Flatten with axis 1, or Reshape to [0, ...]"


def same(builder: Builder, node: Node) -> None:
    """Identity, and Dropout in inference."""
    if builder.is_stored(node, 2) and any(builder.stored(node, 2, "training mode").reshape(-1)):
        raise Refusal("it is in training mode", "export for inference (model.eval())")
    builder.alias(node)


def flatten(builder: Builder, node: Node) -> None:
    """All axes of an example into one."""
    shape, axis = builder.shape(node), node.integer("axis", 1)
    if axis not in (1, -len(shape)):
        raise Refusal(f"axis {axis} does not keep the examples apart", KEEP_BATCH)
    _reshape(builder, node, (math.prod(shape),))


def reshape(builder: Builder, node: Node) -> None:
    """Other axes for an example, the batch axis untouched."""
    old, wanted = builder.shape(node), builder.integers(node, 1, "shape")
    copies = not node.integer("allowzero", 0)
    batch, *axes = wanted or [0]
    found = [old[i] if copies and axis == 0 and i < len(old) else axis for i, axis in enumerate(axes)]
    if found.count(-1) == 1 and batch != -1:
        rest = -math.prod(found)
        found[found.index(-1)] = math.prod(old) // rest if rest and math.prod(old) % rest == 0 else 0
    keeps = batch == -1 or (batch == 0 and copies) or (batch == builder.batch and batch > 0)
    if not keeps or not found or min(found) < 1 or math.prod(found) != math.prod(old):
        raise Refusal(f"reshaping examples of shape {old} to {wanted} does not keep them apart", KEEP_BATCH)
    _reshape(builder, node, tuple(found))


def squeeze(builder: Builder, node: Node) -> None:
    """Axes of length 1 left out."""
    shape = builder.shape(node)
    axes = _axes(builder, node, 1 + len(shape))
    if axes is None:
        raise Refusal("it names no axes, and so would leave out the batch axis of one example", "name its axes")
    if any(axis == 0 or shape[axis - 1] != 1 for axis in axes):
        raise Refusal("it leaves out the batch axis or one longer than 1", KEEP_BATCH)
    kept = tuple(extent for i, extent in enumerate(shape, 1) if i not in axes)
    if not kept:
        raise Refusal("it leaves nothing but the batch axis", KEEP_BATCH)
    _reshape(builder, node, kept)


def unsqueeze(builder: Builder, node: Node) -> None:
    """New axes of length 1."""
    shape = list(builder.shape(node))
    count = len(node.integers("axes")) or len(builder.integers(node, 1, "axes"))
    axes = _axes(builder, node, 1 + len(shape) + count) or set()
    if 0 in axes or len(axes) != count:
        raise Refusal("it puts an axis before the batch, or one twice", KEEP_BATCH)
    for axis in sorted(axes):
        shape.insert(axis - 1, 1)
    _reshape(builder, node, tuple(shape))


def _axes(builder: Builder, node: Node, rank: int) -> set[int] | None:
    """The axes a node names, counted from 0; None if it names none."""
    named = list(node.integers("axes"))
    if not named and len(node.inputs) > 1 and node.inputs[1]:
        named = builder.integers(node, 1, "axes")
    if not all(-rank <= axis < rank for axis in named):
        raise Refusal("it names an axis that is not there", "export the model again")
    return {axis % rank for axis in named} or None


def _reshape(builder: Builder, node: Node, shape: Shape) -> None:
    old = builder.shape(node)
    if shape == old:
        builder.alias(node)
    else:
        builder.emit(node, Reshape(old, shape), builder.tensor(node))
