"""What a network is in numbers."""

from __future__ import annotations

import math

from proofs.networks.network import Convolution, Network
from proofs.networks.weights import Weights


def parameters(weights: Weights) -> int:
    """Weights and biases."""
    return sum(node.weight.size + node.bias.size for node in weights.values())


def multiplications(network: Network) -> int:
    """By weights, one example."""
    total = 0
    for index, node in enumerate(network.nodes):
        if isinstance(node, Convolution):
            depth = network.tensors[node.source].shape[0] // node.groups * math.prod(node.kernel)
            total += depth * math.prod(network.out_tensor(index).shape)
    return total


def activations(network: Network) -> int:
    """Outputs of all nodes, one example."""
    return sum(math.prod(tensor.shape) for tensor in network.tensors[1:])
