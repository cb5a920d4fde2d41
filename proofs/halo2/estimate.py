"""What a halo2 job will take, before any of it is done: rows, keys, memory, time, bytes, contract, gas.

Rows come from laying the circuit out (``layout``), bytes and gas follow exactly or nearly so (``sizes``), memory and
time by a model fitted to measurements (``costs``); docs/estimate.md compares all of them with what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.bundle import MAX_BATCHES
from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput
from proofs.halo2 import costs, sizes
from proofs.halo2.architecture import split_model
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.bundle_size import ACCURACY, TASKS, bundle_bytes, output_words
from proofs.halo2.commit import NO_SRS, CommitOptions
from proofs.halo2.description import CircuitDescription, RunParameters, installed_ezkl
from proofs.halo2.layout import lay_out
from proofs.halo2.runner import Progress
from proofs.halo2.settings import MAX_LOGROWS
from proofs.machine_speed import Speed
from proofs.wording import counted

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one batch and the whole job take. Units are in the names; seconds are wall seconds where nothing else runs.

    Args:
        rows: in use of 2^logrows, None for a circuit that is committed already. rows_counted: and not laid out.
        points: commitment points at the head of a proof. batches: proofs.
        setup_memory_mb: peak of deriving keys. peak_memory_mb: of proving.
        setup_s: of ``commit model``, reference string in place. setup_cpu_s, prove_cpu_s: processor seconds.
        proof_bytes: of the bundle. gas_used: of verifying all batches.
        transaction_gas: of the largest transaction. contract_bytes: code of the generated verifier.
        proof_budget: proofs the commitment may make, None where nobody counts. proof_budget_left: and still may.
    """

    rows: int | None
    rows_counted: bool
    logrows: int
    parameters: int
    points: int
    batches: int
    srs_bytes: int
    proving_key_mb: float
    verifying_key_bytes: int
    setup_memory_mb: float
    peak_memory_mb: float
    setup_s: float
    setup_cpu_s: float
    prove_s: float
    prove_cpu_s: float
    verify_s: float
    proof_bytes: int
    gas_used: int
    transaction_gas: int
    contract_bytes: int
    soundness_bits: float
    proof_budget: int | None
    proof_budget_left: int | None

    def table(self) -> list[list[str]]:
        """Quantity and value, for a person."""
        used = "" if self.rows is None else f", {self.rows:,} in use{' (counted)' if self.rows_counted else ''}"
        return [
            ["rows", f"2^{self.logrows}{used}"],
            ["parameters", f"{self.parameters:,}, {counted(self.points, 'commitment point')}"],
            ["proofs", self._proofs()],
            ["reference string", f"{self.srs_bytes / MIB:.1f} MB"],
            ["keys on disk", f"proving {self.proving_key_mb:.0f} MB, verifying {self.verifying_key_bytes:,} bytes"],
            ["peak memory", f"set-up {self.setup_memory_mb:.0f} MB, proving {self.peak_memory_mb:.0f} MB"],
            ["set-up, once", _time(self.setup_s)],
            ["proving, all batches", _time(self.prove_s)],
            ["verifying, all batches", _time(self.verify_s)],
            ["bundle", f"{self.proof_bytes:,} bytes"],
            ["verification gas", f"{self.gas_used:,} in all, largest transaction {self.transaction_gas:,}"],
            ["verifier contract", f"{self.contract_bytes:,} bytes"],
            ["bits of soundness", f"{self.soundness_bits:g}"],
        ]

    def problems(self, available_mb: float) -> list[str]:
        """Why the job cannot be done on this machine, with the way round; empty where it can."""
        found = []
        if self.logrows > MAX_LOGROWS:
            found.append(
                f"2^{self.logrows} rows are needed and this backend proves 2^{MAX_LOGROWS}: a smaller --batch or "
                "model, or the sumcheck backend"
            )
        needed = max(self.setup_memory_mb, self.peak_memory_mb)
        if needed > available_mb:
            found.append(
                f"about {needed:.0f} MB are needed, {available_mb:.0f} MB are free for it: a smaller --batch or model, "
                "or the sumcheck backend"
            )
        if self.batches > MAX_BATCHES:
            found.append(f"{self.batches} proofs do not fit into one bundle, {MAX_BATCHES} do: a larger --batch")
        if self.proof_budget_left is not None and self.batches > self.proof_budget_left:
            found.append(
                f"{counted(self.batches, 'proof')} are needed and the commitment may make {self.proof_budget_left}: "
                "commit with a larger --proofs or a larger --batch"
            )
        return found

    def chain_problems(self) -> list[str]:
        """Why no chain settles it, with the way round; empty where one does."""
        found = []
        if self.contract_bytes > sizes.MAX_CONTRACT_BYTES:
            found.append(
                f"the verifier has {self.contract_bytes} bytes and a chain stores {sizes.MAX_CONTRACT_BYTES}: fewer "
                "weights a row, by a larger --batch, or --binding hashed"
            )
        if self.transaction_gas > sizes.MAX_TRANSACTION_GAS:
            found.append(
                f"one transaction takes {self.transaction_gas} gas and may take {sizes.MAX_TRANSACTION_GAS}: a smaller "
                "--batch"
            )
        return found

    def _proofs(self) -> str:
        if self.proof_budget is None:
            return f"{self.batches:,}"
        left = "" if self.proof_budget_left == self.proof_budget else f", {self.proof_budget_left:,} left"
        return f"{self.batches:,}; the commitment may make {self.proof_budget:,}{left}"


def estimate(
    onnx: bytes, macs: int, shape: InputFormat, options: CommitOptions, task: str, total: int, speed: Speed,
    progress: Progress | None = None,
) -> Estimate:  # fmt: skip
    """What committing ``onnx`` and proving ``total`` examples takes.

    Args:
        macs: multiply-adds of one example. task: of ``TASKS``.

    Raises:
        UnsupportedModel, InvalidInput: as ``commit_model``.
    """
    architecture, _ = split_model(onnx)
    layout = lay_out(onnx, architecture, macs, shape, options, progress)
    budget = options.proofs if options.binding == "polycommit" else 0
    parameters = RunParameters(layout.base, layout.legs, layout.logrows, (0, 0))
    circuit = CircuitDescription(architecture, shape, options.binding, budget, parameters, NO_SRS, installed_ezkl())
    return estimate_circuit(circuit, task, total, speed, budget, (layout.rows, layout.counted))


def estimate_circuit(
    circuit: CircuitDescription, task: str, total: int, speed: Speed, left: int,
    rows: tuple[int | None, bool] = (None, False),
) -> Estimate:  # fmt: skip
    """What proving ``total`` examples with a circuit takes.

    Args:
        left: proofs its commitment may still make. rows: in use, and whether they were counted.

    Raises:
        InvalidInput: no such task, or no examples.
    """
    if task not in TASKS:
        raise InvalidInput(f"--task {task}: choose {', '.join(TASKS)}")
    if total < 1:
        raise InvalidInput(f"{total} examples: give 1 or more")
    logrows, points, batches = circuit.parameters.logrows, circuit.points, -(-total // circuit.batch)
    gas = sizes.verify_gas(circuit.binding, points, circuit.batch, output_words(circuit, task))
    budgeted = circuit.binding == "polycommit"
    return Estimate(
        rows=rows[0],
        rows_counted=rows[1],
        logrows=logrows,
        parameters=circuit.architecture.parameters,
        points=points,
        batches=batches,
        srs_bytes=sizes.srs_bytes(logrows),
        proving_key_mb=sizes.proving_key_bytes(logrows, points) / MIB,
        verifying_key_bytes=sizes.verifying_key_bytes(logrows, points),
        setup_memory_mb=costs.setup_memory_bytes(logrows, points) / MIB,
        peak_memory_mb=costs.proving_memory_bytes(logrows, points) / MIB,
        setup_s=costs.setup_s(logrows, speed),
        setup_cpu_s=costs.setup_cpu_s(logrows),
        prove_s=costs.prove_s(logrows, batches, speed, task != ACCURACY),
        prove_cpu_s=costs.prove_cpu_s(logrows, batches, task != ACCURACY),
        verify_s=costs.verify_s(logrows, batches, speed),
        proof_bytes=bundle_bytes(circuit, task, total),
        gas_used=gas * batches,
        transaction_gas=sizes.settling_gas(gas, circuit.batch),
        contract_bytes=sizes.contract_bytes(circuit.binding, points),
        soundness_bits=Halo2Backend.soundness_bits,
        proof_budget=circuit.budget if budgeted else None,
        proof_budget_left=left if budgeted else None,
    )


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
