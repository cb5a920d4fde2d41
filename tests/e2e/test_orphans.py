"""A prover whose parent was killed must not go on: it would hold memory, cores and secrets nobody waits for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from proofs.halo2.lifeline import guarded

# Drawing 2^20 powers takes ezkl several seconds, all of them under the interpreter lock.
PARENT = """
import sys
from proofs.halo2.runner import run_job
run_job("ceremony", {"srs": sys.argv[1], "logrows": 20}, progress=lambda stage: print(stage, flush=True))
"""
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
GUARDING_PARENT = """
import subprocess, sys, time
from proofs.halo2.lifeline import guarded
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
with guarded(child.pid, kernel_ties=False):
    print(child.pid, flush=True)
    time.sleep(60)
"""


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", *command], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def gone(pid: int, within_s: float = 5.0) -> bool:
    """Whether process ``pid`` ends in time; a zombie has ended."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a guard process does it, tested below")
def test_worker_dies_with_a_killed_parent(tmp_path: Path) -> None:
    with started(PARENT, str(tmp_path / "k20.srs")) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline().strip() == "srs"
        workers = psutil.Process(parent.pid).children()
        assert len(workers) == 1
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        assert gone(workers[0].pid)
    assert not (tmp_path / "k20.srs").exists()


def test_worker_started_for_a_dead_parent_does_nothing(tmp_path: Path) -> None:
    nobody = 2**22 + 1  # above the largest process id
    command = [sys.executable, "-m", "proofs.halo2.worker", str(tmp_path / "request.json"), str(nobody)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 1


def test_guard_kills_where_the_kernel_does_not() -> None:
    with started(GUARDING_PARENT) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        assert gone(worker)


def test_guard_leaves_a_finished_job_alone() -> None:
    child = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        with guarded(child.pid, kernel_ties=False):
            pass
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()
