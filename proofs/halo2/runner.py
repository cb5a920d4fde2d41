"""Running worker jobs under watch: time-out, stage reports, peak memory, and a clear error when one dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from proofs.errors import AssayError, InvalidInput, ProverFailed, ResourceExceeded
from proofs.files import unwritable
from proofs.halo2.lifeline import guarded
from proofs.paths import cache_dir
from proofs.scratch import write_scratch

Progress = Callable[[str], None]
POLL_S = 0.05
DEFAULT_TIMEOUT_S = 1800.0
LEAST_S = 5.0
_REMAINING: ContextVar[Callable[[], float] | None] = ContextVar("remaining", default=None)


class OutOfMemory(ResourceExceeded):
    """The operating system ended a job, most likely because memory ran out."""


@contextmanager
def ending_by(remaining_s: Callable[[], float]) -> Iterator[None]:
    """Jobs begun inside are stopped when ``remaining_s``, asked as each begins, has passed: after it they are useless.

    Each has a few seconds at least, so that a deadline that is over can be told from a prover that is slow.
    """
    token = _REMAINING.set(remaining_s)
    try:
        yield
    finally:
        _REMAINING.reset(token)


@dataclass(frozen=True, slots=True)
class Report:
    """What a job answered and what it cost: wall seconds, peak resident memory in MB, seconds per stage."""

    answer: dict[str, Any]
    wall_s: float
    peak_memory_mb: float
    stages: dict[str, float]


def run_job(
    job: str,
    request: dict[str, Any],
    *,
    folder: Path | None = None,
    timeout_s: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """Run one ezkl job in a child process.

    Args:
        job: a key of ``worker.JOBS``.
        request: the job's arguments; paths absolute, or relative to ``folder``.
        folder: working folder of the child; a temporary one, removed afterwards, if not given.
        timeout_s: kill the child after so many seconds (``ASSAY_PROVER_TIMEOUT_S`` or 1800 by default).
        progress: called with the name of each stage as it begins.

    Raises:
        ProverFailed: the job reported an error, died, or ran out of time; names the stage it was in.
    """
    with tempfile.TemporaryDirectory(prefix="assay-", dir=_temporary()) as scratch:
        work = folder or Path(scratch)
        answer = Path(scratch) / "answer.json"
        message = Path(scratch) / "request.json"
        content = {**request, "job": job, "folder": str(work), "answer": str(answer)}
        write_scratch(message, json.dumps(content).encode())
        return _Watch(job, message, answer, _limit_s(timeout_s), progress).run()


def _temporary() -> str:
    """The folder for temporary ones. Raises InvalidInput where none can be made."""
    try:
        os.rmdir(tempfile.mkdtemp(prefix="assay-"))
        return tempfile.gettempdir()
    except OSError as error:
        raise InvalidInput(f"cannot make a temporary folder: {error.strerror}; make room, or set TMPDIR") from None


def _limit_s(timeout_s: float | None) -> float:
    """Seconds a job may take: its own limit, and no longer than what it is for."""
    limit, remaining = timeout_s or _default_timeout_s(), _REMAINING.get()
    return limit if remaining is None else min(limit, max(float(remaining()), LEAST_S))


def _default_timeout_s() -> float:
    text = os.environ.get("ASSAY_PROVER_TIMEOUT_S", "")
    try:
        seconds = float(text) if text else DEFAULT_TIMEOUT_S
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise InvalidInput(f"ASSAY_PROVER_TIMEOUT_S is '{text}'; it must be a positive number of seconds")
    return seconds


class _Watch:
    """Starts the child, follows its stages, samples its memory, and ends it at the time limit."""

    def __init__(self, job: str, message: Path, answer: Path, limit_s: float, progress: Progress | None) -> None:
        self.job, self.message, self.answer = job, message, answer
        self.limit_s, self.progress = limit_s, progress
        self.stage = "start"
        self.stages: dict[str, float] = {}
        self.stage_began = self.began = time.monotonic()
        self.peak = 0

    def run(self) -> Report:
        command = [sys.executable, "-m", "proofs.halo2.worker", str(self.message), str(os.getpid())]
        log = self.message.with_name("stderr.log")
        with log.open("wb") as errors:
            child = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, env=_environment(), start_new_session=True
            )
            try:
                with guarded(child.pid):
                    status = self._follow(child)
            finally:
                _kill(child)
        self._enter("end")
        return self._report(status, log)

    def _follow(self, child: subprocess.Popen[bytes]) -> int | None:
        reader = threading.Thread(target=self._read_stages, args=(child.stdout,), daemon=True)
        reader.start()
        process = psutil.Process(child.pid)
        while (status := child.poll()) is None:
            self._sample(process)
            if time.monotonic() - self.began > self.limit_s:
                return None
            reader.join(POLL_S)
            if not reader.is_alive():  # it closes its output as it ends
                with suppress(subprocess.TimeoutExpired):
                    child.wait(POLL_S)
        reader.join(timeout=1)
        return status

    def _sample(self, process: psutil.Process) -> None:
        try:
            self.peak = max(self.peak, process.memory_info().rss)
        except psutil.Error:
            return

    def _read_stages(self, stream: IO[bytes]) -> None:
        for line in stream:
            if line.startswith(b"@stage "):
                self._enter(line[7:].decode(errors="replace").strip())

    def _enter(self, name: str) -> None:
        now = time.monotonic()
        self.stages[self.stage] = self.stages.get(self.stage, 0.0) + now - self.stage_began
        self.stage, self.stage_began = name if name != "end" else self.stage, now
        if self.progress is not None and name != "end":
            self.progress(name)

    def _report(self, status: int | None, log: Path) -> Report:
        wall = time.monotonic() - self.began
        where = f"{self.job} ({self.stage})"
        if status is None:
            raise ProverFailed(
                where,
                f"still running after {self.limit_s:.0f} s, so it was stopped; a lookup or range "
                "argument that cannot be satisfied hangs ezkl. Raise ASSAY_PROVER_TIMEOUT_S if the "
                "machine is slow; otherwise calibrate the model on inputs like these",
            )
        answer = self._answered()
        if status != 0 or answer is None or "error" in answer:
            raise self._failure(where, status, answer or {}, log)
        return Report(answer, wall, self.peak / 2**20, {k: v for k, v in self.stages.items() if k != "start"})

    def _answered(self) -> dict[str, Any] | None:
        """What the child wrote down; None if it was ended before or while it wrote."""
        try:
            answer: dict[str, Any] = json.loads(self.answer.read_text())
        except (OSError, ValueError):
            return None
        return answer

    def _failure(self, where: str, status: int, answer: dict[str, Any], log: Path) -> AssayError:
        available = psutil.virtual_memory().available / 2**20
        if status == -signal.SIGKILL and self.peak / 2**20 > available:
            return OutOfMemory(
                f"{where} was killed, most likely for memory: it had reached {self.peak >> 20} MB. "
                "Use a smaller batch or a smaller model",
                self.peak / 2**20,
                available,
            )
        ended = f"was ended by signal {-status} from outside" if status < 0 else f"ended with status {status}"
        peak = f"the process {ended} at {self.peak >> 20} MB ; try again, with a smaller batch if memory ran out"
        detail = answer.get("error") or _tail(log) or peak
        return ProverFailed(where, str(detail))


def _environment() -> dict[str, str]:
    """The child's environment: ezkl's own caches go under Assay's, and the packages stay importable."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    home = cache_dir() / "ezkl"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(home, error) from None
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "EZKL_REPO_PATH": str(home)}


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return " | ".join(lines[-3:])[:600]
