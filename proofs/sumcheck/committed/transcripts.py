"""How a committed proof's transcript begins: everything public, before the first challenge."""

from __future__ import annotations

import hashlib

from proofs.networks.format import digest
from proofs.sumcheck.committed.instance import Correct, Head, Instance, OfClass, Outputs, Reaching
from proofs.sumcheck.transcript import Transcript

PROTOCOL = "assay/committed-network"
VERSION = 1


def transcript(instance: Instance, statement: bytes) -> Transcript:
    """The transcript of a proof of ``instance``; ``statement`` is whatever else its parties agreed on."""
    parameters: dict[str, object] = {
        "zero_knowledge": instance.hiding,
        "network": digest(instance.network).hex(),
        "log_columns": instance.log_columns,
        "queries": instance.code().queries,
        "model": [instance.model.root.hex(), instance.model.rows],
        "chunk": [
            instance.chunk.matrix.root.hex(),
            instance.chunk.matrix.rows,
            instance.chunk.examples,
            instance.chunk.labelled,
        ],
        "first": instance.first,
        "count": instance.count,
        "head": _head(instance.head),
    }
    if instance.hiding:
        parameters["block"] = instance.model.block
    return Transcript(PROTOCOL, VERSION, statement, parameters)


def _head(head: Head) -> dict[str, object]:
    """The claim, by value or by digest."""
    if isinstance(head, Outputs):
        raw = head.values.astype("<i8").tobytes()
        return {"outputs": hashlib.sha256(raw).hexdigest(), "shape": list(head.values.shape)}
    if isinstance(head, Correct):
        return {"top_k": head.top_k, "correct": head.correct}
    selected = hashlib.sha256(bytes(head.selected)).hexdigest()
    if isinstance(head, OfClass):
        return {"class": head.wanted, "selected": selected}
    if isinstance(head, Reaching):
        return {"scored": head.scored, "threshold": head.threshold, "selected": selected}
    raise TypeError(f"{type(head).__name__} is not a claim")
