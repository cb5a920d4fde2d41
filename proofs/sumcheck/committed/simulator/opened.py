"""The opening of a simulated proof: rows and columns drawn, and what follows from them solved for."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import shake_256

import numpy as np

from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.hiding.opening import Left
from proofs.sumcheck.hiding.tails import Tails, elements
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.ligero.hashes import salts, to_words
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.opening import row_weights
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES, Code
from proofs.sumcheck.ligero.queries import write_entries

LEAVES = b"simulated leaves"


def mask_value(field: Field, tails: Tails, left: Left, challenge: Scalar, u: Ext, u_tails: Ext) -> Scalar:
    """e = W <u, eq(column point, .)> - <a, u_T> - l beta.

    Args:
        u: (degree, N + block). u_tails: (degree, rows, length).
    """
    scalars, code = field.scalars, tails.code
    eq = field.eq_table(left.point[len(left.point) - code.log_columns :], code.columns)
    value = field.dot(np.ascontiguousarray(u[:, : code.columns]), eq)
    shown = scalars.sub(scalars.mul(left.weight, value), field.dot(left.factors, elements(tails, u_tails)))
    return scalars.sub(shown, scalars.mul(challenge, left.value))


def mask_columns(field: Field, code: Code, left: Left, challenge: Scalar, flat: Base, word: Ext) -> Ext:
    """M's entries (degree, Q): word(u) less l times the combination of all flat rows' columns (Q, rows)."""
    weights = row_weights(field, [flat.shape[1]], left.point, code.log_columns)
    combined = field.combine_columns(flat, field.scale(weights, challenge))
    return field.sub(word, combined)


def tail_columns(
    field: Field, tails: Tails, challenge: Scalar, own: Ext, u_tails: Ext, asked: Sequence[int]
) -> list[Ext]:
    """M_T's entries, of each row of tails (degree, Q): word(u_T) less l times T's own (rows, degree, Q)."""
    front, behind = tails.split(u_tails)
    found = []
    for index, entries in enumerate(own):
        word = word_of(field, front[:, index], None if behind is None else behind[:, index], asked)
        found.append(field.sub(word, field.scale(np.ascontiguousarray(entries), challenge)))
    return found


def word_of(field: Field, front: Ext, behind: Ext | None, asked: Sequence[int]) -> Ext:
    """The word of a row and its block, where asked: (degree, Q)."""
    block = None if behind is None else np.ascontiguousarray(behind)
    return np.ascontiguousarray(encode(field, np.ascontiguousarray(front), block)[:, asked])


def committed_columns(columns: Base, asked: Sequence[int], code: Code, seed: bytes) -> Committed:
    """A matrix under whose root lie some columns (R, Q), and where nothing was asked for random digests."""
    salt_words = salts(seed, code.positions)
    leaves = to_words(shake_256(LEAVES + seed).digest(DIGEST_BYTES * code.positions))
    leaves[:, asked] = plain.leaf_digests(np.ascontiguousarray(salt_words[:, asked]), columns)
    tree = Tree.over(leaves, plain.parents)
    words = np.zeros((len(columns), code.positions), dtype=np.uint32)
    words[:, asked] = columns
    return Committed(tree.root, (), words, salt_words, tree)


def rows_message(u: Ext, u_tails: Ext) -> bytes:
    """u and u_T, as they are sent."""
    return write_entries(u.T) + write_entries(u_tails.reshape(len(u), -1).T)
