"""QuantizeLinear and DequantizeLinear of computed tensors: together they state the levels of a tensor."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from proofs.networks.graph import FloatCombination, FloatMaxPool, FloatTerm, Grid
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import Levels, Ranking, View

ONE_SCALE = "quantise activations with one scale a tensor (weights may have one a channel)"
MAX_BITS = 16


def quantise(builder: Builder, step: Step) -> None:
    """The step's output stands for integers."""
    view = builder.marked(step)
    if isinstance(view.mark, Ranking):
        builder.alias(step, view)  # rounded probabilities; what is left out is left out with its grid
        return
    view = builder.view(step)
    scale, zero, low, high = _levels(builder, step)
    builder.remark(step, view, Levels(scale, zero, low, high))


def dequantise(builder: Builder, step: Step) -> None:
    """The real numbers again, now on a grid."""
    view = builder.marked(step)
    if isinstance(view.mark, Ranking):
        builder.alias(step, view)
        return
    if not isinstance(view.mark, Levels):
        raise Refusal("it reads no result of QuantizeLinear", "export in QDQ form, with a float input")
    if not step.has(2):
        scale, zero = _scale(builder, step), 0
    else:
        scale, zero, _, _ = _levels(builder, step)
    mark = view.mark
    if (scale, zero) != (mark.scale, mark.zero):
        raise Refusal("its scale and zero point are not those of the QuantizeLinear before it", ONE_SCALE)
    grid = Grid(mark.scale, mark.low - mark.zero, mark.high - mark.zero)
    tensor = on_grid(builder, view.tensor, grid, step.name)
    if tensor == view.tensor:
        builder.alias(step, replace(view, mark=None))
    else:
        builder.publish(step, View(tensor, view.shape, view.index))


def on_grid(builder: Builder, tensor: int, grid: Grid, name: str) -> int:
    """The tensor with this grid: its own if it can be given one, else a copy on the grid."""
    if tensor == 0:
        builder.input_grid = builder.input_grid or grid
        if builder.input_grid == grid:
            return 0
    else:
        node = builder.node(tensor)
        if node.grid == grid:
            return tensor
        if node.grid is None and isinstance(node.op, FloatMaxPool):
            source = node.op.source
            known = builder.input_grid if source == 0 else builder.node(source).grid
            if known == grid or (
                known is None and builder.sole(source) and on_grid(builder, source, grid, name) == source
            ):
                builder.replace_node(tensor, replace(node, grid=grid))
                return tensor
        elif node.grid is None:
            builder.replace_node(tensor, replace(node, grid=grid))
            return tensor
    shape = builder.shapes[tensor]
    copy = builder.add(FloatCombination((FloatTerm(tensor, 1.0),), shape), shape, name)
    builder.replace_node(copy, replace(builder.node(copy), grid=grid))
    return copy


def _levels(builder: Builder, step: Step) -> tuple[float, int, int, int]:
    """scale, zero point and the ends of its integer type."""
    scale = _scale(builder, step)
    kind = "uint8"
    zero = 0
    if step.has(2):
        stored = builder._values(step, 2, "zero point")
        if stored.size != 1 or stored.dtype.kind not in "iu" or stored.dtype.itemsize * 8 > MAX_BITS:
            raise Refusal("its zero point is not one integer of 8 or 16 bits", ONE_SCALE)
        kind, zero = str(stored.dtype), int(stored.reshape(-1)[0])
    elif step.integer("output_dtype", 2) != 2:  # TensorProto.UINT8
        raise Refusal("its zero point is not stored", "store one of the integers' type")
    ends = np.iinfo(kind)
    return scale, zero, int(ends.min), int(ends.max)


def _scale(builder: Builder, step: Step) -> float:
    stored = builder.constant(step, 1, "scale")
    if stored.size != 1 or step.integer("block_size", 0):
        raise Refusal("its scale is not one number", ONE_SCALE)
    scale = float(stored.reshape(-1)[0])
    if not scale > 0 or math.isinf(1 / scale):
        raise Refusal("its scale is not positive", "quantise again")
    return scale
