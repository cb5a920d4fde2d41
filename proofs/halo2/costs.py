"""Memory and time of set-up, proving and verifying with ezkl, from a circuit's rows.

The columns are the same for every model, so each cost is a part that is always there and a part for each row: the
compiler, polynomials in coefficients and on the extended domain, multi-scalar multiplications. Transforms cost
n log n and multiplications n / log n; from 2^12 to 2^18 rows their sum is linear within the error. Constants are fitted
to processor seconds and peaks of docs/estimate.md's table.
"""

from __future__ import annotations

from proofs import free_memory
from proofs.halo2.description import Circuit
from proofs.machine_speed import Speed, wall_s

MIB = free_memory.MIB
SETUP_MEMORY, SETUP_ROW_BYTES, SETUP_POINT_BYTES = 40 * MIB, 14_850, 400
PROVE_MEMORY, PROVE_ROW_BYTES, PROVE_POINT_BYTES = 36 * MIB, 21_600, 1_200
SETUP_START_S, SETUP_ROW_S = 2.1, 3.5e-4
"""Starting processes, laying the circuit out twice, committing to weights; keys."""
PROVE_START_S, BATCH_START_S, BATCH_ROW_S = 1.2, 0.5, 4.6e-4
"""Compiling and running the integer model; of each batch, its witness, a mock run, the proof, and its check."""
SERIAL = 0.14
"""Share of the work a row takes that one core does alone."""
VERIFY_START_S, VERIFY_BATCH_S, VERIFY_ROW_S = 0.08, 0.02, 2e-6
"""A process; of each proof; reading keys and reference string."""


def setup_memory_bytes(logrows: int, points: int) -> int:
    """Peak of deriving the keys."""
    return SETUP_MEMORY + ((SETUP_ROW_BYTES + SETUP_POINT_BYTES * points) << logrows)


def proving_memory_bytes(logrows: int, points: int) -> int:
    """Peak of proving one batch."""
    return PROVE_MEMORY + ((PROVE_ROW_BYTES + PROVE_POINT_BYTES * points) << logrows)


def setup_cpu_s(logrows: int) -> float:
    """Processor seconds of ``commit model``, with the reference string in place."""
    return SETUP_START_S + SETUP_ROW_S * (1 << logrows)


def prove_cpu_s(logrows: int, batches: int, own_keys: bool = False) -> float:
    """Processor seconds of proving all batches.

    Args:
        own_keys: the task has a circuit of its own, whose keys are derived when it is first proven.
    """
    keys = setup_cpu_s(logrows) if own_keys else 0.0
    return keys + PROVE_START_S + batches * (BATCH_START_S + BATCH_ROW_S * (1 << logrows))


def setup_s(logrows: int, speed: Speed) -> float:
    """Wall seconds of ``commit model``, on a machine with nothing else to do."""
    return SETUP_START_S / speed.multiply + _shared(SETUP_ROW_S * (1 << logrows), speed)


def prove_s(logrows: int, batches: int, speed: Speed, own_keys: bool = False) -> float:
    """Wall seconds of proving all batches; see ``prove_cpu_s``."""
    keys = setup_s(logrows, speed) if own_keys else 0.0
    start = keys + (PROVE_START_S + batches * BATCH_START_S) / speed.multiply
    return start + _shared(batches * BATCH_ROW_S * (1 << logrows), speed)


def verify_s(logrows: int, batches: int, speed: Speed) -> float:
    """Wall seconds of verifying all batches off chain, keys in place."""
    each = VERIFY_BATCH_S + VERIFY_ROW_S * (1 << logrows)
    return (VERIFY_START_S + batches * each) / speed.multiply


def require_setup(circuit: Circuit) -> None:
    """Refuse to derive keys where there is too little memory. Raises ResourceExceeded."""
    way = f"a smaller --batch ({circuit.batch} now) or model, {_lighter(circuit)}or the sumcheck backend"
    rows = f"the set-up of 2^{circuit.parameters.logrows} rows"
    free_memory.require_memory(setup_memory_bytes(circuit.parameters.logrows, circuit.points), rows, way)


def require_proving(circuit: Circuit) -> None:
    """Refuse to prove where there is too little memory. Raises ResourceExceeded."""
    way = (
        f"commit model and data again with a smaller --batch ({circuit.batch} now), {_lighter(circuit)}or with the "
        "sumcheck backend"
    )
    rows = f"proving a batch in 2^{circuit.parameters.logrows} rows"
    free_memory.require_memory(proving_memory_bytes(circuit.parameters.logrows, circuit.points), rows, way)


def _lighter(circuit: Circuit) -> str:
    """Another binding, where that takes fewer rows."""
    return "--binding polycommit, " if circuit.binding == "hashed" else ""


def _shared(cpu_s: float, speed: Speed) -> float:
    return wall_s(cpu_s, SERIAL, speed.multiply, speed.cores)
