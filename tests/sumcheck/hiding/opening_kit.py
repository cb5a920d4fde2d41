"""Equations that are left, about random vectors and tails, with all that their provers know."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hiding_kit import FAST, S, column, point_of, proven, random_table, verified

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields import Field, Scalar
from proofs.sumcheck.hiding.drawing import as_rows, draw_rows
from proofs.sumcheck.hiding.opening import Left, Masks, mask_rows, prove_left, verify_left
from proofs.sumcheck.hiding.tails import Tails, elements, tails_of
from proofs.sumcheck.ligero.commit import Committed, Rows, commit_hiding, commit_rows
from proofs.sumcheck.ligero.opening import Matrix
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.ligero.randomness import uniform


@dataclass(frozen=True)
class Opened:
    """A true equation: three matrices' rows, tails, masks."""

    f: Field
    matrices: tuple[Committed, ...]
    claimed: tuple[Matrix, ...]
    masks: Masks
    tails: Tails
    left: Left

    def proof(self) -> bytes:
        return proven(prove_left(self.f, "o", self.matrices, self.masks, self.tails, self.left), self.f)

    def check(self, proof: bytes, f: Field = FAST) -> None:
        """Raises RejectedProof."""
        verified(verify_left(f, "o", self.claimed, self.tails, self.left), proof, f)

    def claiming(self, **left: object) -> Opened:
        return replace(self, left=replace(self.left, **left))  # type: ignore[arg-type]


def opened(f: Field, log_columns: int, block: int, count: int, rows: tuple[int, int, int] = (1, 2, 3)) -> Opened:
    """Of so many rows and tails."""
    code = Code(log_columns, block)
    tails = tails_of(code, count)
    fixed = [
        commit_hiding(f, uniform(b"v%d" % k, b"test", n << log_columns), b"seed %d" % k, log_columns, block)
        for k, n in enumerate(rows[:2])
    ]
    masks = Masks(uniform(b"m", b"test", (4, code.dimension)), *(draw_rows(f, tails, b"t", x) for x in (b"T", b"M")))
    mask = Rows(
        *(np.ascontiguousarray(masks.row[:, part]) for part in (slice(0, code.columns), slice(code.columns, None)))
    )
    own = Rows(uniform(b"v2", b"test", (rows[2], code.columns)), uniform(b"b2", b"test", (rows[2], code.fresh_block)))
    parts = [own, mask, as_rows(tails, masks.tails), as_rows(tails, masks.tail_masks)]
    matrices = (*fixed, commit_rows(f, parts, b"seed 2", log_columns))
    claimed = (*((m.root, len(m.rows)) for m in matrices[:2]), (matrices[2].root, rows[2] + mask_rows(tails)))
    point = tuple(point_of(bits(sum(rows)) + log_columns))
    vector = np.concatenate([m.rows.reshape(-1) for m in matrices])
    value = f.dot(f.lift(vector), f.eq_table(point, vector.size))
    factors, weight = random_table(f, count, 3), column(random_table(f, 1, 4), 0)
    total = S.sub(S.mul(weight, value), f.dot(factors, elements(tails, masks.tails)))
    return Opened(f, matrices, claimed, masks, tails, Left(point, weight, factors, total))


def more(x: Scalar) -> Scalar:
    return S.add(x, S.one)
