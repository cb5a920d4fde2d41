"""What a proof of the sumcheck backend states: about a committed network and committed examples, cut into shards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.encoding import domain, keccak256
from proofs.errors import MalformedProof
from proofs.statements.sumcheck_claims import PROTOCOLS, Claim, Score, claim_from_json
from proofs.sumcheck_backend.chunks import (
    MAX_CHUNKS,
    MAX_EXAMPLES,
    MAX_SHARDS,
    Shard,
    number_of_shards,
    shards,
)

VERSION = 1
STATEMENT_DOMAIN = domain("assay/statement/v1")
SHARD_LABEL = b"assay/sumcheck-shard/v1"
LOG_COLUMNS = (1, 20)
MAX_ROWS = 1 << 16
MAX_BITS = 128
_DIGESTS = ("network", "model", "weights", "data", "format", "context")
_NUMBERS = ("soundness_bits", "model_rows", "log_columns", "total", "chunk", "shard")
_FLAGS = ("zero_knowledge", "labelled")
_KEYS = {"protocol", "version", "backend", *_FLAGS, *_NUMBERS, *_DIGESTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumcheckStatement:
    """ "For the network and examples committed under these digests, the claim holds." Every shard proves its part.

    Args:
        zero_knowledge: whether the proofs hide weights and examples; both are committed so, or neither is.
        soundness_bits: a false claim passes any one challenge with chance at most 2^-this; the verifier computes it.
        network: digest of the integer network: shapes, shifts, tables, without weights. 32 bytes, as all digests.
        model: model id. weights: root of the matrix the weights are committed in. model_rows: its rows.
        log_columns: rows of all matrices have 2^log_columns entries.
        data: root of the committed examples. format: digest of how inputs become integers.
        labelled: whether labels were committed with the examples.
        total: N, number of committed examples. chunk: examples a committed chunk. shard: examples a proof, at most.
        context: 32 opaque bytes the proof is bound to, e.g. a job's tag on a chain.
        claim: a score, all logits, or a selection.
    """

    backend: ClassVar[str] = "sumcheck"

    zero_knowledge: bool
    soundness_bits: int
    network: bytes
    model: bytes
    weights: bytes
    model_rows: int
    log_columns: int
    data: bytes
    format: bytes
    labelled: bool
    total: int
    chunk: int
    shard: int
    context: bytes
    claim: Claim

    @property
    def protocol(self) -> str:
        """The protocol label, which follows from the claim."""
        return self.claim.PROTOCOL

    @property
    def shards(self) -> list[Shard]:
        """What each proof is about: every example is in exactly one."""
        return shards(self.total, self.chunk, self.shard)

    @property
    def digest(self) -> bytes:
        """32 bytes that bind every field."""
        return keccak256(STATEMENT_DOMAIN + self.to_bytes())

    def bytes_for(self, shard: Shard) -> bytes:
        """What a shard's proof absorbs first: its place, and the whole statement. No two shards share them."""
        places = (shard.index, shard.chunk, shard.within.first, shard.overall.first, shard.overall.count)
        return SHARD_LABEL + b"".join(place.to_bytes(8, "big") for place in places) + self.to_bytes()

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes(self.to_json())

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "protocol": self.protocol,
            "version": VERSION,
            "backend": self.backend,
            **{name: getattr(self, name) for name in _FLAGS},
            **{name: getattr(self, name) for name in _NUMBERS},
            **{name: to_hex(getattr(self, name)) for name in _DIGESTS},
            **self.claim.to_json(),
        }

    @classmethod
    def from_bytes(cls, raw: bytes) -> SumcheckStatement:
        """Parse an untrusted statement. Raises MalformedProof."""
        parsed = parse_canonical(raw, "statement")
        protocol = parsed.get("protocol") if isinstance(parsed, dict) else None
        kind = PROTOCOLS.get(protocol) if isinstance(protocol, str) else None
        if kind is None:
            raise MalformedProof(
                f"statement: protocol {protocol!r:.60} is not known; this backend has {', '.join(PROTOCOLS)}"
            )
        fields = expect_keys(parsed, _KEYS | kind.KEYS, "statement")
        _check_constants(fields)
        numbers = _numbers(fields)
        claim = claim_from_json(kind, fields, numbers["total"])
        digests: dict[str, Any] = {name: expect_hex(fields[name], 32, f"statement: {name}") for name in _DIGESTS}
        flags = {name: fields[name] for name in _FLAGS}
        statement = cls(claim=claim, **flags, **numbers, **digests)
        _check_score(statement)
        return statement


def _check_constants(fields: dict[str, Any]) -> None:
    """Fields that this version of the protocol fixes, and those that are true or false."""
    version = fields["version"]
    if type(version) is not int or version != VERSION:
        raise MalformedProof(f"statement: version {version!r:.20} is not known; this release reads version {VERSION}")
    if fields["backend"] != SumcheckStatement.backend:
        raise MalformedProof("statement: backend must be 'sumcheck'")
    for name in _FLAGS:
        if not isinstance(fields[name], bool):
            raise MalformedProof(f"statement: {name} must be a boolean")


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    total = expect_int(fields["total"], 1, MAX_EXAMPLES, "statement: total")
    chunk = expect_int(fields["chunk"], 1, total, "statement: chunk")
    shard = expect_int(fields["shard"], 1, chunk, "statement: shard")
    if -(-total // chunk) > MAX_CHUNKS or number_of_shards(total, chunk, shard) > MAX_SHARDS:
        raise MalformedProof(f"statement: more than {MAX_CHUNKS} chunks, or more than {MAX_SHARDS} shards")
    return {
        "total": total,
        "chunk": chunk,
        "shard": shard,
        "soundness_bits": expect_int(fields["soundness_bits"], 1, MAX_BITS, "statement: soundness_bits"),
        "model_rows": expect_int(fields["model_rows"], 1, MAX_ROWS, "statement: model_rows"),
        "log_columns": expect_int(fields["log_columns"], *LOG_COLUMNS, "statement: log_columns"),
    }


def _check_score(statement: SumcheckStatement) -> None:
    """A score counts shard by shard: one count each, none above its examples; labels it needs."""
    if not isinstance(statement.claim, Score):
        return
    sizes = [shard.overall.count for shard in statement.shards]
    counts = statement.claim.counts
    if len(counts) != len(sizes) or any(count > size for count, size in zip(counts, sizes, strict=True)):
        raise MalformedProof(f"statement: counts must be {len(sizes)}, one a shard, each at most its examples")
    if not statement.labelled:
        raise MalformedProof("statement: a score needs labelled examples")
