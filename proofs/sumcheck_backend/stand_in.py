"""Inputs in place of real ones, for an estimate: a proof's sizes hardly depend on the ranges of a network's values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.networks.graph import FloatNetwork

RANDOM_INPUTS = 2
ASSUMED_INPUTS = 8
"""For calibration, where nobody says how many there will be."""
_SEED = 1


def random_inputs(network: FloatNetwork) -> NDArray[np.float32]:
    """(2, ...) inputs of the model's shape, drawn evenly from 0 to 1; the same ones at each call."""
    return np.random.default_rng(_SEED).random((RANDOM_INPUTS, *network.model_shape), dtype=np.float32)
