"""Conv, Gemm and MatMul by stored weights."""

from __future__ import annotations

import math

import numpy as np

from proofs.networks.graph import FloatConvolution
from proofs.networks.limits import MAX_WEIGHTS
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.builder import Builder, Real
from proofs.networks.onnx_import.images import image, image_shape, whole_image
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import Positions, View
from proofs.networks.onnx_import.windows import Windows, read_windows

STORED_RIGHT = "multiply from the right by stored weights: two computed tensors are not multiplied"


def convolution(builder: Builder, step: Step) -> None:
    """Any kernel, strides, dilations, pads and groups over one or two axes."""
    view = builder.view(step)
    weight = builder.constant(step, 1, "weight")
    axes = len(view.shape) - 1
    shape = image_shape(view, builder.shapes[view.tensor])
    if weight.ndim != 2 + axes or weight.size == 0:
        raise Refusal(f"its weights {weight.shape} do not fit {1 + len(view.shape)} axes")
    groups = step.integer("group", 1)
    if groups < 1 or weight.shape[1] * groups != shape[0] or len(weight) % groups:
        raise Refusal(f"its weights {weight.shape} in {groups} groups do not fit {shape[0]} channels")
    if step.integers("kernel_shape") not in ((), weight.shape[2:]):
        raise Refusal("its kernel_shape is not that of its weights")
    bias = builder.constant(step, 2, "bias") if step.has(2) else np.zeros(len(weight))
    if bias.shape != (len(weight),):
        raise Refusal(f"its bias {bias.shape} is not one number for each of {len(weight)} outputs")
    windows = read_windows(step, shape, axes, weight.shape[2:])
    weight = _with_gaps(weight.reshape(*weight.shape[:2], *_sides(windows)), windows)
    if groups == 1:
        source = image(builder, step.name, view)
        tensor, weight = source.tensor, _spread_channels(weight, source.channels, builder.shapes[source.tensor][0])
    else:
        tensor = whole_image(builder, step.name, view)
    out = (len(weight), *windows.out)
    op = FloatConvolution(tensor, weight, bias, windows.stride, windows.pads, groups)
    builder.emit(step, op, out, out if axes == 2 else (out[0], out[1] * out[2]))


def _sides(windows: Windows) -> tuple[int, int]:
    """The kernel without gaps."""
    down, across = ((full - 1) // gap + 1 for full, gap in zip(windows.kernel, windows.dilation, strict=True))
    return down, across


def _with_gaps(weight: Real, windows: Windows) -> Real:
    """Zeros between a dilated kernel's weights."""
    if windows.dilation == (1, 1):
        return weight
    size = math.prod(weight.shape[:2]) * math.prod(windows.kernel)
    if size > MAX_WEIGHTS:
        raise Refusal(f"its dilation makes {size} weights of it, at most {MAX_WEIGHTS}", "use a smaller dilation")
    full = np.zeros((*weight.shape[:2], *windows.kernel))
    full[:, :, :: windows.dilation[0], :: windows.dilation[1]] = weight
    return full


def _spread_channels(weight: Real, channels: Positions | None, count: int) -> Real:
    """The weights for all channels of a tensor, of which the convolution reads some in another order."""
    if channels is None:
        return weight
    if weight.size // weight.shape[1] * count > MAX_WEIGHTS:
        raise Refusal(f"it reads {len(channels)} of {count} channels with too many weights", "prove a smaller model")
    full = np.zeros((len(weight), count, *weight.shape[2:]))
    for position, channel in enumerate(channels):
        full[:, channel] += weight[:, position]
    return full


def gemm(builder: Builder, step: Step) -> None:
    """alpha x B + beta C with stored B and C."""
    view = builder.view(step)
    if step.integer("transA", 0):
        raise Refusal("it transposes its input, which mixes the examples", "export without transA")
    weight = builder.constant(step, 1, "weight") * step.number("alpha", 1.0)
    if weight.ndim != 2 or len(view.shape) != 1:
        raise Refusal(f"it multiplies {1 + len(view.shape)} axes by {weight.ndim}", "put a Flatten before it")
    weight = weight if step.integer("transB", 0) else weight.T
    bias = np.zeros(len(weight))
    if step.has(2):
        stored = builder.constant(step, 2, "bias") * step.number("beta", 1.0)
        if stored.ndim > 2 or stored.shape not in ((), (1,), (1, 1), bias.shape, (1, *bias.shape)):
            raise Refusal(f"its bias {stored.shape} is not one number for each of {len(weight)} outputs")
        bias = bias + stored.reshape(-1)
    dense(builder, step, view, weight, bias)


def matmul(builder: Builder, step: Step) -> None:
    """x B with a stored B (in, out); over the last axis where x has more than one."""
    if not builder.is_stored(step, 1) or builder.is_stored(step, 0):
        for position in (0, 1):
            if not builder.is_stored(step, position):
                builder.view(step, position)  # what an earlier refused node should have written is not refused again
        raise Refusal("it does not multiply by stored weights on its right", STORED_RIGHT)
    view, weight = builder.view(step), builder.constant(step, 1, "weight")
    if weight.ndim != 2:
        raise Refusal(f"its weights have {weight.ndim} axes", "use a matrix of weights")
    if len(view.shape) == 1:
        dense(builder, step, view, weight.T, np.zeros(weight.shape[1]))
        return
    if view.shape[-1] != len(weight):
        raise Refusal(f"its weights {weight.shape} do not fit {view.shape[-1]} features")
    first = np.moveaxis(view.positions(), -1, 0)
    if first.ndim > 3:
        raise Refusal(f"it reads {1 + len(view.shape)} axes", "use at most four")
    turned = View(view.tensor, first.shape, first)
    source = image(builder, step.name, turned)
    full = _spread_channels(weight.T[:, :, None, None], source.channels, builder.shapes[source.tensor][0])
    out = (weight.shape[1], *builder.shapes[source.tensor][1:])
    op = FloatConvolution(source.tensor, full, np.zeros(out[0]), (1, 1), (0, 0, 0, 0), 1)
    tensor = builder.add(op, out, step.name)
    places = np.arange(math.prod(out), dtype=np.int32).reshape(out[0], *first.shape[1:])
    builder.publish(step, View(tensor, ()).moved(np.moveaxis(places, 0, -1), math.prod(out)))


def dense(builder: Builder, step: Step, view: View, weight: Real, bias: Real) -> None:
    """weight (O, n) x + bias, x being any n values of one tensor in any order."""
    if weight.ndim != 2 or weight.size == 0 or (weight.shape[1],) != view.shape:
        raise Refusal(f"its weights {weight.shape[::-1]} do not fit {view.shape} features")
    shape: Shape3 = builder.shapes[view.tensor]
    total = math.prod(shape)
    if len(weight) * total > MAX_WEIGHTS:
        raise Refusal(f"it would need {len(weight) * total} weights, at most {MAX_WEIGHTS}", "prove a smaller model")
    full = np.ascontiguousarray(weight)
    if view.index is not None:
        full = np.zeros((len(weight), total))
        np.add.at(full.T, view.index, weight.T)
    op = FloatConvolution(view.tensor, full.reshape(-1, *shape), bias, (1, 1), (0, 0, 0, 0), 1)
    builder.emit(step, op, (len(weight), 1, 1), (len(weight),))
