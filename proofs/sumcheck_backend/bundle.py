"""Bundles of the sumcheck backend: the statement, what the network answered, and one proof a shard.

The file is a container like the other bundles, with the sections STMT, for logits and selections OUTS, and then SHRD
for each shard, in order; its byte layout is docs/bundle-format.md's. Nothing in it is trusted before it is verified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.bundle import MAGIC, VERSION
from proofs.container import pack, unpack
from proofs.errors import MalformedProof
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Logits, Score, Selection
from proofs.sumcheck_backend.answers import parse_logits, parse_selected

STATEMENT, ANSWERS, SHARD = b"STMT", b"OUTS", b"SHRD"
MAX_PROOF_BYTES = 64 << 20
"""Of one shard; a proof about MobileNetV2 has about one MB."""


@dataclass(frozen=True, slots=True)
class SumcheckBundle:
    """A complete proof.

    Args:
        answers: encoded logits or bits, see ``answers.py``; empty for a score, which is in the statement.
        proofs: of each shard, in order.
    """

    statement: SumcheckStatement
    answers: bytes
    proofs: tuple[bytes, ...]

    @property
    def logits(self) -> NDArray[np.int64]:
        """The logits (N, classes) an inference claims; none of any other. True only once verified."""
        claim = self.statement.claim
        if not isinstance(claim, Logits):
            return np.zeros((0, 0), dtype=np.int64)
        return parse_logits(self.answers, self.statement.total, claim.classes)

    @property
    def selected(self) -> NDArray[np.bool_]:
        """The bits (N,) a retrieval claims; none of any other. True only once verified."""
        if not isinstance(self.statement.claim, Selection):
            return np.zeros(0, dtype=bool)
        return parse_selected(self.answers, self.statement.total)

    def to_bytes(self) -> bytes:
        """The file ``proof.assay``."""
        sections = [(STATEMENT, self.statement.to_bytes())]
        if not isinstance(self.statement.claim, Score):
            sections.append((ANSWERS, self.answers))
        return pack(MAGIC, VERSION, sections + [(SHARD, proof) for proof in self.proofs])

    @classmethod
    def from_bytes(cls, raw: bytes) -> SumcheckBundle:
        """Parse untrusted bytes strictly. Raises MalformedProof; says nothing about validity."""
        sections = unpack(raw, MAGIC, VERSION, "proof bundle")
        names = [name for name, _ in sections]
        if names[:1] != [STATEMENT]:
            raise MalformedProof("proof bundle must begin with the section STMT")
        statement = SumcheckStatement.from_bytes(sections[0][1])
        head = [STATEMENT] if isinstance(statement.claim, Score) else [STATEMENT, ANSWERS]
        if names != head + [SHARD] * len(statement.shards):
            wanted = ", ".join(name.decode() for name in head)
            raise MalformedProof(
                f"proof bundle must have the sections {wanted} and then SHRD {len(statement.shards)} times"
            )
        proofs = tuple(payload for _, payload in sections[len(head) :])
        if any(not 1 <= len(proof) <= MAX_PROOF_BYTES for proof in proofs):
            raise MalformedProof(f"proof bundle: a shard's proof has 1 to {MAX_PROOF_BYTES} bytes")
        answers = sections[1][1] if ANSWERS in head else b""
        bundle = cls(statement, answers, proofs)
        _ = bundle.logits, bundle.selected  # parsed here, so that a bundle of this type has well-formed answers
        return bundle
