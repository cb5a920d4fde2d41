"""``assay explain`` of a commitment: what it hides, in how many proofs, and how many are left on this machine."""

from __future__ import annotations

from assay.commands.sumcheck.budget import data_left, model_left
from assay.output import Output
from proofs.budget import Budget
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.halo2.description import CircuitDescription
from proofs.sheets import HIDES_NOTHING
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import usable
from proofs.sumcheck_backend.data_commitment import MAGIC as DATA_MAGIC
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import BACKEND, NetworkCommitment, is_network_commitment
from proofs.wording import counted

Fields = dict[str, object]


def explain_commitment(output: Output, raw: bytes) -> Fields:
    """Tell a person about an untrusted commitment; returns the JSON document. Raises MalformedProof."""
    if raw.startswith(DATA_MAGIC):
        fields = _data(output, DataCommitment.from_bytes(raw))
    elif is_network_commitment(raw):
        fields = _network(output, NetworkCommitment.from_bytes(raw))
    else:
        fields = _circuit(output, ModelCommitment.from_bytes(raw))
    if fields["proof_budget"]:
        output.say("counted on this machine; other machines and other people's proofs are not known here")
    return {**fields, "verified": False}


def _network(output: Output, model: NetworkCommitment) -> Fields:
    layers = counted(len(model.network.nodes), "layer")
    output.say(f"model id {to_hex(model.model_id)}: an integer network of {layers}, {BACKEND}")
    limit = usable(model.log_columns, model.block)
    left = model_left(model)
    _say_budget(output, model.hiding, "its weights", limit, left)
    if model.earlier:
        output.say(f"renewed {counted(len(model.earlier), 'time')}; every renewal's proof was verified")
    return {
        "renewals": len(model.earlier),
        "model_id": to_hex(model.model_id),
        "weights": to_hex(model.weights_commitment),
        "weight_rows": model.rows,
        "log_columns": model.log_columns,
        "format": model.format.to_json(),
        **_fields(BACKEND, model.hiding, limit, left),
    }


def _data(output: Output, data: DataCommitment) -> Fields:
    examples, chunks = counted(data.total, "example"), counted(len(data.roots), "chunk")
    output.say(f"data root {to_hex(data.root)}: {examples} in {chunks}, {BACKEND}")
    limit = openings(data.log_columns, data.block)
    left = data_left(data)
    _say_budget(output, data.hiding, "its examples" + (" and labels" if data.labelled else ""), limit, left)
    return {
        "root": to_hex(data.root),
        "total": data.total,
        "chunk": data.chunk,
        "chunks": len(data.roots),
        "labelled": data.labelled,
        "log_columns": data.log_columns,
        "format": data.format.to_json(),
        **_fields(BACKEND, data.hiding, limit, left),
    }


def _circuit(output: Output, model: ModelCommitment) -> Fields:
    """A model of the halo2 backend."""
    description = CircuitDescription.from_json(model.details)
    output.say(f"model id {to_hex(model.model_id)}: bound by '{description.binding}', {model.backend}")
    limit = description.budget
    left = Budget(model.weights_commitment, limit).left
    if description.binding == "polycommit":
        output.say(f"hides its weights heuristically in {counted(limit, 'proof')}, {left} left")
    elif description.binding == "hashed":
        output.say("hides its weights in any number of proofs")
    else:
        output.say("hides nothing: its weights are public", "yellow")
    return {
        "model_id": to_hex(model.model_id),
        "weights": to_hex(model.weights_commitment),
        "binding": description.binding,
        "format": model.format.to_json(),
        **_fields(model.backend, description.binding != "fixed", limit, left),
    }


def _say_budget(output: Output, hiding: bool, what: str, limit: int, left: int) -> None:
    if not hiding:
        output.say(f"a proof about it is an {HIDES_NOTHING}", "yellow")
        return
    output.say(f"zero-knowledge: hides {what} in {counted(limit, 'proof')}, {left} left", None if left else "red")


def _fields(backend: str, hiding: bool, limit: int, left: int) -> Fields:
    return {"backend": backend, "zero_knowledge": hiding, "proof_budget": limit, "proof_budget_left": left}
