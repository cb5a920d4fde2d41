"""A prediction round in one public file both sides hold: where it is settled, its terms, and its input format."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput, MalformedProof
from protocols.eip712 import Domain
from protocols.predictions.terms import PredictionTerms, job_id, job_tag, terms_from_fields

MAX_CHAIN_ID = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Round:
    """One prediction job, all of it public.

    Args:
        domain: chain and escrow. terms: as both sides signed them. view: how an input becomes integers.

    Raises:
        InvalidInput: the terms name another format, or the format is none an answer can be given in.
    """

    domain: Domain
    terms: PredictionTerms
    view: ViewFormat

    def __post_init__(self) -> None:
        if self.view.digest != self.terms.format_digest:
            raise InvalidInput("the round's input format is not the one its terms name; ask for the right round file")
        if self.view.batch != 1 or self.view.dtype != "fixed":
            raise InvalidInput("a prediction round takes real-valued inputs one at a time: dtype 'fixed', batch 1")

    @property
    def job_id(self) -> bytes:
        """The 32-byte job id; it binds chain, escrow and every term."""
        return job_id(job_tag(self.domain.chain_id, self.domain.escrow, self.terms), self.terms)

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "chain_id": self.domain.chain_id,
            "escrow": self.domain.escrow,
            "terms": self.terms.to_fields(),
            "view": self.view.to_json(),
        }

    def to_bytes(self) -> bytes:
        """The round file."""
        return canonical_bytes(self.to_json())

    @classmethod
    def from_bytes(cls, raw: bytes) -> Round:
        """Parse an untrusted round file. Raises MalformedProof, MessageRejected or InvalidInput."""
        fields = expect_keys(parse_canonical(raw, "round"), {"chain_id", "escrow", "terms", "view"}, "round")
        if not isinstance(fields["escrow"], str):
            raise MalformedProof("round: escrow must be an address")
        domain = Domain(expect_int(fields["chain_id"], 1, MAX_CHAIN_ID, "round: chain_id"), fields["escrow"])
        return cls(domain, terms_from_fields(fields["terms"], "round: terms"), ViewFormat.from_json(fields["view"]))
