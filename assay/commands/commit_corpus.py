"""``assay commit corpus``: fix documents before anybody asks for some of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.commands.sumcheck.commit import ExampleOptions, commit_documents
from assay.commands.sumcheck.options import (
    ChunkOption,
    CommitOpenlyOption,
    ExampleProofsOption,
    for_sumcheck,
    refuse_sumcheck_options,
)
from assay.output import JsonOption, Output
from assay.places import commitment_places
from proofs.backend import SUMCHECK
from proofs.canonical import to_hex
from proofs.commitment.corpus import Corpus, commit_corpus
from proofs.commitment.corpus_files import write_corpus
from proofs.commitment.secret_files import secret_path
from proofs.corpus_import import Imported, ViewOptions, import_source
from proofs.errors import InvalidInput

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace an existing commitment; its secret part is lost for good.")
]
CORPUS_LOST = "no proof over that corpus can be made and no document of it delivered any more"


def commit_corpus_command(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A folder of images, or a .csv, .npy or .npz file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Public commitment; the secret part is kept beside it.")],
    kind: Annotated[str | None, typer.Option(help="images, csv or npy (default: by the name).")] = None,
    columns: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="CSV columns the view is made of (default: all).")
    ] = None,
    unit_bits: Annotated[
        int | None,
        typer.Option(help="The model sees integers divided by 2^this (default: 8 for bytes, else 0)."),
    ] = None,
    scale_bits: Annotated[int, typer.Option(help="Fixed-point bits after the binary point.")] = 10,
    batch: Annotated[int, typer.Option(help="Documents per proof, a power of two.")] = 8,
    shape: Annotated[
        str | None, typer.Option(metavar="N,N", help="Shape of a view, the model's input (default: the source's own).")
    ] = None,
    format_of: Annotated[
        Path | None, typer.Option("--format", metavar="model.commit", help="sumcheck only: the model's commitment.")
    ] = None,
    chunk: ChunkOption = None,
    proofs: ExampleProofsOption = None,
    no_zk: CommitOpenlyOption = False,
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Commit to documents under fresh random salts: a root anyone may see, and a secret part with mode 0600.

    With --format naming a model committed for the sumcheck backend, only views are committed, as that model's integers;
    no payload can be delivered from such a commitment.
    """
    commitment_places([source, format_of], out, json, force=force, lost=CORPUS_LOST)
    output = Output(json)
    options = ViewOptions(scale_bits, batch, unit_bits, _shape(shape), _columns(columns))
    if for_sumcheck(format_of, SUMCHECK):
        wanted = ExampleOptions(format_of, chunk, True, no_zk, proofs)
        commit_documents(output, out, import_source(source, options, kind), wanted)
        return
    refuse_sumcheck_options(chunk=chunk, proofs=proofs, no_zk=no_zk)
    with output.progress("commit") as stages:
        stages.stage("read")
        imported = import_source(source, options, kind)
        stages.stage("hash")
        corpus = commit_corpus(imported.documents, imported.format, recipe=imported.recipe, progress=stages.batch)
    write_corpus(out, corpus)
    _report(output, out, corpus, imported)


def _report(output: Output, out: Path, corpus: Corpus, imported: Imported) -> None:
    commitment, repeats = corpus.commitment, corpus.repeats()
    output.say(f"corpus root {to_hex(commitment.root)}: {corpus.total} documents in {commitment.batches} batches")
    output.say(f"{out} is public; {secret_path(out)} is secret: it holds the documents, and what delivering them needs")
    if repeats is not None:
        first, second = (imported.names[index] for index in repeats.first)
        output.say(
            f"repeated documents: {repeats.number}, first {second} = {first}; a requester pays for each match",
            style="yellow",
        )
    output.document(
        {
            "root": to_hex(commitment.root),
            "format_digest": to_hex(commitment.format.digest),
            "total": corpus.total,
            "batches": commitment.batches,
            "payload_bytes": sum(len(payload) for payload in corpus.payloads),
            "format": commitment.format.to_json(),
            "recipe": commitment.recipe.to_json(),
            "repeats": repeats.number if repeats else 0,
            "first_repeat": list(repeats.first) if repeats else None,
        }
    )


def _columns(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(","))


def _shape(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    sides = text.split(",")
    if not all(side.strip().isascii() and side.strip().isdigit() and len(side) < 9 for side in sides):
        raise InvalidInput(f"--shape is '{text}'; give whole numbers separated by commas, e.g. 1,28,28")
    return tuple(int(side) for side in sides)
