"""``assay prove``: make a proof bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.data import load_labelled
from assay.output import JsonOption, Output, read_bytes
from assay.reference_string import origin_of, warn
from assay.words import parse_word
from proofs.accuracy import NO_CONTEXT, ProveOutcome
from proofs.backend import backend as backend_named
from proofs.budget import Budget
from proofs.commitment.secret_files import read_test_set
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.secret_model import SecretModel, read_secret_model
from proofs.intervals import proven_interval
from proofs.sheet import leaks

app = typer.Typer(no_args_is_help=True, help="Make a proof bundle.")


@app.callback()
def _group() -> None:
    """Make a proof bundle."""


@app.command("accuracy")
def accuracy(
    model: Annotated[Path, typer.Option(metavar="M.onnx", help="The model's ONNX file. Secret.")],
    commit: Annotated[Path, typer.Option(metavar="model.commit", help="Its commitment, secret part beside it.")],
    data: Annotated[Path, typer.Option(metavar="DATA.npz", help="Labelled examples: arrays x and y.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The proof bundle. Public.")],
    data_commit: Annotated[
        Path | None, typer.Option(help="Committed test set, secret part beside it; without it the data are public.")
    ] = None,
    top_k: Annotated[int, typer.Option(help="Only 1 on this backend.")] = 1,
    at_least: Annotated[int | None, typer.Option(help="Claim this count (default: all the model gets right).")] = None,
    context: Annotated[str | None, typer.Option(help="32 bytes of hex the proof is bound to.")] = None,
    backend: Annotated[str, typer.Option(help="Prover.")] = "halo2",
    json: JsonOption = None,
) -> None:
    """Prove that the committed model gets at least A of the committed examples right.

    Interrupted work resumes: run the same command again, and batches already proven are read back.
    """
    if top_k != 1:
        raise InvalidInput(f"--top-k {top_k}: the halo2 backend proves top-1 accuracy only")
    output = Output(json)
    secret = read_secret_model(commit, read_bytes(model, "model"))
    with output.progress("prove") as stages:
        prover = backend_named(backend, stages.stage, stages.batch)
        test_set = load_test_set(data, data_commit, secret, prover.hash_examples)
        stages.batch(0, test_set.commitment.batches)
        outcome = prover.prove_accuracy(secret, test_set, at_least, parse_context(context))
    write_atomic(out, outcome.bundle.to_bytes())
    _report(output, out, outcome, secret)


def load_test_set(data: Path, data_commit: Path | None, secret: SecretModel, hasher: object) -> TestSet:
    """The committed test set, checked against DATA; or DATA as public data under the model's input format."""
    x, y = load_labelled(data)
    if data_commit is None:
        return commit_test_set(x, y, secret.commitment.format, hasher, public=True)  # type: ignore[arg-type]
    test_set = read_test_set(data_commit)
    same = x.shape[1:] == test_set.format.shape and len(x) == test_set.total
    if not same or (test_set.format.quantise(x) != test_set.raw).any() or (y != test_set.labels).any():
        raise InvalidInput(
            f"{data} is not what was committed as {data_commit}: rows are missing, added, changed or in another order"
        )
    return test_set


def parse_context(text: str | None) -> bytes:
    """32 bytes of hex, or the empty context."""
    return NO_CONTEXT if text is None else parse_word(text, "--context")


def _report(output: Output, out: Path, outcome: ProveOutcome, secret: SecretModel) -> None:
    bundle = outcome.bundle
    statement, receipt = bundle.statement, bundle.receipt
    low, high = proven_interval(bundle.correct, statement.total, complete=True)
    output.say(
        f"proved: at least {statement.at_least} of {statement.total} correct ({bundle.correct} in the batches), "
        f"{bundle.correct / statement.total:.1%}, 95% interval {low:.1%} to {high:.1%}"
    )
    output.say(f"integer and float model agree on {receipt.agree}/{receipt.total} (reported, not proven)")
    left = Budget(secret.commitment.weights_commitment, secret.description.budget).left
    if secret.description.binding == "polycommit":
        output.say(f"{left} proofs remain in this commitment's budget")
    origin = origin_of(bundle.circuit)
    warn(output, origin)
    size = out.stat().st_size
    output.say(
        f"{out}: {size} bytes, {len(bundle.batches)} batches, {outcome.prove_s:.1f} s"
        + (f" ({outcome.reused} batches resumed)" if outcome.reused else "")
    )
    output.document(
        {
            "verdict": "proved",
            "statement": statement.to_json(),
            "correct": bundle.correct,
            "total": statement.total,
            "at_least": statement.at_least,
            "interval": [low, high],
            "prove_s": outcome.prove_s,
            "setup_s": outcome.setup_s,
            "peak_memory_mb": outcome.peak_memory_mb,
            "stages": outcome.stages,
            "batches_resumed": outcome.reused,
            "proof_bytes": size,
            "zero_knowledge": statement.zero_knowledge,
            "leaks": leaks(secret.description.binding),
            "soundness_bits": Halo2Backend.soundness_bits,
            "backend": statement.backend,
            "srs": origin,
            "proof_budget_left": left,
            "fidelity": {
                "agree": receipt.agree,
                "total": receipt.total,
                "float_correct": receipt.float_correct,
                "integer_correct": receipt.integer_correct,
                "max_logit_error": receipt.max_logit_error_ppm / 1e6,
            },
        }
    )
