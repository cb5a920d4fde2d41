"""What values a term or a node's output can take: public, and part of every network's description."""

from __future__ import annotations

from collections.abc import Sequence

from proofs.networks.network import Maximum, Network, Tensor, Term
from proofs.networks.readings import reads_beyond

Range = tuple[int, int]
"""(least, greatest), both included."""


def term_range(tensors: Sequence[Tensor], term: Term) -> Range:
    """The values a term reads, one at a time: its tensor's, and zero if it reads beyond the tensor's edges."""
    source = tensors[term.source]
    _, height, width = source.shape
    if reads_beyond(term.down, height) or reads_beyond(term.across, width):
        return min(source.low, 0), max(source.high, 0)
    return source.low, source.high


def difference_range(tensors: Sequence[Tensor], node: Maximum) -> Range:
    """The q of a Maximum: first - second."""
    first, second = (term_range(tensors, term) for term in (node.first, node.second))
    return first[0] - second[1], first[1] - second[0]


def output_range(network: Network, index: int) -> Range:
    """What [low, high] a node's tensor must say: its table's values; for a Maximum, both terms' values together."""
    node = network.nodes[index]
    if isinstance(node, Maximum):
        first, second = (term_range(network.tensors, term) for term in (node.first, node.second))
        return min(first[0], second[0]), max(first[1], second[1])
    return network.table_ranges[node.table]
