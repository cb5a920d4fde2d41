"""Real inputs as the integers a network takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.networks.graph import FloatNetwork
from proofs.networks.network import Network
from proofs.networks.quantise.floating import arrange

STEP = 1 << 24  # values converted at a time


@dataclass(frozen=True, slots=True, eq=False)
class IntegerInputs:
    """Args: x: int16 (C, H, W, N) within the input's levels. clamped: values that lay outside and were moved."""

    x: NDArray[np.int16]
    clamped: int


def integer_inputs(float_network: FloatNetwork, network: Network, x: NDArray[np.generic]) -> IntegerInputs:
    """Inputs (N, ...) in real units as the model takes them, rounded to the input's scale, halves up.

    Raises:
        InvalidInput: another shape, NaN or infinite values.
    """
    tensor, scale = network.tensors[0], float(network.input_scale)
    if len(x) == 0 or x[0].size != int(np.prod(tensor.shape)):
        raise InvalidInput(f"inputs have shape {x.shape}: give at least one, each of shape {float_network.model_shape}")
    placed = arrange(float_network, x)
    out = np.empty(placed.shape, np.int16)
    clamped, step = 0, max(1, STEP // x[0].size)
    for start in range(0, len(x), step):
        batch = placed[..., start : start + step].astype(np.float64)
        if not np.isfinite(batch).all():
            raise InvalidInput("inputs hold NaN or infinite values: remove these examples")
        levels = np.floor(batch / scale + 0.5)
        clamped += int(((levels < tensor.low) | (levels > tensor.high)).sum())
        out[..., start : start + step] = np.clip(levels, tensor.low, tensor.high)
    return IntegerInputs(out, clamped)
