"""How fast this machine is beside the one that time constants were fitted on; measured once in a third of a second.

Two loops that the provers' time goes into: multiplications of long integers (curves and pairings) and of vectors that
stay in the processor's cache (sum-checks over 31-bit integers). Each is the best of many short runs in processor time,
so that others at work on the machine hardly show; what is kept holds until machine or version change.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from proofs.files import write_atomic
from proofs.paths import cache_dir

VERSION = 1
RUNS, RUN_S = 20, 0.005
_PRIME = 21888242871839275222246405745257275088548364400416034343698204186575808495617
_VECTOR = 1 << 13
REFERENCE_MULTIPLY_S, REFERENCE_VECTOR_S = 7.6e-5, 6.0e-6
"""A round of either loop on the machine the constants are from (docs/estimate.md)."""


@dataclass(frozen=True, slots=True)
class Speed:
    """This machine.

    Args:
        multiply, vector: how many times as fast as the reference, of one core. cores: that may be used.
    """

    multiply: float
    vector: float
    cores: int


def machine_speed() -> Speed:
    """From the cache folder, or measured now and kept there where that is possible."""
    place, name = cache_dir() / "machine-speed.json", _name()
    known = _read(place, name)
    if known is not None:
        return known
    found = measure()
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(place, json.dumps({"machine": name, **asdict(found)}).encode())
    return found


def measure() -> Speed:
    """Measured now."""
    return Speed(REFERENCE_MULTIPLY_S / _best(_multiply), REFERENCE_VECTOR_S / _best(_vector()), cores())


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wall_s(cpu_s: float, serial: float, speed: float, number: int) -> float:
    """Wall seconds of work that takes ``cpu_s`` of the reference's processor, a share of it on one core only."""
    return cpu_s / speed * (serial + (1 - serial) / number)


def _best(loop: Callable[[], object]) -> float:
    """Seconds of one round, the least of all runs."""
    best = float("inf")
    for _ in range(RUNS):
        began, rounds = time.thread_time(), 0
        while (taken := time.thread_time() - began) < RUN_S or not rounds:
            loop()
            rounds += 1
        best = min(best, taken / rounds)
    return best


def _multiply() -> int:
    return pow(3, _PRIME - 2, _PRIME)


def _vector() -> Callable[[], object]:
    values, into = np.arange(1, _VECTOR + 1, dtype=np.uint64), np.empty(_VECTOR, dtype=np.uint64)

    def loop() -> object:
        np.multiply(values, values, out=into)
        np.right_shift(into, np.uint64(31), out=into)
        return np.add(into, values, out=into)

    return loop


def _name() -> str:
    return f"{VERSION} {platform.system()} {platform.machine()} {_processor()} {cores()}"


def _processor() -> str:
    """As the kernel names it, or as Python does."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def _read(place: Path, name: str) -> Speed | None:
    try:
        fields = json.loads(place.read_text())
        if fields.pop("machine") != name:
            return None
        found = Speed(float(fields["multiply"]), float(fields["vector"]), int(fields["cores"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if 0.001 < found.multiply < 1000 and 0.001 < found.vector < 1000 and found.cores > 0 else None
