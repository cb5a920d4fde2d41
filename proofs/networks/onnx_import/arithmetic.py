"""Add, Sub, Mul, Div, Neg, Sum, Mean and BatchNormalization: by stored numbers, or sums of computed tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from proofs.networks.graph import FloatCombination, FloatTerm
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.affine import scale_and_shift
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.images import ORDER_WAY, vector, whole, whole_image
from proofs.networks.onnx_import.refusal import Refusal, UnknownInput
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import View

ONE = np.ones(())
ZERO = np.zeros(())
NO_PRODUCT = "multiply by stored numbers; x * Sigmoid(x), Gelu, HardSwish and squares are read as one function"


def add(builder: Builder, step: Step) -> None:
    """x + y, or stored numbers added to x."""
    for x, other in ((0, 1), (1, 0)):
        if builder.is_stored(step, other):
            scale_and_shift(builder, step, x, ONE, builder.constant(step, other, "addend"))
            return
    combine(builder, step, (1.0, 1.0))


def subtract(builder: Builder, step: Step) -> None:
    """x - y, x minus stored numbers, or those minus x."""
    if builder.is_stored(step, 1):
        scale_and_shift(builder, step, 0, ONE, -builder.constant(step, 1, "subtrahend"))
    elif builder.is_stored(step, 0):
        scale_and_shift(builder, step, 1, -ONE, builder.constant(step, 0, "minuend"))
    else:
        combine(builder, step, (1.0, -1.0))


def multiply(builder: Builder, step: Step) -> None:
    """x times stored numbers."""
    for x, other in ((0, 1), (1, 0)):
        if builder.is_stored(step, other):
            scale_and_shift(builder, step, x, builder.constant(step, other, "factor"), ZERO)
            return
    builder.view(step, 0)
    builder.view(step, 1)
    raise Refusal("it multiplies two computed tensors", NO_PRODUCT)


def divide(builder: Builder, step: Step) -> None:
    """x over stored numbers."""
    if not builder.is_stored(step, 1):
        builder.view(step, 1)
        raise Refusal("it divides by computed values", NO_PRODUCT)
    divisors = builder.constant(step, 1, "divisor")
    with np.errstate(all="ignore"):
        factors = 1 / divisors
    if not np.isfinite(factors).all():
        raise Refusal("it divides by zero", "train again: such a model computes nothing")
    scale_and_shift(builder, step, 0, factors, ZERO)


def negate(builder: Builder, step: Step) -> None:
    """-x."""
    scale_and_shift(builder, step, 0, -ONE, ZERO)


def total(builder: Builder, step: Step) -> None:
    """The sum or the mean of any number of tensors."""
    count = len(step.inputs)
    combine(builder, step, (1.0 if step.op == "Sum" else 1.0 / count,) * count)


def batch_normalisation(builder: Builder, step: Step) -> None:
    """scale (x - mean) / sqrt(variance + epsilon) + shift, by channel."""
    if step.integer("training_mode", 0) or any(builder.uses[name] for name in step.outputs[1:] if name):
        raise Refusal("it is in training mode, which mixes the examples", "export for inference (model.eval())")
    view = builder.view(step)
    names = ("scale", "shift", "mean", "variance")
    scale, shift, mean, variance = (builder.constant(step, i, name) for i, name in enumerate(names, 1))
    if not view.shape or any(values.shape != view.shape[:1] for values in (scale, shift, mean, variance)):
        raise Refusal(f"its stored numbers are not one for each channel of {view.shape}")
    spread = variance + step.number("epsilon", 1e-5)
    if not (spread > 0).all():
        raise Refusal("its variance is not positive", "train again: such a model computes nothing")
    sides = (-1, *[1] * (len(view.shape) - 1))
    factors = scale / np.sqrt(spread)
    scale_and_shift(builder, step, 0, factors.reshape(sides), (shift - mean * factors).reshape(sides))


def combine(builder: Builder, step: Step, multipliers: Sequence[float]) -> None:
    """The sum of computed tensors, each times a number."""
    views = [whole(builder, step, position) for position in range(len(multipliers))]
    axes = max((view.shape for view in views), key=math.prod)
    wide = [view for view in views if view.shape == axes]
    if not _same_order(builder, wide):
        if any(view.tensor in builder.guessed for view in views):
            raise UnknownInput
        wide = [_ordered(builder, step, view) for view in wide]
    shape = builder.shapes[wide[0].tensor]
    if any(builder.shapes[view.tensor] != shape for view in wide) or not _same_order(builder, wide):
        _refuse_shapes(builder, views)
    factors: dict[int, float] = {}
    rest = iter(wide)
    terms: list[FloatTerm] = []
    for view, multiplier in zip(views, multipliers, strict=True):
        if view.shape == axes:
            tensor = next(rest).tensor
            factors[tensor] = factors.get(tensor, 0.0) + multiplier
        else:
            terms.append(_repeated(builder, views, view, multiplier, axes, shape))
    terms = [FloatTerm(tensor, factor) for tensor, factor in factors.items()] + terms
    builder.emit(step, FloatCombination(tuple(terms), shape), shape, axes, wide[0].index)


def _same_order(builder: Builder, views: list[View]) -> bool:
    first = views[0]
    return all(
        builder.shapes[view.tensor] == builder.shapes[first.tensor]
        and (view.index is first.index or np.array_equal(view.positions(), first.positions()))
        for view in views[1:]
    )


def _ordered(builder: Builder, step: Step, view: View) -> View:
    """The view as a tensor of its own axes."""
    if len(view.shape) == 1:
        return View(vector(builder, step.name, view), view.shape)
    return View(whole_image(builder, step.name, view), view.shape)


def _repeated(
    builder: Builder, views: list[View], view: View, multiplier: float, axes: tuple[int, ...], shape: Shape3
) -> FloatTerm:
    """A tensor (C, 1, 1) added at every place of an image: windows so large that each holds its one value."""
    own = builder.shapes[view.tensor]
    fits = view.index is None and axes == shape and view.shape == own and own == (shape[0], 1, 1)
    if not fits:
        _refuse_shapes(builder, views)
    return FloatTerm(view.tensor, multiplier, shape[1:], (1, 1), (shape[1] - 1, shape[2] - 1))


def _refuse_shapes(builder: Builder, views: list[View]) -> None:
    if any(view.tensor in builder.guessed for view in views):
        raise UnknownInput
    shapes = " and ".join(str(view.shape) for view in views)
    raise Refusal(f"it adds tensors of shapes {shapes} whose values do not lie in one order", ORDER_WAY)
