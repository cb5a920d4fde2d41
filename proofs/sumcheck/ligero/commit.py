"""Committing: a vector as a matrix of rows, each encoded; the columns of the words hashed into a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from proofs.sumcheck.circle.code import LOG_BLOWUP, encode, encode_into
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Base, Field
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.hashes import Words, salts
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.parameters import SALT_BYTES, columns, positions

KEPT = 1 << 22
"""Entries whose words are kept, 64 MB; writing more memory for the first time costs more than encoding twice."""
BAND = 64
"""Rows encoded and hashed at a time: 32 MB of words."""
SALT_ENTRIES = SALT_BYTES // 4


@dataclass(frozen=True, slots=True, eq=False)
class Committed:
    """What a prover keeps of a commitment; only ``root`` is public. It follows from the values and the seed.

    Args:
        root: 32 bytes, the commitment.
        rows: the values (R, N), the last row filled up with zeros; not a copy where none is needed.
        codewords: their words (R, n), if they are few enough to be kept.
        salts: of the leaves, (4, n) words.
    """

    root: bytes
    rows: Base
    codewords: Words | None
    salts: Words
    tree: Tree

    def columns(self, field: Field, asked: Sequence[int]) -> Words:
        """The words' columns at some positions, (R, positions); words that were not kept are made again."""
        if self.codewords is not None:
            return self.codewords[:, asked]
        return np.concatenate([words[:, asked] for _, words in _bands(field, self.rows)])


def commit(field: Field, values: Base, seed: bytes, log_columns: int) -> Committed:
    """Commit to a vector, in rows of 2^log_columns.

    Args:
        values: canonical, one axis, at least one entry; not to be changed afterwards.
        seed: secret, of as many random bytes as one likes; salts are made of it. Never one seed for two vectors.

    Raises:
        ValueError: values are of another kind, or not all below 2^31 - 1.
    """
    rows = as_rows(values, log_columns)
    salt_words, hashing = salts(seed, positions(log_columns)), _hashing(field)
    words = None
    if field.compiled and rows.size > KEPT:
        leaves = _streamed(field, rows, salt_words)
    else:
        words = encode(field, rows)
        leaves = hashing.leaf_digests(salt_words, words)
    tree = Tree.over(leaves, hashing.parents)
    return Committed(tree.root, rows, words, salt_words, tree)


def _streamed(field: Field, rows: Base, salt_words: Words) -> Words:
    """The leaves, without all words being in memory at once."""
    from proofs.sumcheck.ligero import fast

    states = fast.leaf_states(salt_words.shape[1])
    for first, words in _bands(field, rows):
        fast.absorb(salt_words, words, states, first, len(rows))
    return states


def _bands(field: Field, rows: Base) -> Iterator[tuple[int, Words]]:
    """The words of some rows at a time, in one place of memory: the first row, and (some, n)."""
    buffer = np.empty((BAND, rows.shape[1] << LOG_BLOWUP), dtype=np.uint32)
    first = 0
    while first < len(rows):
        count = min(BAND - SALT_ENTRIES if first == 0 else BAND, len(rows) - first)
        encode_into(field, rows[first : first + count], buffer[:count])
        yield first, buffer[:count]
        first += count


def root_of(field: Field, values: Base, seed: bytes, log_columns: int) -> bytes:
    """The root ``commit`` gives, and nothing kept."""
    return commit(field, values, seed, log_columns).root


def as_rows(values: Base, log_columns: int) -> Base:
    """A vector as rows of 2^log_columns, zeros at the end of the last."""
    width = columns(log_columns)
    if values.ndim != 1 or not values.size or values.dtype != np.uint32:
        raise ValueError(f"a vector of uint32 is committed to, not {values.dtype} of shape {values.shape}")
    if int(values.max()) >= MERSENNE_31:
        raise ValueError("a value to be committed to is not below the prime")
    rest = -values.size % width
    if rest:
        values = np.concatenate([values, np.zeros(rest, dtype=np.uint32)])
    return np.ascontiguousarray(values).reshape(-1, width)


def _hashing(field: Field) -> ModuleType:
    """The field's kind of kernels."""
    if not field.compiled:
        return plain
    from proofs.sumcheck.ligero import fast

    return fast
