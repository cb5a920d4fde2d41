"""From real inputs to the integers a network reads, and the check that integers are ones its bounds hold for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.safetynets.network import Network


def quantise_inputs(network: Network, x: NDArray[np.floating]) -> Integers:
    """floor(alpha x + 1/2), clipped to the network's box.

    Args:
        x: real inputs (N, *input_shape), finite.

    Returns:
        Integers (R, N), a column an example.

    Raises:
        InvalidInput: another shape, not finite, or examples whose squares sum to more than the network declares.
    """
    if x.ndim != 1 + len(network.input_shape) or x.shape[1:] != network.input_shape or len(x) == 0:
        raise InvalidInput(
            f"inputs of shape {x.shape}: the network takes (N, {', '.join(map(str, network.input_shape))})"
        )
    if not np.isfinite(x).all():
        raise InvalidInput("inputs hold infinities or not-a-number; clean them first")
    scaled = x.astype(np.float64).reshape(len(x), -1) * (network.alpha.numerator / network.alpha.denominator)
    rounded = np.clip(rounded_half_up(scaled), network.input_low, network.input_high)
    columns = np.ascontiguousarray(rounded.astype(np.int64).T)
    check_inputs(network, columns)
    return columns


def check_inputs(network: Network, inputs: Integers) -> None:
    """Raise InvalidInput unless integers (R, N) are of the shape, box and norm the network's bounds hold for."""
    rows = int(np.prod(network.input_shape))
    if inputs.ndim != 2 or inputs.dtype.kind != "i" or inputs.shape[0] != rows or inputs.shape[1] == 0:
        raise InvalidInput(f"inputs are {inputs.dtype} {inputs.shape}: the network takes integers ({rows}, N), N >= 1")
    low, high = int(inputs.min()), int(inputs.max())
    if low < network.input_low or high > network.input_high:
        raise InvalidInput(
            f"inputs between {low} and {high} leave the network's box, {network.input_low} to {network.input_high}"
        )
    if network.input_square_norm is None:
        return
    if rows * max(low * low, high * high) < 1 << 62:
        norms = np.einsum("rn,rn->n", inputs.astype(np.int64), inputs.astype(np.int64))
    else:
        norms = (inputs.astype(object) ** 2).sum(axis=0)
    worst = int(np.argmax(norms))
    if norms[worst] > network.input_square_norm:
        raise InvalidInput(
            f"input {worst}: its squares sum to {norms[worst]}, more than the {network.input_square_norm} the network "
            "declares; scale it down"
        )


def rounded_half_up(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """floor(v + 1/2) without rounding the sum: halves go up, for negatives, too."""
    whole = np.floor(values)
    return np.asarray(whole + (values - whole >= 0.5), np.float64)
