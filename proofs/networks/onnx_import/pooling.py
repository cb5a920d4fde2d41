"""MaxPool, AveragePool, their global forms, and ReduceMean, ReduceSum and ReduceMax over an image's axes."""

from __future__ import annotations

import math

import numpy as np

from proofs.networks.graph import FloatCombination, FloatMaxPool, FloatTerm
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.images import ORDER, ORDER_WAY, image_shape, is_permutation, whole_image
from proofs.networks.onnx_import.layout import axes_of
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import View
from proofs.networks.onnx_import.windows import Windows, read_windows

NO_GAPS = "use windows without gaps"


def max_pool(builder: Builder, step: Step) -> None:
    """The largest of each window; what lies outside is minus infinity."""
    if len(step.outputs) > 1 and step.outputs[1] and builder.uses[step.outputs[1]]:
        raise Refusal("the places of its maxima are read", "read its values only")
    tensor, windows, axes = _windows(builder, step)
    height, width = builder.shapes[tensor][1:]
    top, left, _, _ = windows.pads
    if top >= windows.kernel[0] or left >= windows.kernel[1]:
        raise Refusal("a window lies in its pads altogether", "use pads smaller than the kernel")
    bottom = max(0, (windows.out[0] - 1) * windows.stride[0] + windows.kernel[0] - height - top)
    right = max(0, (windows.out[1] - 1) * windows.stride[1] + windows.kernel[1] - width - left)
    if bottom >= windows.kernel[0] or right >= windows.kernel[1]:
        raise Refusal("a window lies in its pads altogether", "use pads smaller than the kernel")
    op = FloatMaxPool(tensor, windows.kernel, windows.stride, (top, left, bottom, right))
    out = (builder.shapes[tensor][0], *windows.out)
    builder.emit(step, op, out, _axes_out(out, axes))


def average_pool(builder: Builder, step: Step) -> None:
    """Windows all divided by one number."""
    tensor, windows, axes = _windows(builder, step)
    count = 1
    for axis in (0, 1):
        pads = (windows.pads[axis], windows.pads[axis + 2])
        counts = _counts(
            windows, axis, builder.shapes[tensor][1 + axis], pads, bool(step.integer("count_include_pad", 0))
        )
        if len(counts) != 1 or 0 in counts:
            raise Refusal(
                "its windows at the edge are divided by fewer values than the others",
                "use count_include_pad=1, ceil_mode=0 or pads of 0, and train or calibrate again",
            )
        count *= counts.pop()
    term = FloatTerm(tensor, 1 / count, windows.kernel, windows.stride, windows.pads[:2])
    out = (builder.shapes[tensor][0], *windows.out)
    builder.emit(step, FloatCombination((term,), out), out, _axes_out(out, axes))


def _counts(windows: Windows, axis: int, extent: int, pads: tuple[int, int], padded: bool) -> set[int]:
    """How many values windows are divided by along an axis: those inside the image, or inside it and its pads."""
    first, beyond = (-pads[0], extent + pads[1]) if padded else (0, extent)
    starts = [i * windows.stride[axis] - pads[0] for i in range(windows.out[axis])]
    return {max(0, min(start + windows.kernel[axis], beyond) - max(start, first)) for start in starts}


def _windows(builder: Builder, step: Step) -> tuple[int, Windows, int]:
    view = builder.view(step)
    shape = image_shape(view, builder.shapes[view.tensor])
    windows = read_windows(step, shape, len(view.shape) - 1, step.integers("kernel_shape"))
    if windows.dilation != (1, 1):
        raise Refusal("it is dilated", NO_GAPS)
    return whole_image(builder, step.name, view), windows, len(view.shape) - 1


def _axes_out(out: Shape3, axes: int) -> tuple[int, ...]:
    return out if axes == 2 else (out[0], out[1] * out[2])


def global_average_pool(builder: Builder, step: Step) -> None:
    """One window over the whole image."""
    tensor, out, axes = _whole_window(builder, step)
    height, width = builder.shapes[tensor][1:]
    term = FloatTerm(tensor, 1 / (height * width), (height, width))
    builder.emit(step, FloatCombination((term,), out), out, axes)


def global_max_pool(builder: Builder, step: Step) -> None:
    """The largest of each channel."""
    tensor, out, axes = _whole_window(builder, step)
    builder.emit(step, FloatMaxPool(tensor, builder.shapes[tensor][1:], (1, 1), (0, 0, 0, 0)), out, axes)


def _whole_window(builder: Builder, step: Step) -> tuple[int, Shape3, tuple[int, ...]]:
    view = builder.view(step)
    tensor = whole_image(builder, step.name, view)
    out = (builder.shapes[tensor][0], 1, 1)
    return tensor, out, (out[0], *[1] * (len(view.shape) - 1))


def reduce(builder: Builder, step: Step) -> None:
    """The mean, sum or largest over the height, the width or both of an image, wherever its axes lie."""
    view = builder.view(step)
    axes = axes_of(builder, step, 1 + len(view.shape))
    if axes is None or 0 in axes:
        raise Refusal("it works across the examples", "name the axes, and keep axis 0 for the examples")
    inner = sorted(axis - 1 for axis in axes)
    kernel = _reduced(builder, view, inner)
    shape = builder.shapes[view.tensor]
    out = (shape[0], shape[1] // kernel[0], shape[2] // kernel[1])
    if step.op == "ReduceMax":
        tensor = builder.add(FloatMaxPool(view.tensor, kernel, kernel, (0, 0, 0, 0)), out, step.name)
    else:
        factor = 1 / math.prod(kernel) if step.op == "ReduceMean" else 1.0
        tensor = builder.add(FloatCombination((FloatTerm(view.tensor, factor, kernel, kernel),), out), out, step.name)
    places = np.arange(math.prod(shape), dtype=np.int32).reshape(shape)[:, :: kernel[0], :: kernel[1]].reshape(-1)
    ranks = np.zeros(math.prod(shape), np.int32)
    ranks[places] = np.arange(math.prod(out), dtype=np.int32)
    first = tuple(slice(0, 1) if axis in inner else slice(None) for axis in range(len(view.shape)))
    kept = ranks[view.positions()[first]]
    if not step.integer("keepdims", 1):
        kept = kept.reshape([side for axis, side in enumerate(view.shape) if axis not in inner])
    builder.publish(step, View(tensor, ()).moved(kept, math.prod(out)))


def _reduced(builder: Builder, view: View, inner: list[int]) -> tuple[int, int]:
    """The window of the view's tensor that the reduced axes are."""
    shape = builder.shapes[view.tensor]
    total = math.prod(shape)
    if view.index is not None and not is_permutation(view.index, total):
        raise Refusal(ORDER, ORDER_WAY)
    rows = np.moveaxis(view.positions(), inner, range(-len(inner), 0))
    rows = np.sort(rows.reshape(-1, math.prod(view.shape[axis] for axis in inner)), axis=1)
    whole = np.arange(total, dtype=np.int32).reshape(shape)
    for kernel in ((shape[1], shape[2]), (shape[1], 1), (1, shape[2]), (1, 1)):
        down, across = shape[1] // kernel[0], shape[2] // kernel[1]
        cut = whole.reshape(shape[0], down, kernel[0], across, kernel[1]).transpose(0, 1, 3, 2, 4)
        windows = cut.reshape(-1, kernel[0] * kernel[1])
        if windows.shape == rows.shape and (windows[np.argsort(windows[:, 0])] == rows[np.argsort(rows[:, 0])]).all():
            return kernel
    if view.tensor in builder.guessed:
        raise UnknownInput
    raise Refusal(
        "it reduces other axes than an image's height and width", "use a layer with stored weights for channels"
    )
