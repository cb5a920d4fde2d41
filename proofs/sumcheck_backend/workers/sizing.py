"""How many workers, how many threads each, and when one must hang: all from the machine and a proof's own sizes."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.sumcheck.committed.estimate import Estimate
from proofs.sumcheck_backend.matrices import proof_field

THREADS = 2
"""Threads of a worker where nobody says how many workers there are to be: on two cores one process of two threads was
as fast as two of one thread, or faster, in half the memory (docs/scale-out.md)."""
WORTH_STARTING = 1 << 26
"""Positions and entries of all proofs, worth about ten seconds: for less nobody is started who was not asked for."""
MAX_WORKERS = 1 << 10
LIMIT_VARIABLE = "ASSAY_PROVER_TIMEOUT_S"
LEAST_LIMIT_S = 900.0
"""Compiling the kernels for the first time, on a busy machine, several times over."""
FAST_S, PLAIN_S = 1e-5, 4e-4
"""Seconds a position of the look-ups and an entry of the vector, at most: forty times what one thread was seen to
take, with compiled kernels and without."""


@dataclass(frozen=True, slots=True)
class Share:
    """number: of workers. threads: of each."""

    number: int
    threads: int


def cores() -> int:
    """This process may use so many; NUMBA_NUM_THREADS bounds them, as it bounds the kernels' threads."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    text = os.environ.get("NUMBA_NUM_THREADS", "")
    return min(allowed, int(text)) if text.isascii() and text.isdigit() and int(text) else allowed


def check_number(wanted: int | None) -> int | None:
    """The number of workers asked for. Raises InvalidInput."""
    if wanted is not None and not 1 <= wanted <= MAX_WORKERS:
        raise InvalidInput(f"--workers {wanted}: choose 1 to {MAX_WORKERS}")
    return wanted


def default_number() -> int:
    """Workers for which this machine has cores."""
    return max(1, cores() // THREADS)


def share(wanted: int | None, tasks: int, proof_bytes: int, available_bytes: float) -> Share:
    """Workers on this machine: as many as asked for or as there are cores for, if so many proofs fit into memory.

    Args:
        tasks: more workers than these would have nothing to do.
        proof_bytes: peak memory of one proof. available_bytes: for all of them.
    """
    most = wanted or default_number()
    number = max(1, min(most, tasks, int(available_bytes // proof_bytes)))
    return Share(number, max(1, cores() // number))


def limit_s(size: Estimate, threads: int = 1) -> float:
    """Seconds after which a proof of this size must hang: ASSAY_PROVER_TIMEOUT_S, or forty times what it takes.

    Raises:
        InvalidInput: the variable holds no positive number.
    """
    text = os.environ.get(LIMIT_VARIABLE, "")
    if not text:
        each = FAST_S if proof_field().compiled else PLAIN_S
        return LEAST_LIMIT_S + each * (size.positions + size.entries) / math.sqrt(threads)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < math.inf:
        raise InvalidInput(f"{LIMIT_VARIABLE} is '{text}'; it must be a positive number of seconds")
    return seconds
