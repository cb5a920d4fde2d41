"""A user's inputs as the integers a network reads: the model's own unit, with the network's box in plain words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.statements.safetynets import MAX_TOTAL
from proofs.sumcheck.fields import Integers
from proofs.sumcheck.safetynets.execution.inputs import quantise_inputs
from proofs.sumcheck.safetynets.network import Network


def integers_of(network: Network, x: NDArray[np.generic]) -> tuple[Integers, int]:
    """Inputs (N, ...) as integers (R, N), and how many values were clipped to the network's box.

    Real numbers beyond the box are clipped: that is part of the integer network. Whole numbers beyond it are refused,
    since they are a picture's bytes where the network takes fractions of them.

    Raises:
        InvalidInput: another shape, no real numbers, NaN, whole numbers beyond the box, or too many inputs.
    """
    if x.dtype.kind not in "fiub":
        raise InvalidInput(f"x has dtype {x.dtype}; real numbers are needed")
    if x.shape[1:] != network.input_shape:
        raise InvalidInput(f"x has inputs of shape {x.shape[1:]}, the model takes {network.input_shape}")
    if not 1 <= len(x) <= MAX_TOTAL:
        raise InvalidInput(f"x holds {len(x)} inputs; one proof takes 1 to {MAX_TOTAL}: prove more in parts")
    with np.errstate(over="ignore"):  # long doubles beyond float64 become infinities, which are refused
        clipped, reals = clipped_values(network, x), x.astype(np.float64)
    if clipped and x.dtype.kind != "f":
        low, high = box_of(network)
        raise InvalidInput(
            f"x holds whole numbers ({x.dtype}) up to {x.max()}, and the model takes numbers from {low:g} to {high:g}: "
            "bring them to that unit first, e.g. images divided by 255"
        )
    return quantise_inputs(network, reals), clipped


def box_of(network: Network) -> tuple[float, float]:
    """The least and the largest real input that no clipping changes by more than rounding."""
    return float(network.input_low / network.alpha), float(network.input_high / network.alpha)


def clipped_values(network: Network, x: NDArray[np.generic]) -> int:
    """How many values lie beyond the box by half a level or more."""
    half, (low, high) = float(1 / (2 * network.alpha)), box_of(network)
    values = x.astype(np.float64)
    return int(np.count_nonzero((values < low - half) | (values > high + half)))
