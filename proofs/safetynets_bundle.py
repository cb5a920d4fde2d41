"""Bundles of SafetyNets proofs: the statement, the exact integer outputs, and the sum-checks' messages.

The file is a container like the other bundles, with the sections STMT, OUTS and SUMC; its byte layout is
docs/bundle-format.md's. Nothing in it is trusted before it has been verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from proofs.bundle import MAGIC, VERSION
from proofs.container import pack, unpack
from proofs.errors import MalformedProof
from proofs.exact_integers import decode
from proofs.statements.safetynets import SafetyNets

SECTIONS = (b"STMT", b"OUTS", b"SUMC")


@dataclass(frozen=True, slots=True)
class SafetyNetsBundle:
    """A complete proof of a network's outputs.

    Args:
        outputs: the integers of all inputs, input by input, as ``exact_integers.encode`` writes them.
        proof: the sum-checks' messages, of the one length the network's verifier accepts.
    """

    statement: SafetyNets
    outputs: bytes
    proof: bytes

    @property
    def integers(self) -> NDArray[Any]:
        """The outputs (N, K) the bundle claims. True only once verified."""
        said = self.statement
        return decode(self.outputs, said.output_bytes, (said.total, said.classes), said.largest_output)

    def to_bytes(self) -> bytes:
        """The file ``proof.assay``."""
        payloads = (self.statement.to_bytes(), self.outputs, self.proof)
        return pack(MAGIC, VERSION, list(zip(SECTIONS, payloads, strict=True)))

    @classmethod
    def from_bytes(cls, raw: bytes) -> SafetyNetsBundle:
        """Parse untrusted bytes strictly. Raises MalformedProof; says nothing about validity."""
        sections = unpack(raw, MAGIC, VERSION, "proof bundle")
        if tuple(name for name, _ in sections) != SECTIONS:
            raise MalformedProof("proof bundle must have the sections STMT, OUTS and SUMC only, in this order")
        bundle = cls(SafetyNets.from_bytes(sections[0][1]), sections[1][1], sections[2][1])
        bundle.integers  # noqa: B018 - parsed here, so that a bundle of this type has well-formed outputs
        return bundle
