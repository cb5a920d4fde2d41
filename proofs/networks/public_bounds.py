"""Accumulators of nodes without weights, bounded from the description alone, by whoever reads it.

A convolution's accumulators depend on hidden weights, so a verifier takes them as field elements. A combination's and a
maximum's do not: they must be integers that no prime wraps, and lie in their table for every input in range.
"""

from __future__ import annotations

from proofs.errors import InvalidInput
from proofs.networks.bounds import node_bound, rescaled
from proofs.networks.checks import node_name
from proofs.networks.limits import ACCUMULATOR
from proofs.networks.network import Convolution, Network


def check_public_bounds(network: Network) -> None:
    """Check every node without weights. Raises InvalidInput naming it.

    Args:
        network: a checked network.
    """
    for index, node in enumerate(network.nodes):
        if isinstance(node, Convolution):
            continue
        bound, table = node_bound(node, network.tensors, None), network.tables[node.table]
        what = node_name(network, index)
        if max(bound.high, -bound.low) >= ACCUMULATOR:
            raise InvalidInput(f"{what}: accumulators may reach {max(bound.high, -bound.low)}, which is 2^30 or more")
        low, high = rescaled(bound.low, node.shift), rescaled(bound.high, node.shift)
        if low < table.low or high > table.high:
            raise InvalidInput(
                f"{what}: q may be from {low} to {high}, but table {node.table} holds {table.low} to {table.high}"
            )
