"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; seconds are wall time, memory is the peak of any proving process."""

    name: str
    batch: int
    parameters: int
    macs: int
    logrows: int
    setup_s: float
    prove_s: float
    verify_s: float
    peak_memory_mb: float
    proof_bytes: int
    verify_gas: int
    bytecode: int
