"""Worker jobs under watch: whatever a child does, the parent gets an answer or a named error, and no child stays."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from proofs.errors import InvalidInput, ProverFailed, ResourceExceeded
from proofs.halo2 import runner
from proofs.halo2.runner import run_job

CHILD = """
import json, os, signal, sys, time
from pathlib import Path
request = json.loads(Path(sys.argv[1]).read_text())
def stage(name): print("@stage", name, flush=True)
def answer(fields): Path(request["answer"]).write_text(json.dumps(fields))
"""


class Little:
    """A machine with hardly any memory left."""

    available = 1


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes ``run_job`` start the given code instead of the worker."""

    def install(code: str) -> None:
        script = tmp_path / "child.py"
        script.write_text(CHILD + code)
        started = runner.subprocess.Popen

        def popen(command: list[str], **options: object):
            assert command[:3] == [sys.executable, "-m", "proofs.halo2.worker"]
            return started([sys.executable, str(script), *command[3:]], **options)

        monkeypatch.setattr(runner.subprocess, "Popen", popen)

    return install


def workers_left() -> list[psutil.Process]:
    """The children of this test still at work; chains other tests keep for the session are not counted."""
    return [process for process in psutil.Process().children(recursive=True) if is_worker(process)]


def is_worker(process: psutil.Process) -> bool:
    try:
        at_work = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return at_work and any(part.endswith("child.py") for part in process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


def test_answer_stages_and_cost(child) -> None:
    child("stage('one'); block = bytearray(60 << 20); time.sleep(.4); stage('two'); answer({'x': 1})")
    seen: list[str] = []
    report = run_job("any", {}, progress=seen.append)
    assert report.answer == {"x": 1}
    assert seen == ["one", "two"]
    assert set(report.stages) == {"one", "two"}
    assert 0.3 < report.stages["one"] <= report.wall_s
    assert 60 < report.peak_memory_mb < 1000


def test_hung_child_is_killed_and_its_stage_named(child) -> None:
    child("stage('prove'); time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(ProverFailed, match=r"any \(prove\) failed: still running after 1 s"):
        run_job("any", {}, timeout_s=1.0)
    assert time.monotonic() - began < 10
    assert not workers_left()


def test_child_that_ignores_signals_is_killed_too(child) -> None:
    child("signal.signal(signal.SIGTERM, signal.SIG_IGN); stage('stuck'); time.sleep(60)")
    with pytest.raises(ProverFailed, match="stuck"):
        run_job("any", {}, timeout_s=0.7)


def test_reported_error(child) -> None:
    child("stage('mock'); answer({'error': 'cells differ'}); sys.exit(1)")
    with pytest.raises(ProverFailed, match="cells differ") as failure:
        run_job("job", {})
    assert (failure.value.stage, failure.value.exit_code) == ("job (mock)", 7)


def test_child_that_dies_without_an_answer(child) -> None:
    child("stage('setup'); print('last words', file=sys.stderr, flush=True); os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(ProverFailed, match=r"setup.*last words"):
        run_job("any", {})


def test_child_killed_for_memory(child, monkeypatch: pytest.MonkeyPatch) -> None:
    child("stage('prove'); time.sleep(.3); os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(runner.psutil, "virtual_memory", Little)
    with pytest.raises(ResourceExceeded, match="memory"):
        run_job("any", {})


def test_interrupting_the_parent_ends_the_child(child, monkeypatch: pytest.MonkeyPatch) -> None:
    child("stage('prove'); time.sleep(60)")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner._Watch, "_sample", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_job("any", {})
    assert not workers_left()


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_unusable_time_out(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ASSAY_PROVER_TIMEOUT_S", text)
    with pytest.raises(InvalidInput, match="ASSAY_PROVER_TIMEOUT_S"):
        run_job("hash", {"rows": []})


def test_the_real_worker_reports_ezkls_errors() -> None:
    with pytest.raises(ProverFailed, match="settings"):
        run_job("settings", {"model": "/nowhere.onnx", "run_args": {}})
    with pytest.raises(ProverFailed):
        run_job("no such job", {})
