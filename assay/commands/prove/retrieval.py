"""``assay prove retrieval``: prove which documents of a committed corpus satisfy a predicate."""

from __future__ import annotations

from typing import Annotated

import typer

from assay.commands.prove.options import (
    BackendOption,
    CommitOption,
    ContextOption,
    CorpusOption,
    ForceOption,
    InputsOption,
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
from assay.commands.sumcheck.selection import question_of
from assay.inputs import load_corpus
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from assay.predictions import say_selection
from assay.words import parse_context
from proofs.backend import backend as backend_named
from proofs.errors import InvalidInput
from proofs.free_memory import tried_anyway
from proofs.halo2.secret_model import read_secret_model
from proofs.predicate import CLASS, Predicate


def retrieval(
    model: ModelOption,
    commit: CommitOption,
    out: OutOption,
    data: InputsOption = None,
    data_commit: CorpusOption = None,
    class_: Annotated[
        int | None, typer.Option("--class", metavar="C", help="Documents of this class; with --threshold: this output.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(metavar="T", help="Documents whose output C is at least T, equality included.")
    ] = None,
    context: ContextOption = None,
    backend: BackendOption = "halo2",
    shard: ShardOption = None,
    chunk: ChunkOption = None,
    workers: WorkersOption = None,
    ray: RayOption = None,
    no_zk: ProveOpenlyOption = False,
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Prove, for every document of a corpus, whether the committed model finds it to satisfy the predicate.

    The commitment decides the backend. Interrupted work resumes: run the same command again, and batches already proven
    are read back. With the sumcheck backend the commitments also decide the mode: zero-knowledge, or integrity proofs,
    which hide nothing.
    """
    require_places([model, commit, data, data_commit], [out], json)
    output = Output(json)
    if for_sumcheck(commit, backend):
        job = Job(model, commit, data, data_commit, out, parse_context(context), shard, chunk, workers, ray, no_zk)
        with tried_anyway(force):
            prove_sumcheck(output, job, question_of(output, commit, class_, threshold))
        return
    refuse_sumcheck_options(shard=shard, chunk=chunk, workers=workers, ray=ray, no_zk=no_zk)
    secret = read_secret_model(commit, read_bytes(model, "model"))
    predicate = predicate_of(class_, threshold, secret.commitment.format.classes, secret.commitment.format.scale_bits)
    _say_rounding(output, predicate, threshold, secret.commitment.format.scale_bits)
    corpus = load_corpus(data, data_commit, secret.commitment.format)
    with tried_anyway(force), output.progress("prove") as stages:
        prover = backend_named(backend, stages.stage, stages.batch)
        stages.batch(0, corpus.commitment.batches)
        outcome = prover.prove_retrieval(secret, corpus, predicate, parse_context(context))
    fields = say_selection(
        output, "proved", predicate, outcome.bundle.selected, corpus.total, secret.commitment.format.scale_bits
    )
    output.document({**finish(output, out, outcome, secret), **fields})


def predicate_of(selected: int | None, threshold: float | None, outputs: int, scale_bits: int) -> Predicate:
    """The predicate two options name. Raises InvalidInput: no class, or one the model does not have."""
    if selected is None and threshold is None:
        raise InvalidInput("say what to retrieve: --class C, or --threshold T together with --class C")
    if selected is None:
        raise InvalidInput(
            f"--threshold needs --class: the model has {outputs} outputs, and one of them is to be compared"
        )
    if threshold is not None:
        predicate = Predicate.at_least(selected, threshold, scale_bits)
    else:
        predicate = Predicate(CLASS, selected)
    predicate.words(outputs, scale_bits)
    return predicate


def _say_rounding(output: Output, predicate: Predicate, threshold: float | None, scale_bits: int) -> None:
    """The circuit compares with a multiple of 2^-scale_bits; say so where that is not the number given."""
    if predicate.threshold is None or predicate.threshold / (1 << scale_bits) == threshold:
        return
    exact = predicate.threshold / (1 << scale_bits)
    output.say(f"threshold {threshold} is {exact} ({predicate.threshold} / 2^{scale_bits}) to the circuit", "yellow")
