"""What a proof states: frozen, versioned, one canonical encoding, one digest."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.encoding import domain, keccak256
from proofs.errors import MalformedProof

ACCURACY = "assay/accuracy"
VERSION = 1
STATEMENT_DOMAIN = domain("assay/statement/v1")
_KEYS = {
    "protocol",
    "version",
    "backend",
    "zero_knowledge",
    "circuit",
    "model",
    "weights",
    "data",
    "format",
    "total",
    "batch",
    "top_k",
    "at_least",
    "context",
}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """ "The model committed under this id classifies at least ``at_least`` of the ``total`` committed examples right."

    Right means: the first largest logit of the *integer* model is at the committed label.

    Args:
        backend: prover that made the proof.
        zero_knowledge: whether the proof hides weights and examples.
        circuit: architecture digest (32 bytes).
        model: model id (32 bytes). weights: weights commitment (32 bytes).
        data: root of the committed test set (32 bytes). format: input-format digest (32 bytes).
        total: N, number of committed examples. batch: examples per proof.
        top_k: 1; the label must be the first largest logit.
        at_least: A, the number of correct examples claimed.
        context: 32 opaque bytes the proof is bound to, e.g. a job's tag on a chain.
    """

    backend: str
    zero_knowledge: bool
    circuit: bytes
    model: bytes
    weights: bytes
    data: bytes
    format: bytes
    total: int
    batch: int
    at_least: int
    context: bytes
    top_k: int = 1

    @property
    def digest(self) -> bytes:
        """32 bytes that bind every field."""
        return keccak256(STATEMENT_DOMAIN + self.to_bytes())

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes(self.to_json())

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "protocol": ACCURACY,
            "version": VERSION,
            "backend": self.backend,
            "zero_knowledge": self.zero_knowledge,
            "circuit": to_hex(self.circuit),
            "model": to_hex(self.model),
            "weights": to_hex(self.weights),
            "data": to_hex(self.data),
            "format": to_hex(self.format),
            "total": self.total,
            "batch": self.batch,
            "top_k": self.top_k,
            "at_least": self.at_least,
            "context": to_hex(self.context),
        }

    @classmethod
    def from_bytes(cls, raw: bytes) -> Accuracy:
        """Parse untrusted bytes. Raises MalformedProof."""
        fields = expect_keys(parse_canonical(raw, "statement"), _KEYS, "statement")
        if fields["protocol"] != ACCURACY or type(fields["version"]) is not int or fields["version"] != VERSION:
            raise MalformedProof(
                f"statement: protocol {fields['protocol']!r} version {fields['version']!r} is not known; "
                f"this release reads {ACCURACY} version {VERSION}"
            )
        if not isinstance(fields["backend"], str) or not isinstance(fields["zero_knowledge"], bool):
            raise MalformedProof("statement: backend must be a string and zero_knowledge a boolean")
        total = expect_int(fields["total"], 1, 1 << 20, "statement: total")
        return cls(
            backend=fields["backend"],
            zero_knowledge=fields["zero_knowledge"],
            circuit=expect_hex(fields["circuit"], 32, "statement: circuit"),
            model=expect_hex(fields["model"], 32, "statement: model"),
            weights=expect_hex(fields["weights"], 32, "statement: weights"),
            data=expect_hex(fields["data"], 32, "statement: data"),
            format=expect_hex(fields["format"], 32, "statement: format"),
            total=total,
            batch=expect_int(fields["batch"], 1, 256, "statement: batch"),
            at_least=expect_int(fields["at_least"], 0, total, "statement: at_least"),
            context=expect_hex(fields["context"], 32, "statement: context"),
            top_k=expect_int(fields["top_k"], 1, 1, "statement: top_k"),
        )
