"""What an accuracy job will take, before any of it is done: rows, memory, time, bytes, gas.

Rows and sizes come from laying out the circuit; times and memory scale with 2^k from one measured row of docs
(2 cores: k = 15 takes 8.3 s to set up, 8.2 s and 0.78 GB to prove), so they are within a factor of about two elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.commitment.input_format import InputFormat
from proofs.halo2.architecture import split_model
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.tag import TAG_LIMBS

REFERENCE_LOGROWS = 15
SETUP_S, PROVE_S, MEMORY_MB, KEY_MB = 8.3, 8.2, 780.0, 340.0
SRS_BYTES_PER_ROW = 128
# verifyProof on the digits circuit took 702,557 gas with 26 instances; each instance costs about 900.
BASE_GAS, GAS_PER_INSTANCE = 680_000, 900
PROOF_BYTES = 4128


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one batch and the whole job take. Units are in the names; times are wall seconds on two cores."""

    logrows: int
    parameters: int
    batches: int
    srs_bytes: int
    proving_key_mb: float
    peak_memory_mb: float
    setup_s: float
    prove_s: float
    proof_bytes: int
    gas_used: int

    def rows(self) -> list[list[str]]:
        """Quantity and value, for a table."""
        return [
            ["rows", f"2^{self.logrows}"],
            ["parameters", f"{self.parameters:,}"],
            ["proofs", f"{self.batches}"],
            ["reference string", f"{self.srs_bytes / 2**20:.1f} MB"],
            ["proving key", f"{self.proving_key_mb:.0f} MB on disk"],
            ["peak memory", f"{self.peak_memory_mb:.0f} MB"],
            ["set-up", f"{self.setup_s:.0f} s"],
            ["proving, all batches", f"{self.prove_s:.0f} s"],
            ["proof bytes, all batches", f"{self.proof_bytes:,}"],
            ["verification gas, all batches", f"{self.gas_used:,}"],
        ]


def estimate(onnx: bytes, shape: InputFormat, binding: str, total: int) -> Estimate:
    """Lay out the circuit and scale the measured costs to ``total`` examples."""
    architecture, _ = split_model(onnx)
    batches = -(-total // shape.batch)
    options = CommitOptions(binding=binding, proofs=max(batches, 1))
    parameters = choose_parameters(architecture, shape, options)
    factor = 2.0 ** (parameters.logrows - REFERENCE_LOGROWS)
    instances = shape.batch + 2 + TAG_LIMBS
    return Estimate(
        logrows=parameters.logrows,
        parameters=architecture.parameters,
        batches=batches,
        srs_bytes=SRS_BYTES_PER_ROW << parameters.logrows,
        proving_key_mb=KEY_MB * factor,
        peak_memory_mb=MEMORY_MB * factor,
        setup_s=SETUP_S * factor,
        prove_s=PROVE_S * factor * batches,
        proof_bytes=PROOF_BYTES * batches,
        gas_used=(BASE_GAS + GAS_PER_INSTANCE * instances) * batches,
    )
