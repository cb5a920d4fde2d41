"""A float network as importers leave it and the quantiser takes it: batch-norms folded, one node a future integer node.

Tensors are channel first, (channels, height, width), vectors (n, 1, 1); tensor 0 is the input, i + 1 node i's output. A
node is a linear form followed by one activation, or a max pool. Where a file states how a tensor is quantised
(QuantizeLinear/DequantizeLinear), its grid is kept: the integer network then uses the file's own 8-bit levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.networks.network import Shape3


@dataclass(frozen=True, slots=True)
class Grid:
    """Levels a file gives a tensor: real value = scale * level, levels from ``low`` to ``high``, zero point removed."""

    scale: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Activation:
    """What follows a linear form, entry by entry.

    Args:
        kind: "identity", "clip" or a function by name ("sigmoid", "tanh", "hardswish", "hardsigmoid", ...).
        low, high: ends of a clip; -inf and inf where there is none (ReLU is a clip from 0, ReLU6 from 0 to 6).
        parameters: of a named function (alpha, beta of a hard sigmoid, say).
    """

    kind: str = "identity"
    low: float = -np.inf
    high: float = np.inf
    parameters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FloatConvolution:
    """As ``network.Convolution``, with real weights (O, C / groups, kh, kw) and biases (O,), batch-norms folded in.

    A Gemm or MatMul is one whose kernel covers its input (after a Flatten in channel, height, width order).
    """

    source: int
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    stride: tuple[int, int]
    pads: tuple[int, int, int, int]
    groups: int


@dataclass(frozen=True, slots=True)
class FloatTerm:
    """multiplier * windows of a tensor summed; readings as in ``network.Term``."""

    source: int
    multiplier: float
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)
    channel: int = 0


@dataclass(frozen=True, slots=True)
class FloatCombination:
    """Sum of terms: additions, average pools (multiplier 1 / window), concatenations, pads, crops; shape (C, H, W)."""

    terms: tuple[FloatTerm, ...]
    shape: Shape3


@dataclass(frozen=True, slots=True)
class FloatMaxPool:
    """A max pool. pads: (top, left, bottom, right), of minus infinity."""

    source: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: tuple[int, int, int, int]


FloatOp = FloatConvolution | FloatCombination | FloatMaxPool


@dataclass(frozen=True, slots=True, eq=False)
class FloatNode:
    """One node.

    Args:
        shape: of its output.
        grid: the file's own levels for its output, if it states any.
        name: the model's name for it, for messages.
    """

    op: FloatOp
    activation: Activation
    shape: Shape3
    grid: Grid | None
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class FloatNetwork:
    """A whole float network; the last node gives the logits, shape (classes, 1, 1).

    Args:
        input_layout: how the model's own input (without batch) maps to (C, H, W): its shape, and whether channels
            come last.
        input_grid: the file's own levels for its input, if it states any.
    """

    input_shape: Shape3
    model_shape: tuple[int, ...]
    channels_last: bool
    input_grid: Grid | None
    nodes: tuple[FloatNode, ...]
