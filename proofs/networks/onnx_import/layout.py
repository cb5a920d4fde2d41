"""Operators that move no value: Flatten, Reshape, Transpose, Squeeze, Slice and their like change views only."""

from __future__ import annotations

import math

import numpy as np

from proofs.networks.limits import ANY_BATCH
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import Positions, View

KEEP_BATCH = "keep axis 0 for the examples: use Flatten with axis 1, or Reshape to [0, ...]"


def same(builder: Builder, step: Step) -> None:
    """Identity, and Dropout in inference."""
    if builder.is_stored(step, 2) and builder.numbers(step, 2, "training mode").any():
        raise Refusal("it is in training mode", "export for inference (model.eval())")
    if len(step.outputs) > 1 and builder.uses[step.outputs[1]]:
        raise Refusal("its mask is read", "export for inference (model.eval())")
    builder.alias(step, builder.marked(step))


def flatten(builder: Builder, step: Step) -> None:
    """All axes of an example into one."""
    view, axis = builder.marked(step), step.integer("axis", 1)
    if axis not in (1, -len(view.shape)):
        raise Refusal(f"axis {axis} does not keep the examples apart", KEEP_BATCH)
    builder.alias(step, view.reshaped((math.prod(view.shape),)))


def reshape(builder: Builder, step: Step) -> None:
    """Other axes for an example, the batch axis untouched."""
    view = builder.marked(step)
    wanted = list(step.integers("shape")) if builder.opset < 5 else builder.integers(step, 1, "shape")
    old, copies = view.shape, not step.integer("allowzero", 0)
    batch, *axes = wanted or [0]
    found = [old[i] if copies and side == 0 and i < len(old) else side for i, side in enumerate(axes)]
    if found.count(-1) == 1 and batch != -1:
        rest = -math.prod(found)
        found[found.index(-1)] = math.prod(old) // rest if rest > 0 and math.prod(old) % rest == 0 else 0
    keeps = batch in (-1, ANY_BATCH) or (batch == 0 and copies) or (batch == builder.batch and batch > 0)
    label = math.prod(old) == 1 and wanted in ([-1], [0])  # [N, 1] to [N]
    if not label and (not keeps or any(side < 1 for side in found) or math.prod(found) != math.prod(old)):
        shown = ["N" if side == ANY_BATCH else side for side in wanted]
        raise Refusal(f"reshaping examples of shape {old} to {shown} does not keep them apart", KEEP_BATCH)
    builder.alias(step, view.reshaped(() if label else tuple(found)))


def squeeze(builder: Builder, step: Step) -> None:
    """Axes of length 1 left out."""
    view = builder.marked(step)
    axes = axes_of(builder, step, 1 + len(view.shape))
    if axes is None:
        raise Refusal("it names no axes, and so would leave out the batch axis of one example", "name its axes")
    if any(axis == 0 or view.shape[axis - 1] != 1 for axis in axes):
        raise Refusal("it leaves out the batch axis or one longer than 1", KEEP_BATCH)
    builder.alias(step, view.reshaped(tuple(side for i, side in enumerate(view.shape, 1) if i not in axes)))


def unsqueeze(builder: Builder, step: Step) -> None:
    """New axes of length 1."""
    view = builder.marked(step)
    shape = list(view.shape)
    count = len(step.integers("axes") or builder.integers(step, 1, "axes"))
    axes = axes_of(builder, step, 1 + len(shape) + count) or set()
    if 0 in axes or len(axes) != count:
        raise Refusal("it puts an axis before the batch, or one twice", KEEP_BATCH)
    for axis in sorted(axes):
        shape.insert(axis - 1, 1)
    builder.alias(step, view.reshaped(tuple(shape)))


def transpose(builder: Builder, step: Step) -> None:
    """Other order of axes, the batch first."""
    view = builder.marked(step)
    rank = 1 + len(view.shape)
    order = step.integers("perm") or tuple(reversed(range(rank)))
    if sorted(order) != list(range(rank)) or order[0] != 0:
        raise Refusal(
            f"its order of axes {order} moves the batch axis", "start perm with 0; keep axis 0 for the examples"
        )
    turned = view.positions().transpose([axis - 1 for axis in order[1:]])
    builder.alias(step, view.moved(turned, math.prod(builder.shapes[view.tensor])))


def slices(builder: Builder, step: Step) -> None:
    """Part of each axis, with a step."""
    view = builder.marked(step)
    rank = 1 + len(view.shape)
    if builder.opset < 10:
        starts, ends = list(step.integers("starts")), list(step.integers("ends"))
        axes, strides = list(step.integers("axes")) or list(range(len(starts))), [1] * len(starts)
    else:
        starts, ends = builder.integers(step, 1, "starts"), builder.integers(step, 2, "ends")
        axes = builder.integers(step, 3, "axes") if step.has(3) else list(range(len(starts)))
        strides = builder.integers(step, 4, "steps") if step.has(4) else [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(strides) or not all(-rank <= axis < rank for axis in axes):
        raise Refusal("its starts, ends, axes and steps do not fit")
    cut = [slice(None)] * len(view.shape)
    for start, end, axis, stride in zip(starts, ends, (axis % rank for axis in axes), strides, strict=True):
        if axis == 0 and not (start == 0 and stride == 1 and end >= (builder.batch or ANY_BATCH)):
            raise Refusal("it leaves out examples", KEEP_BATCH)
        if stride == 0:
            raise Refusal("its step is 0")
        if axis:
            side = view.shape[axis - 1]
            low = -side - 1 if stride < 0 else -side
            cut[axis - 1] = slice(max(start, low), None if stride < 0 and end < -side else end, stride)
    part(builder, step, view, view.positions()[tuple(cut)])


def split(builder: Builder, step: Step) -> None:
    """Several parts along an axis."""
    view, axis = builder.marked(step), _axis(step, builder.marked(step))
    side, count = view.shape[axis], len(step.outputs)
    sizes = list(step.integers("split"))
    if step.has(1):
        sizes = builder.integers(step, 1, "sizes")
    if not sizes:
        size = -(-side // count)
        sizes = [size] * (count - 1) + [side - size * (count - 1)]
    if len(sizes) != count or any(size < 1 for size in sizes) or sum(sizes) != side:
        raise Refusal(f"its parts {sizes} do not make up {side}")
    total = math.prod(builder.shapes[view.tensor])
    parts = np.split(view.positions(), np.cumsum(sizes)[:-1].tolist(), axis=axis)
    builder.alias(step, *[view.moved(positions, total) for positions in parts])


def gather(builder: Builder, step: Step) -> None:
    """Entries of one axis by stored numbers."""
    view = builder.marked(step)
    axis = _axis(step, view)
    wanted = np.array(builder.integers(step, 1, "indices"), np.int64).reshape(builder.stored[step.inputs[1]].shape)
    side = view.shape[axis]
    if wanted.size == 0 or ((wanted < -side) | (wanted >= side)).any():
        raise Refusal("its indices do not fit its input")
    if wanted.size * (math.prod(view.shape) // side) > math.prod(view.shape) * 4:
        raise Refusal("it repeats its input many times", "keep each value once")
    part(builder, step, view, np.take(view.positions(), wanted, axis=axis))


def part(builder: Builder, step: Step, view: View, positions: Positions) -> None:
    """The step's output is these entries of its input."""
    if positions.size == 0:
        raise Refusal("it keeps nothing", "leave it out")
    builder.alias(step, view.moved(positions, math.prod(builder.shapes[view.tensor])))


def _axis(step: Step, view: View) -> int:
    rank = 1 + len(view.shape)
    axis = step.integer("axis", 0)
    if not -rank <= axis < rank or axis % rank == 0:
        raise Refusal("it works along axis 0, across the examples", KEEP_BATCH)
    return axis % rank - 1


def axes_of(builder: Builder, step: Step, rank: int) -> set[int] | None:
    """The axes a node names, counted from 0; None if it names none."""
    named = list(step.integers("axes"))
    if not named and step.has(1):
        named = builder.integers(step, 1, "axes")
    if not all(-rank <= axis < rank for axis in named):
        raise Refusal("it names an axis that is not there")
    return {axis % rank for axis in named} or None
