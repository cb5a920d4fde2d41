"""What a network is in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.networks.network import Convolution, Network
from proofs.networks.weights import Weights


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of one example.

    Args:
        parameters: weights and biases. macs: multiplications by weights. activations: outputs of all nodes.
    """

    parameters: int
    macs: int
    activations: int


def sizes(network: Network, weights: Weights) -> Sizes:
    """Count."""
    macs = 0
    for index, node in enumerate(network.nodes):
        if isinstance(node, Convolution):
            depth = network.tensors[node.source].shape[0] // node.groups * math.prod(node.kernel)
            macs += depth * math.prod(network.out_tensor(index).shape)
    return Sizes(
        sum(hidden.weight.size + hidden.bias.size for hidden in weights.values()),
        macs,
        sum(math.prod(tensor.shape) for tensor in network.tensors[1:]),
    )
