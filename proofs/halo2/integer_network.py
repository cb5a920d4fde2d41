"""The same integer function in both backends: an integer network as a model the halo2 backend commits to and proves.

What the sum-check backend proves of a network, logits as integers, can so be contested one answer at a time on chain.
The model's inputs are the network's integers, its logits the network's times 2^``logit_scale_bits``; commit it with
``commit_options`` and ``input_format``, and inputs with ``view_format``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.input_format import InputFormat
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput, UnsupportedModel
from proofs.halo2.architecture import Architecture, split_model
from proofs.halo2.commit import CommitOptions
from proofs.halo2.description import BASES, MAX_LEGS
from proofs.halo2.integer_network_graph import MAX_WINDOW, NetworkGraph, read_tensors, terms
from proofs.halo2.integer_network_rounding import MAX_JUMPS, jumps
from proofs.halo2.integer_network_size import SCALE_BITS, rows, sites, value_bits
from proofs.networks.bounds import check_bounds
from proofs.networks.checks import check_network, node_name
from proofs.networks.network import Convolution, Listed, Maximum, Network
from proofs.networks.weights import NodeWeights, Weights
from proofs.onnx_check.limits import MAX_CLASSES, MAX_INPUT_ELEMENTS

AFFORDABLE_LOGROWS = 20
"""About 10 GB and five minutes to prove."""


def same_function_onnx(network: Network, weights: Weights) -> bytes:
    """An ONNX classifier on which ezkl computes the network's integers: x (n, C, H, W) to logits (n, classes). Secret.

    Raises:
        InvalidInput: network or weights that do not fit each other.
        UnsupportedModel: constants too large, or what ``check_fits`` names.
    """
    check_network(network)
    check_bounds(network, weights)
    for reason in _structure(network):
        raise UnsupportedModel(reason)
    return NetworkGraph(network, weights).serialise()


def check_same_architecture(network: Network, architecture: Architecture) -> None:
    """Check that a committed circuit's public graph is this network's; its hidden numbers are another matter.

    Raises:
        InvalidInput: another graph. UnsupportedModel: the network has none.
    """
    for reason in _structure(network):
        raise UnsupportedModel(reason)
    if split_model(NetworkGraph(network, _blank(network)).serialise())[0] != architecture:
        raise InvalidInput("the circuit is committed for another network: commit same_function_onnx of this one")


def check_fits(network: Network, batch: int = 1, logrows: int = AFFORDABLE_LOGROWS) -> tuple[str, ...]:
    """Why a network has no halo2 proofs in batches of that size and 2^logrows rows; empty where it has.

    Hidden weights are not looked at, and rows are estimated: the last word is ``commit_model``'s.
    """
    check_network(network)
    return (*_structure(network), *_size(network, batch, logrows))


def input_format(network: Network, batch: int) -> InputFormat:
    """How a model commitment takes labelled examples."""
    return InputFormat(network.tensors[0].shape, SCALE_BITS, network.classes, batch)


def view_format(network: Network, batch: int) -> ViewFormat:
    """How inputs are committed: the network's integers themselves, (N, C, H, W) of int16."""
    return ViewFormat(network.tensors[0].shape, "int16", 0, SCALE_BITS, batch)


def commit_options(network: Network, options: CommitOptions) -> CommitOptions:
    """The options with digits for the network's integers."""
    return CommitOptions(options.binding, options.proofs, options.owner, options.srs_digest, value_bits(network))


def logit_scale_bits(network: Network) -> int:
    """A logit stands in proofs times 2^this."""
    return sites(network)[-1].scale


def words_of(network: Network, logits: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """The words a halo2 proof shows for logits (N, classes)."""
    scale_bits = logit_scale_bits(network)
    return tuple(tuple(int(logit) << scale_bits for logit in row) for row in logits)


def logits_of(network: Network, words: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """The network's logits (N, classes) from a proof's words. Raises InvalidInput where they are not whole."""
    scale_bits = logit_scale_bits(network)
    if any(word % (1 << scale_bits) for row in words for word in row):
        raise InvalidInput(f"words of this network's proofs are multiples of {1 << scale_bits}")
    return np.array([[word >> scale_bits for word in row] for row in words], dtype=np.int64)


def _blank(network: Network) -> Weights:
    """Zero weights of the right shapes."""
    blank = {}
    for index, node in enumerate(network.nodes):
        if isinstance(node, Convolution):
            depth = network.tensors[node.source].shape[0] // node.groups
            kernel = np.zeros((node.outputs, depth, *node.kernel), np.int32)
            blank[index] = NodeWeights(kernel, np.zeros(node.outputs, np.int32))
    return blank


def _structure(network: Network) -> Iterator[str]:
    """Reasons that no size of circuit mends."""
    if not 2 <= network.classes <= MAX_CLASSES:
        yield f"the network has {network.classes} logits; 2 to {MAX_CLASSES} are proven"
    if 0 not in (read := read_tensors(network)):
        yield "the logits do not depend on the input"
    for index, node in enumerate(network.nodes):
        if index + 1 not in read:
            continue
        if not isinstance(node, Maximum) and isinstance(table := network.tables[node.table], Listed):
            if (found := len(jumps(table))) > MAX_JUMPS:
                yield f"{node_name(network, index)}: its table jumps {found} times; at most {MAX_JUMPS} are proven"
        if not isinstance(node, Convolution):
            yield from (
                f"{node_name(network, index)}: a window of {axis.kernel}; at most {MAX_WINDOW} are added one by one"
                for term in terms(node)
                for axis, extent in zip((term.down, term.across), network.tensors[term.source].shape[1:], strict=True)
                if axis.kernel > MAX_WINDOW and (axis.out, axis.before, axis.kernel) != (1, 0, extent)
            )


def _size(network: Network, batch: int, logrows: int) -> Iterator[str]:
    """Reasons of size."""
    features = int(np.prod(network.tensors[0].shape))
    if features > MAX_INPUT_ELEMENTS:
        yield f"an input has {features} numbers; at most {MAX_INPUT_ELEMENTS} are hashed"
    bits = value_bits(network)
    limbs = min(-(-bits // (base.bit_length() - 1)) for base in BASES)
    if limbs > MAX_LEGS:
        yield f"values of {bits} bits need {limbs} digits; there are at most {MAX_LEGS}"
    if (needed := rows(network, batch, limbs)) > 1 << logrows:
        yield (
            f"batches of {batch} need about {needed} rows, 2^{(needed - 1).bit_length()}; 2^{logrows} are allowed "
            "(2^20 take about 10 GB and five minutes)"
        )
