"""``assay demo``: the whole exchanges on a local chain; apart from them, one ImageNet prediction at full size."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from assay.demo.accuracy.play import play as play_accuracy
from assay.demo.accuracy.play import require_examples
from assay.demo.figures import machine
from assay.demo.material import AUDITED
from assay.demo.predictions.play import play as play_predictions
from assay.demo.retrieval.play import play as play_retrieval
from assay.demo.retrieval.play import require_documents
from assay.demo.sampled.play import LEAST as LEAST_SAMPLED
from assay.demo.sampled.play import play as play_sampled
from assay.demo.sampled.play import require_sampled
from assay.output import JsonOption, Output, Stages
from proofs.errors import InvalidInput

PROTOCOLS = ("accuracy", "sampled", "retrieval", "predictions")
ALL, IMAGENET = "all", "imagenet"
GIANT_PANDA = 388


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo")(demo)


def demo(
    protocol: Annotated[
        str,
        typer.Argument(metavar="[all|accuracy|sampled|retrieval|predictions|imagenet]", help="Which exchange to play."),
    ] = ALL,
    examples: Annotated[
        int, typer.Option(help="Committed images in the honest audit: a multiple of 8, sampled from 32.")
    ] = AUDITED,
    documents: Annotated[int, typer.Option(help="Committed images in the retrieval.")] = AUDITED,
    imagenet: Annotated[
        bool, typer.Option("--imagenet", help="The same as 'imagenet': one proven prediction.")
    ] = False,
    image: Annotated[int, typer.Option(help="Which of the sample's 1,000 images; imagenet only.")] = GIANT_PANDA,
    data_folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Holds mobilenet-quant/ and imagenet-sample-1000/ (default: $ASSAY_DATA)."),
    ] = None,
    no_zk: Annotated[
        bool, typer.Option("--no-zk", help="An integrity proof, which hides nothing; imagenet only.")
    ] = False,
    quiet: Annotated[bool, typer.Option(help="Only the closing tables.")] = False,
    json: JsonOption = None,
) -> None:
    """Play the exchanges on a local chain: honest parties are paid, every other game ends in a slash or a refund.

    imagenet, which is not among them: MobileNetV2 with committed weights names one photograph, in zero-knowledge.
    """
    if protocol not in (ALL, *PROTOCOLS, IMAGENET):
        raise InvalidInput(f"demo '{protocol}' is not available; choose from {', '.join((ALL, *PROTOCOLS, IMAGENET))}")
    if imagenet or protocol == IMAGENET:
        _imagenet(Output(json), protocol, data_folder, image, quiet, no_zk)
        return
    if no_zk:
        raise InvalidInput("--no-zk: only for imagenet, whose proof is the sumcheck backend's")
    require_examples(examples)
    require_documents(documents)
    if protocol == "sampled":
        require_sampled(examples)
    output, began = Output(json), time.monotonic()
    chosen = PROTOCOLS if protocol == ALL else (protocol,)
    played: dict[str, dict[str, object]] = {}
    with output.progress("demo") as stages:
        for name in chosen:
            played[name] = _play(name, output, stages, examples, documents, quiet)
    verdict = "ok" if all(part["verdict"] == "ok" for part in played.values()) else "mismatch"
    if protocol == ALL:
        total_s = time.monotonic() - began
        output.say(f"all four exchanges: {total_s:.0f} s; {machine()}")
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
    if name == "sampled":
        return play_sampled(output, stages, max(examples, LEAST_SAMPLED), quiet)
    return play_accuracy(output, stages, examples, quiet)


def _imagenet(output: Output, protocol: str, folder: Path | None, image: int, quiet: bool, no_zk: bool) -> None:
    if protocol not in (ALL, IMAGENET):
        raise InvalidInput(f"--imagenet goes without '{protocol}': it is a demo of its own")
    from assay.demo.imagenet.play import play as play_imagenet

    with output.progress("demo") as stages:
        document = play_imagenet(output, stages, folder, image, quiet, no_zk)
    output.document(document)
    if document["verdict"] != "ok":
        raise typer.Exit(1)
