"""One node of a network run on whole tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from proofs.networks.bounds import Bound
from proofs.networks.execution.kernels import Int32, Loops
from proofs.networks.execution.linear import Prepared, convolve
from proofs.networks.execution.windows import add_term, depthwise
from proofs.networks.network import Clamp, Combination, Convolution, Maximum, Network, Table
from proofs.networks.weights import NodeWeights, Weights

NOTHING = np.empty(0, np.int32)
Read = Callable[[int], Int32]
"""A tensor (C, H, W, B) by its index."""


@dataclass(frozen=True, slots=True, eq=False)
class NodeRun:
    """Secret, each int32 (C, H, W, B).

    Args:
        q: the rescaled accumulators; of a Maximum, first - second.
        rem: (acc + 2^(k-1)) mod 2^k, None without a rescale. y: the node's output.
    """

    q: Int32
    rem: Int32 | None
    y: Int32


@dataclass(frozen=True, slots=True, eq=False)
class Runner:
    """A network ready to run its nodes, whose bounds were checked."""

    loops: Loops
    network: Network
    weights: Weights
    bounds: tuple[Bound, ...]

    def prepare(self, index: int) -> Prepared | NodeWeights | None:
        """A convolution's weights as its arithmetic takes them."""
        node = self.network.nodes[index]
        if not isinstance(node, Convolution):
            return None
        hidden = self.weights[index]
        alone = node.groups > 1 and hidden.weight.shape[1] == 1
        return hidden if alone else Prepared.of(node, hidden, self.bounds[index])

    def run(
        self, index: int, prepared: Prepared | NodeWeights | None, read: Read, batch: int, keep_rem: bool = True
    ) -> NodeRun:
        """Run one node; without ``keep_rem`` the remainder is not computed."""
        node = self.network.nodes[index]
        shape = (*self.network.out_tensor(index).shape, batch)
        q, y = np.empty(shape, np.int32), np.empty(shape, np.int32)
        if isinstance(node, Maximum):
            self._maximum(node, read, q, y)
            return NodeRun(q, None, y)
        rem = np.empty(shape, np.int32) if keep_rem and node.shift else None
        if isinstance(node, Combination):
            self._combination(node, read, q)
        elif isinstance(prepared, Prepared):
            convolve(self.loops, prepared, read(node.source), q)
        elif prepared is not None:
            depthwise(self.loops, node, prepared, read(node.source), q)
        self._rescale(self.network.tables[node.table], node.shift, q, rem, y)
        return NodeRun(q, rem, y)

    def _combination(self, node: Combination, read: Read, q: Int32) -> None:
        """Each channel is written by its first term; if terms' channels are not alike, all are zeroed before."""
        whole = node.terms[0].channel == 0 and read(node.terms[0].source).shape[0] == node.channels
        if not whole:
            q[...] = 0
        for place, term in enumerate(node.terms):
            add_term(self.loops, term, term.multiplier, read(term.source), q, whole and place == 0)

    def _maximum(self, node: Maximum, read: Read, q: Int32, y: Int32) -> None:
        first, second = read(node.first.source), read(node.second.source)
        add_term(self.loops, node.first, 1, first, q, True)
        add_term(self.loops, node.second, -1, second, q, False)
        add_term(self.loops, node.second, 1, second, y, True)
        flat_q, flat_y = q.reshape(-1), y.reshape(-1)

        def work(start: int, stop: int) -> None:
            flat_y[start:stop] += np.maximum(flat_q[start:stop], 0)

        self.loops.share(work, q.size, q.size // 2)

    def _rescale(self, table: Table, shift: int, q: Int32, rem: Int32 | None, y: Int32) -> None:
        flat_q, flat_y = q.reshape(-1), y.reshape(-1)
        flat_rem = NOTHING if rem is None else rem.reshape(-1)
        values = NOTHING if isinstance(table, Clamp) else np.array(table.values, np.int32)

        def work(start: int, stop: int) -> None:
            part = flat_q[start:stop], flat_rem[start:stop], flat_y[start:stop]
            if isinstance(table, Clamp):
                self.loops.rescale_clamp(*part, shift, table.least, table.greatest)
            else:
                self.loops.rescale_listed(*part, shift, table.low, values)

        self.loops.share(work, q.size, q.size // 2)
