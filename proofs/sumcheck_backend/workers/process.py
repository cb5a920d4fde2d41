"""One worker process as its parent sees it: started, given things, listened to, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from proofs.sumcheck_backend.workers.entry import STAGE
from proofs.sumcheck_backend.workers.frames import MAX_FROM_WORKER, BrokenFrame, read_frame, write_frame

ROOT = str(Path(__file__).resolve().parents[3])
THREAD_VARIABLES = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""How the kernels and every BLAS learn of their share of the cores."""
GRACE_S = 2.0
"""From the end of a worker's output to its own."""
_TAIL_BYTES, _TAIL_LINES = 4000, 3


@dataclass(frozen=True, slots=True)
class Event:
    """A worker said something, or, with None, will say nothing any more. worker: its number."""

    worker: int
    said: bytes | None


class WorkerProcess:
    """A child of this process, which must be ended with ``end``.

    Args:
        number: unlike any other worker's. threads: its share of the cores.
        events: where everything it says goes, by a thread of its own.
    """

    def __init__(self, number: int, threads: int, events: SimpleQueue[Event]) -> None:
        self.number = number
        self.stage = "starting"
        self._events = events
        self._log = tempfile.TemporaryFile()
        command = [sys.executable, "-P", "-m", f"{__package__}.child", str(os.getpid())]
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment(threads),
            start_new_session=True,  # an interrupt from the keyboard is the parent's alone
        )
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._read)]
        for thread in self._threads:
            thread.start()

    def give(self, packed: bytes) -> None:
        """Send it something; never waits."""
        self._outbox.put(packed)

    def last_words(self) -> str:
        """Why it ended: its status, and the last lines it wrote to standard error."""
        try:
            status = self.child.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            return f"its worker sent half a message, or stopped listening, while {self.stage}"
        self._log.seek(max(0, os.fstat(self._log.fileno()).st_size - _TAIL_BYTES))
        lines = self._log.read().decode(errors="replace").strip().splitlines()[-_TAIL_LINES:]
        said = f" ({' | '.join(lines)})" if lines else ""
        if status == -signal.SIGKILL:
            return f"its worker was killed while {self.stage}: out of memory, unless somebody did it{said}"
        ended = f"signal {-status}" if status < 0 else f"status {status}"
        return f"its worker ended with {ended} while {self.stage}{said}"

    def end(self) -> None:
        """Kill it, whatever it does, and wait until it is gone."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join()
        for stream in (self.child.stdin, self.child.stdout, self._log):
            _close(stream)

    def _write(self) -> None:
        stream = self.child.stdin
        while stream is not None and (packed := self._outbox.get()) is not None:
            try:
                write_frame(stream, packed)  # type: ignore[arg-type]
            except OSError:
                return  # it is gone; the other thread says so

    def _read(self) -> None:
        stream = self.child.stdout
        try:
            while stream is not None and (raw := read_frame(stream, MAX_FROM_WORKER)) is not None:  # type: ignore[arg-type]
                if raw.startswith(STAGE):
                    self.stage = raw[1:100].decode(errors="replace")
                else:
                    self._events.put(Event(self.number, raw))
        except (BrokenFrame, MemoryError):
            pass
        self._events.put(Event(self.number, None))


def environment(threads: int) -> dict[str, str]:
    """A worker's: its share of the cores, and where this package lies. Nothing secret."""
    paths = [ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
    shares = dict.fromkeys(THREAD_VARIABLES, str(threads))
    return {**os.environ, **shares, "PYTHONPATH": os.pathsep.join(paths)}


def _close(stream: object) -> None:
    try:
        stream.close()  # type: ignore[attr-defined]
    except OSError:
        return  # what was still to be written has no reader
