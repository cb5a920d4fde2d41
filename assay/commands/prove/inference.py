"""``assay prove inference``: prove a model's predictions, on committed inputs or in the open."""

from __future__ import annotations

from pathlib import Path

import typer

from assay.commands.prove.open_inference import prove_open
from assay.commands.prove.options import (
    AnyBackendOption,
    ContextOption,
    CorpusOption,
    ForceOption,
    InputsOption,
    MaybeCommitOption,
    ModelOption,
    OutOption,
)
from assay.commands.prove.report import finish
from assay.commands.sumcheck.options import (
    ChunkOption,
    ProveOpenlyOption,
    RayOption,
    ShardOption,
    WorkersOption,
    for_sumcheck,
    refuse_sumcheck_options,
)
from assay.commands.sumcheck.prove import Job, prove_sumcheck
from assay.inputs import load_corpus
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from assay.predictions import say_predictions
from assay.scales import AlphaOption, BetasOption, RangeOption, parse_scales, refuse_scales
from assay.words import parse_context
from proofs.backend import OPEN_BACKENDS
from proofs.backend import backend as backend_named
from proofs.errors import InvalidInput
from proofs.free_memory import tried_anyway
from proofs.halo2.secret_model import read_secret_model
from proofs.sumcheck_backend.questions import AskLogits


def inference(
    model: ModelOption,
    out: OutOption,
    commit: MaybeCommitOption = None,
    data: InputsOption = None,
    data_commit: CorpusOption = None,
    context: ContextOption = None,
    backend: AnyBackendOption = "halo2",
    alpha: AlphaOption = None,
    betas: BetasOption = None,
    input_range: RangeOption = None,
    shard: ShardOption = None,
    chunk: ChunkOption = None,
    workers: WorkersOption = None,
    ray: RayOption = None,
    no_zk: ProveOpenlyOption = False,
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Prove a model's logits on every input of DATA.npz, or of a committed corpus.

    A committed model's commitment decides the backend, halo2 or sumcheck, and of the latter the mode: zero-knowledge,
    or an integrity proof, which hides nothing. Interrupted work resumes: run the same command again, and batches
    already proven are read back. With --backend safetynets nothing is committed or hidden: give --model and --data, and
    whoever verifies needs the same two files.
    """
    require_places([model, commit, data, data_commit], [out], json)
    output = Output(json)
    if backend in OPEN_BACKENDS:
        if commit is not None or data_commit is not None:
            raise InvalidInput(
                f"the {backend} backend hides nothing and commits to nothing: leave out --commit and --data-commit, "
                "and give --model M.onnx and --data DATA.npz"
            )
        refuse_sumcheck_options(shard=shard, chunk=chunk, workers=workers, ray=ray, no_zk=no_zk)
        scales = parse_scales(alpha, betas, input_range)
        with tried_anyway(force):
            prove_open(output, backend, model, data, out, scales, parse_context(context))
        return
    refuse_scales(alpha, betas, input_range)
    if commit is not None and for_sumcheck(commit, backend):
        job = Job(model, commit, data, data_commit, out, parse_context(context), shard, chunk, workers, ray, no_zk)
        with tried_anyway(force):
            prove_sumcheck(output, job, AskLogits())
        return
    refuse_sumcheck_options(shard=shard, chunk=chunk, workers=workers, ray=ray, no_zk=no_zk)
    with tried_anyway(force):
        _prove_committed(output, backend, model, commit, data, data_commit, out, parse_context(context))


def _prove_committed(
    output: Output,
    backend: str,
    model: Path,
    commit: Path | None,
    data: Path | None,
    data_commit: Path | None,
    out: Path,
    context: bytes,
) -> None:
    if commit is None:
        raise typer.BadParameter(
            "needed, since this backend's models are committed; in the open: --backend safetynets",
            param_hint="'--commit'",
        )
    secret = read_secret_model(commit, read_bytes(model, "model"))
    corpus = load_corpus(data, data_commit, secret.commitment.format)
    with output.progress("prove") as stages:
        prover = backend_named(backend, stages.stage, stages.batch)
        stages.batch(0, corpus.commitment.batches)
        outcome = prover.prove_inference(secret, corpus, context)
        predictions = prover.predictions_of(outcome.bundle, secret)
    fields = say_predictions(output, "proved", predictions)
    output.document({**finish(output, out, outcome, secret), **fields})
