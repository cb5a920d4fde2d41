"""How the model's input becomes an image: as its first convolution or pool reads it, or a vector if none does."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import numpy as np

from proofs.networks.network import Shape3
from proofs.networks.onnx_import import layout
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import View

IMAGES = frozenset(
    "Conv MaxPool AveragePool GlobalAveragePool GlobalMaxPool BatchNormalization Pad Resize LRN InstanceNormalization "
    "ConvTranspose DepthToSpace".split()
)
REDUCTIONS = frozenset(("ReduceMean", "ReduceSum", "ReduceMax"))
LAYOUT = {
    "Identity": layout.same, "Dropout": layout.same, "Flatten": layout.flatten, "Reshape": layout.reshape,
    "Squeeze": layout.squeeze, "Unsqueeze": layout.unsqueeze, "Transpose": layout.transpose,
}  # fmt: skip
THROUGH = frozenset(
    "Cast Add Sub Mul Div Neg Clip Relu QuantizeLinear DequantizeLinear Recognised Sigmoid Tanh".split()
)


def input_layout(builder: Builder, steps: list[Step], name: str, model_shape: tuple[int, ...]) -> tuple[Shape3, bool]:
    """(C, H, W) of the input, and whether the file has its channels last.

    Args:
        builder: for its constants; nothing is added to it.
        model_shape: axes of the file's input without the batch.
    """
    total = math.prod(model_shape)
    scratch = replace(
        builder, shapes=[(total, 1, 1)], views={name: View(0, model_shape)}, reads=Counter(), uses=Counter()
    )
    for step in steps:
        reads = next((view for tensor in step.inputs if (view := scratch.views.get(tensor)) is not None), None)
        if reads is None or not step.outputs:
            continue
        found = _image(scratch, reads, step)
        if found is not None:
            return found
        if step.op in THROUGH:
            scratch.views[step.outputs[0]] = reads
        elif step.op in LAYOUT:
            with suppress(Refusal, UnknownInput):  # refused again, with its name, as it is read
                LAYOUT[step.op](scratch, step)
    if len(model_shape) == 3 and any(step.op in IMAGES - {"BatchNormalization"} for step in steps):
        return (model_shape[0], model_shape[1], model_shape[2]), False
    return (total, 1, 1), False


def _image(builder: Builder, view: View, step: Step) -> tuple[Shape3, bool] | None:
    """The layout in which what an operator reads is an image in order, if it reads images."""
    positions = view.positions()
    rows = step.op == "MatMul" and positions.ndim > 1
    if rows or (step.op == "Pad" and positions.ndim > 1 and _channels_last(builder, step, positions.ndim)):
        positions = np.moveaxis(positions, -1, 0)
    elif step.op in REDUCTIONS and positions.ndim == 3:
        positions = np.moveaxis(positions, -1, 0) if _reduces_first_two(builder, step) else positions
    elif step.op not in IMAGES:
        return None
    shape = positions.shape
    if len(shape) == 2:
        shape = (shape[0], shape[1], 1) if rows else (shape[0], 1, shape[1])
    if len(shape) != 3:
        return None
    whole = np.arange(math.prod(shape), dtype=np.int32)
    sides = (shape[0], shape[1], shape[2])
    if np.array_equal(positions.reshape(-1), whole):
        return sides, False
    last = whole.reshape(shape[1], shape[2], shape[0]).transpose(2, 0, 1).reshape(-1)
    return (sides, True) if np.array_equal(positions.reshape(-1), last) else None


def _reduces_first_two(builder: Builder, step: Step) -> bool:
    """Whether a reduction is over the axes that are height and width where channels come last."""
    try:
        return layout.axes_of(builder, step, 4) == {1, 2}
    except (Refusal, UnknownInput):
        return False


def _channels_last(builder: Builder, step: Step, axes: int) -> bool:
    """Whether a Pad pads the first axis and not the last."""
    try:
        amounts = list(step.integers("pads")) or builder.integers(step, 1, "pads")
    except (Refusal, UnknownInput):
        return False
    return len(amounts) == 2 * (1 + axes) and bool(amounts[1]) and not amounts[axes]
