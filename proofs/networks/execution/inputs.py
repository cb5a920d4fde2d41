"""Inputs an execution accepts: those the static bounds were made for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.networks.execution.kernels import Int32
from proofs.networks.network import Network


def check_shape(network: Network, x: NDArray[Any]) -> None:
    """An integer array (C, H, W, B) of at least one example. Raises InvalidInput."""
    shape = network.tensors[0].shape
    if x.ndim != 4 or x.shape[:3] != shape or x.shape[3] < 1:
        raise InvalidInput(f"the network takes inputs of shape {shape} and then the batch, not {x.shape}")
    if x.dtype.kind not in "iu":
        raise InvalidInput(f"the network takes integers, not {x.dtype}")


def checked_values(network: Network, x: NDArray[Any]) -> Int32:
    """The inputs as int32, contiguous. Raises InvalidInput for any out of range."""
    least, most, tensor = int(x.min()), int(x.max()), network.tensors[0]
    if least < tensor.low or most > tensor.high:
        raise InvalidInput(f"inputs from {least} to {most}; the network takes {tensor.low} to {tensor.high}")
    return np.ascontiguousarray(x, dtype=np.int32)
