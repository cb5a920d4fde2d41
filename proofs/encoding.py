"""Canonical byte encodings shared with the contracts: keccak-256 over ABI words, domain-separated by label."""

from __future__ import annotations

from collections.abc import Sequence

from Crypto.Hash import keccak


def keccak256(message: bytes) -> bytes:
    """Ethereum's keccak-256 of ``message``; 32 bytes."""
    return keccak.new(digest_bits=256, data=message).digest()


def domain(label: str) -> bytes:
    """The 32-byte domain separator of ``label``, as ``keccak256(bytes(label))`` in Solidity."""
    return keccak256(label.encode())


def abi_digest(types: Sequence[str], values: Sequence[object]) -> bytes:
    """``keccak256(abi.encode(values...))`` as Solidity computes it; the first value is the domain separator."""
    from eth_abi.abi import encode  # a fifth of a second to load, and not needed where nothing goes to a chain

    return keccak256(encode(list(types), list(values)))
