"""How much memory an execution takes."""

from __future__ import annotations

import math

from proofs.networks.network import Combination, Convolution, Network, Node


def sources(node: Node) -> tuple[int, ...]:
    """The tensors a node reads."""
    if isinstance(node, Convolution):
        return (node.source,)
    terms = node.terms if isinstance(node, Combination) else (node.first, node.second)
    return tuple(term.source for term in terms)


def execution_bytes(network: Network, batch: int) -> int:
    """Bytes of an ``Execution`` of ``batch`` examples: x, and each node's q, y and, where it rescales, remainder."""
    values = math.prod(network.tensors[0].shape)
    for index, node in enumerate(network.nodes):
        values += math.prod(network.out_tensor(index).shape) * (3 if node.shift else 2)
    return 4 * batch * values


def live_values(network: Network) -> int:
    """Values of the tensors alive at one time in a run that keeps none longer than needed, one example."""
    sizes = [math.prod(tensor.shape) for tensor in network.tensors]
    until = {i: i - 1 for i in range(len(sizes))}
    for index, node in enumerate(network.nodes):
        until.update(dict.fromkeys(sources(node), index))
    most = alive = sizes[0]
    for index in range(len(network.nodes)):
        written = sizes[index + 1]
        most = max(most, alive + 2 * written)  # its accumulators, too
        alive += written - sum(sizes[i] for i in range(index + 1) if until[i] == index)
    return most
