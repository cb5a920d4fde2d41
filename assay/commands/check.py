"""``assay check``: what in a model cannot be proven, and the way round."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.output import JsonOption, Output, read_bytes
from proofs.backend import OPEN_BACKENDS, SUMCHECK
from proofs.errors import UnsupportedModel
from proofs.onnx_check import CheckReport, check_model
from proofs.safetynets_check import check_open_model


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("check")(check)


def check(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx")],
    backend: Annotated[str, typer.Option(help="Prover to check for: halo2, sumcheck or safetynets.")] = "halo2",
    json: JsonOption = None,
) -> None:
    """Name every node of MODEL.onnx that cannot be proven, and the way round. Exit 0: provable, 5: not."""
    output = Output(json)
    raw = read_bytes(model, "model")
    report = _checked(raw, backend)
    fields = {**report.as_dict(), "backend": backend, "verdict": "supported" if report.supported else "unsupported"}
    for finding in report.problems:
        output.say(f"unsupported: {finding}", "red")
    for finding in report.warnings:
        output.say(f"warning: {finding}", "yellow")
    if not report.supported:
        output.say(f"{len(report.problems)} problem(s): this model cannot be proven with {backend} as it is")
    else:
        output.say(
            f"provable with {backend}: input {report.input_shape}, {report.classes} classes, "
            f"{report.parameters} parameters, {report.macs} multiply-adds an example, opset {report.opset}"
        )
        if backend == SUMCHECK:
            output.say("in zero-knowledge, or committed with --no-zk in integrity proofs, which hide nothing")
    output.document(fields)
    if not report.supported:
        raise typer.Exit(UnsupportedModel.exit_code)


def _checked(raw: bytes, backend: str) -> CheckReport:
    if backend in OPEN_BACKENDS:
        return check_open_model(raw)
    if backend == SUMCHECK:
        from proofs.networks.onnx_import import check_integer

        return check_integer(raw)
    return check_model(raw, backend)
