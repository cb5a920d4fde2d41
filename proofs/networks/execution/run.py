"""A whole execution: everything a prover commits to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.networks.bounds import check_bounds
from proofs.networks.checks import check_network
from proofs.networks.execution.inputs import check_shape, checked_values
from proofs.networks.execution.kernels import Int32, Kernels, loops
from proofs.networks.execution.nodes import NodeRun, Runner
from proofs.networks.network import Network
from proofs.networks.weights import Weights

__all__ = ["Execution", "NodeRun", "Progress", "execute"]

Progress = Callable[[int, int], object]
"""Called with how much is done, and of how much."""


@dataclass(frozen=True, slots=True, eq=False)
class Execution:
    """Secret. x: the input, int32 (C, H, W, B). nodes: what each node computed."""

    x: Int32
    nodes: tuple[NodeRun, ...]

    @property
    def batch(self) -> int:
        """Number of examples."""
        return int(self.x.shape[3])

    def tensor(self, index: int) -> Int32:
        """The tensor of that index: 0 is the input, i + 1 the output of node i."""
        return self.x if index == 0 else self.nodes[index - 1].y

    @property
    def logits(self) -> NDArray[np.int64]:
        """(B, K)."""
        return np.ascontiguousarray(self.nodes[-1].y[:, 0, 0, :].T.astype(np.int64))


def execute(
    network: Network,
    weights: Weights,
    x: NDArray[Any],
    kernels: Kernels = "auto",
    progress: Progress | None = None,
) -> Execution:
    """Run a network and keep everything.

    Args:
        x: integers (C, H, W, B) in the range of the input tensor. progress: called with (nodes done, nodes).

    Raises:
        InvalidInput: a network, weights or inputs that do not fit. UnsupportedModel: accumulators too large.
    """
    check_network(network)
    runner = Runner(loops(kernels), network, weights, check_bounds(network, weights))
    check_shape(network, x)
    tensors, runs = [checked_values(network, x)], []
    with runner.loops.products_alone():
        for index in range(len(network.nodes)):
            runs.append(runner.run(index, runner.prepare(index), tensors.__getitem__, x.shape[3]))
            tensors.append(runs[-1].y)
            if progress is not None:
                progress(index + 1, len(network.nodes))
    return Execution(tensors[0], tuple(runs))
