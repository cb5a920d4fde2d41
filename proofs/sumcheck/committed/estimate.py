"""Whether a proof fits: its sizes follow from the network and the number of examples alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.networks.network import Network, Shape3
from proofs.sumcheck.committed.instance import Chunk, Instance, Matrix, Outputs
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.segments import chunk_segments, model_size
from proofs.sumcheck.ligero.commit import KEPT

WORD = 4
ELEMENT = 16
FIXED = 265 << 20
"""Interpreter, libraries and compiled kernels."""
SPARE_PERCENT = 140
"""For temporaries and what the allocator keeps: measured peaks are 70 to 110% of the estimate (docs/estimate.md)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What proving takes.

    Args:
        entries: of the flat vector. positions: of look-ups. memory_bytes: the peak, not quite reached.
    """

    entries: int
    positions: int
    memory_bytes: int


def estimate(plan: Plan) -> Estimate:
    """From a plan, without running anything."""
    entries = plan.rows * plan.columns
    positions = sum(1 << group.depth for group in plan.groups)
    real = sum(site.segment.real for site in plan.sites.values())
    leaves = (2 << max(group.depth for group in plan.groups)) * ELEMENT
    trees = 2 * leaves + (2 << plan.tables.depth) * 2 * ELEMENT
    looking_up = real * 3 * WORD + positions * WORD + trees
    claims = entries * ELEMENT * 3 // 2
    words = min(entries, KEPT) * 4 * WORD
    total = entries * WORD + words + max(looking_up, claims)
    return Estimate(entries, positions, FIXED + total * SPARE_PERCENT // 100)


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
