"""Arrays of exact integers as bytes: fixed width, two's complement, little-endian, one encoding each."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.encoding import domain
from proofs.errors import InvalidInput, MalformedProof

WIDTHS = (1, 2, 4, 8, 16)
INPUTS_DOMAIN = domain("assay/safetynets-inputs/v1")
OUTPUTS_DOMAIN = domain("assay/safetynets-outputs/v1")
_WORD = 64
_ROWS = 64
"""Rows hashed at a time: bounds the memory their encoding takes."""


def width_of(low: int, high: int) -> int:
    """The least number of bytes, of 1, 2, 4, 8 and 16, that holds every integer in [low, high]."""
    for width in WIDTHS:
        if -(1 << (8 * width - 1)) <= low <= high < 1 << (8 * width - 1):
            return width
    raise InvalidInput(f"integers from {low} to {high} do not fit into {WIDTHS[-1]} bytes")


def encode(values: NDArray[Any], width: int) -> bytes:
    """Integers of any integer dtype, or Python integers, entry by entry. Raises InvalidInput: one is too wide."""
    if values.size and width_of(int(values.min()), int(values.max())) > width:
        raise InvalidInput(f"integers from {values.min()} to {values.max()} do not fit into {width} bytes")
    if width <= _WORD // 8:
        return np.ascontiguousarray(values.astype(f"<i{width}")).tobytes()
    whole = values.astype(object).reshape(-1)
    words = np.empty((len(whole), 2), dtype="<u8")
    words[:, 0] = whole & ((1 << _WORD) - 1)
    words[:, 1] = (whole >> _WORD) & ((1 << _WORD) - 1)
    return words.tobytes()


def decode(raw: bytes, width: int, shape: tuple[int, ...], limit: int) -> NDArray[Any]:
    """Untrusted integers of size at most ``limit``: int64, or Python integers where those do not fit.

    Raises:
        MalformedProof: another number of bytes, or a larger integer, which would be a second spelling modulo a prime.
    """
    count = int(np.prod(shape, dtype=object))
    if len(raw) != count * width:
        raise MalformedProof(f"proof bundle: {count} outputs of {width} bytes announced, {len(raw)} bytes given")
    if width <= _WORD // 8:
        values = np.frombuffer(raw, dtype=f"<i{width}").astype(np.int64)
    else:
        words = np.frombuffer(raw, dtype="<u8").reshape(count, 2)
        values = (words[:, 1].view("<i8").astype(object) << _WORD) + words[:, 0].astype(object)
    if count and not -limit <= int(values.min()) <= int(values.max()) <= limit:
        raise MalformedProof(f"proof bundle: an output is larger than {limit}, half the product of the primes")
    return values.reshape(shape)


def inputs_digest(inputs: NDArray[np.integer], width: int) -> bytes:
    """The 32-byte digest of integer inputs (R, N), feature by feature, each in ``width`` bytes."""
    return _digest(INPUTS_DOMAIN, inputs, width)


def outputs_digest(outputs: NDArray[Any], width: int) -> bytes:
    """The 32-byte digest of integer outputs (N, K), input by input, each in ``width`` bytes."""
    return _digest(OUTPUTS_DOMAIN, outputs, width)


def _digest(label: bytes, values: NDArray[Any], width: int) -> bytes:
    """The same of equal integers, whatever their dtype and their order in memory; another of another shape."""
    hasher = hashlib.sha256(label)
    for extent in (*values.shape, width):
        hasher.update(extent.to_bytes(8, "little"))
    for start in range(0, len(values), _ROWS):
        hasher.update(encode(values[start : start + _ROWS], width))
    return hasher.digest()
