"""Proving that two committed matrices hold the same entries. Message by message: messages.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.errors import InvalidInput
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.ligero.commit import Committed, Rows, commit_rows
from proofs.sumcheck.ligero.opening import shown
from proofs.sumcheck.ligero.queries import queried, write_entries
from proofs.sumcheck.ligero.randomness import uniform
from proofs.sumcheck.renewal.messages import COLUMNS, COMBINATION, MASK, VALUE, side_weights
from proofs.sumcheck.renewal.pair import Pair
from proofs.sumcheck.transcript import run_prover

MASK_ROW = b"mask of two equal matrices"


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """M, (degree, D), and its matrix. Secret, for one proof alone."""

    row: Ext
    matrix: Committed


def draw_mask(field: Field, pair: Pair, seed: bytes) -> Mask:
    """M from a seed of 32 bytes."""
    code, degree = pair.code(field.scalars.p), field.scalars.degree
    row = uniform(seed, MASK_ROW, (degree, code.dimension), field.scalars.p).astype(field.dtype, copy=False)
    front, behind = np.ascontiguousarray(row[:, : code.columns]), np.ascontiguousarray(row[:, code.columns :])
    return Mask(row, commit_rows(field, [Rows(front, behind)], seed, code.log_columns))


def prove_equal(field: Field, pair: Pair, old: Committed, new: Committed, seed: bytes) -> bytes:
    """Prove that two matrices hold the same entries; one opening of each must have been paid for.

    Args:
        old, new: the matrices of the pair. Secret.
        seed: secret, 32 random bytes, of this proof alone: the same pair and seed give the same proof again.

    Raises:
        InvalidInput: the matrices are not the pair's, or their entries differ.
    """
    for side, matrix, name in ((pair.old, old, "old"), (pair.new, new, "new")):
        block = matrix.parts[0].block
        if matrix.root != side.root or len(matrix.parts) != 1 or block is None or block.shape[1] != side.block:
            raise InvalidInput(f"the {name} matrix is not the one under its root: commit to it again")
    if old.rows.shape != (pair.rows, 1 << pair.log_columns) or not np.array_equal(old.rows, new.rows):
        raise InvalidInput("the two matrices do not hold the same entries, and there is no proof that they do")
    prover = equality_prover(field, pair, old, new, draw_mask(field, pair, seed))
    proof, _ = run_prover([(prover, field.scalars)], pair.transcript())
    return proof


def equality_prover(field: Field, pair: Pair, old: Committed, new: Committed, mask: Mask) -> Prover[None]:
    """The prover's messages."""
    code, scalars = pair.code(field.scalars.p), field.scalars
    challenges = yield Send(MASK, (), pair.row_bits + pair.log_columns + 1, mask.matrix.root)
    *point, factor = challenges
    rows = field.eq_table(point[: pair.row_bits], pair.rows)
    columns = field.eq_table(point[pair.row_bits :], code.columns)
    entries = np.ascontiguousarray(mask.row[:, : code.columns])
    own = field.dot(field.combine_rows(old.rows.view(np.int32), rows), columns)
    (s,) = yield Send(VALUE, (scalars.add(scalars.mul(factor, own), field.dot(entries, columns)),))
    u = mask.row.copy()
    for matrix, weights in zip((old, new), side_weights(field, rows, factor, s), strict=True):
        for part, start in ((matrix.rows, 0), (matrix.parts[0].block, code.columns)):
            if part is not None:
                _add_at(field, u, start, field.combine_rows(part.view(np.int32), weights))
    asked = queried((yield Send(COMBINATION, (), code.challenges, write_entries(u.T))), code)
    yield Send(COLUMNS, (), 0, b"".join(shown(field, matrix, asked) for matrix in (old, new, mask.matrix)))


def _add_at(field: Field, u: Ext, start: int, part: Ext) -> None:
    stop = start + part.shape[1]
    u[:, start:stop] = field.add(np.ascontiguousarray(u[:, start:stop]), part)
