"""``assay demo``: the whole exchanges on a local chain."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from assay.demo.accuracy.play import play as play_accuracy
from assay.demo.accuracy.play import require_examples
from assay.demo.figures import machine
from assay.demo.material import AUDITED
from assay.demo.predictions.play import play as play_predictions
from assay.demo.retrieval.play import play as play_retrieval
from assay.demo.retrieval.play import require_documents
from assay.output import JsonOption, Output, Stages
from proofs.errors import InvalidInput

PROTOCOLS = ("accuracy", "retrieval", "predictions")
ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo")(demo)


def demo(
    protocol: Annotated[
        str, typer.Argument(metavar="[all|accuracy|retrieval|predictions]", help="Which exchange to play.")
    ] = ALL,
    examples: Annotated[int, typer.Option(help="Committed images in the honest audit, a multiple of 8.")] = AUDITED,
    documents: Annotated[int, typer.Option(help="Committed images in the retrieval.")] = AUDITED,
    quiet: Annotated[bool, typer.Option(help="Only the closing tables.")] = False,
    json: JsonOption = None,
) -> None:
    """Play the exchanges on a local chain: honest parties are paid, every other game ends in a slash or a refund."""
    if protocol not in (ALL, *PROTOCOLS):
        raise InvalidInput(f"demo '{protocol}' is not available; choose from {', '.join((ALL, *PROTOCOLS))}")
    require_examples(examples)
    require_documents(documents)
    output, began = Output(json), time.monotonic()
    chosen = PROTOCOLS if protocol == ALL else (protocol,)
    played: dict[str, dict[str, object]] = {}
    with output.progress("demo") as stages:
        for name in chosen:
            played[name] = _play(name, output, stages, examples, documents, quiet)
    verdict = "ok" if all(part["verdict"] == "ok" for part in played.values()) else "mismatch"
    if protocol == ALL:
        total_s = time.monotonic() - began
        output.say(f"all three exchanges: {total_s:.0f} s; {machine()}")
        output.document({"verdict": verdict, **played, "total_s": round(total_s, 1), "machine": machine()})
    else:
        output.document(played[protocol])
    if verdict != "ok":
        raise typer.Exit(1)


def _play(name: str, output: Output, stages: Stages, examples: int, documents: int, quiet: bool) -> dict[str, object]:
    if name == "retrieval":
        return play_retrieval(output, stages, documents, quiet)
    if name == "predictions":
        return play_predictions(output, stages, quiet)
    return play_accuracy(output, stages, examples, quiet)
