"""Ends of classifiers, which keep the order of the classes and are left out, and scikit-learn's operators."""

from __future__ import annotations

import math

import numpy as np

from proofs.networks.onnx_import.affine import scale_and_shift
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.linear import dense
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step
from proofs.networks.onnx_import.view import Ranking, View

AT_THE_END = "use it at the end of a classifier only"
SAME_ANSWER = "nothing: the largest is the same"
MONOTONE = ("NONE", "SOFTMAX", "LOGISTIC")


def softmax(builder: Builder, step: Step) -> None:
    """Left out, where it is taken over all values of an example."""
    view = builder.view(step)
    rank = 1 + len(view.shape)
    old = builder.opset < 13  # then it flattens from the axis on
    axis = step.integer("axis", 1 if old else -1)
    axis = axis % rank if -rank <= axis < rank else 0
    over = math.prod(view.shape[axis - 1 :]) if old else view.shape[axis - 1] if axis else 0
    if axis == 0 or over != math.prod(view.shape):
        raise Refusal("it is not taken over all classes of an example", AT_THE_END)
    _leave_out(builder, step, view, step.op)


def arg_max(builder: Builder, step: Step) -> None:
    """Left out: the statement is about the first largest logit anyway."""
    view = builder.marked(step)
    rank = 1 + len(view.shape)
    axis = step.integer("axis", 0)
    if not -rank <= axis < rank or axis % rank == 0 or view.shape[axis % rank - 1] != math.prod(view.shape):
        raise Refusal("it is not taken over all classes of an example", AT_THE_END)
    if step.integer("select_last_index", 0):
        raise Refusal("it takes the last of equal values, the proof the first", "export with select_last_index=0")
    builder.note(step, "ArgMax is left out: the network gives the logits", SAME_ANSWER)
    builder.remark(step, view, Ranking("ArgMax", label=True))


def normalise(builder: Builder, step: Step) -> None:
    """Division by the sum of an example's values: keeps the order of probabilities."""
    view = builder.marked(step)
    if not isinstance(view.mark, Ranking) or view.mark.label:
        raise Refusal("it divides each example by its own norm", "normalise before the model")
    builder.alias(step, view)


def passed(builder: Builder, step: Step) -> None:
    """What follows the classes' scores and does not change their order: ZipMap, class names by ArgMax, Cast."""
    for position in range(len(step.inputs)):
        if not builder.is_stored(step, position):
            builder.alias(step, builder.marked(step, position))
            return


def class_names(builder: Builder, step: Step) -> None:
    """Class names picked by ArgMax; of computed features, an error."""
    position = 1 if builder.is_stored(step, 0) else 0
    view = builder.marked(step, position)
    if not (isinstance(view.mark, Ranking) and view.mark.label):
        raise Refusal("it picks among computed values", "use Gather with stored indices")
    builder.alias(step, view)


def scaler(builder: Builder, step: Step) -> None:
    """(x - offset) * scale, by feature."""
    offset, scale = step.numbers("offset"), step.numbers("scale")
    if not (np.isfinite(offset).all() and np.isfinite(scale).all() and offset.size and scale.size):
        raise Refusal("its offset or scale is missing, NaN or infinite", "train again, or repair the export")
    try:
        shift = -offset * scale
    except ValueError:
        raise Refusal("its offset and scale differ in length") from None
    scale_and_shift(builder, step, 0, scale, shift)


def linear_classifier(builder: Builder, step: Step) -> None:
    """x A + b; its own probabilities are left out."""
    view = builder.view(step)
    labels = max(step.count("classlabels_ints"), step.count("classlabels_strings"))
    bias, weight = step.numbers("intercepts"), step.numbers("coefficients")
    transform = step.text("post_transform", "NONE")
    if transform not in MONOTONE:
        raise Refusal(f"its post_transform is {transform}", f"use one of {', '.join(MONOTONE)}")
    features = math.prod(view.shape)
    if weight.size == 0 or weight.size % features or not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise Refusal("its coefficients do not fit its input, or are NaN or infinite")
    weight = weight.reshape(-1, features)
    bias = bias if bias.size else np.zeros(len(weight))
    if len(bias) != len(weight) or (labels and labels != len(weight) and (labels, len(weight)) != (2, 1)):
        raise Refusal("its coefficients, intercepts and class labels differ in number")
    scores = Step(step.name, step.op, step.domain, step.inputs, step.outputs[1:] or step.outputs, {})
    dense(builder, scores, view, weight, bias)
    if transform != "NONE":
        builder.note(step, f"its {transform} is left out: the network gives the logits", SAME_ANSWER)
    found = builder.views[scores.outputs[0]]
    _publish_both(builder, step, View(found.tensor, found.shape, found.index, Ranking(transform)))


def linear_regressor(builder: Builder, step: Step) -> None:
    """x A + b."""
    view = builder.view(step)
    bias, weight = step.numbers("intercepts"), step.numbers("coefficients")
    targets = step.integer("targets", 1)
    if step.text("post_transform", "NONE") != "NONE" or targets < 1 or weight.size != targets * math.prod(view.shape):
        raise Refusal("its coefficients do not fit its input, or are transformed")
    bias = bias if bias.size else np.zeros(targets)
    if len(bias) != targets or not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise Refusal("its coefficients or intercepts are NaN, infinite or too few")
    dense(builder, step, view, weight.reshape(targets, -1), bias)


def _publish_both(builder: Builder, step: Step, view: View) -> None:
    """Scores at the second output, the label they give at the first."""
    builder.views[step.outputs[0]] = View(view.tensor, view.shape, view.index, Ranking(step.op, label=True))
    for name in step.outputs[1:2]:
        builder.views[name] = view
    builder.reads[view.tensor] = sum(builder.uses[name] for name in step.outputs if name)


def _leave_out(builder: Builder, step: Step, view: View, what: str) -> None:
    builder.note(step, f"{what} is left out: the network gives the logits", SAME_ANSWER)
    builder.remark(step, view, Ranking(what))
