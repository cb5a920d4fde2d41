"""Activations: clips and functions by name."""

from __future__ import annotations

import numpy as np

from proofs.networks.graph import Activation
from proofs.networks.onnx_import.affine import activate
from proofs.networks.onnx_import.builder import Builder
from proofs.networks.onnx_import.functions import FUNCTIONS
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step

LARGE = 1e30
"""Ends of a clip beyond this are none: exporters write the largest float32."""
RELU = Activation("clip", 0.0, np.inf)
PLAIN = {
    "Sigmoid": "sigmoid", "Tanh": "tanh", "HardSwish": "hardswish", "Softplus": "softplus", "Softsign": "softsign",
    "Mish": "mish", "Erf": "erf", "Abs": "abs",
}  # fmt: skip
WITH_NUMBERS: dict[str, tuple[str, tuple[tuple[str, float], ...]]] = {
    "LeakyRelu": ("leakyrelu", (("alpha", 0.01),)),
    "HardSigmoid": ("hardsigmoid", (("alpha", 0.2), ("beta", 0.5))),
    "Elu": ("elu", (("alpha", 1.0),)),
    "Celu": ("celu", (("alpha", 1.0),)),
    "Selu": ("selu", (("alpha", 1.6732632), ("gamma", 1.0507010))),
}


def relu(builder: Builder, step: Step) -> None:
    """max(x, 0)."""
    activate(builder, step, RELU)


def clip(builder: Builder, step: Step) -> None:
    """min(max(x, low), high), either end optional."""
    if builder.opset < 11:
        ends = step.number("min", -2 * LARGE), step.number("max", 2 * LARGE)
    else:
        ends = _end(builder, step, 1, -np.inf), _end(builder, step, 2, np.inf)
    low, high = (end if abs(end) < LARGE else float(np.copysign(np.inf, end)) for end in map(float, ends))
    if not low <= high:
        raise Refusal(f"it clips to [{low}, {high}]", "train again: such a model computes nothing")
    activate(builder, step, Activation("clip", low, high))


def _end(builder: Builder, step: Step, position: int, default: float) -> float:
    if not step.has(position):
        return default
    values = builder.numbers(step, position, "end").reshape(-1)
    if values.size != 1 or np.isnan(values[0]):
        raise Refusal("its ends are not one number each", "clip all values to the same ends")
    return float(values[0])


def limit(builder: Builder, step: Step) -> None:
    """Max or Min of computed values and one stored number."""
    if len(step.inputs) == 1:
        builder.alias(step, builder.view(step))
        return
    stored = [position for position in range(len(step.inputs)) if builder.is_stored(step, position)]
    for position in set(range(len(step.inputs))) - set(stored):
        builder.view(step, position)
    if len(step.inputs) != 2 or len(stored) != 1:
        raise Refusal("it takes the larger or smaller of computed tensors", "use Relu, Clip or MaxPool")
    end = builder.constant(step, stored[0], "end").reshape(-1)
    if end.size != 1:
        raise Refusal("its ends are not one number", "clip all values to the same ends")
    ends = (float(end[0]), np.inf) if step.op == "Max" else (-np.inf, float(end[0]))
    other = Step(step.name, step.op, "", (step.inputs[1 - stored[0]],), step.outputs, {})
    activate(builder, other, Activation("clip", *ends))


def prelu(builder: Builder, step: Step) -> None:
    """x, or slope * x where x is negative."""
    slopes = np.unique(builder.constant(step, 1, "slope"))
    if slopes.size != 1:
        raise Refusal("its slopes differ from channel to channel", "use one slope (num_parameters=1), or Relu")
    activate(builder, step, Activation("leakyrelu", parameters=(float(slopes[0]),)))


def named(builder: Builder, step: Step) -> None:
    """A function by name, with its numbers."""
    if step.op in PLAIN:
        activate(builder, step, Activation(PLAIN[step.op]))
        return
    kind, numbers = WITH_NUMBERS[step.op]
    values = tuple(step.number(name, default) for name, default in numbers)
    if kind == "celu" and values[0] == 0:
        raise Refusal("its alpha is 0", "use Relu")
    activate(builder, step, Activation(kind, parameters=values))


def gelu(builder: Builder, step: Step) -> None:
    """x times the normal distribution function, exact or by tanh."""
    activate(builder, step, Activation("gelu_tanh" if step.text("approximate", "none") == "tanh" else "gelu"))


def swish(builder: Builder, step: Step) -> None:
    """x * Sigmoid(x)."""
    if step.number("alpha", 1.0) != 1:
        raise Refusal("its alpha is not 1", "use x * Sigmoid(x)")
    activate(builder, step, Activation("silu"))


def power(builder: Builder, step: Step) -> None:
    """x^1 and x^2."""
    exponent = builder.constant(step, 1, "exponent").reshape(-1)
    if exponent.size != 1 or exponent[0] not in (1, 2):
        raise Refusal("it raises to another power than 2", "use squares: x^4 is a square of a square")
    if exponent[0] == 1:
        builder.alias(step, builder.view(step))
        return
    activate(builder, step, Activation("square"))


def recognised(builder: Builder, step: Step) -> None:
    """A function that several nodes make together (``composites``)."""
    name = step.text("name", "")
    if name not in FUNCTIONS:
        raise Refusal("it is a function that is not known")
    if step.integer("saturate", 0):
        builder.note(step, f"its {name} is taken as one table, without the levels stated inside it", "nothing")
    numbers = (step.number("alpha", 0.0),) if name == "leakyrelu" else ()
    activate(builder, step, Activation(name, parameters=numbers))
