"""Uniform field elements from a secret seed: what hides rows.

A key is derived from label and seed; its key stream, AES-256 in counter mode, is cut into words of 4 bytes, little-
endian, of which the low k bits are an element below p = 2^k - 1 or, with chance 2^-k, p itself and left out. So an
array begins like any longer one of the same seed and label, and is the same on every machine: a model's blocks are made
again from the seed that is kept of them.

*Assumption*: SHAKE-256 is a random function of the seed, AES-256 a pseudorandom permutation.
"""

from __future__ import annotations

from hashlib import shake_256
from math import prod

import numpy as np
from Crypto.Cipher import AES
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import MERSENNE_31

DOMAIN = b"assay/sumcheck/ligero/uniform/v1".ljust(64, b"\0")
KEY_BYTES = 32
PIECE = 1 << 16
"""Words made at once: they stay in cache."""
_ZEROS = bytes(4 * PIECE)


def uniform(seed: bytes, label: bytes, shape: int | tuple[int, ...], prime: int = MERSENNE_31) -> NDArray[np.uint32]:
    """Canonical elements, uniform and independent to whoever does not know the seed.

    Args:
        seed: secret, at least 16 random bytes; arrays of one seed have different labels, or are the same.
        label: what the array is for.
        shape: of the array.
        prime: 2^k - 1.
    """
    out = np.empty(prod(shape) if isinstance(shape, tuple) else shape, dtype=np.uint32)
    stream = AES.new(_key(seed, label), AES.MODE_CTR, nonce=b"", initial_value=0)
    room, filled = bytearray(len(_ZEROS)), 0
    while filled < out.size:
        stream.encrypt(_ZEROS, output=room)
        words = np.frombuffer(room, dtype="<u4").astype(np.uint32, copy=False) & np.uint32(prime)
        if int(words.max()) == prime:
            words = words[words != prime]
        taken = words[: out.size - filled]
        out[filled : filled + taken.size] = taken
        filled += taken.size
    return out.reshape(shape)


def _key(seed: bytes, label: bytes) -> bytes:
    """The key of a seed and a label; where one ends and the other begins is part of it."""
    return shake_256(DOMAIN + len(label).to_bytes(8, "little") + label + seed).digest(KEY_BYTES)
