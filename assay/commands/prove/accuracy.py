"""``assay prove accuracy``: prove a score on a committed test set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.commands.prove.options import BackendOption, CommitOption, ContextOption, ForceOption, ModelOption, OutOption
from assay.commands.prove.report import Fields, finish
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
from assay.data import load_labelled
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from assay.words import parse_context
from proofs.accuracy import ProveOutcome
from proofs.backend import backend as backend_named
from proofs.commitment.secret_files import read_test_set
from proofs.commitment.test_set import Hasher, TestSet, commit_test_set
from proofs.errors import InvalidInput
from proofs.free_memory import tried_anyway
from proofs.halo2.secret_model import SecretModel, read_secret_model
from proofs.intervals import proven_interval
from proofs.sumcheck_backend.questions import AskScore


def accuracy(
    model: ModelOption,
    commit: CommitOption,
    data: Annotated[Path, typer.Option(metavar="DATA.npz", help="Labelled examples: arrays x and y.")],
    out: OutOption,
    data_commit: Annotated[
        Path | None, typer.Option(help="Committed test set, secret part beside it; without it the data are public.")
    ] = None,
    top_k: Annotated[int, typer.Option(help="Right: the label is among the first K logits; halo2: only 1.")] = 1,
    at_least: Annotated[int | None, typer.Option(help="Claim this count (default: all the model gets right).")] = None,
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
    """Prove that the committed model gets at least A of the committed examples right.

    The commitment decides the backend. Interrupted work resumes: run the same command again, and batches already proven
    are read back. With the sumcheck backend the commitments also decide the mode: zero-knowledge, or integrity proofs,
    which hide nothing.
    """
    require_places([model, commit, data, data_commit], [out], json)
    output = Output(json)
    if for_sumcheck(commit, backend):
        job = Job(model, commit, data, data_commit, out, parse_context(context), shard, chunk, workers, ray, no_zk)
        with tried_anyway(force):
            prove_sumcheck(output, job, AskScore(top_k, at_least))
        return
    refuse_sumcheck_options(shard=shard, chunk=chunk, workers=workers, ray=ray, no_zk=no_zk)
    if top_k != 1:
        raise InvalidInput(f"--top-k {top_k}: the halo2 backend proves top-1 accuracy only")
    secret = read_secret_model(commit, read_bytes(model, "model"))
    with tried_anyway(force), output.progress("prove") as stages:
        prover = backend_named(backend, stages.stage, stages.batch)
        test_set = load_test_set(data, data_commit, secret, prover.hash_examples)
        stages.batch(0, test_set.commitment.batches)
        outcome = prover.prove_accuracy(secret, test_set, at_least, parse_context(context))
    score = _score(output, outcome)
    output.document({**finish(output, out, outcome, secret), **score, "fidelity": _fidelity(outcome)})


def load_test_set(data: Path, data_commit: Path | None, secret: SecretModel, hasher: Hasher) -> TestSet:
    """The committed test set, checked against DATA; or DATA as public data under the model's input format."""
    x, y = load_labelled(data)
    if data_commit is None:
        return commit_test_set(x, y, secret.commitment.format, hasher, public=True)
    test_set = read_test_set(data_commit)
    same = x.shape[1:] == test_set.format.shape and len(x) == test_set.total
    if not same or (test_set.format.quantise(x) != test_set.raw).any() or (y != test_set.labels).any():
        raise InvalidInput(
            f"{data} is not what was committed as {data_commit}: rows are missing, added, changed or in another order"
        )
    return test_set


def _score(output: Output, outcome: ProveOutcome) -> Fields:
    """Tell a person the score; returns it for the JSON document."""
    bundle = outcome.bundle
    statement, receipt = bundle.statement, bundle.receipt
    low, high = proven_interval(bundle.correct, statement.total, complete=True)
    output.say(
        f"proved: at least {statement.at_least} of {statement.total} correct ({bundle.correct} in the batches), "
        f"{bundle.correct / statement.total:.1%}, 95% interval {low:.1%} to {high:.1%}"
    )
    output.say(f"integer and float model agree on {receipt.agree}/{receipt.total} (reported, not proven)")
    return {"correct": bundle.correct, "at_least": statement.at_least, "interval": [low, high]}


def _fidelity(outcome: ProveOutcome) -> Fields:
    receipt = outcome.bundle.receipt
    return {
        "agree": receipt.agree,
        "total": receipt.total,
        "float_correct": receipt.float_correct,
        "integer_correct": receipt.integer_correct,
        "max_logit_error": receipt.max_logit_error_ppm / 1e6,
    }
