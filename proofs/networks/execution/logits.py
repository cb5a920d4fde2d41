"""The logits of many examples, a part of the batch at a time; nothing else is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.networks.bounds import check_bounds
from proofs.networks.checks import check_network
from proofs.networks.execution.inputs import check_shape, checked_values
from proofs.networks.execution.kernels import Int32, Kernels, loops
from proofs.networks.execution.memory import live_values, sources
from proofs.networks.execution.nodes import Runner
from proofs.networks.execution.run import Progress
from proofs.networks.network import Network
from proofs.networks.weights import Weights

CHUNK_BYTES = 1 << 25
"""Of the tensors alive at one time, for as many examples as are run together (one, if that takes more)."""


def logits(
    network: Network,
    weights: Weights,
    x: NDArray[Any],
    kernels: Kernels = "auto",
    progress: Progress | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> NDArray[np.int64]:
    """The logits (B, K) of integers (C, H, W, B), exactly those of ``execute``.

    Args:
        progress: called with (examples done, examples). chunk_bytes: memory for tensors.

    Raises:
        InvalidInput: a network, weights or inputs that do not fit. UnsupportedModel: accumulators too large.
    """
    check_network(network)
    runner = Runner(loops(kernels), network, weights, check_bounds(network, weights))
    check_shape(network, x)
    prepared = [runner.prepare(index) for index in range(len(network.nodes))]
    last_reader = _last_readers(network)
    total, step = x.shape[3], max(1, chunk_bytes // (4 * live_values(network)))
    found = np.empty((total, network.classes), np.int64)
    with runner.loops.products_alone():
        for start in range(0, total, step):
            stop = min(start + step, total)
            live: dict[int, Int32] = {0: checked_values(network, x[..., start:stop])}
            for index in range(len(network.nodes)):
                live[index + 1] = runner.run(index, prepared[index], live.__getitem__, stop - start, keep_rem=False).y
                live = {i: tensor for i, tensor in live.items() if last_reader[i] > index}
            found[start:stop] = live[len(network.nodes)][:, 0, 0, :].T
            if progress is not None:
                progress(stop, total)
    return found


def _last_readers(network: Network) -> list[int]:
    """For each tensor the last node that reads it, or its own writer; the logits are never dropped."""
    last = list(range(-1, len(network.nodes)))
    for index, node in enumerate(network.nodes):
        for source in sources(node):
            last[source] = index
    last[-1] = len(network.nodes)
    return last
