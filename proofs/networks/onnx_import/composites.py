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
UNREAD = frozenset(("Exp", "Sqrt", "Reciprocal", "Log"))
MAX_DEPTH = 12


def _chosen(condition: Real, x: Real, y: Real) -> Real:
    return np.where(condition != 0, x, y)


SCALAR: dict[str, tuple[int, Callable[..., Real]]] = {
    "Sigmoid": (1, lambda x: np.asarray(expit(x))), "Tanh": (1, np.tanh), "Erf": (1, lambda x: np.asarray(erf(x))),
    "Relu": (1, lambda x: np.maximum(x, 0)), "Softplus": (1, FUNCTIONS["softplus"]), "Neg": (1, np.negative),
    "Abs": (1, np.abs), "Sqrt": (1, np.sqrt), "Exp": (1, np.exp), "Reciprocal": (1, np.reciprocal),
    "Identity": (1, np.asarray), "Add": (2, np.add), "Sub": (2, np.subtract), "Mul": (2, np.multiply),
    "Div": (2, np.divide), "Pow": (2, np.power), "Max": (2, np.maximum), "Min": (2, np.minimum),
    "Greater": (2, lambda x, y: (x > y).astype(float)), "Less": (2, lambda x, y: (x < y).astype(float)),
    "GreaterOrEqual": (2, lambda x, y: (x >= y).astype(float)), "LessOrEqual": (2, lambda x, y: (x <= y).astype(float)),
    "Where": (3, _chosen),
}  # fmt: skip
"""Operators of one number each: how many inputs they have, and what they compute."""
Traces = dict[str, dict[str, tuple[Real, bool]]]
"""By tensor: its values on the grid as a function of each tensor on its way, and whether branches met on it
(or an operator that has no reader of its own was used)."""


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
    roots = [root for root in reversed(ways[0]) if all(root in way for way in ways[1:])]  # the nearest first
    found: dict[str, tuple[Real, bool]] = {}
    for root in roots[:MAX_DEPTH]:
        found[root] = _apply(step, paths, root)
    traces[step.outputs[0]] = dict(reversed(found.items()))
    for root, (values, met) in found.items():
        known = _known(values) if met else None
        if known is not None:
            attributes: dict[str, Attribute] = {
                "name": known[0],
                **dict.fromkeys(("alpha",)[: len(known) - 1], known[-1]),
            }
            return replace(step, op="Recognised", domain="", inputs=(root,), attributes=attributes)
    return step


def _paths(traces: Traces, tensor: str) -> dict[str, tuple[Real, bool]]:
    return {**traces.get(tensor, {}), tensor: (GRID, False)}


def _apply(step: Step, paths: Sequence[float | dict[str, tuple[Real, bool]]], root: str) -> tuple[Real, bool]:
    values = [np.full_like(GRID, path) if isinstance(path, float) else path[root][0] for path in paths]
    computed = [path[root] for path in paths if not isinstance(path, float)]
    met = len(computed) > 1 or step.op in UNREAD or any(one[1] for one in computed)
    with np.errstate(all="ignore"):
        if step.op == "Clip":
            return np.minimum(np.maximum(values[0], values[1]), values[2]), met
        if step.op == "HardSigmoid":
            return FUNCTIONS["hardsigmoid"](values[0], step.number("alpha", 0.2), step.number("beta", 0.5)), met
        return SCALAR[step.op][1](*values), met


def _known(values: Real) -> tuple[str] | tuple[str, float] | None:
    """The known function with these values on the grid, and its slope if it is a leaky ReLU."""
    if not np.isfinite(values).all():
        return None
    for name in CANDIDATES:
        if np.allclose(values, FUNCTIONS[name](GRID), rtol=TOLERANCE, atol=TOLERANCE):
            return (name,)
    alpha = float(values[0] / GRID[0])
    leaky = FUNCTIONS["leakyrelu"](GRID, alpha)
    return ("leakyrelu", alpha) if np.allclose(values, leaky, rtol=TOLERANCE, atol=0) else None


def _operands(step: Step, stored: Mapping[str, Stored], opset: int) -> list[float | str] | None:
    """Scalars and tensor names a node of one number from one number reads; None for other nodes."""
    if step.domain not in ("", "ai.onnx"):
        return None
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
