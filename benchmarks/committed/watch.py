"""A proof's stages as they pass: seconds, processor time, page faults, memory."""

from __future__ import annotations

import resource
import time
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.committed.memory import peak_bytes, restart


@dataclass(slots=True)
class Stage:
    """One stage, all its turns added up.

    Args:
        cpu_s: of all threads, the system's share included, which ``system_s`` is.
        faults: pages touched for the first time. peak_mb: of the whole process meanwhile.
    """

    name: str
    wall_s: float = 0.0
    cpu_s: float = 0.0
    system_s: float = 0.0
    faults: int = 0
    peak_mb: float = 0.0


class Watch:
    """Pass it as ``on_stage``; ``finish`` ends the last stage."""

    def __init__(self) -> None:
        self._stages: dict[str, Stage] = {}
        self._now: str | None = None
        self._mark = (0.0, 0.0, 0.0, 0)

    def __call__(self, name: str) -> None:
        self._close()
        self._now, self._mark = name, _usage()
        restart()

    def _close(self) -> None:
        if self._now is None:
            return
        stage = self._stages.setdefault(self._now, Stage(self._now))
        wall, cpu, system, faults = (after - before for after, before in zip(_usage(), self._mark, strict=True))
        stage.wall_s += wall
        stage.cpu_s += cpu
        stage.system_s += system
        stage.faults += int(faults)
        stage.peak_mb = max(stage.peak_mb, peak_bytes() / 2**20)
        self._now = None

    def finish(self) -> list[dict[str, Any]]:
        """All stages, in the order they first came."""
        self._close()
        return [asdict(stage) for stage in self._stages.values()]


def _usage() -> tuple[float, float, float, int]:
    found = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), found.ru_utime + found.ru_stime, found.ru_stime, found.ru_minflt
