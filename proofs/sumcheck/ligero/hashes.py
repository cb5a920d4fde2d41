"""The two hashes of a commitment's tree: SHA-256 after a block of 64 bytes that says which of them it is.

    leaf = SHA-256(LEAF, salt, entries)        node = SHA-256(NODE, left, right)

A leaf is one column of the words: entries canonical, little-endian in 4 bytes, row by row. Many digests at once are an
array (8, n) of their 32-bit words, salts an array (4, n) of theirs.
"""

from __future__ import annotations

from hashlib import sha256, shake_256

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.ligero.parameters import DIGEST_BYTES, SALT_BYTES

Words = NDArray[np.uint32]

BLOCK_BYTES = 64
LEAF_BLOCK = b"assay/sumcheck/ligero/leaf/v1".ljust(BLOCK_BYTES, b"\0")
NODE_BLOCK = b"assay/sumcheck/ligero/node/v1".ljust(BLOCK_BYTES, b"\0")
SALT_BLOCK = b"assay/sumcheck/ligero/salt/v1".ljust(BLOCK_BYTES, b"\0")
_LEAF, _NODE = sha256(LEAF_BLOCK), sha256(NODE_BLOCK)


def leaf_digest(salt: bytes, entries: bytes) -> bytes:
    """The leaf of one column."""
    digest = _LEAF.copy()
    digest.update(salt)
    digest.update(entries)
    return digest.digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes."""
    digest = _NODE.copy()
    digest.update(left + right)
    return digest.digest()


def salts(seed: bytes, count: int) -> Words:
    """One salt a leaf, from a secret seed: array (4, count)."""
    raw = shake_256(SALT_BLOCK + seed).digest(SALT_BYTES * count)
    return np.ascontiguousarray(np.frombuffer(raw, dtype="<u4").reshape(count, -1).T.astype(np.uint32, copy=False))


def to_words(digests: bytes) -> Words:
    """Digests in a row as an array (8, n)."""
    table = np.frombuffer(digests, dtype=">u4").reshape(-1, DIGEST_BYTES // 4)
    return np.ascontiguousarray(table.T.astype(np.uint32))


def to_bytes(digests: Words) -> bytes:
    """The digests of an array (8, n) in a row."""
    return np.ascontiguousarray(digests.T).astype(">u4").tobytes()
