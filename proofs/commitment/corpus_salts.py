"""The salts of a corpus, all drawn from one 32-byte seed, so that a secret file need not hold each.

Document i takes ``SHAKE-256(domain | seed | i)``: first its salt limbs, then 16 bytes for each chunk. Opening some of
a stream says nothing about the rest, nor about other documents', as long as SHAKE-256 is a pseudo-random function.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.chunks import SALT_BYTES
from proofs.encoding import domain, keccak256
from proofs.errors import InvalidInput

SEED_BYTES = 32
SALTS_DOMAIN = domain("assay/corpus-salts/v1")
PUBLIC_SEED_DOMAIN = domain("assay/public-corpus-seed/v1")


@dataclass(frozen=True, slots=True)
class Salts:
    """All salts of a corpus. Secret unless derived from public documents."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise InvalidInput(f"the seed of the salts has {len(self.seed)} bytes; {SEED_BYTES} are needed")

    @classmethod
    def fresh(cls) -> Salts:
        """From the system's random source."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @classmethod
    def public(cls, format_digest: bytes, raw: NDArray[np.int64]) -> Salts:
        """From the views themselves: anyone holding them can recompute the commitment, and nothing is hidden."""
        return cls(keccak256(PUBLIC_SEED_DOMAIN + format_digest + raw.astype(">i8").tobytes()))

    def limbs(self, documents: int, count: int) -> NDArray[np.int64]:
        """The salt limbs (documents, count) at the end of each hashed tensor, 0..65535."""
        streams = b"".join(self._stream(document, 2 * count) for document in range(documents))
        return np.frombuffer(streams, dtype=">u2").astype(np.int64).reshape(documents, count)

    def of_chunks(self, document: int, limbs: int, chunks: int) -> tuple[bytes, ...]:
        """16 bytes for each of a document's chunks."""
        stream = self._stream(document, 2 * limbs + SALT_BYTES * chunks)[2 * limbs :]
        return tuple(stream[start : start + SALT_BYTES] for start in range(0, len(stream), SALT_BYTES))

    def _stream(self, document: int, length: int) -> bytes:
        return hashlib.shake_256(SALTS_DOMAIN + self.seed + document.to_bytes(8, "big")).digest(length)
