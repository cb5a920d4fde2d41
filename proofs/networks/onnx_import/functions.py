"""The named functions of ``graph.Activation``, in real numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, expit

from proofs.networks.graph import Activation

Real = NDArray[np.float64]
Function = Callable[..., Real]


def _softplus(x: Real) -> Real:
    return np.asarray(np.logaddexp(0, x))


def _elu(x: Real, alpha: float) -> Real:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _celu(x: Real, alpha: float) -> Real:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


def _gelu_tanh(x: Real) -> Real:
    return np.asarray(0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))


FUNCTIONS: dict[str, Function] = {
    "sigmoid": lambda x: np.asarray(expit(x)),
    "tanh": np.tanh,
    "leakyrelu": lambda x, alpha: np.where(x < 0, alpha * x, x),
    "hardsigmoid": lambda x, alpha, beta: np.clip(alpha * x + beta, 0, 1),
    "hardswish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "elu": _elu,
    "selu": lambda x, alpha, gamma: gamma * _elu(x, alpha),
    "celu": _celu,
    "softplus": _softplus,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "gelu": lambda x: np.asarray(0.5 * x * (1 + erf(x / np.sqrt(2)))),
    "gelu_tanh": _gelu_tanh,
    "silu": lambda x: np.asarray(x * expit(x)),
    "mish": lambda x: x * np.tanh(_softplus(x)),
    "erf": lambda x: np.asarray(erf(x)),
    "abs": np.abs,
    "square": np.square,
}
"""Function by name; what follows x are ``Activation.parameters``."""

RISING = frozenset("sigmoid tanh hardsigmoid softplus softsign erf".split())
"""Functions that never fall, so that they may be taken before a max pool instead of after it."""
STRICTLY_RISING = frozenset("sigmoid tanh softplus softsign".split())
"""Functions that keep the order of logits, so that they may be left out at the end."""


def apply(activation: Activation, x: Real) -> Real:
    """The activation of every entry."""
    if activation.kind == "identity":
        return x
    if activation.kind == "clip":
        return np.clip(x, activation.low, activation.high)
    return FUNCTIONS[activation.kind](x, *activation.parameters)
