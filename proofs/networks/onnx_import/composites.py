"""Functions that several nodes make together, found by what they compute: x * Sigmoid(x), Gelu from Erf, x * x, ...

Every node that computes one number from one number, through stored scalars and through itself, is a function of each
tensor on its way. Where two such branches meet again, the function is compared with the known ones on a grid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import erf, expit

from proofs.networks.onnx_import.functions import FUNCTIONS, Real
from proofs.networks.onnx_import.step import Attribute, Step, Stored

GRID = np.concatenate([np.linspace(-12, 12, 97), [-1e-3, 1e-3, 3.3, -3.3, -25, 25, -1e3, 1e3, -1e5, 1e5]])
TOLERANCE = 2e-6
CANDIDATES = (
    "square",
    "silu",
    "hardswish",
    "gelu",
    "gelu_tanh",
    "mish",
    "abs",
    "sigmoid",
    "tanh",
    "softplus",
    "softsign",
)
INTEGERS = ""
"""Marks the traces of a QuantizeLinear's result."""
ROUNDING = frozenset(("QuantizeLinear", "DequantizeLinear"))
UNREAD = frozenset(("Exp", "Sqrt", "Reciprocal", "Log"))
MAX_DEPTH = 12


def _chosen(condition: Real, x: Real, y: Real) -> Real:
    return np.where(condition != 0, x, y)


SCALAR: dict[str, tuple[int, Callable[..., Real]]] = {
    "Sigmoid": (1, lambda x: np.asarray(expit(x))), "Tanh": (1, np.tanh), "Erf": (1, lambda x: np.asarray(erf(x))),
    "Relu": (1, lambda x: np.maximum(x, 0)), "Softplus": (1, FUNCTIONS["softplus"]), "Neg": (1, np.negative),
    "Abs": (1, np.abs), "Sqrt": (1, np.sqrt), "Exp": (1, np.exp), "Reciprocal": (1, np.reciprocal),
    "Identity": (1, np.asarray), "QuantizeLinear": (1, np.asarray), "DequantizeLinear": (1, np.asarray),
    "Add": (2, np.add), "Sub": (2, np.subtract), "Mul": (2, np.multiply),
    "Div": (2, np.divide), "Pow": (2, np.power), "Max": (2, np.maximum), "Min": (2, np.minimum),
    "Greater": (2, lambda x, y: (x > y).astype(float)), "Less": (2, lambda x, y: (x < y).astype(float)),
    "GreaterOrEqual": (2, lambda x, y: (x >= y).astype(float)), "LessOrEqual": (2, lambda x, y: (x <= y).astype(float)),
    "Where": (3, _chosen),
}  # fmt: skip
"""Operators of one number each: how many inputs they have, and what they compute."""
Trace = tuple[Real, bool, bool]
Traces = dict[str, dict[str, Trace]]
"""By tensor: its values on the grid as a function of each tensor on its way, and whether branches met on it
(or an operator that has no reader of its own was used), and whether a QuantizeLinear rounds on the way."""


def recognise(steps: Sequence[Step], stored: Mapping[str, Stored], opset: int) -> list[Step]:
    """The steps, with those that finish a known function reading its argument instead."""
    traces: Traces = {}
    return [_step(step, stored, opset, traces) for step in steps]


def _step(step: Step, stored: Mapping[str, Stored], opset: int, traces: Traces) -> Step:
    operands = _operands(step, stored, opset)
    if operands is None or not step.outputs or all(isinstance(operand, float) for operand in operands):
        return step
    paths = [operand if isinstance(operand, float) else _paths(traces, operand) for operand in operands]
    ways = [path for path in paths if not isinstance(path, float)]
    # the nearest first; the integers of a QuantizeLinear are no argument
    roots = [root for root in reversed(ways[0]) if root != INTEGERS and all(root in way for way in ways[1:])]
    found: dict[str, Trace] = {}
    for root in roots[:MAX_DEPTH]:
        found[root] = _apply(step, paths, root)
    traces[step.outputs[0]] = dict(reversed(found.items()))
    if step.op == "QuantizeLinear":
        traces[step.outputs[0]][INTEGERS] = (GRID, False, True)
    if step.op in ROUNDING or step.op == "Identity":
        return step  # what it says of the function's result is to be kept
    for root, (values, met, rounded) in found.items():
        known = _known(values) if met else None
        if known is not None:
            return _finished(step, root, known, rounded)
    return step


def _finished(step: Step, root: str, known: tuple[str] | tuple[str, float], rounded: bool) -> Step:
    attributes: dict[str, Attribute] = {"name": known[0], "saturate": int(rounded)}
    if len(known) == 2:
        attributes["alpha"] = known[1]
    return replace(step, op="Recognised", domain="", inputs=(root,), attributes=attributes)


def _paths(traces: Traces, tensor: str) -> dict[str, Trace]:
    known = traces.get(tensor, {})
    return known if INTEGERS in known else {**known, tensor: (GRID, False, False)}


def _apply(step: Step, paths: Sequence[float | dict[str, Trace]], root: str) -> Trace:
    values = [np.full_like(GRID, path) if isinstance(path, float) else path[root][0] for path in paths]
    computed = [path[root] for path in paths if not isinstance(path, float)]
    met = len(computed) > 1 or step.op in UNREAD or any(one[1] for one in computed)
    rounded = step.op in ROUNDING or any(one[2] for one in computed)
    with np.errstate(all="ignore"):
        if step.op == "Clip":
            return np.minimum(np.maximum(values[0], values[1]), values[2]), met, rounded
        if step.op == "HardSigmoid":
            numbers = step.number("alpha", 0.2), step.number("beta", 0.5)
            return FUNCTIONS["hardsigmoid"](values[0], *numbers), met, rounded
        return SCALAR[step.op][1](*values), met, rounded


def _close(first: Real, second: Real) -> bool:
    """Equal up to constants that an 8-bit export has rounded to 24 bits."""
    return bool((np.abs(first - second) <= TOLERANCE * (1 + np.abs(GRID) + np.abs(second))).all())


def _known(values: Real) -> tuple[str] | tuple[str, float] | None:
    """The known function with these values on the grid, and its slope if it is a leaky ReLU."""
    if not np.isfinite(values).all():
        return None
    for name in CANDIDATES:
        if _close(values, FUNCTIONS[name](GRID)):
            return (name,)
    alpha = float(values[0] / GRID[0])
    leaky = FUNCTIONS["leakyrelu"](GRID, alpha)
    return ("leakyrelu", alpha) if np.allclose(values, leaky, rtol=TOLERANCE, atol=0) else None


def _operands(step: Step, stored: Mapping[str, Stored], opset: int) -> list[float | str] | None:
    """Scalars and tensor names a node of one number from one number reads; None for other nodes."""
    if step.domain not in ("", "ai.onnx"):
        return None
    if step.op in ROUNDING:
        return [step.inputs[0]] if step.inputs and all(name in stored for name in step.inputs[1:]) else None
    if step.op in SCALAR or step.op == "HardSigmoid":
        arity = SCALAR.get(step.op, (1,))[0]
        found = [_operand(name, stored) for name in step.inputs]
        return None if len(found) != arity or None in found else [one for one in found if one is not None]
    return _clip(step, stored, opset) if step.op == "Clip" and step.inputs else None


def _clip(step: Step, stored: Mapping[str, Stored], opset: int) -> list[float | str] | None:
    ends: list[float | str | None] = [-np.inf, np.inf]
    for position, name in enumerate(("min", "max")):
        if opset < 11 and name in step.attributes:
            value = step.attributes[name]
            ends[position] = value if isinstance(value, float) else None
        elif step.has(position + 1):
            ends[position] = _operand(step.inputs[position + 1], stored)
    return (
        None
        if not all(isinstance(end, float) for end in ends)
        else [step.inputs[0], *(end for end in ends if end is not None)]
    )


def _operand(name: str, stored: Mapping[str, Stored]) -> float | str | None:
    if name not in stored:
        return name
    values = stored[name]
    return float(values.reshape(-1)[0]) if values.size == 1 and values.dtype.kind in "fiu" else None
