"""Encrypting chunks so that a contract can decrypt one of them: a keccak key stream, and a tree over ciphertexts.

    key stream block k of a chunk   keccak256(abi.encode(key, jobId, document, chunk, k))

A key serves one job: ``fresh_key`` makes it, and the escrow takes a key hash from one responder once. Every block of a
job has its own input, so no two bytes share key stream (keccak-256 taken as a random oracle).
*Source*: FairSwap (Dziembowski, Eckey, Faust, CCS 2018), section 4; here the chunk's own salt, not the key, hides its
committed digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from proofs.commitment.merkle import Tree
from proofs.encoding import domain, keccak256
from proofs.errors import InvalidInput

KEY_BYTES = 32
BLOCK_BYTES = 32
ADDRESS_BYTES = 20
KEY_DOMAIN = domain("assay/key/v1")
CIPHER_DOMAIN = domain("assay/cipher-chunk/v1")
ROOT_DOMAIN = domain("assay/ciphertext-root/v1")


def fresh_key() -> bytes:
    """A key for one job, 32 random bytes. Secret until revealed."""
    return secrets.token_bytes(KEY_BYTES)


def key_hash(job_id: bytes, responder: bytes, key: bytes) -> bytes:
    """What the responder commits to at delivery; ``responder`` is its 20-byte address."""
    if len(key) != KEY_BYTES or len(job_id) != 32 or len(responder) != ADDRESS_BYTES:
        raise InvalidInput("a key hash needs a job id of 32 bytes, an address of 20 and a key of 32")
    return keccak256(KEY_DOMAIN + job_id + responder.rjust(32, b"\0") + key)


def crypt(key: bytes, job_id: bytes, document: int, chunk: int, content: bytes) -> bytes:
    """``content`` with the chunk's key stream added: encrypts and decrypts.

    Raises:
        InvalidInput: key or job id not of 32 bytes.
    """
    if len(key) != KEY_BYTES or len(job_id) != 32:
        raise InvalidInput(f"the key has {len(key)} bytes and the job id {len(job_id)}; both need 32")
    head = key + job_id + document.to_bytes(32, "big") + chunk.to_bytes(32, "big")
    blocks = -(-len(content) // BLOCK_BYTES)
    stream = b"".join(keccak256(head + block.to_bytes(32, "big")) for block in range(blocks))[: len(content)]
    return (int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(content), "big")


def cipher_leaf(document: int, chunk: int, ciphertext: bytes) -> bytes:
    """The leaf of one ciphertext: binds whose it is."""
    return keccak256(CIPHER_DOMAIN + document.to_bytes(32, "big") + chunk.to_bytes(32, "big") + ciphertext)


def cipher_tree(leaves: Sequence[bytes]) -> Tree:
    """The tree over a delivery's ciphertexts: perfect, depth ceil(log2 M)."""
    return Tree.over(leaves, 1)


def ciphertext_root(count: int, tree_root: bytes) -> bytes:
    """What the responder commits to on chain: how many ciphertexts, and their tree."""
    return keccak256(ROOT_DOMAIN + count.to_bytes(32, "big") + tree_root)
