"""``assay prove``: make a proof bundle."""

from __future__ import annotations

import typer

from assay.commands.prove.accuracy import accuracy
from assay.commands.prove.inference import inference
from assay.commands.prove.retrieval import retrieval

app = typer.Typer(no_args_is_help=True, help="Make a proof bundle.")
app.command("accuracy")(accuracy)
app.command("inference")(inference)
app.command("retrieval")(retrieval)


@app.callback()
def _group() -> None:
    """Make a proof bundle."""
