"""The test set on its way to the seller: sealed in chunks, and one root over the ciphertexts that goes on chain.

root = keccak256(abi.encode(D("assay/ciphertext/v1"), uint256 bytes, bytes32[] chunkHashes)),
chunkHash_i = keccak256(abi.encode(D("assay/ciphertext-chunk/v1"), uint256 i, bytes32 keccak256(chunk_i))).
"""

from __future__ import annotations

from collections.abc import Sequence

from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import InvalidInput
from protocols.errors import MessageRejected
from protocols.sealing import OVERHEAD_BYTES, ChannelKey, Direction, Slot, seal, unseal

CHUNK_BYTES = 1 << 18
MAX_CHUNKS = 1 << 14
"""At most 4 GiB of test set: above every set this project proves, below what fills a disk by surprise."""


def seal_test_set(
    plaintext: bytes, mine: ChannelKey, their_public: bytes, job_id: bytes, chunk_bytes: int = CHUNK_BYTES
) -> list[bytes]:
    """Cut the serialised test set (secret) into chunks and seal each for the seller.

    Returns:
        The sealed chunks in order, at least one; chunk i of n opens only as chunk i of n of this job.

    Raises:
        InvalidInput: more than ``MAX_CHUNKS`` chunks, or a chunk size out of range.
    """
    if not 1 <= chunk_bytes <= CHUNK_BYTES:
        raise InvalidInput(f"chunk_bytes is {chunk_bytes}; choose 1 to {CHUNK_BYTES}")
    count = max(1, -(-len(plaintext) // chunk_bytes))
    if count > MAX_CHUNKS:
        raise InvalidInput(
            f"the test set makes {count} chunks, at most {MAX_CHUNKS} are handed over; split the test set"
        )
    pieces = (plaintext[i * chunk_bytes : (i + 1) * chunk_bytes] for i in range(count))
    return [seal(piece, mine, their_public, _slot(job_id, i, count)) for i, piece in enumerate(pieces)]


def unseal_test_set(
    chunks: Sequence[bytes], root: bytes, mine: ChannelKey, their_public: bytes, job_id: bytes
) -> bytes:
    """Check untrusted chunks against the root posted on chain, then open them.

    Returns:
        The serialised test set (secret).

    Raises:
        MessageRejected: other chunks than the root's (``"ciphertext-root"``), or one that does not open (``"seal"``).
    """
    if ciphertext_root(chunks) != root:
        raise MessageRejected("ciphertext-root", "the chunks received are not those the buyer posted; wait or abort")
    return b"".join(unseal(chunk, mine, their_public, _slot(job_id, i, len(chunks))) for i, chunk in enumerate(chunks))


def ciphertext_root(chunks: Sequence[bytes]) -> bytes:
    """Commitment to the ciphertext chunks in order: their number, total length and every byte; 32 bytes, public.

    Raises:
        MessageRejected: no chunk, too many, or one of an impossible size.
    """
    if not 1 <= len(chunks) <= MAX_CHUNKS:
        raise MessageRejected("chunks", f"a hand-over has 1 to {MAX_CHUNKS} chunks, got {len(chunks)}")
    for index, chunk in enumerate(chunks):
        if not OVERHEAD_BYTES <= len(chunk) <= CHUNK_BYTES + OVERHEAD_BYTES:
            raise MessageRejected("chunks", f"chunk {index} has {len(chunk)} bytes, which no sealed chunk has")
    label = domain("assay/ciphertext-chunk/v1")
    hashes = [
        abi_digest(["bytes32", "uint256", "bytes32"], [label, index, keccak256(chunk)])
        for index, chunk in enumerate(chunks)
    ]
    total = sum(len(chunk) for chunk in chunks)
    return abi_digest(["bytes32", "uint256", "bytes32[]"], [domain("assay/ciphertext/v1"), total, hashes])


def _slot(job_id: bytes, index: int, count: int) -> Slot:
    """Where chunk ``index`` of ``count`` belongs."""
    return Slot("test-set", job_id, Direction.BUYER_TO_SELLER, (index, count))
