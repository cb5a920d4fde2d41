"""``assay commit``: fix a model, a test set or documents before the other side asks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from assay.commands.commit_corpus import ForceOption, commit_corpus_command
from assay.commands.prove.options import BackendOption
from assay.commands.sumcheck.commit import (
    ExampleOptions,
    NetworkOptions,
    commit_examples,
    commit_network_model,
    refuse_halo2_options,
)
from assay.commands.sumcheck.options import (
    ChunkOption,
    CommitOpenlyOption,
    ExampleProofsOption,
    for_sumcheck,
    refuse_sumcheck_options,
)
from assay.data import load_labelled
from assay.output import JsonOption, Output, read_bytes
from assay.places import commitment_places
from proofs.backend import SUMCHECK
from proofs.backend import backend as backend_named
from proofs.canonical import to_hex
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.secret_files import secret_path, write_test_set
from proofs.commitment.single_use import require_unused
from proofs.commitment.test_set import commit_test_set
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.free_memory import tried_anyway
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, write_secret_model
from proofs.onnx_check import require_supported

DEFAULT_BATCH = 8
DEFAULT_SCALE_BITS = 10
DEFAULT_PROOFS = 16
MODEL_LOST = "no proof can be made for that model id any more, nor for a sale or a stake that names it"
DATA_LOST = "that test set cannot be opened any more, nor an audit finished that names it"
ModelForceOption = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Replace an existing commitment, whose secret part is then lost for good; and try all the same where the "
        "memory that is free seems too little.",
    ),
]
app = typer.Typer(no_args_is_help=True, help="Commit to a model, to a labelled test set, or to documents.")
app.command("corpus")(commit_corpus_command)


@app.command("model")
def commit_model(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Public commitment; the secret part is kept beside it.")],
    backend: BackendOption = "halo2",
    binding: Annotated[
        str,
        typer.Option(
            help="polycommit (fast, hides heuristically), hashed (hides rigorously, about 1k weights), "
            "fixed (public model)."
        ),
    ] = "polycommit",
    proofs: Annotated[
        int | None,
        typer.Option(help="Proofs this commitment may make (default: polycommit 16, sumcheck 80; others uncounted)."),
    ] = None,
    no_zk: CommitOpenlyOption = False,
    batch: Annotated[int, typer.Option(help="Examples per proof, a power of two.")] = DEFAULT_BATCH,
    scale_bits: Annotated[int, typer.Option(help="Fixed-point bits after the binary point.")] = DEFAULT_SCALE_BITS,
    owner: Annotated[str | None, typer.Option(help="Seller's address, 0x...; part of the model id.")] = None,
    calibrate: Annotated[
        Path | None,
        typer.Option(metavar="DATA.npz", help="halo2: check that nothing overflows; sumcheck: take ranges from these."),
    ] = None,
    bits: Annotated[int | None, typer.Option(help="Bits of an activation, sumcheck only (default: 8).")] = None,
    log_columns: Annotated[
        int | None,
        typer.Option(
            min=8,
            max=18,
            help="Committed rows have 2^this entries, sumcheck only (default: 15; 16 for smaller proofs of 10,000 "
            "examples at once, 12 for single ones of small models).",
        ),
    ] = None,
    force: ModelForceOption = False,
    json: JsonOption = None,
) -> None:
    """Commit to the weights of MODEL.onnx: a model id anyone may see, and a secret part with mode 0600."""
    commitment_places([model, calibrate], out, json, force=force, lost=MODEL_LOST)
    output = Output(json)
    raw = read_bytes(model, "model")
    if backend == SUMCHECK:
        refuse_halo2_options((binding, batch, scale_bits) == ("polycommit", DEFAULT_BATCH, DEFAULT_SCALE_BITS))
        wanted = NetworkOptions(calibrate, bits, _address(owner), log_columns, no_zk, proofs)
        with tried_anyway(force):
            commit_network_model(output, raw, out, wanted)
        return
    refuse_sumcheck_options(bits=bits, log_columns=log_columns, no_zk=no_zk)
    report = require_supported(raw, backend, scale_bits=scale_bits)
    shape = InputFormat(tuple(report.input_shape), scale_bits, report.classes, batch)
    budget = DEFAULT_PROOFS if proofs is None else proofs
    options = CommitOptions(binding=binding, proofs=budget, owner=_address(owner))
    with tried_anyway(force), output.progress("commit") as stages:
        prover = backend_named(backend, stages.stage)
        secret = prover.commit_model(raw, shape, options)
        if calibrate is not None:
            prover.rehearse(secret, *load_labelled(calibrate))
    write_secret_model(out, secret)
    _report_model(output, out, secret, backend, options)


def _report_model(output: Output, out: Path, secret: SecretModel, backend: str, options: CommitOptions) -> None:
    commitment, description, binding = secret.commitment, secret.description, options.binding
    output.say(f"model id {to_hex(commitment.model_id)}")
    output.say(f"{out} is public; {secret_path(out)} is secret: keep it, a lost one cannot be made again")
    if binding == "polycommit":
        output.say(
            f"{description.mask_units} mask units hide the weights for {options.proofs} proofs "
            f"({options.proofs * commitment.format.batch} examples); each prove command counts against that"
        )
    output.document(
        {
            "model_id": to_hex(commitment.model_id),
            "architecture": to_hex(commitment.architecture_digest),
            "weights": to_hex(commitment.weights_commitment),
            "binding": binding,
            "logrows": description.parameters.logrows,
            "mask_units": description.mask_units,
            "proof_budget": description.budget,
            "format": commitment.format.to_json(),
            "srs": to_hex(description.srs_digest),
            "backend": backend,
            "zero_knowledge": binding != "fixed",
        }
    )


@app.command("data")
def commit_data(
    data: Annotated[Path, typer.Argument(metavar="DATA.npz")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Public commitment; the secret part is kept beside it.")],
    format_of: Annotated[
        Path | None, typer.Option("--format", metavar="model.commit", help="Take the input format from this model.")
    ] = None,
    batch: Annotated[int, typer.Option(help="Examples per proof, a power of two.")] = DEFAULT_BATCH,
    scale_bits: Annotated[int, typer.Option(help="Fixed-point bits after the binary point.")] = DEFAULT_SCALE_BITS,
    classes: Annotated[int | None, typer.Option(help="Number of classes (default: largest label + 1).")] = None,
    backend: BackendOption = "halo2",
    chunk: ChunkOption = None,
    proofs: ExampleProofsOption = None,
    no_zk: CommitOpenlyOption = False,
    allow_duplicates: Annotated[bool, typer.Option(help="Accept repeated examples.")] = False,
    allow_reuse: Annotated[bool, typer.Option(help="Accept examples already opened to somebody.")] = False,
    openable: Annotated[
        bool,
        typer.Option(help="halo2: bind each example so that a contract can open it; for audits with a sample."),
    ] = False,
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Commit to the labelled examples of DATA.npz (arrays x and y) under fresh random salts."""
    commitment_places([data, format_of], out, json, force=force, lost=DATA_LOST)
    output = Output(json)
    x, y = load_labelled(data)
    if for_sumcheck(format_of, backend) or backend == SUMCHECK:
        if openable:
            raise InvalidInput("--openable is for test sets of the halo2 backend, whose audits a contract settles")
        commit_examples(output, out, x, y, ExampleOptions(format_of, chunk, allow_duplicates, no_zk, proofs))
        return
    refuse_sumcheck_options(chunk=chunk, proofs=proofs, no_zk=no_zk)
    shape = format_for(x, y, format_of, InputFormat, batch, scale_bits, classes)
    with output.progress("commit") as stages:
        hasher = backend_named(backend, stages.stage).hash_examples
        test_set = commit_test_set(x, y, shape, hasher, allow_duplicates=allow_duplicates)
    if not allow_reuse:
        require_unused(test_set)
    if openable:
        test_set = OpenableTestSet.of(test_set)
    write_test_set(out, test_set)
    commitment = test_set.commitment
    output.say(f"data root {to_hex(commitment.root)}: {commitment.total} examples in {commitment.batches} batches")
    output.say(f"{out} is public; {secret_path(out)} is secret until you hand it over")
    output.document(
        {
            "root": to_hex(commitment.root),
            "total": commitment.total,
            "batches": commitment.batches,
            "format": shape.to_json(),
            "openable": openable,
            "backend": backend,
        }
    )


def format_for(
    x: NDArray[np.generic],
    y: NDArray[np.generic],
    format_of: Path | None,
    make: type[InputFormat],
    batch: int,
    scale_bits: int,
    classes: int | None,
) -> InputFormat:
    """The input format: a model's where one is named, else from the data and the options."""
    if format_of is not None:
        return ModelCommitment.from_bytes(read_file(format_of, "model commitment")).format
    if classes is None:
        if y.dtype.kind not in "iub" or y.size == 0:
            raise InvalidInput(f"y has dtype {y.dtype} and shape {y.shape}; labels must be integers 0, 1, 2, ...")
        classes = max(int(y.max()) + 1, 2)
    return make(tuple(int(side) for side in x.shape[1:]), scale_bits, classes, batch)


def _address(text: str | None) -> bytes:
    if text is None:
        return bytes(20)
    try:
        raw = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raw = b""
    if len(raw) != 20:
        raise InvalidInput(f"owner '{text}' is not an address: 0x and 40 hex digits")
    return raw
