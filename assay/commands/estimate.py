"""``assay estimate``: memory, time, proof size and gas, before any work."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import psutil
import typer

from assay.output import JsonOption, Output, read_bytes
from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput
from proofs.halo2.estimate import estimate as estimate_halo2
from proofs.onnx_check import require_supported


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("estimate")(estimate)


def estimate(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx")],
    batch: Annotated[int, typer.Option(help="Examples per proof, a power of two.")] = 8,
    total: Annotated[int | None, typer.Option(help="Examples in all (default: one batch).")] = None,
    scale_bits: Annotated[int, typer.Option(help="Fixed-point bits after the binary point.")] = 10,
    binding: Annotated[str, typer.Option(help="polycommit, hashed or fixed.")] = "polycommit",
    backend: Annotated[str, typer.Option(help="Prover.")] = "halo2",
    json: JsonOption = None,
) -> None:
    """Estimate what proving a batch takes; times and memory hold within a factor of about two."""
    if backend != "halo2":
        raise InvalidInput(f"backend '{backend}' is not available; choose halo2")
    output = Output(json)
    raw = read_bytes(model, "model")
    report = require_supported(raw, backend, scale_bits=scale_bits)
    shape = InputFormat(tuple(report.input_shape), scale_bits, report.classes, batch)
    with output.progress("estimate"):
        found = estimate_halo2(raw, shape, binding, total or batch)
    output.table(f"estimate for {model.name}, batch {batch}, {binding}", ["quantity", "value"], found.rows())
    available = psutil.virtual_memory().available / 2**20
    fits = found.peak_memory_mb < available
    if not fits:
        output.say(
            f"this will not fit: about {found.peak_memory_mb:.0f} MB are needed, {available:.0f} MB are free. "
            "Use a smaller batch or model",
            "red",
        )
    output.document({**asdict(found), "fits": fits, "available_memory_mb": available, "backend": backend})
