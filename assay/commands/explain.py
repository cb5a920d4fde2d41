"""``assay explain``: the statement sheet of a bundle, or what a commitment hides and how often."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.exact import exact_facts
from assay.output import JsonOption, Output
from assay.places import require_places
from assay.reference_string import NONE, origin_of
from proofs.commitment.model import MAGIC as MODEL_MAGIC
from proofs.container import read_file
from proofs.read_bundle import read_bundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sheets import sheet_of
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.data_commitment import MAGIC as DATA_MAGIC


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("explain")(explain)


def explain(
    proof: Annotated[Path, typer.Argument(metavar="FILE", help="proof.assay, model.commit, or a data commitment.")],
    json: JsonOption = None,
) -> None:
    """Say in plain words what a proof claims, binds, hides and rests on; of a commitment, how many proofs are left.

    This does not verify the proof: run `assay verify` for that. Of a proof it also says who could still lie. What is
    left of a commitment's budget is what this machine has counted.
    """
    require_places([proof], [], json)
    output = Output(json)
    raw = read_file(proof, "proof bundle or commitment")
    if raw.startswith((MODEL_MAGIC, DATA_MAGIC)):
        from assay.commands.explain_commitment import explain_commitment

        output.document(explain_commitment(output, raw))
        return
    bundle = read_bundle(raw)
    sheet = sheet_of(bundle, NONE if isinstance(bundle, SumcheckBundle) else origin_of(bundle))
    output.say(sheet.to_text())
    output.say("\nNot verified by this command; `assay verify` does that.", "yellow")
    facts: dict[str, object] = {"statement": bundle.statement.to_json()}
    if isinstance(bundle, SafetyNetsBundle):
        facts = exact_facts(bundle)
    elif isinstance(bundle, SumcheckBundle):
        facts["zero_knowledge"] = bundle.statement.zero_knowledge
    output.document({**facts, **sheet.to_json(), "verified": False})
