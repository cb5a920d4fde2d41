"""What a hidden proof commits to besides the flat vector's entries: blocks behind its rows, masks, pads, tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.sumcheck.committed.outline import plan_tails
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.witness import Witness
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.hiding.drawing import as_rows, draw_pads, draw_rows
from proofs.sumcheck.hiding.opening import Masks
from proofs.sumcheck.hiding.pads import Pads
from proofs.sumcheck.hiding.tails import Tails
from proofs.sumcheck.ligero.commit import Committed, Rows, commit_rows
from proofs.sumcheck.ligero.randomness import uniform

BLOCKS, MASK, TAILS, TAIL_MASKS = b"blocks", b"mask", b"tails", b"tail masks"


@dataclass(frozen=True, slots=True, eq=False)
class Covers:
    """A prover's randomness for one proof. Secret, and never for another."""

    pads: Pads
    tails: Tails
    masks: Masks


def draw_covers(field: Field, plan: Plan, seed: bytes) -> Covers:
    """All of it from a seed of 32 bytes. Raises ValueError for a plan of a proof in the open."""
    if plan.pad_plan is None:
        raise ValueError("a proof in the open has no pads")
    code, tails = plan.instance.code(field.scalars.p), plan_tails(plan, field.scalars.p)
    row = uniform(seed, MASK, (field.scalars.degree, code.dimension), field.scalars.p).astype(field.dtype, copy=False)
    masks = Masks(row, draw_rows(field, tails, seed, TAILS), draw_rows(field, tails, seed, TAIL_MASKS))
    return Covers(Pads(field, plan.pad_plan, draw_pads(field, plan.pad_plan, seed)), tails, masks)


def put_pads(witness: Witness, covers: Covers) -> None:
    """Place the pads in the flat vector."""
    segment = witness.plan.place_of_pads
    table = covers.pads.table
    for coordinate, entries in enumerate(table):
        start = segment.offset + coordinate * segment.high * segment.low
        witness.vector[start : start + entries.size] = entries


def commit_witness(field: Field, witness: Witness, covers: Covers, seed: bytes) -> Committed:
    """The witness's matrix: its part of the vector, then M, T and M_T."""
    plan = witness.plan
    code, masks, tails = covers.tails.code, covers.masks, covers.tails
    own = witness.own.reshape(-1, plan.columns)
    blocks = uniform(seed, BLOCKS, (len(own), code.fresh_block), field.scalars.p).astype(field.dtype, copy=False)
    mask = Rows(_part(masks.row, 0, code.columns), _part(masks.row, code.columns, code.dimension))
    parts = [Rows(own, blocks), mask, as_rows(tails, masks.tails), as_rows(tails, masks.tail_masks)]
    return commit_rows(field, parts, seed, plan.instance.log_columns)


def _part(table: Ext, start: int, stop: int) -> Ext:
    return np.ascontiguousarray(table[:, start:stop])
