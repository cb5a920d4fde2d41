"""The opening of a simulated proof: rows and columns drawn, and what follows from them solved for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import shake_256

import numpy as np

from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.hiding.drawing import draw_rows
from proofs.sumcheck.hiding.opening import Left
from proofs.sumcheck.hiding.tails import Tails, elements
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.ligero.hashes import salts, to_words
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.opening import row_weights
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES, Code
from proofs.sumcheck.ligero.queries import write_entries
from proofs.sumcheck.ligero.randomness import uniform

ROW, TAIL_ROWS, LEAVES = b"simulated row", b"simulated rows of tails", b"simulated leaves"


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """The rows an opening sends, uniform, and the challenge they are for.

    Args:
        u: (degree, N + block). u_tails: (degree, rows, length).
    """

    tails: Tails
    left: Left
    challenge: Scalar
    u: Ext
    u_tails: Ext

    @property
    def message(self) -> bytes:
        """u and u_T, as they are sent."""
        return write_entries(self.u.T) + write_entries(self.u_tails.reshape(len(self.u), -1).T)

    def mask_value(self, field: Field) -> Scalar:
        """e = W <u, eq(column point, .)> - <a, u_T> - l beta."""
        scalars, code, left = field.scalars, self.tails.code, self.left
        eq = field.eq_table(left.point[len(left.point) - code.log_columns :], code.columns)
        value = field.dot(np.ascontiguousarray(self.u[:, : code.columns]), eq)
        of_tails = field.dot(left.factors, elements(self.tails, self.u_tails))
        shown = scalars.sub(scalars.mul(left.weight, value), of_tails)
        return scalars.sub(shown, scalars.mul(self.challenge, left.value))

    def mask_columns(self, field: Field, flat: Base, asked: Sequence[int]) -> Ext:
        """M's entries (degree, Q): word(u) less l times the combination of all flat rows' columns (rows, Q)."""
        code = self.tails.code
        weights = row_weights(field, [len(flat)], self.left.point, code.log_columns)
        word = _word(field, self.u[:, : code.columns], self.u[:, code.columns :], asked)
        made = field.combine_columns(np.ascontiguousarray(flat.T), field.scale(weights, self.challenge))
        return field.sub(word, made)

    def tail_mask_columns(self, field: Field, of_tails: Base, asked: Sequence[int]) -> Base:
        """M_T's entries, of all rows' coordinates as T's own (degree rows, Q): word(u_T) less l times those."""
        front, behind = self.tails.split(self.u_tails)
        found = []
        for index, own in enumerate(of_tails.reshape(self.tails.rows, field.scalars.degree, -1)):
            word = _word(field, front[:, index], None if behind is None else behind[:, index], asked)
            found.append(field.sub(word, field.scale(np.ascontiguousarray(own), self.challenge)))
        return np.concatenate(found)


def draw_combined(field: Field, tails: Tails, left: Left, challenge: Scalar, seed: bytes) -> Combined:
    """Uniform rows."""
    shape = (field.scalars.degree, tails.code.dimension)
    u = uniform(seed, ROW, shape, field.scalars.p).astype(field.dtype, copy=False)
    return Combined(tails, left, challenge, u, draw_rows(field, tails, seed, TAIL_ROWS))


def committed_columns(columns: Base, asked: Sequence[int], code: Code, seed: bytes) -> Committed:
    """A matrix under whose root lie some columns (R, Q), and random digests where nothing was asked for."""
    salt_words = salts(seed, code.positions)
    leaves = to_words(shake_256(LEAVES + seed).digest(DIGEST_BYTES * code.positions))
    leaves[:, asked] = plain.leaf_digests(np.ascontiguousarray(salt_words[:, asked]), columns)
    tree = Tree.over(leaves, plain.parents)
    words = np.zeros((len(columns), code.positions), dtype=np.uint32)
    words[:, asked] = columns
    return Committed(tree.root, (), words, salt_words, tree)


def _word(field: Field, front: Ext, behind: Ext | None, asked: Sequence[int]) -> Ext:
    """The word of a row and its block, where asked: (degree, Q)."""
    block = None if behind is None else np.ascontiguousarray(behind)
    return np.ascontiguousarray(encode(field, np.ascontiguousarray(front), block)[:, asked])
