"""BN254 scalars in the encodings ezkl uses: 32-byte little-endian hex, negatives as R minus the magnitude."""

from __future__ import annotations

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def to_hex(value: int) -> str:
    """The little-endian hex of an integer modulo R."""
    return (value % R).to_bytes(32, "little").hex()


def from_hex(text: str) -> int:
    """The canonical scalar of little-endian hex."""
    return int.from_bytes(bytes.fromhex(text), "little")


def signed(text: str) -> int:
    """The small signed integer a scalar stands for."""
    value = from_hex(text)
    return value - R if value > R // 2 else value
