"""Outputs as somebody claims them: integers of which a network's primes tell one from another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.errors import RejectedProof
from proofs.sumcheck.safetynets.bounds.static_bound import ONE_PRIME, TWO_PRIMES
from proofs.sumcheck.safetynets.network import Network


def check_outputs(network: Network, outputs: NDArray[Any], total: int) -> None:
    """Raise RejectedProof unless these are (total, K) integers of at most half the product of the network's primes.

    A larger one is equal to a smaller one modulo every prime, so a proof of the one would be a proof of the other.
    """
    wanted = (total, network.classes)
    if outputs.shape != wanted or not _whole(outputs):
        raise RejectedProof("outputs", f"{outputs.dtype} of shape {outputs.shape} instead of integers {wanted}")
    limit = largest_output(network)
    if not -limit <= int(outputs.min()) <= int(outputs.max()) <= limit:
        raise RejectedProof("outputs", f"one is larger than {limit}, half the product of the network's primes")


def largest_output(network: Network) -> int:
    """The largest size of an integer that its residues modulo the network's primes determine."""
    return ONE_PRIME if len(network.fields()) == 1 else TWO_PRIMES


def _whole(outputs: NDArray[Any]) -> bool:
    """Whether these are signed integers: a fraction among Python's would be rounded before anything is proven."""
    if outputs.dtype.kind == "O":
        return all(isinstance(value, int | np.signedinteger) for value in outputs.flat)
    return outputs.dtype.kind == "i"
