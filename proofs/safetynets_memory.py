"""Whether a SafetyNets prover fits into memory: it holds every squared and every summed value of all inputs."""

from __future__ import annotations

import math

from proofs import free_memory
from proofs.errors import ResourceExceeded
from proofs.sumcheck.safetynets.execution.execute import needed_tensors
from proofs.sumcheck.safetynets.network import Network

WORKING_SPACE = 3
"""Peak over the values themselves: measured 2.3 to 3.1 on CNN-2-Quad, 2,048 to 10,000 inputs."""
ELEMENT_BYTES = 8
MIB = 1 << 20


def prover_mb(network: Network, total: int) -> float:
    """About how many MiB proving ``total`` inputs takes."""
    rows = sum(math.prod(network.shapes[tensor]) for tensor in needed_tensors(network))
    return WORKING_SPACE * ELEMENT_BYTES * rows * total * len(network.fields()) / MIB


def require_memory(network: Network, total: int) -> None:
    """Raises ResourceExceeded where a proof of ``total`` inputs would not fit into the memory that is free."""
    needed, available = prover_mb(network, total), free_memory.available_bytes(usable=1.0) / MIB
    if needed > available and not free_memory.is_forced():
        fit = int(total * available / needed)
        raise ResourceExceeded(
            f"proving {total} inputs at once takes about {needed:.0f} MB, {available:.0f} MB are free: prove them in "
            f"parts of at most {fit}{free_memory.or_force()}",
            needed,
            available,
        )
