"""Reading a proof file of any kind: the first section after the statement tells which."""

from __future__ import annotations

from proofs.bundle import MAGIC, VERSION, AccuracyBundle
from proofs.container import unpack
from proofs.outputs_bundle import OutputsBundle


def read_bundle(raw: bytes) -> AccuracyBundle | OutputsBundle:
    """Parse untrusted bytes as the bundle their sections say they are. Raises MalformedProof."""
    names = {name for name, _ in unpack(raw, MAGIC, VERSION, "proof bundle")}
    return OutputsBundle.from_bytes(raw) if b"OUTP" in names else AccuracyBundle.from_bytes(raw)
