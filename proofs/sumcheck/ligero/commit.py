"""Committing: a vector as a matrix of rows, each encoded; the columns of the words hashed into a tree."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Base, Field
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.hashes import Words, salts
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.parameters import columns, positions


@dataclass(frozen=True, slots=True, eq=False)
class Committed:
    """What a prover keeps of a commitment; only ``root`` is public. It follows from the values and the seed.

    Args:
        root: 32 bytes, the commitment.
        rows: the values (R, N), the last row filled up with zeros; not a copy where none is needed.
        codewords: their words (R, n).
        salts: of the leaves, (4, n) words.
    """

    root: bytes
    rows: Base
    codewords: Words
    salts: Words
    tree: Tree


def commit(field: Field, values: Base, seed: bytes, log_columns: int) -> Committed:
    """Commit to a vector, in rows of 2^log_columns.

    Args:
        values: canonical, one axis, at least one entry; not to be changed afterwards.
        seed: secret, of as many random bytes as one likes; salts are made of it. Never one seed for two vectors.

    Raises:
        ValueError: values are of another kind, or not all below 2^31 - 1.
    """
    rows = as_rows(values, log_columns)
    words = encode(field, rows)
    salt_words = salts(seed, positions(log_columns))
    hashing = _hashing(field)
    tree = Tree.over(hashing.leaf_digests(salt_words, words), hashing.parents)
    return Committed(tree.root, rows, words, salt_words, tree)


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
