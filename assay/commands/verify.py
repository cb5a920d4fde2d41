"""``assay verify``: check a bundle against commitments this side trusts. Needs no chain and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.commands.prove import parse_context
from assay.data import load_labelled
from assay.output import JsonOption, Output, read_bytes
from assay.reference_string import origin_of, warn
from proofs.accuracy import Verdict
from proofs.backend import backend as backend_named
from proofs.bundle import AccuracyBundle
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import Hasher, TestSetCommitment, commit_test_set
from proofs.container import read_file
from proofs.errors import InvalidInput, RejectedProof
from proofs.halo2.backend import Halo2Backend
from proofs.sheet import leaks


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("verify")(verify)


def verify(
    proof: Annotated[Path, typer.Argument(metavar="proof.assay")],
    commit: Annotated[
        Path, typer.Option(metavar="model.commit", help="The model's commitment, from a place you trust.")
    ],
    data_commit: Annotated[Path | None, typer.Option(help="The committed test set.")] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DATA.npz", help="Public data, committed by its content.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="M.onnx", help="The model, where its weights are public.")
    ] = None,
    context: Annotated[str | None, typer.Option(help="Require the proof to be bound to these 32 bytes of hex.")] = None,
    json: JsonOption = None,
) -> None:
    """Verify proof.assay. Exit 0: accepted, 2: rejected (the check is named), 3: malformed."""
    if (data_commit is None) == (data is None):
        raise InvalidInput("give the test set, either as --data-commit or as public --data")
    output = Output(json)
    bundle = AccuracyBundle.from_bytes(read_file(proof, "proof bundle"))
    committed = ModelCommitment.from_bytes(read_file(commit, "model commitment"))
    with output.progress("verify") as stages:
        verifier = backend_named(committed.backend, stages.stage)
        test_set = _test_set(data, data_commit, committed, verifier.hash_examples)
        if context is not None and parse_context(context) != bundle.statement.context:
            raise RejectedProof("context", f"the proof is bound to {to_hex(bundle.statement.context)}")
        onnx = read_bytes(model, "model") if model is not None else None
        if onnx is not None and committed.details.get("binding") != "fixed":
            output.say(f"{model} was not looked at: this model is committed without showing its weights", "yellow")
        verdict = verifier.verify_accuracy(bundle, committed, test_set, onnx)
    _report(output, bundle, verdict, proof)


def _test_set(
    data: Path | None, data_commit: Path | None, committed: ModelCommitment, hasher: Hasher
) -> TestSetCommitment:
    if data_commit is not None:
        return TestSetCommitment.from_bytes(read_file(data_commit, "test-set commitment"))
    if data is None:
        raise InvalidInput("give the test set, either as --data-commit or as public --data")
    x, y = load_labelled(data)
    return commit_test_set(x, y, committed.format, hasher, public=True).commitment


def _report(output: Output, bundle: AccuracyBundle, verdict: Verdict, proof: Path) -> None:
    low, high = verdict.interval
    output.say(
        f"ACCEPTED: at least {verdict.at_least} of {verdict.total} correct; {verdict.correct} proven "
        f"({verdict.correct / verdict.total:.1%}, 95% interval {low:.1%} to {high:.1%})",
        "green",
    )
    origin = origin_of(bundle.circuit)
    warn(output, origin)
    output.say("`assay explain` says in plain words what this binds, what it hides and who could still lie")
    output.document(
        {
            "verdict": "accepted",
            "statement": bundle.statement.to_json(),
            "correct": verdict.correct,
            "total": verdict.total,
            "at_least": verdict.at_least,
            "interval": [low, high],
            "verify_s": verdict.verify_s,
            "proof_bytes": proof.stat().st_size,
            "zero_knowledge": bundle.statement.zero_knowledge,
            "soundness_bits": Halo2Backend.soundness_bits,
            "backend": bundle.statement.backend,
            "leaks": leaks(bundle.circuit["binding"]),
            "srs": origin,
        }
    )
