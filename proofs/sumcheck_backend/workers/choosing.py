"""From what a user asks for to workers: how many, of how many threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from proofs.sumcheck.committed.estimate import Estimate
from proofs.sumcheck_backend.workers.crew import Workers
from proofs.sumcheck_backend.workers.here import InProcess
from proofs.sumcheck_backend.workers.processes import Processes
from proofs.sumcheck_backend.workers.ray_cluster import RayCluster
from proofs.sumcheck_backend.workers.sizing import (
    THREADS,
    WORTH_STARTING,
    check_number,
    cores,
    default_number,
    share,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user asks for.

    Args:
        number: of workers at once, at most; None for what suits the machine.
        ray: address of a Ray cluster, "local" for a new one on this machine, or None for none.
    """

    number: int | None = None
    ray: str | None = None

    @property
    def at_once(self) -> int:
        """Proofs this machine is to have room for at the same time. Raises InvalidInput: no number of workers."""
        return check_number(self.number) or default_number()


def choose_workers(
    wanted: Wanted, tasks: int, size: Estimate, available: float, on_stage: Callable[[str], None]
) -> Workers:
    """Workers for some proofs.

    Args:
        tasks: proofs. size: of one. available: bytes of memory on this machine for all.
        on_stage: is told the stages of work in this process.
    """
    if wanted.ray is not None:
        return RayCluster(wanted.ray, min(THREADS, cores()), size.memory_bytes, cores(), check_number(wanted.number))
    found = share(check_number(wanted.number), tasks, size.memory_bytes, available)
    small = wanted.number is None and tasks * (size.positions + size.entries) < WORTH_STARTING
    if found.number == 1 or small:
        return InProcess(on_stage)
    return Processes(found.number, found.threads)
