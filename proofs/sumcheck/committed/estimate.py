"""Whether a proof fits: its sizes follow from the network and the number of examples alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.networks.network import Network, Shape3
from proofs.sumcheck.committed.instance import Chunk, Instance, Matrix, Outputs
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.segments import chunk_segments, model_size

WORD = 4
ELEMENT = 16
FIXED = 200 << 20
"""Interpreter, libraries and compiled kernels."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What proving takes.

    Args:
        entries: of the flat vector. positions: of look-ups. memory_bytes: the peak, within a quarter.
    """

    entries: int
    positions: int
    memory_bytes: int


def estimate(plan: Plan) -> Estimate:
    """From a plan, without running anything."""
    entries = plan.rows * plan.columns
    positions = sum(1 << group.depth for group in plan.groups)
    real = sum(site.segment.real for site in plan.sites.values())
    numbers = entries * WORD + real * 3 * WORD + positions * WORD
    words = entries * 4 * WORD
    leaves = 2 << max(group.depth for group in plan.groups)
    trees = 2 * leaves * ELEMENT + (2 << plan.tables.depth) * 2 * ELEMENT
    claims = entries * ELEMENT * 2
    return Estimate(entries, positions, FIXED + numbers + words + max(trees, claims))


def proof_memory_bytes(network: Network, count: int, log_columns: int) -> int:
    """The peak memory of proving ``count`` examples, their logits in the open."""
    shape: Shape3 = network.tensors[0].shape
    width = 1 << log_columns
    rows = -(-chunk_segments(shape, count, False).end // width)
    values = np.zeros((count, network.classes), dtype=np.int64) + network.tensors[-1].low
    chunk = Chunk(Matrix(bytes(32), rows), count, False)
    model = Matrix(bytes(32), -(-model_size(network) // width))
    instance = Instance(network, log_columns, model, chunk, 0, count, Outputs(values))
    return estimate(make_plan(instance)).memory_bytes
