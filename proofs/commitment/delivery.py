"""A delivery: the sold documents' chunks, encrypted, with everything a requester can check before it has the key.

Documents ascend, and so do the chunks of each. All of it is public once sent, except that it lets a holder of the key
read the documents.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from proofs.commitment import cipher
from proofs.commitment.chunks import Layout, chunk_digest, chunk_tree, document_root
from proofs.commitment.corpus import Corpus
from proofs.commitment.merkle import Tree, leaf_digest
from proofs.commitment.openings import DocumentOpening
from proofs.container import pack, unpack
from proofs.errors import InvalidInput, MalformedProof
from proofs.poseidon.constants import FIELD
from proofs.wording import counted

MAGIC = b"ASSAYDLV"
VERSION = 1
_PARCEL = struct.Struct(">I32sQIIBI")
_CHUNK = struct.Struct(">32sH")
_COUNT = struct.Struct(">I")
_WORD = 32


@dataclass(frozen=True)
class Parcel:
    """One document of a delivery.

    Args:
        index: its number in the corpus.
        hash: h, its view's in-circuit hash.
        payload_bytes, view_steps, payload_chunks: its size, as the document root binds it.
        digests: the committed digest of each chunk.
        path: siblings from its leaf to the corpus tree's root.
        ciphertexts: its encrypted chunks.
    """

    index: int
    hash: int
    payload_bytes: int
    view_steps: int
    payload_chunks: int
    digests: tuple[bytes, ...]
    path: tuple[bytes, ...]
    ciphertexts: tuple[bytes, ...]

    @cached_property
    def tree(self) -> Tree:
        """The tree over the chunk digests."""
        return chunk_tree(self.digests)

    @property
    def root(self) -> bytes:
        """The document root, which its leaf binds beside h."""
        return document_root(self.payload_bytes, self.view_steps, self.payload_chunks, self.tree.root)

    @property
    def leaf(self) -> bytes:
        """The document's leaf in the corpus tree."""
        return leaf_digest(self.index, self.hash, self.root)

    @property
    def opening(self) -> DocumentOpening:
        """The document as a complaint shows it."""
        sizes = (self.payload_bytes, self.view_steps, self.payload_chunks)
        return DocumentOpening(self.index, self.hash, *sizes, self.tree.root, self.path)

    def odd_chunk(self, width: int) -> int | None:
        """The first chunk that is missing, too many, or not as long as in a document of ``width`` elements."""
        layout = Layout(width, self.payload_bytes)
        if not len(self.digests) == len(self.ciphertexts) == layout.chunks:
            return min(len(self.digests), len(self.ciphertexts), layout.chunks)
        return next((chunk for chunk, text in enumerate(self.ciphertexts) if len(text) != layout.length(chunk)), None)


@dataclass(frozen=True)
class Delivery:
    """What the responder sends, at least one document."""

    parcels: tuple[Parcel, ...]

    @cached_property
    def tree(self) -> Tree:
        """The tree over all ciphertexts."""
        return cipher.cipher_tree(
            [
                cipher.cipher_leaf(parcel.index, chunk, text)
                for parcel in self.parcels
                for chunk, text in enumerate(parcel.ciphertexts)
            ]
        )

    @property
    def chunk_count(self) -> int:
        """Number of ciphertexts M."""
        return sum(len(parcel.ciphertexts) for parcel in self.parcels)

    @property
    def ciphertext_root(self) -> bytes:
        """What the responder commits to on chain."""
        return cipher.ciphertext_root(self.chunk_count, self.tree.root)

    def to_bytes(self) -> bytes:
        """The file ``delivery.assay``."""
        body = b"".join(_packed(parcel) for parcel in self.parcels)
        return pack(MAGIC, VERSION, [(b"DOCS", _COUNT.pack(len(self.parcels)) + body)])

    @classmethod
    def from_bytes(cls, raw: bytes) -> Delivery:
        """Parse untrusted bytes. Raises MalformedProof; ``check_delivery`` afterwards."""
        sections = unpack(raw, MAGIC, VERSION, "delivery")
        if [name for name, _ in sections] != [b"DOCS"]:
            raise MalformedProof("delivery must have exactly one section, DOCS")
        reader = _Reader(sections[0][1])
        (count,) = reader.numbers(_COUNT)
        parcels = tuple(_parsed(reader) for _ in range(count))
        reader.end()
        if not parcels:
            raise MalformedProof("delivery holds no document; a search without matches needs none")
        return cls(parcels)


def build_delivery(corpus: Corpus, selected: Sequence[int], job_id: bytes, key: bytes) -> Delivery:
    """Encrypt the documents sold.

    Args:
        corpus: the committed corpus. Secret.
        selected: the numbers of the documents sold, ascending.
        job_id: 32 bytes.
        key: 32 bytes, fresh for this job. Secret until revealed.

    Raises:
        InvalidInput: no documents, not strictly ascending, or not in the corpus; key or job id of a wrong length.
    """
    numbers = list(selected)
    if not numbers or numbers != sorted(set(numbers)) or numbers[0] < 0 or numbers[-1] >= corpus.total:
        raise InvalidInput(
            f"documents to deliver must be strictly ascending numbers below {corpus.total}, at least one"
        )
    return Delivery(
        tuple(
            _parcel(corpus, index, chunks, job_id, key)
            for index, chunks in zip(numbers, corpus.chunks(numbers), strict=True)
        )
    )


def _parcel(corpus: Corpus, index: int, chunks: tuple[bytes, ...], job_id: bytes, key: bytes) -> Parcel:
    layout = Layout(corpus.format.width, len(corpus.payloads[index]))
    return Parcel(
        index=index,
        hash=corpus.hashes[index],
        payload_bytes=layout.payload_bytes,
        view_steps=layout.view_steps,
        payload_chunks=layout.payload_chunks,
        digests=tuple(chunk_digest(chunk) for chunk in chunks),
        path=corpus.tree.batch_path(index, 1),
        ciphertexts=tuple(cipher.crypt(key, job_id, index, number, chunk) for number, chunk in enumerate(chunks)),
    )


def _packed(parcel: Parcel) -> bytes:
    sizes = (parcel.payload_bytes, parcel.view_steps, parcel.payload_chunks, len(parcel.path), len(parcel.digests))
    parts = [_PARCEL.pack(parcel.index, parcel.hash.to_bytes(_WORD, "big"), *sizes), *parcel.path]
    for digest, text in zip(parcel.digests, parcel.ciphertexts, strict=True):
        parts += [_CHUNK.pack(digest, len(text)), text]
    return b"".join(parts)


def _parsed(reader: _Reader) -> Parcel:
    index, raw_hash, payload_bytes, view_steps, payload_chunks, siblings, chunks = reader.numbers(_PARCEL)
    value = int.from_bytes(raw_hash, "big")
    if value >= FIELD:
        raise MalformedProof(f"delivery: the hash of document {index} is no canonical field element")
    if not chunks:
        raise MalformedProof(f"delivery: document {index} has no chunks")
    path = tuple(reader.take(_WORD) for _ in range(siblings))
    pairs = list(_chunks(reader, chunks))
    digests, texts = tuple(digest for digest, _ in pairs), tuple(text for _, text in pairs)
    return Parcel(index, value, payload_bytes, view_steps, payload_chunks, digests, path, texts)


def _chunks(reader: _Reader, count: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(count):
        digest, length = reader.numbers(_CHUNK)
        yield digest, reader.take(length)


class _Reader:
    """Takes untrusted bytes piece by piece."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._place = raw, 0

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        piece = self._raw[self._place : self._place + length]
        if len(piece) != length:
            raise MalformedProof(f"delivery is truncated at byte {self._place} of its documents")
        self._place += length
        return piece

    def numbers(self, shape: struct.Struct) -> tuple[Any, ...]:
        """The next fields of a fixed shape."""
        return shape.unpack(self.take(shape.size))

    def end(self) -> None:
        """Nothing may follow."""
        if self._place != len(self._raw):
            rest = counted(len(self._raw) - self._place, "byte")
            raise MalformedProof(f"delivery has {rest} after its last document")
