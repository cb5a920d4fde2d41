"""What people see of a large transfer: a progress bar on a terminal, a line at its beginning and end elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as Eta

from proofs.wording import counted
from protocols.post.desk import Standing

BULK = 8
"""So many messages outstanding are a transfer worth showing; one is on its way in a moment."""
MB = 1_000_000


@dataclass(slots=True)
class _Transfer:
    title: str
    began: float
    first_bytes: int
    bar: Progress | None = None
    task: Any = None


class Meter:
    """Watches a desk's standings; used from the threads that carry the post."""

    def __init__(self, say: Callable[[str], None], console: Console | None = None) -> None:
        self._say, self._console = say, console or Console(stderr=True)
        self._running: dict[tuple[bytes, str], _Transfer] = {}
        self._lock = threading.Lock()

    def __call__(self, at: Standing) -> None:
        """A job's post stands like this."""
        with self._lock:
            self._show((at.job_id, "sending"), at.arrived, at.sent, at.out_bytes)
            self._show((at.job_id, "receiving"), at.received, at.of, at.in_bytes)

    def close(self) -> None:
        """Take the bars away."""
        with self._lock:
            for transfer in self._running.values():
                if transfer.bar is not None:
                    transfer.bar.stop()
            self._running.clear()

    def _show(self, which: tuple[bytes, str], done: int, total: int, travelled: int) -> None:
        transfer = self._running.get(which)
        if transfer is None:
            if total - done < BULK:
                return
            transfer = self._running[which] = self._begin(which[1], done, total, travelled)
        if transfer.bar is not None:
            transfer.bar.update(transfer.task, completed=done, total=total)
        if done >= total:
            self._end(which, transfer, total, travelled)

    def _begin(self, title: str, done: int, total: int, travelled: int) -> _Transfer:
        transfer = _Transfer(title, time.monotonic(), travelled)
        if not self._console.is_terminal:
            resumed = f" from message {done} on" if done else ""
            self._say(f"{title} {counted(total, 'message')}{resumed}")
            return transfer
        look = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
        transfer.bar = Progress(*look, TimeElapsedColumn(), Eta(), console=self._console, transient=True)
        transfer.task = transfer.bar.add_task(title, total=total, completed=done)
        transfer.bar.start()
        return transfer

    def _end(self, which: tuple[bytes, str], transfer: _Transfer, total: int, travelled: int) -> None:
        if transfer.bar is not None:
            transfer.bar.stop()
        del self._running[which]
        moved, took = travelled - transfer.first_bytes, max(time.monotonic() - transfer.began, 1e-3)
        self._say(f"{transfer.title}: all {total} messages there; {moved / MB:.1f} MB at {moved / MB / took:.1f} MB/s")
