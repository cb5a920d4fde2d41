"""What proofs about a model's outputs state: inference on committed inputs, and retrieval from a committed corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.encoding import domain, keccak256
from proofs.errors import MalformedProof
from proofs.predicate import Predicate

INFERENCE = "assay/inference"
RETRIEVAL = "assay/retrieval"
VERSION = 1
STATEMENT_DOMAIN = domain("assay/statement/v1")
MAX_TOTAL = 1 << 20
_DIGESTS = ("circuit", "model", "weights", "data", "format", "context")
_KEYS = {"protocol", "version", "backend", "zero_knowledge", "total", "batch", *_DIGESTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """ "On each of the ``total`` committed inputs the committed model's integer logits are those in the proof."

    Args:
        backend: prover that made the proof. zero_knowledge: whether it hides weights and inputs.
        circuit: digest of the task's circuit. model: model id. weights: weights commitment (32 bytes each).
        data: root of the committed inputs. format: digest of how they become integers (32 bytes each).
        total: number of inputs. batch: inputs per proof.
        context: 32 opaque bytes the proof is bound to, e.g. a job's tag on a chain.
    """

    PROTOCOL: ClassVar[str] = INFERENCE

    backend: str
    zero_knowledge: bool
    circuit: bytes
    model: bytes
    weights: bytes
    data: bytes
    format: bytes
    total: int
    batch: int
    context: bytes

    @property
    def digest(self) -> bytes:
        """32 bytes that bind every field."""
        return keccak256(STATEMENT_DOMAIN + self.to_bytes())

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes(self.to_json())

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        head: dict[str, object] = {
            "protocol": self.PROTOCOL,
            "version": VERSION,
            "backend": self.backend,
            "zero_knowledge": self.zero_knowledge,
            "total": self.total,
            "batch": self.batch,
        }
        return {**head, **{name: to_hex(getattr(self, name)) for name in _DIGESTS}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval(Inference):
    """ "For each of the ``total`` committed documents the bit in the proof says whether it satisfies ``predicate``."

    Args as for ``Inference``; ``data`` is the corpus root, and ``total`` its real documents, blank ones not counted.
    """

    PROTOCOL: ClassVar[str] = RETRIEVAL

    predicate: Predicate

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {**Inference.to_json(self), "predicate": self.predicate.to_json()}


def statement_from_bytes(raw: bytes) -> Inference | Retrieval:
    """Parse an untrusted inference or retrieval statement. Raises MalformedProof."""
    parsed = parse_canonical(raw, "statement")
    protocol = parsed.get("protocol") if isinstance(parsed, dict) else None
    fields = expect_keys(parsed, _KEYS | ({"predicate"} if protocol == RETRIEVAL else set()), "statement")
    if protocol not in (INFERENCE, RETRIEVAL) or type(fields["version"]) is not int or fields["version"] != VERSION:
        raise MalformedProof(
            f"statement: protocol {protocol!r:.60} version {fields['version']!r:.20} is not known; this release reads "
            f"{INFERENCE} and {RETRIEVAL} version {VERSION}"
        )
    if not isinstance(fields["backend"], str) or not isinstance(fields["zero_knowledge"], bool):
        raise MalformedProof("statement: backend must be a string and zero_knowledge a boolean")
    digests = {name: expect_hex(fields[name], 32, f"statement: {name}") for name in _DIGESTS}
    common: dict[str, Any] = {
        **digests,
        "backend": fields["backend"],
        "zero_knowledge": fields["zero_knowledge"],
        "total": expect_int(fields["total"], 1, MAX_TOTAL, "statement: total"),
        "batch": expect_int(fields["batch"], 1, 256, "statement: batch"),
    }
    if protocol == INFERENCE:
        return Inference(**common)
    return Retrieval(**common, predicate=Predicate.from_json(fields["predicate"]))
