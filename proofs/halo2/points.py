"""BN254 G1 points of a ``polycommit`` commitment: decompression and the 32-byte digest everybody compares."""

from __future__ import annotations

from collections.abc import Sequence

from proofs.encoding import keccak256
from proofs.errors import ProverFailed

P = 21888242871839275222246405745257275088696311157297823662689037894645226208583
POINT_BYTES = 64
_IDENTITY_BIT = 1 << 254
_SIGN_BIT = 1 << 255


def decompress(text: str) -> bytes:
    """x || y, big-endian, of a compressed point as ezkl writes it (little-endian, flags in the top two bits).

    Raises ProverFailed for a point off the curve, and for the identity, which commits to nothing.
    """
    value = int.from_bytes(bytes.fromhex(text.removeprefix("0x")), "little")
    x = value & (_IDENTITY_BIT - 1)
    square = (pow(x, 3, P) + 3) % P
    y = pow(square, (P + 1) // 4, P)
    if value & _IDENTITY_BIT or x >= P or y * y % P != square:
        raise ProverFailed("commit", "the commitment point is the identity or not on the curve")
    if bool(y & 1) != bool(value & _SIGN_BIT):
        y = P - y
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


def commitment_digest(points: Sequence[bytes]) -> bytes:
    """weightsCommitment of a ``polycommit`` model: keccak over its points, as they stand at the head of a proof."""
    return keccak256(b"".join(points))
