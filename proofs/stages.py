"""Wall seconds by stage of a piece of work, each stage announced as it begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stages:
    """What has been done so far, and how long it took.

    Args:
        progress: called with the name of each stage.
    """

    progress: Progress | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Announce a stage, and count the seconds of the block."""
        if self.progress is not None:
            self.progress(name)
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began
