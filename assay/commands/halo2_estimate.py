"""``assay estimate`` for the halo2 backend: from an ONNX file, or for a model that is committed already."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from assay.output import Output, Stages, read_bytes
from escrow.artifacts import load
from proofs.budget import Budget
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.free_memory import MIB, available_bytes
from proofs.halo2.bundle_size import ACCURACY
from proofs.halo2.commit import CommitOptions
from proofs.halo2.estimate import Estimate, estimate, estimate_circuit
from proofs.halo2.verifier import check_commitment
from proofs.machine_speed import machine_speed
from proofs.onnx_check import require_supported

DEFAULT_PROOFS, DEFAULT_SCALE_BITS, DEFAULT_BINDING, DEFAULT_BATCH = 16, 10, "polycommit", 8


@dataclass(frozen=True, slots=True)
class Halo2Sizes:
    """The files and numbers of an ``estimate`` command, None where not given.

    Args:
        batch: examples a proof. total: in all. proofs: the commitment's budget.
    """

    model: Path | None
    commit: Path | None
    batch: int | None
    total: int | None
    scale_bits: int | None
    binding: str | None
    proofs: int | None
    task: str


def estimate_halo2(output: Output, wanted: Halo2Sizes) -> None:
    """Say what the job takes, and whether it fits: machine, budget and chain."""
    with output.progress("estimate") as stages:
        found = _from_file(stages, wanted) if wanted.commit is None else _committed(output, wanted)
    named = wanted.model if wanted.commit is None else wanted.commit
    output.table(f"estimate for {named}, {wanted.task}, halo2", ["quantity", "value"], found.table())
    available = available_bytes() / MIB
    problems, chain = found.problems(available), found.chain_problems()
    for problem in problems:
        output.say(f"this will not fit: {problem}", "red")
    for problem in chain:
        output.say(f"no chain will settle this: {problem}", "yellow")
    output.say("seconds are those of this machine with nothing else to do, within a factor of two; bytes within 2%")
    contract = load("Halo2Adapter" if wanted.task == ACCURACY else "Halo2OutputsAdapter")
    output.document(
        {
            **asdict(found),
            "adapter_bytes": len(contract.deployed_bytecode),
            "fits": not problems,
            "settles_on_chain": not chain,
            "problems": [*problems, *chain],
            "available_memory_mb": available,
            "task": wanted.task,
            "backend": "halo2",
        }
    )


def _from_file(stages: Stages, wanted: Halo2Sizes) -> Estimate:
    """Of the commitment that ``commit model`` would make."""
    if wanted.model is None:
        raise typer.BadParameter("needed", param_hint="'MODEL.onnx'")
    raw = read_bytes(wanted.model, "model")
    scale_bits = DEFAULT_SCALE_BITS if wanted.scale_bits is None else wanted.scale_bits
    batch = DEFAULT_BATCH if wanted.batch is None else wanted.batch
    report = require_supported(raw, "halo2", scale_bits=scale_bits)
    shape = InputFormat(tuple(report.input_shape), scale_bits, report.classes, batch)
    budget = DEFAULT_PROOFS if wanted.proofs is None else wanted.proofs
    options = CommitOptions(binding=wanted.binding or DEFAULT_BINDING, proofs=budget)
    total = batch if wanted.total is None else wanted.total
    return estimate(raw, report.macs, shape, options, wanted.task, total, machine_speed(), stages.stage)


def _committed(output: Output, wanted: Halo2Sizes) -> Estimate:
    """Of a commitment, and what is left of its budget. Raises InvalidInput for options that would choose another."""
    if wanted.commit is None or (wanted.batch, wanted.scale_bits, wanted.binding, wanted.proofs) != (None,) * 4:
        raise InvalidInput(
            "--batch, --scale-bits, --binding and --proofs are for an ONNX file; a commitment has them: leave them out "
            "and give the number of examples by --total"
        )
    if wanted.model is not None:
        output.say(f"{wanted.model} is not looked at: the commitment says all that counts", "yellow")
    commitment = ModelCommitment.from_bytes(read_file(wanted.commit, "model commitment"))
    circuit = check_commitment(commitment)
    total = circuit.batch if wanted.total is None else wanted.total
    left = Budget(commitment.weights_commitment, circuit.budget).left
    return estimate_circuit(circuit, wanted.task, total, machine_speed(), left)
