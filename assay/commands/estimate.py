"""``assay estimate``: memory, time, proof size, contract and gas, before any work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.commands.sumcheck.commit import refuse_halo2_options
from assay.commands.sumcheck.options import (
    ChunkOption,
    CommitOpenlyOption,
    ShardOption,
    for_sumcheck,
    refuse_sumcheck_options,
)
from assay.output import JsonOption, Output
from assay.places import require_places
from proofs.backend import SUMCHECK
from proofs.errors import InvalidInput
from proofs.free_memory import available_bytes

DEFAULT_EXAMPLES = 8


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("estimate")(estimate)


def estimate(
    model: Annotated[
        Path | None, typer.Argument(metavar="MODEL.onnx", help="May be left out where --commit is given.")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(help="halo2: examples per proof, a power of two; sumcheck: examples (default 8)."),
    ] = None,
    total: Annotated[int | None, typer.Option(help="Examples in all (default: one batch).")] = None,
    scale_bits: Annotated[int | None, typer.Option(help="halo2: bits after the binary point (default 10).")] = None,
    binding: Annotated[str | None, typer.Option(help="halo2: polycommit (the default), hashed or fixed.")] = None,
    task: Annotated[str, typer.Option(help="What is proven: accuracy, inference or retrieval.")] = "accuracy",
    backend: Annotated[str, typer.Option(help="Prover: halo2 or sumcheck.")] = "halo2",
    commit: Annotated[
        Path | None, typer.Option(metavar="model.commit", help="A committed model, instead of a file; its budget, too.")
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
        int | None,
        typer.Option(help="Proofs the commitment is to make room for (default: polycommit 16, sumcheck 80)."),
    ] = None,
    no_zk: CommitOpenlyOption = False,
    json: JsonOption = None,
) -> None:
    """Estimate what a job takes, and whether it fits; bytes nearly exact, times and memory within a factor of two.

    Nothing is committed or proven: the circuit is laid out, or the network made integers, and the rest follows. Set
    against it are the memory that is free, the commitment's budget of proofs and, with halo2, what a chain takes.
    With --backend sumcheck --batch examples are proven, in as many proofs as memory asks for; where the file does not
    say the ranges of its values and no --calibrate does, random inputs do, since sizes hardly depend on them.
    """
    output = Output(json)
    available_bytes()  # a limit that is no number is refused before anything is said
    require_places([model, commit, calibrate], [], json)
    if for_sumcheck(commit, backend) or (commit is None and backend == SUMCHECK):
        from assay.commands.sumcheck.estimate import Sizes, estimate_sumcheck

        refuse_halo2_options(binding is None and scale_bits is None, "--binding and --scale-bits")
        examples = (DEFAULT_EXAMPLES if batch is None else batch) if total is None else total
        wanted = Sizes(model, commit, calibrate, bits, log_columns, examples, shard, chunk, proofs, no_zk, task)
        estimate_sumcheck(output, wanted)
        return
    if backend != "halo2":
        raise InvalidInput(f"backend '{backend}' is not available; choose halo2 or sumcheck")
    from assay.commands.halo2_estimate import Halo2Sizes, estimate_halo2

    refuse_sumcheck_options(
        calibrate=calibrate, bits=bits, log_columns=log_columns, shard=shard, chunk=chunk, no_zk=no_zk
    )
    estimate_halo2(output, Halo2Sizes(model, commit, batch, total, scale_bits, binding, proofs, task))
