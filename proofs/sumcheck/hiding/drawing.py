"""A prover's randomness: pads and rows of tails, each from a secret seed and a label of its own."""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.hiding.pads import PadPlan
from proofs.sumcheck.hiding.tails import Tails
from proofs.sumcheck.ligero.commit import Rows
from proofs.sumcheck.ligero.randomness import uniform

PADS = b"pads"


def draw_pads(field: Field, plan: PadPlan, seed: bytes) -> Ext:
    """Pi, (degree, size): uniform, but for products. Secret; never one seed for two proofs."""
    pads = uniform(seed, PADS, (field.scalars.degree, plan.size), field.scalars.p).astype(field.dtype, copy=False)
    first, second = (np.ascontiguousarray(pads[:, places]) for places in (plan.first, plan.second))
    pads[:, plan.product] = field.mul(first, second)
    return pads


def draw_rows(field: Field, tails: Tails, seed: bytes, label: bytes) -> Ext:
    """Uniform rows (degree, rows, length). Secret."""
    shape = (field.scalars.degree, tails.rows, tails.length)
    return uniform(seed, label, shape, field.scalars.p).astype(field.dtype, copy=False)


def as_rows(tails: Tails, table: Ext) -> Rows:
    """Rows as they are committed: of each its coordinates, one after the other."""
    entries, block = tails.split(table)

    def lying(part: Ext) -> Ext:
        return np.ascontiguousarray(part.transpose(1, 0, 2)).reshape(-1, part.shape[2])

    return Rows(lying(entries), None if block is None else lying(block))
