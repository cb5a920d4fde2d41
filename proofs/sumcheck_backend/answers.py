"""What a network answered, as bytes beside the proofs: logits, or the bits of a selection. One encoding each."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from proofs.encoding import domain
from proofs.errors import InvalidInput, MalformedProof

LOGITS_DOMAIN = domain("assay/sumcheck-logits/v1")
SELECTED_DOMAIN = domain("assay/sumcheck-selected/v1")
LARGEST = ((1 << 31) - 2) // 2
"""Half the field's prime: a larger integer would be a second spelling of another's residue."""
_BYTES = 4


def logits_bytes(logits: NDArray[np.integer]) -> bytes:
    """Logits (N, classes), example by example, each in 4 bytes, two's complement, little-endian."""
    if logits.size and int(np.abs(logits.astype(np.int64)).max()) > LARGEST:
        raise InvalidInput(f"a logit is larger than {LARGEST}, half the field's prime")
    return np.ascontiguousarray(logits, dtype="<i4").tobytes()


def parse_logits(raw: bytes, total: int, classes: int) -> NDArray[np.int64]:
    """Untrusted logits (total, classes). Raises MalformedProof."""
    if len(raw) != total * classes * _BYTES:
        raise MalformedProof(f"proof bundle: {total} x {classes} logits of {_BYTES} bytes announced, {len(raw)} given")
    found = np.frombuffer(raw, dtype="<i4").astype(np.int64)
    if int(np.abs(found).max()) > LARGEST:
        raise MalformedProof(f"proof bundle: a logit is larger than {LARGEST}, half the field's prime")
    return found.reshape(total, classes)


def selected_bytes(selected: NDArray[np.bool_]) -> bytes:
    """One bit an example, the first in a byte's highest bit; zero bits fill the last byte."""
    return np.packbits(selected).tobytes()


def parse_selected(raw: bytes, total: int) -> NDArray[np.bool_]:
    """Untrusted bits (total,). Raises MalformedProof: another length, or bits set behind the last."""
    if len(raw) != -(-total // 8):
        raise MalformedProof(f"proof bundle: one bit for each of {total} examples announced, {len(raw)} bytes given")
    bits = np.unpackbits(np.frombuffer(raw, dtype=np.uint8)).astype(bool)
    if bits[total:].any():
        raise MalformedProof("proof bundle: bits are set behind the last example's")
    return bits[:total]


def logits_digest(raw: bytes) -> bytes:
    """The 32-byte digest of encoded logits."""
    return hashlib.sha256(LOGITS_DOMAIN + raw).digest()


def selected_digest(raw: bytes) -> bytes:
    """The 32-byte digest of encoded bits."""
    return hashlib.sha256(SELECTED_DOMAIN + raw).digest()
