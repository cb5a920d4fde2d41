"""What a complaint shows a contract; fields in the order of the Solidity structs of the same names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentOpening:
    """One document of the corpus, with the siblings from its leaf to the root."""

    index: int
    h: int
    payload_bytes: int
    view_steps: int
    payload_chunks: int
    chunks_root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ChunkOpening:
    """The committed digest of one chunk, with the siblings up to the document's chunks root."""

    chunk: int
    digest: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class CipherOpening:
    """One delivered ciphertext at its place, with the siblings up to the delivery's tree."""

    position: int
    ciphertext: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StepOpening:
    """One view step in clear, with the siblings up to the document's chunks root."""

    chunk: int
    content: bytes
    path: tuple[bytes, ...]


NO_STEP = StepOpening(0, b"", ())
"""Stands after a document's last step, where nothing is looked at."""
