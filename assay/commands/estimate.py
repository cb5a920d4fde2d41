"""``assay estimate``: memory, time, proof size and gas, before any work."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import psutil
import typer

from assay.commands.sumcheck.commit import refuse_halo2_options
from assay.commands.sumcheck.estimate import Sizes, estimate_sumcheck
from assay.commands.sumcheck.options import (
    ChunkOption,
    CommitOpenlyOption,
    ShardOption,
    for_sumcheck,
    refuse_sumcheck_options,
)
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from proofs.backend import SUMCHECK
from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput
from proofs.halo2.estimate import estimate as estimate_halo2
from proofs.onnx_check import require_supported


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("estimate")(estimate)


def estimate(
    model: Annotated[
        Path | None, typer.Argument(metavar="MODEL.onnx", help="May be left out where --commit is given.")
    ] = None,
    batch: Annotated[int, typer.Option(help="halo2: examples per proof, a power of two; sumcheck: examples.")] = 8,
    total: Annotated[int | None, typer.Option(help="Examples in all (default: one batch).")] = None,
    scale_bits: Annotated[int | None, typer.Option(help="halo2: bits after the binary point (default 10).")] = None,
    binding: Annotated[str | None, typer.Option(help="halo2: polycommit (the default), hashed or fixed.")] = None,
    backend: Annotated[str, typer.Option(help="Prover: halo2 or sumcheck.")] = "halo2",
    commit: Annotated[
        Path | None, typer.Option(metavar="model.commit", help="sumcheck: a committed network, instead of a model.")
    ] = None,
    calibrate: Annotated[
        Path | None, typer.Option(metavar="SAMPLES.npz", help="sumcheck: inputs to take ranges from.")
    ] = None,
    bits: Annotated[int | None, typer.Option(help="sumcheck: bits of activations (default 8).")] = None,
    log_columns: Annotated[
        int | None, typer.Option(min=8, max=18, help="sumcheck: committed rows have 2^this entries (default 15).")
    ] = None,
    shard: ShardOption = None,
    chunk: ChunkOption = None,
    proofs: Annotated[
        int | None, typer.Option(help="sumcheck: proofs the commitment is to make room for (default 80).")
    ] = None,
    no_zk: CommitOpenlyOption = False,
    json: JsonOption = None,
) -> None:
    """Estimate what proving a batch takes; times and memory hold within a factor of about two.

    With --backend sumcheck, or --commit of a model committed for it: a score on --batch examples, in as many proofs as
    memory asks for; bytes and bits as they will be, seconds within a factor of about three. The mode is zero-knowledge,
    or the commitment's own; with --no-zk integrity proofs.
    """
    output = Output(json)
    if for_sumcheck(commit, backend) or (commit is None and backend == SUMCHECK):
        refuse_halo2_options(binding is None and scale_bits is None)
        require_places([model, commit, calibrate], [], json)
        examples = batch if total is None else total
        estimate_sumcheck(
            output, Sizes(model, commit, calibrate, bits, log_columns, examples, shard, chunk, proofs, no_zk)
        )
        return
    if backend != "halo2":
        raise InvalidInput(f"backend '{backend}' is not available; choose halo2 or sumcheck")
    refuse_sumcheck_options(
        commit=commit,
        calibrate=calibrate,
        bits=bits,
        log_columns=log_columns,
        shard=shard,
        chunk=chunk,
        proofs=proofs,
        no_zk=no_zk,
    )
    if model is None:
        raise typer.BadParameter("needed", param_hint="'MODEL.onnx'")
    scale, chosen = 10 if scale_bits is None else scale_bits, binding or "polycommit"
    _estimate_halo2(output, model, batch, total or batch, scale, chosen)


def _estimate_halo2(output: Output, model: Path, batch: int, total: int, scale_bits: int, binding: str) -> None:
    raw = read_bytes(model, "model")
    report = require_supported(raw, "halo2", scale_bits=scale_bits)
    shape = InputFormat(tuple(report.input_shape), scale_bits, report.classes, batch)
    with output.progress("estimate"):
        found = estimate_halo2(raw, shape, binding, total)
    output.table(f"estimate for {model.name}, batch {batch}, {binding}", ["quantity", "value"], found.rows())
    available = psutil.virtual_memory().available / 2**20
    fits = found.peak_memory_mb < available
    if not fits:
        output.say(
            f"this will not fit: about {found.peak_memory_mb:.0f} MB are needed, {available:.0f} MB are free. "
            "Use a smaller batch or model",
            "red",
        )
    output.document({**asdict(found), "fits": fits, "available_memory_mb": available, "backend": "halo2"})
