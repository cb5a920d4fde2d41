"""Concat and Pad."""

from __future__ import annotations

import math

import numpy as np

from proofs.networks.graph import FloatCombination, FloatTerm
from proofs.networks.limits import MAX_SIDE
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.images import image_shape, whole, whole_image
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import Positions, View

SAME_SIDES = "concatenate tensors that agree in all axes but one"
ZEROS = "pad the height and width with the constant 0"


def concatenate(builder: Builder, step: Step) -> None:
    """Tensors one after another along channels, rows or columns."""
    views = [whole(builder, step, position) for position in range(len(step.inputs))]
    rank = 1 + len(views[0].shape)
    axis = step.integer("axis", 1)
    if not -rank <= axis < rank or axis % rank == 0:
        raise Refusal("it puts examples one after another", "use axis 1; keep axis 0 for the examples")
    inner = axis % rank - 1
    others = {(*view.shape[:inner], *view.shape[inner + 1 :]) for view in views}
    if len(others) != 1 or len({len(view.shape) for view in views}) != 1:
        raise Refusal(f"it joins shapes {' and '.join(str(view.shape) for view in views)}", SAME_SIDES)
    if len(views) == 1:
        builder.alias(step, views[0])
        return
    joins = [join for along in range(3) if (join := _join(builder, views, inner, along)) is not None]
    if not joins:
        if any(view.tensor in builder.guessed for view in views):
            raise UnknownInput
        raise Refusal("it joins tensors of different heights and widths", SAME_SIDES)
    shape, befores, positions = next((join for join in joins if _orderly(join)), joins[0])
    terms = tuple(
        FloatTerm(view.tensor, 1.0, before=(y, x), channel=channel)
        for view, (channel, y, x) in zip(views, befores, strict=True)
    )
    tensor = builder.add(FloatCombination(terms, shape), shape, step.name)
    builder.publish(step, View(tensor, ()).moved(positions, math.prod(shape)))


Join = tuple[Shape3, list[Shape3], Positions]


def _join(builder: Builder, views: list[View], inner: int, along: int) -> Join | None:
    """The tensors one after another along one of their own axes: shape, where each starts, and the places seen."""
    shapes = [builder.shapes[view.tensor] for view in views]
    if len({(*shape[:along], *shape[along + 1 :]) for shape in shapes}) != 1:
        return None
    sides = list(shapes[0])
    sides[along] = sum(shape[along] for shape in shapes)
    places = np.arange(math.prod(sides), dtype=np.int32).reshape(sides)
    starts, parts, start = [], [], 0
    for view, shape in zip(views, shapes, strict=True):
        before = [0, 0, 0]
        before[along] = start
        own = np.take(places, range(start, start + shape[along]), axis=along).reshape(-1)
        parts.append(own[view.positions()])
        starts.append((before[0], before[1], before[2]))
        start += shape[along]
    return (sides[0], sides[1], sides[2]), starts, np.concatenate(parts, axis=inner)


def _orderly(join: Join) -> bool:
    """Whether the places seen are those of whole axes in some order."""
    shape, _, positions = join
    places = np.arange(math.prod(shape), dtype=np.int32)
    if positions.ndim == 1:
        return bool((positions == places).all())
    orders = ((0, 1, 2), (1, 2, 0)) if positions.ndim == 3 else ((0, 1), (1, 0))
    sides = shape if positions.ndim == 3 else (shape[0], shape[1] * shape[2])
    return any(np.array_equal(places.reshape(sides).transpose(order), positions) for order in orders)


def pad(builder: Builder, step: Step) -> None:
    """Zeros around the height and width, or rows and columns cut off where they are negative."""
    view = builder.view(step)
    if step.text("mode", "constant") != "constant" or _fill(builder, step) != 0:
        raise Refusal("it pads with something else than zeros", ZEROS)
    rank = 1 + len(view.shape)
    amounts = (
        list(step.integers("pads") or step.integers("paddings"))
        if builder.opset < 11
        else builder.integers(step, 1, "pads")
    )
    axes = builder.integers(step, 3, "axes") if step.has(3) else list(range(rank))
    if len(amounts) != 2 * len(axes) or not all(-rank <= axis < rank for axis in axes):
        raise Refusal("its pads are not two for each axis")
    if any(abs(amount) > MAX_SIDE for amount in amounts):
        raise Refusal(f"it pads by more than {MAX_SIDE}", "use smaller pads")
    around = {axis % rank: (amounts[i], amounts[i + len(axes)]) for i, axis in enumerate(axes)}
    if not any(before or after for before, after in around.values()):
        builder.alias(step, view)
        return
    _pad_image(builder, step, view, [around.get(axis, (0, 0)) for axis in range(rank)])


def _pad_image(builder: Builder, step: Step, view: View, around: list[tuple[int, int]]) -> None:
    order = _channels_first(builder, view)
    turned = View(view.tensor, ()).moved(view.positions().transpose(order), math.prod(builder.shapes[view.tensor]))
    sides = [around[0], *(around[1 + axis] for axis in order)]
    if sides[0] != (0, 0) or sides[1] != (0, 0) or len(view.shape) not in (2, 3):
        raise Refusal("it pads examples, channels or features", ZEROS)
    tensor = whole_image(builder, step.name, turned)
    channels, height, width = image_shape(turned, builder.shapes[tensor])
    one = sides[2]
    if len(view.shape) == 3:
        (top, bottom), (left, right) = one, sides[3]
    else:
        (top, bottom), (left, right) = (one, (0, 0)) if width == 1 else ((0, 0), one)
    out = (channels, height + top + bottom, width + left + right)
    term = FloatTerm(tensor, 1.0, before=(top, left))
    tensor = builder.add(FloatCombination((term,), out), out, step.name)
    places = np.arange(math.prod(out), dtype=np.int32).reshape(out if len(view.shape) == 3 else (channels, -1))
    builder.publish(step, View(tensor, ()).moved(places.transpose(np.argsort(order)), math.prod(out)))


def _channels_first(builder: Builder, view: View) -> list[int]:
    """The order of axes in which a view is its tensor."""
    axes = list(range(len(view.shape)))
    last = [axes[-1], *axes[:-1]] if axes else []
    if (
        view.index is not None
        and View(view.tensor, ()).moved(view.positions().transpose(last), math.prod(builder.shapes[view.tensor])).index
        is None
    ):
        return last
    return axes


def _fill(builder: Builder, step: Step) -> float:
    if builder.opset < 11:
        return step.number("value", 0.0)
    return float(builder.constant(step, 2, "value").reshape(-1)[0]) if step.has(2) else 0.0
