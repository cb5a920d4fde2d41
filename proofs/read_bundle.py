"""Reading a proof file of any kind: the names of its sections tell which."""

from __future__ import annotations

from proofs.bundle import MAGIC, VERSION, AccuracyBundle
from proofs.container import unpack
from proofs.outputs_bundle import OutputsBundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sumcheck_backend.bundle import SHARD, SumcheckBundle

Bundle = AccuracyBundle | OutputsBundle | SafetyNetsBundle
AnyBundle = Bundle | SumcheckBundle


def read_bundle(raw: bytes) -> AnyBundle:
    """Parse untrusted bytes as the bundle their sections say they are. Raises MalformedProof."""
    names = {name for name, _ in unpack(raw, MAGIC, VERSION, "proof bundle")}
    if SHARD in names:
        return SumcheckBundle.from_bytes(raw)
    if b"SUMC" in names:
        return SafetyNetsBundle.from_bytes(raw)
    return OutputsBundle.from_bytes(raw) if b"OUTP" in names else AccuracyBundle.from_bytes(raw)
