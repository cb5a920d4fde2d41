"""``assay explain``: the statement sheet of a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.output import JsonOption, Output
from assay.reference_string import origin_of
from proofs.bundle import AccuracyBundle
from proofs.container import read_file
from proofs.sheet import accuracy_sheet


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("explain")(explain)


def explain(
    proof: Annotated[Path, typer.Argument(metavar="proof.assay")],
    json: JsonOption = None,
) -> None:
    """Say in plain words what proof.assay claims, binds, hides and rests on, and who could still lie.

    This does not verify the proof: run `assay verify` for that.
    """
    output = Output(json)
    bundle = AccuracyBundle.from_bytes(read_file(proof, "proof bundle"))
    sheet = accuracy_sheet(bundle, origin_of(bundle.circuit))
    output.say(sheet.to_text())
    output.say("\nNot verified by this command; `assay verify` does that.", "yellow")
    output.document({**sheet.to_json(), "statement": bundle.statement.to_json(), "verified": False})
