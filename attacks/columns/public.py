"""What everybody has: the network's description, roots, claims, and proofs. No weights, no blocks, no salts."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.committed.instance import Instance


@dataclass(frozen=True, slots=True)
class PublicProof:
    """One proof and what it is about; ``instance.network`` holds shapes, shifts and tables only."""

    instance: Instance
    statement: bytes
    proof: bytes
