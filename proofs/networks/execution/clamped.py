"""How often clamps changed a value: what tells a well chosen scale from a poor one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.networks.execution.run import Execution
from proofs.networks.network import Clamp, Maximum, Network


@dataclass(frozen=True, slots=True)
class Clamped:
    """Of one node: the values its clamp raised to ``least`` and lowered to ``greatest``, of how many."""

    raised: int
    lowered: int
    total: int


def count_clamped(network: Network, execution: Execution) -> tuple[Clamped, ...]:
    """For each node; none where the table is not a clamp, or is a Maximum's. Reveals something of secret inputs."""
    found = []
    for node, run in zip(network.nodes, execution.nodes, strict=True):
        table = network.tables[node.table]
        raised = lowered = 0
        if isinstance(table, Clamp) and not isinstance(node, Maximum):
            raised = int(np.count_nonzero(run.q < table.least)) if table.low < table.least else 0
            lowered = int(np.count_nonzero(run.q > table.greatest)) if table.high > table.greatest else 0
        found.append(Clamped(raised, lowered, run.q.size))
    return tuple(found)
