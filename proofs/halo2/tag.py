"""The tag of a proof: 32 bytes that enter the circuit as 16 limbs of 16 bits and leave it as public instances.

tag = keccak256("assay/bound-tag/v1", context, note). The context is opaque here (a job's tag on a chain, or anything a
caller wants the proof bound to); the note is the digest of the statement and of the fidelity receipt, so that neither
can be changed once proven.
"""

from __future__ import annotations

from proofs.encoding import abi_digest, domain

TAG_LIMBS = 16
LIMB_BITS = 16
TAG_DOMAIN = domain("assay/bound-tag/v1")


def bound_tag(context: bytes, note: bytes) -> bytes:
    """The 32-byte tag that binds a proof to ``context`` and ``note`` (32 bytes each)."""
    return abi_digest(["bytes32", "bytes32", "bytes32"], [TAG_DOMAIN, context, note])


def limbs(tag: bytes) -> tuple[int, ...]:
    """The 16 big-endian 16-bit limbs of ``tag``."""
    return tuple(int.from_bytes(tag[2 * i : 2 * i + 2], "big") for i in range(TAG_LIMBS))
