"""Bundles of proofs about a model's outputs: one statement, the circuit, and one proof a batch.

The file is a container like an accuracy bundle's, with the sections STMT, CIRC and then OUTP for each batch; its byte
layout is docs/bundle-format.md's. Nothing in it is trusted before it has been verified.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from proofs.bundle import FIELD, MAGIC, MAX_BATCHES, VERSION, Reader
from proofs.canonical import canonical_bytes, parse_canonical
from proofs.commitment.test_set import BatchOpening
from proofs.container import pack, unpack
from proofs.encoding import abi_digest, domain
from proofs.errors import MalformedProof
from proofs.statements.outputs import Inference, Retrieval, statement_from_bytes

NOTE_DOMAIN = domain("assay/outputs-note/v1")


@dataclass(frozen=True, slots=True)
class OutputsProof:
    """One batch's proof with its public values.

    Args:
        opening: input hashes, document roots and Merkle path of the batch.
        tag_hash: the tag tensor's own hash, a public instance nothing depends on.
        words: the circuit's outputs as signed integers: logits row by row, or bits and predicate, at their scales.
        proof: the proof bytes, of the one length the circuit's verifier accepts.
    """

    opening: BatchOpening
    tag_hash: int
    words: tuple[int, ...]
    proof: bytes


@dataclass(frozen=True, slots=True)
class OutputsBundle:
    """A complete proof of inference or retrieval."""

    statement: Inference | Retrieval
    circuit: Any
    batches: tuple[OutputsProof, ...]

    @property
    def note(self) -> bytes:
        """Digest of the statement, bound into every proof's tag."""
        return note_of(self.statement)

    @property
    def selected(self) -> tuple[int, ...]:
        """Documents a retrieval claims to select, ascending; blank ones never. True only once verified."""
        batch, total = self.statement.batch, self.statement.total
        bits = [(p.opening.index * batch + i, bit) for p in self.batches for i, bit in enumerate(p.words[:batch])]
        return tuple(sorted({index for index, bit in bits if bit and index < total}))

    def logits(self, outputs: int) -> tuple[tuple[int, ...], ...]:
        """Rows of ``outputs`` integer logits that an inference claims for its inputs. True only once verified."""
        words = [p.words[i : i + outputs] for p in self.batches for i in range(0, len(p.words), outputs)]
        return tuple(words[: self.statement.total])

    def to_bytes(self) -> bytes:
        """The file ``proof.assay``."""
        sections = [(b"STMT", self.statement.to_bytes()), (b"CIRC", canonical_bytes(self.circuit))]
        return pack(MAGIC, VERSION, sections + [(b"OUTP", pack_outputs(batch)) for batch in self.batches])

    @classmethod
    def from_bytes(cls, raw: bytes) -> OutputsBundle:
        """Parse untrusted bytes strictly. Raises MalformedProof; says nothing about validity."""
        sections = unpack(raw, MAGIC, VERSION, "proof bundle")
        names = [name for name, _ in sections]
        if names[:2] != [b"STMT", b"CIRC"] or any(name != b"OUTP" for name in names[2:]):
            raise MalformedProof("proof bundle must have the sections STMT, CIRC and then OUTP only")
        if not 1 <= len(names) - 2 <= MAX_BATCHES:
            raise MalformedProof(f"proof bundle has {len(names) - 2} batches; 1 to {MAX_BATCHES} are allowed")
        batches = tuple(parse_outputs(payload) for _, payload in sections[2:])
        return cls(statement_from_bytes(sections[0][1]), parse_canonical(sections[1][1], "circuit"), batches)


def note_of(statement: Inference | Retrieval) -> bytes:
    """The 32-byte note of a proof about outputs."""
    return abi_digest(["bytes32", "bytes32"], [NOTE_DOMAIN, statement.digest])


def pack_outputs(batch: OutputsProof) -> bytes:
    """The payload of an OUTP section."""
    opening = batch.opening
    parts = [struct.pack(">I", opening.index), batch.tag_hash.to_bytes(32, "big")]
    parts.append(struct.pack(">H", len(opening.hashes)))
    for input_hash, payload in zip(opening.hashes, opening.payload_roots, strict=True):
        parts += [input_hash.to_bytes(32, "big"), payload]
    parts += [struct.pack(">H", len(opening.path)), *opening.path]
    parts += [struct.pack(">I", len(batch.words)), *((word % FIELD).to_bytes(32, "big") for word in batch.words)]
    return b"".join([*parts, struct.pack(">I", len(batch.proof)), batch.proof])


def parse_outputs(raw: bytes) -> OutputsProof:
    """Parse an OUTP payload strictly: canonical field elements, exact length. Raises MalformedProof."""
    reader = Reader(raw)
    index, tag_hash = reader.number(4), reader.element()
    pairs = [(reader.element(), reader.take(32)) for _ in range(reader.number(2))]
    path = tuple(reader.take(32) for _ in range(reader.number(2)))
    words = tuple(signed(reader.element()) for _ in range(reader.number(4)))
    proof = reader.take(reader.number(4))
    reader.end()
    opening = BatchOpening(index, tuple(h for h, _ in pairs), tuple(p for _, p in pairs), path)
    return OutputsProof(opening, tag_hash, words, proof)


def signed(element: int) -> int:
    """The small signed integer a field element stands for."""
    return element - FIELD if element > FIELD // 2 else element
