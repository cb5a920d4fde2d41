"""Which columns an opening shows, and how they lie in its messages.

Message "combination": the coefficients of a row, extension elements, each four coordinates, little-endian in 4 bytes.
Message "columns": for each matrix in order, first for each distinct position, ascending, the salt (16 bytes) and the
column's entries (little-endian in 4 bytes), then the siblings of the tree's proof (merkle.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proofs.errors import MalformedProof
from proofs.sumcheck.fields.extension import MERSENNE_31, Scalar
from proofs.sumcheck.ligero.merkle import proof_bytes
from proofs.sumcheck.ligero.parameters import SALT_BYTES, Code

ENTRY_BYTES = 4
ELEMENT_BYTES = 16


def queried(challenges: Sequence[Scalar], code: Code) -> list[int]:
    """The positions that challenges ask for: low bits of their coordinates, duplicates merged, ascending."""
    n = code.positions
    coordinates = [coordinate for challenge in challenges for coordinate in challenge]
    return sorted({coordinate % n for coordinate in coordinates[: code.queries]})


def columns_bytes(rows: Sequence[int], asked: Sequence[int], code: Code) -> int:
    """The length of the message "columns" for matrices of so many rows."""
    depth = code.positions.bit_length() - 1
    siblings = proof_bytes(asked, depth)
    return sum(len(asked) * (SALT_BYTES + ENTRY_BYTES * count) + siblings for count in rows)


def read_entries(raw: bytes, what: str, prime: int = MERSENNE_31) -> NDArray[np.uint32]:
    """Field elements, little-endian. Raises MalformedProof for one that is not below the prime."""
    entries = np.frombuffer(raw, dtype="<u4").astype(np.uint32, copy=False)
    if entries.size and int(entries.max()) >= prime:
        raise MalformedProof(f"{what} holds an entry that is not below the prime; it has no second spelling")
    return entries


def write_entries(entries: NDArray[np.uint32]) -> bytes:
    """The same, written."""
    return np.ascontiguousarray(entries).astype("<u4", copy=False).tobytes()
