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
from proofs.networks.onnx_import.step import Step, Stored

GRID = np.concatenate([np.linspace(-12, 12, 97), [-1e-3, 1e-3, 3.3, -3.3, -25, 25, -1e3, 1e3, -1e5, 1e5]])
TOLERANCE = 2e-6
CANDIDATES = ("square", "silu", "hardswish", "gelu", "gelu_tanh", "mish", "abs")
MAX_DEPTH = 12
ONE: dict[str, Callable[[Real], Real]] = {
    "Sigmoid": lambda x: np.asarray(expit(x)), "Tanh": np.tanh, "Erf": lambda x: np.asarray(erf(x)),
    "Relu": lambda x: np.maximum(x, 0), "Softplus": FUNCTIONS["softplus"], "Neg": np.negative, "Abs": np.abs,
    "Sqrt": np.sqrt, "Exp": np.exp, "Reciprocal": np.reciprocal, "Identity": np.asarray,
}  # fmt: skip
TWO: dict[str, Callable[[Real, Real], Real]] = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Pow": np.power,
    "Max": np.maximum, "Min": np.minimum,
}  # fmt: skip
Traces = dict[str, dict[str, tuple[Real, bool]]]
"""By tensor: its values on the grid as a function of each tensor on its way, and whether branches met on it."""


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
        values, met = _apply(step, paths, root)
        name = _known(values) if met else None
        if name is not None:
            return replace(step, op="Recognised", domain="", inputs=(root,), attributes={"name": name})
        found[root] = values, met
    traces[step.outputs[0]] = dict(reversed(found.items()))
    return step


def _paths(traces: Traces, tensor: str) -> dict[str, tuple[Real, bool]]:
    return {**traces.get(tensor, {}), tensor: (GRID, False)}


def _apply(step: Step, paths: Sequence[float | dict[str, tuple[Real, bool]]], root: str) -> tuple[Real, bool]:
    values = [np.full_like(GRID, path) if isinstance(path, float) else path[root][0] for path in paths]
    computed = [path[root] for path in paths if not isinstance(path, float)]
    met = len(computed) > 1 or any(one[1] for one in computed)
    with np.errstate(all="ignore"):
        if step.op == "Clip":
            return np.minimum(np.maximum(values[0], values[1]), values[2]), met
        if step.op == "HardSigmoid":
            return FUNCTIONS["hardsigmoid"](values[0], step.number("alpha", 0.2), step.number("beta", 0.5)), met
        return (ONE[step.op](values[0]) if step.op in ONE else TWO[step.op](values[0], values[1])), met


def _known(values: Real) -> str | None:
    if not np.isfinite(values).all():
        return None
    for name in CANDIDATES:
        if np.allclose(values, FUNCTIONS[name](GRID), rtol=TOLERANCE, atol=TOLERANCE):
            return name
    return None


def _operands(step: Step, stored: Mapping[str, Stored], opset: int) -> list[float | str] | None:
    """Scalars and tensor names a node of one number from one number reads; None for other nodes."""
    if step.domain not in ("", "ai.onnx"):
        return None
    if step.op in ONE or step.op == "HardSigmoid":
        return [step.inputs[0]] if len(step.inputs) == 1 else None
    if step.op in TWO:
        found = [_operand(name, stored) for name in step.inputs]
        return None if len(found) != 2 or None in found else [operand for operand in found if operand is not None]
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
