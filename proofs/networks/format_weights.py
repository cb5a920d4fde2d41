"""The bytes of a network's hidden part.

    section  payload
    NTWK     digest of the network's description, 32 bytes
    BIAS     one a convolution, in order: biases, each 4 bytes
    WGTS     after it: its weights, row-major, in the fewest of 1, 2 or 4 bytes that hold the largest of them

Numbers are little-endian, signed. Every set of weights has exactly one encoding; bytes that are not it are refused.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from proofs.container import pack, unpack
from proofs.errors import InvalidInput, MalformedProof
from proofs.networks.checks import node_name
from proofs.networks.checks_weights import check_weights, convolutions, weight_shape
from proofs.networks.format import digest
from proofs.networks.network import Network
from proofs.networks.weights import NodeWeights, Weights

MAGIC = b"ASSAYWTS"
VERSION = 1
NETWORK, BIAS, WEIGHTS = b"NTWK", b"BIAS", b"WGTS"
WHAT = "weights file"
WIDTHS = (1, 2, 4)


def weights_to_bytes(network: Network, weights: Weights) -> bytes:
    """The canonical encoding. Secret. Raises InvalidInput for weights that are not the network's."""
    identity = digest(network)
    check_weights(network, weights)
    sections = [(NETWORK, identity)]
    for index in convolutions(network):
        hidden = weights[index]
        sections += [(BIAS, hidden.bias.astype("<i4").tobytes()), (WEIGHTS, _weight_bytes(hidden.weight))]
    return pack(MAGIC, VERSION, sections)


def weights_from_bytes(raw: bytes, network: Network) -> Weights:
    """Parse the weights of a checked network. Raises MalformedProof, also for another network's weights."""
    sections = unpack(raw, MAGIC, VERSION, WHAT)
    expected = convolutions(network)
    if [name for name, _ in sections] != [NETWORK, *[BIAS, WEIGHTS] * len(expected)]:
        raise MalformedProof(f"{WHAT}: sections must be NTWK, then BIAS and WGTS for each of {len(expected)} nodes")
    if sections[0][1] != digest(network):
        raise MalformedProof(f"{WHAT}: holds the weights of another network")
    weights: Weights = {}
    for place, index in enumerate(expected):
        what, shape = f"{WHAT}: {node_name(network, index)}", weight_shape(network, index)
        biases, payload = sections[2 * place + 1][1], sections[2 * place + 2][1]
        if len(biases) != 4 * shape[0]:
            raise MalformedProof(f"{what}: {len(biases)} bytes of biases are not {shape[0]} of 4 bytes each")
        weights[index] = NodeWeights(_weight(payload, shape, what), np.frombuffer(biases, "<i4").astype(np.int32))
    try:
        check_weights(network, weights)
    except InvalidInput as error:
        raise MalformedProof(f"{WHAT}: {error}") from None
    return weights


def _weight_bytes(weight: NDArray[np.int32]) -> bytes:
    return weight.astype(f"<i{_width(weight)}").tobytes()


def _weight(payload: bytes, shape: tuple[int, ...], what: str) -> NDArray[np.int32]:
    size = math.prod(shape)
    width = next((width for width in WIDTHS if width * size == len(payload)), None)
    if width is None:
        raise MalformedProof(f"{what}: {len(payload)} bytes of weights are not {size} of 1, 2 or 4 bytes each")
    weight = np.frombuffer(payload, f"<i{width}").astype(np.int32).reshape(shape)
    if _width(weight) != width:
        raise MalformedProof(f"{what}: weights of {width} bytes each would fit in fewer")
    return weight


def _width(weight: NDArray[np.int32]) -> int:
    """The fewest bytes that hold every entry."""
    least, most = int(weight.min()), int(weight.max())
    return next(width for width in WIDTHS if -(1 << (8 * width - 1)) <= least and most < 1 << (8 * width - 1))
