"""``assay prove inference``: prove a model's predictions on committed inputs."""

from __future__ import annotations

from assay.commands.prove.options import (
    BackendOption,
    CommitOption,
    ContextOption,
    CorpusOption,
    InputsOption,
    ModelOption,
    OutOption,
)
from assay.commands.prove.report import finish
from assay.inputs import load_corpus
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from assay.predictions import say_predictions
from assay.words import parse_context
from proofs.backend import backend as backend_named
from proofs.halo2.secret_model import read_secret_model


def inference(
    model: ModelOption,
    commit: CommitOption,
    out: OutOption,
    data: InputsOption = None,
    data_commit: CorpusOption = None,
    context: ContextOption = None,
    backend: BackendOption = "halo2",
    json: JsonOption = None,
) -> None:
    """Prove the committed model's logits on every input of DATA.npz, or of a committed corpus.

    Interrupted work resumes: run the same command again, and batches already proven are read back.
    """
    require_places([model, commit, data, data_commit], [out], json)
    output = Output(json)
    secret = read_secret_model(commit, read_bytes(model, "model"))
    corpus = load_corpus(data, data_commit, secret.commitment.format)
    with output.progress("prove") as stages:
        prover = backend_named(backend, stages.stage, stages.batch)
        stages.batch(0, corpus.commitment.batches)
        outcome = prover.prove_inference(secret, corpus, parse_context(context))
        predictions = prover.predictions_of(outcome.bundle, secret)
    fields = say_predictions(output, "proved", predictions)
    output.document({**finish(output, out, outcome, secret), **fields})
