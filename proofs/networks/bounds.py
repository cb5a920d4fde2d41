"""How large accumulators can get: a static bound from the weights and the tensors' ranges alone.

For output channel o of a convolution acc lies between b[o] + sum min(w low, w high) and b[o] + sum max(w low, w high)
over its weights w, [low, high] being the input's range, with 0 where a window reads beyond the edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.networks.checks import node_name
from proofs.networks.checks_weights import check_weights
from proofs.networks.limits import ACCUMULATOR, EXACT
from proofs.networks.network import Combination, Convolution, Maximum, Network, Node, Tensor
from proofs.networks.ranges import Range, difference_range, term_range
from proofs.networks.readings import convolution_axes, reads_beyond
from proofs.networks.weights import NodeWeights, Weights


@dataclass(frozen=True, slots=True)
class Bound:
    """Of one node's accumulators.

    Args:
        low, high: of any accumulator. reach: size of any partial sum, in any order of adding.
        channel: an output channel whose accumulators get largest in size.
    """

    low: int
    high: int
    reach: int
    channel: int


def node_bound(node: Node, tensors: Sequence[Tensor], hidden: NodeWeights | None) -> Bound:
    """The bound of one node; the network's tables are not looked at.

    Args:
        tensors: at least those before the node. hidden: of a convolution.
    """
    if isinstance(node, Maximum):
        low, high = difference_range(tensors, node)
        return Bound(low, high, sum(max(map(abs, term_range(tensors, term))) for term in (node.first, node.second)), 0)
    lows, highs, reaches = _combination(node, tensors) if isinstance(node, Combination) else _convolution(
        node, tensors[node.source], _given(hidden)
    )  # fmt: skip
    sizes = [max(high, -low) for low, high in zip(lows, highs, strict=True)]
    return Bound(min(lows), max(highs), max(reaches), sizes.index(max(sizes)))


def rescaled(acc: int, shift: int) -> int:
    """q = floor((acc + 2^(k-1)) / 2^k)."""
    return (acc + ((1 << shift) >> 1)) >> shift


def required_range(network: Network, weights: Weights) -> tuple[Range, ...]:
    """For each node, the q its table must hold.

    Raises:
        UnsupportedModel: accumulators that may reach 2^30, naming node and output channel.
    """
    found = []
    for index, node in enumerate(network.nodes):
        bound = checked_bound(network, index, weights)
        found.append((rescaled(bound.low, node.shift), rescaled(bound.high, node.shift)))
    return tuple(found)


def checked_bound(network: Network, index: int, weights: Weights) -> Bound:
    """The bound of a node, if it is one that can be proven. Raises UnsupportedModel."""
    bound = node_bound(network.nodes[index], network.tensors, weights.get(index))
    what = f"{node_name(network, index)}, output channel {bound.channel}"
    size = max(bound.high, -bound.low)
    if size >= ACCUMULATOR:
        raise UnsupportedModel(
            f"{what}: accumulators may reach {size} in size, and must stay below 2^30; use a smaller shift"
        )
    if bound.reach > EXACT:
        raise UnsupportedModel(f"{what}: partial sums may reach {bound.reach}, more than doubles hold exactly (2^53)")
    return bound


def check_bounds(network: Network, weights: Weights) -> tuple[Bound, ...]:
    """Check weights and that no input within range leads outside a table: each node's bound.

    Args:
        network: a checked network.

    Raises:
        InvalidInput: weights that do not fit, or a table too small. UnsupportedModel: accumulators too large.
    """
    check_weights(network, weights)
    bounds = tuple(checked_bound(network, index, weights) for index in range(len(network.nodes)))
    for index, (node, bound) in enumerate(zip(network.nodes, bounds, strict=True)):
        low, high = rescaled(bound.low, node.shift), rescaled(bound.high, node.shift)
        table = network.tables[node.table]
        if low < table.low or high > table.high:
            raise InvalidInput(
                f"{node_name(network, index)}: q may be from {low} to {high}, "
                f"but table {node.table} holds {table.low} to {table.high}"
            )
    return bounds


def _given(hidden: NodeWeights | None) -> NodeWeights:
    if hidden is None:
        raise InvalidInput("a convolution has no weights to bound its accumulators by")
    return hidden


def _convolution(node: Convolution, source: Tensor, hidden: NodeWeights) -> tuple[list[int], list[int], list[int]]:
    """Per output channel: low, high, reach."""
    down, across = convolution_axes(node, source.shape)
    low, high = source.low, source.high
    if reads_beyond(down, source.shape[1]) or reads_beyond(across, source.shape[2]):
        low, high = min(low, 0), max(high, 0)
    matrix = hidden.weight.reshape(node.outputs, -1)
    sums = (extreme(matrix, 0).sum(axis=1, dtype=np.int64).tolist() for extreme in (np.maximum, np.minimum))
    found = [
        (b + p * low + n * high, b + p * high + n * low, abs(b) + (p - n) * max(abs(low), abs(high)))
        for b, p, n in zip(hidden.bias.tolist(), *sums, strict=True)
    ]
    lows, highs, reaches = (list(column) for column in zip(*found, strict=True))
    return lows, highs, reaches


def _combination(node: Combination, tensors: Sequence[Tensor]) -> tuple[list[int], list[int], list[int]]:
    """Per output channel: low, high, reach; each term adds the same to all of its channels."""
    steps = [[0] * (node.channels + 1) for _ in range(3)]
    for term in node.terms:
        whole = term.multiplier * term.down.kernel * term.across.kernel
        ends = sorted(whole * value for value in term_range(tensors, term))
        stop = term.channel + tensors[term.source].shape[0]
        for step, value in zip(steps, (*ends, max(map(abs, ends))), strict=True):
            step[term.channel] += value
            step[stop] -= value
    lows, highs, reaches = (list(accumulate(step))[:-1] for step in steps)
    return lows, highs, reaches
