"""Proof bundles: everything a verifier needs besides the commitments it already holds.

    container, magic ASSAYPRF, version 1
    STMT  the statement, canonical JSON
    CIRC  the circuit description, canonical JSON
    RCPT  the fidelity receipt, canonical JSON
    BTCH  one per proven batch, in increasing order of index:
          u32 index, u32 count, 32-byte tag hash, u16 b, b x (32-byte h_i, 32-byte payload root),
          u16 depth, depth x 32-byte sibling, u32 length, proof bytes

Nothing in a bundle is believed: each field is either recomputed or enters the proof as a public instance.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from proofs.canonical import canonical_bytes, parse_canonical
from proofs.commitment.test_set import BatchOpening
from proofs.container import pack, unpack
from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import MalformedProof
from proofs.fidelity import FidelityReceipt
from proofs.statements.accuracy import Accuracy
from proofs.wording import counted

MAGIC = b"ASSAYPRF"
VERSION = 1
NOTE_DOMAIN = domain("assay/note/v1")
FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617
# The container counts sections in two bytes, and three of them are not batches.
MAX_BATCHES = (1 << 16) - 4


@dataclass(frozen=True, slots=True)
class BatchProof:
    """One batch's proof with its public values.

    Args:
        opening: example hashes, plaintext digests and Merkle path of the batch.
        tag_hash: the tag tensor's own hash, a public instance nothing depends on.
        count: number of examples of the batch classified right.
        proof: the proof bytes, of the one length the circuit's verifier accepts.
    """

    opening: BatchOpening
    tag_hash: int
    count: int
    proof: bytes

    @property
    def index(self) -> int:
        """Which batch this is."""
        return self.opening.index


@dataclass(frozen=True, slots=True)
class AccuracyBundle:
    """A complete accuracy proof."""

    statement: Accuracy
    circuit: Any
    receipt: FidelityReceipt
    batches: tuple[BatchProof, ...]

    @property
    def correct(self) -> int:
        """Sum of the batches' counts; a missing batch counts as wrong."""
        return sum(batch.count for batch in self.batches)

    @property
    def note(self) -> bytes:
        """Digest of statement and receipt, bound into every proof's tag."""
        return note_of(self.statement, self.receipt)

    def to_bytes(self) -> bytes:
        """The file ``proof.assay``."""
        sections = [
            (b"STMT", self.statement.to_bytes()),
            (b"CIRC", canonical_bytes(self.circuit)),
            (b"RCPT", self.receipt.to_bytes()),
        ]
        return pack(MAGIC, VERSION, sections + [(b"BTCH", pack_batch(batch)) for batch in self.batches])

    @classmethod
    def from_bytes(cls, raw: bytes) -> AccuracyBundle:
        """Parse untrusted bytes strictly. Raises MalformedProof; says nothing about validity."""
        sections = unpack(raw, MAGIC, VERSION, "proof bundle")
        names = [name for name, _ in sections]
        if names[:3] != [b"STMT", b"CIRC", b"RCPT"] or any(name != b"BTCH" for name in names[3:]):
            raise MalformedProof("proof bundle must have the sections STMT, CIRC, RCPT and then BTCH only")
        if not 1 <= len(names) - 3 <= MAX_BATCHES:
            raise MalformedProof(f"proof bundle has {len(names) - 3} batches; 1 to {MAX_BATCHES} are allowed")
        batches = tuple(parse_batch(payload) for _, payload in sections[3:])
        indices = [batch.index for batch in batches]
        if indices != sorted(set(indices)):
            raise MalformedProof("proof bundle: batches must be in increasing order, each at most once")
        statement = Accuracy.from_bytes(sections[0][1])
        if sum(batch.count for batch in batches) > statement.total:
            raise MalformedProof(f"proof bundle: its batches count more than the {statement.total} examples there are")
        return cls(
            statement,
            parse_canonical(sections[1][1], "circuit description"),
            FidelityReceipt.from_bytes(sections[2][1]),
            batches,
        )


def note_of(statement: Accuracy, receipt: FidelityReceipt) -> bytes:
    """The 32-byte note of a proof: keccak over the statement's digest and the receipt."""
    types = ["bytes32", "bytes32", "bytes32"]
    return abi_digest(types, [NOTE_DOMAIN, statement.digest, keccak256(receipt.to_bytes())])


def pack_batch(batch: BatchProof) -> bytes:
    """The payload of a BTCH section."""
    opening = batch.opening
    parts = [struct.pack(">II", opening.index, batch.count), batch.tag_hash.to_bytes(32, "big")]
    parts.append(struct.pack(">H", len(opening.hashes)))
    for example_hash, payload in zip(opening.hashes, opening.payload_roots, strict=True):
        parts += [example_hash.to_bytes(32, "big"), payload]
    parts += [struct.pack(">H", len(opening.path)), *opening.path]
    parts += [struct.pack(">I", len(batch.proof)), batch.proof]
    return b"".join(parts)


def parse_batch(raw: bytes) -> BatchProof:
    """Parse a BTCH payload strictly: canonical field elements, exact length. Raises MalformedProof."""
    reader = Reader(raw)
    index, count = reader.number(4), reader.number(4)
    tag_hash = reader.element()
    pairs = [(reader.element(), reader.take(32)) for _ in range(reader.number(2))]
    path = tuple(reader.take(32) for _ in range(reader.number(2)))
    proof = reader.take(reader.number(4))
    reader.end()
    opening = BatchOpening(index, tuple(h for h, _ in pairs), tuple(p for _, p in pairs), path)
    return BatchProof(opening, tag_hash, count, proof)


class Reader:
    """Takes exact numbers of bytes off a section and refuses to run over its end."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.offset = raw, 0

    def take(self, length: int) -> bytes:
        if length > len(self.raw) - self.offset:
            raise MalformedProof(f"proof bundle: a batch is truncated at byte {self.offset}")
        piece = self.raw[self.offset : self.offset + length]
        self.offset += length
        return piece

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def element(self) -> int:
        value = self.number(32)
        if value >= FIELD:
            raise MalformedProof("proof bundle: a hash is not a canonical BN254 scalar")
        return value

    def end(self) -> None:
        if self.offset != len(self.raw):
            rest = counted(len(self.raw) - self.offset, "byte")
            raise MalformedProof(f"proof bundle: {rest} after the end of a batch")
