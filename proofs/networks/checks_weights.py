"""The hidden part of a network fits its description."""

from __future__ import annotations

import numpy as np

from proofs.errors import InvalidInput
from proofs.networks.checks import node_name
from proofs.networks.limits import ACCUMULATOR
from proofs.networks.network import Convolution, Network
from proofs.networks.weights import Weights


def weight_shape(network: Network, index: int) -> tuple[int, int, int, int]:
    """(outputs, C / groups, kh, kw) of a convolution."""
    node = network.nodes[index]
    if not isinstance(node, Convolution):
        raise InvalidInput(f"{node_name(network, index)} has no weights")
    return node.outputs, network.tensors[node.source].shape[0] // node.groups, *node.kernel


def convolutions(network: Network) -> tuple[int, ...]:
    """The nodes that have weights."""
    return tuple(index for index, node in enumerate(network.nodes) if isinstance(node, Convolution))


def check_weights(network: Network, weights: Weights) -> None:
    """Shapes, dtypes and the size of biases. Raises InvalidInput naming the node.

    Args:
        network: a checked network.
    """
    expected = convolutions(network)
    if set(weights) != set(expected):
        raise InvalidInput(
            f"weights are given for nodes {sorted(weights)[:20]}; those with weights are {expected[:20]}"
        )
    for index in expected:
        what, shape = node_name(network, index), weight_shape(network, index)
        weight, bias = weights[index].weight, weights[index].bias
        if weight.dtype != np.int32 or bias.dtype != np.int32:
            raise InvalidInput(f"{what}: weights and biases are int32, not {weight.dtype} and {bias.dtype}")
        if weight.shape != shape or bias.shape != shape[:1]:
            raise InvalidInput(
                f"{what}: weights of shape {weight.shape}, biases {bias.shape}; expected {shape} and one each"
            )
        if int(bias.max()) >= ACCUMULATOR or int(bias.min()) <= -ACCUMULATOR:
            raise InvalidInput(f"{what}: a bias reaches 2^30 in size; use a smaller shift")
