"""Activations in real numbers, for calibration and for the entries of tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from proofs.errors import UnsupportedModel
from proofs.networks.graph import Activation
from proofs.networks.onnx_import.functions import FUNCTIONS

Real = NDArray[np.float64]
SAMPLES = 4097  # where a function's range over an interval is looked for
CENTRE = 8.0  # the functions bend, fall and have their least values within this distance of 0


def is_clamp(activation: Activation) -> bool:
    """Whether the activation keeps values or cuts them off, and does nothing else."""
    return activation.kind in {"identity", "clip"}


def apply(activation: Activation, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The activation of every entry, in x's type."""
    if activation.kind == "identity":
        return x
    if activation.kind == "clip":
        return np.clip(x, np.float32(activation.low), np.float32(activation.high)).astype(x.dtype, copy=False)
    return function(activation)(x.astype(np.float64)).astype(x.dtype)


def function(activation: Activation) -> Callable[[Real], Real]:
    """The named function with its parameters bound. Raises UnsupportedModel for a name that is not known."""
    found = FUNCTIONS.get(activation.kind)
    if found is None:
        known = ", ".join(sorted(FUNCTIONS))
        raise UnsupportedModel(f"activation '{activation.kind}' has no table; those known are {known}")
    return lambda x: found(x, *activation.parameters)


def image(activation: Activation, low: float, high: float) -> tuple[float, float]:
    """Least and greatest value over [low, high], at the ends exactly and in between at many samples."""
    if activation.kind == "identity":
        return low, high
    if activation.kind == "clip":
        return (min(max(low, activation.low), activation.high), min(max(high, activation.low), activation.high))
    near = np.linspace(max(low, -CENTRE), min(high, CENTRE), SAMPLES)
    points = np.concatenate([np.linspace(low, high, SAMPLES), near])
    values = function(activation)(points[(points >= low) & (points <= high)])
    return float(values.min()), float(values.max())
