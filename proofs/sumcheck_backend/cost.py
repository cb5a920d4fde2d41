"""What work costs: wall seconds by stage, summed over shards, and the largest memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str], None]


@dataclass(slots=True)
class StageClock:
    """Each stage lasts until the next begins; one that comes again goes on counting.

    Args:
        progress: called with the name of each stage.
    """

    progress: Progress | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    _name: str | None = None
    _began: float = 0.0

    def __call__(self, name: str) -> None:
        """A stage begins."""
        self.stop()
        self._name = name
        if self.progress is not None:
            self.progress(name)

    def stop(self) -> None:
        """The last stage has ended."""
        now = time.monotonic()
        if self._name is not None:
            self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._began
        self._name, self._began = None, now

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far; the kernel counts in KB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
