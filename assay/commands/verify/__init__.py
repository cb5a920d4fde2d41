"""``assay verify``: check a bundle against commitments this side trusts. Needs no chain and no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from assay.commands.verify.open_inference import verify_open
from assay.commands.verify.report import report
from assay.commands.verify.verdicts import verdict_on
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from assay.scales import AlphaOption, BetasOption, RangeOption, parse_scales, refuse_scales
from assay.words import parse_context
from proofs.backend import backend as backend_named
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from proofs.errors import InvalidInput, RejectedProof
from proofs.read_bundle import AnyBundle, read_bundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sumcheck_backend.bundle import SumcheckBundle


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("verify")(verify)


def verify(
    proof: Annotated[Path, typer.Argument(metavar="proof.assay")],
    commit: Annotated[
        Path | None, typer.Option(metavar="model.commit", help="The model's commitment, from a place you trust.")
    ] = None,
    data_commit: Annotated[
        Path | None, typer.Option(help="The committed test set, corpus or inputs, from a place you trust.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DATA.npz", help="Public data, committed by its content.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="M.onnx", help="The model, where its weights are public.")
    ] = None,
    context: Annotated[str | None, typer.Option(help="Require the proof to be bound to these 32 bytes of hex.")] = None,
    alpha: AlphaOption = None,
    betas: BetasOption = None,
    input_range: RangeOption = None,
    json: JsonOption = None,
) -> None:
    """Verify proof.assay, of whichever kind. Exit 0: accepted, 2: rejected (the check is named), 3: malformed.

    A proof about a committed model needs --commit; one of the safetynets backend needs --model and --data instead.
    """
    trusted = Trusted(commit, data_commit, data, model, context, alpha, betas, input_range)
    require_trusted(trusted)
    require_places([proof, commit, data_commit, data, model], [], json)
    verify_against(Output(json), proof, trusted)


@dataclass(frozen=True, slots=True)
class Trusted:
    """What a proof is checked against, as the options of the same names give it."""

    commit: Path | None = None
    data_commit: Path | None = None
    data: Path | None = None
    model: Path | None = None
    context: str | None = None
    alpha: str | None = None
    betas: str | None = None
    input_range: str | None = None


def require_trusted(trusted: Trusted) -> None:
    """Raises InvalidInput, or wrong usage, where something to check against is not named."""
    if trusted.commit is None and trusted.model is None:
        raise typer.BadParameter("needed, or --model for a proof of the safetynets backend", param_hint="'--commit'")
    if (trusted.data_commit is None) == (trusted.data is None):
        raise InvalidInput("give the data, either as --data-commit or as public --data")


def verify_against(output: Output, proof: Path, trusted: Trusted) -> None:
    """Verify, tell a person what was accepted, and write the JSON document. Raises RejectedProof or MalformedProof."""
    commit, data_commit, data, model = trusted.commit, trusted.data_commit, trusted.data, trusted.model
    context, alpha, betas, input_range = trusted.context, trusted.alpha, trusted.betas, trusted.input_range
    bundle = read_bundle(read_file(proof, "proof bundle"))
    if isinstance(bundle, SafetyNetsBundle):
        if commit is not None or data_commit is not None:
            raise InvalidInput(
                "this proof is about a model and inputs in the open: leave out --commit and --data-commit, and give "
                "--model M.onnx and --data DATA.npz, from a place you trust"
            )
        _require_context(bundle, context)
        verify_open(output, proof, bundle, model, data, parse_scales(alpha, betas, input_range))
        return
    refuse_scales(alpha, betas, input_range)
    _require_context(bundle, context)
    if isinstance(bundle, SumcheckBundle):
        from assay.commands.sumcheck.verify import verify_sumcheck

        verify_sumcheck(output, proof, bundle, _named(commit), data, data_commit)
        return
    committed = _commitment(_named(commit))
    onnx = read_bytes(model, "model") if model is not None else None
    if onnx is not None and committed.details.get("binding") != "fixed":
        output.say(f"{model} was not looked at: this model is committed without showing its weights", "yellow")
    with output.progress("verify") as stages:
        verifier = backend_named(committed.backend, stages.stage)
        verdict = verdict_on(verifier, bundle, committed, data, data_commit, onnx)
    report(output, proof, bundle, verdict, committed.format.scale_bits)


def _named(path: Path | None) -> Path:
    if path is None:
        raise typer.BadParameter("needed: this proof is about a committed model", param_hint="'--commit'")
    return path


def _commitment(path: Path) -> ModelCommitment:
    from proofs.sumcheck_backend.model_commitment import is_network_commitment

    raw = read_file(path, "model commitment")
    if is_network_commitment(raw):
        raise RejectedProof("backend", "the model is committed for backend 'sumcheck', the proof is not its")
    return ModelCommitment.from_bytes(raw)


def _require_context(bundle: AnyBundle, context: str | None) -> None:
    if context is not None and parse_context(context) != bundle.statement.context:
        raise RejectedProof("context", f"the proof is bound to {to_hex(bundle.statement.context)}")
