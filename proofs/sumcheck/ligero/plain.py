"""Hashing many leaves and nodes with hashlib: the readable twin."""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.ligero.hashes import Words, leaf_digest, node_digest, to_bytes, to_words
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES

COLUMNS = 256
"""Columns gathered at once: a block of 2^10 rows is 1 MB."""


def leaf_digests(salts: Words, codewords: Words) -> Words:
    """The leaves (8, n) of all columns, from salts (4, n) and words (R, n)."""
    parts = []
    for first in range(0, codewords.shape[1], COLUMNS):
        block = slice(first, first + COLUMNS)
        salted = np.ascontiguousarray(salts[:, block].T).astype("<u4", copy=False)
        entries = np.ascontiguousarray(codewords[:, block].T).astype("<u4", copy=False)
        parts += [leaf_digest(salt.tobytes(), column.data) for salt, column in zip(salted, entries, strict=True)]
    return to_words(b"".join(parts))


def parents(digests: Words) -> Words:
    """The nodes (8, n / 2) above nodes (8, n)."""
    raw = to_bytes(digests)
    pairs = range(0, len(raw), 2 * DIGEST_BYTES)
    return to_words(b"".join(node_digest(raw[k : k + DIGEST_BYTES], raw[k + DIGEST_BYTES : k + 64]) for k in pairs))
