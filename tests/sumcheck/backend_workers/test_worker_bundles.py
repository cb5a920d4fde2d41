"""Bundles are the same bytes whoever proves, whatever happens to workers or to the process that asked them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from helpers.tiny_hiding import hidden, replenish, spent
from helpers.tiny_sumcheck import CONTEXT, SHARD, proven, question, subject
from worker_kit import HERE, attempts, forget_shards, is_worker, misbehaving, proven_by, source, workers_of
from worker_tasks import Echo

from proofs.errors import InvalidInput, ProverFailed
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.workers.choosing import Wanted
from proofs.sumcheck_backend.workers.processes import Processes

TWO = Wanted(2)


@pytest.mark.parametrize("name", ["score", "logits"])
def test_the_bundle_is_the_same_by_processes_and_by_this_process(name: str) -> None:
    outcome = proven_by(TWO, name)
    assert outcome.bundle.to_bytes() == proven(name).to_bytes() == proven_by(Wanted(1), name).bundle.to_bytes()
    assert outcome.workers.startswith("2 worker processes") and outcome.reused == 0
    assert outcome.soundness.worst_bits >= 100
    assert not workers_of(os.getpid())


@pytest.mark.parametrize("how", ["die", "flip"])
def test_a_shard_whose_worker_dies_or_lies_is_proven_again(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misbehaving(monkeypatch, tmp_path, how)
    assert proven_by(TWO).bundle.to_bytes() == proven("score").to_bytes()
    found = attempts(tmp_path)
    assert found[1] == 2 and sum(found) <= len(found) + 2  # with a liar goes the shard it has in hand


def test_a_hidden_bundle_is_the_same_by_processes_that_die_and_by_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards proven again, by whomever, lie under the run's own pads."""
    own, given = hidden(), {"shard": SHARD, "context": bytes(32)}
    replenish(own)
    one = prove(own.model, own.examples, own.data, question("score"), **given, wanted=Wanted(1))
    forget_shards(one.bundle.statement)
    misbehaving(monkeypatch, tmp_path, "die")
    two = prove(own.model, own.examples, own.data, question("score"), **given, wanted=TWO)
    assert two.bundle == one.bundle and two.workers.startswith("2 worker processes")
    assert attempts(tmp_path) == [1, 2, 1, 1] and spent(own) == [8, 6, 2]
    resume.forget(one.bundle.statement)


def test_this_process_keeps_no_proof_that_does_not_verify_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misbehaving(monkeypatch, tmp_path, "flip", always=True)
    with pytest.raises(ProverFailed, match="shard 1: its proof does not verify; please report it"):
        proven_by(Wanted(1))
    statement = proven("score").statement
    assert resume.kept_proof(statement, 0) is not None and resume.kept_proof(statement, 1) is None
    resume.forget(statement)


def test_progress_counts_shards_kept_ones_included() -> None:
    own, seen = subject(), []
    for _ in range(2):
        outcome = prove(
            own.model,
            own.examples,
            own.data,
            question("score"),
            shard=SHARD,
            context=CONTEXT,
            on_shard=lambda done, total: seen.append((done, total)),
            wanted=Wanted(1),
        )
    resume.forget(outcome.bundle.statement)
    assert outcome.reused == 4
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (4, 4)]


def test_a_killed_parent_leaves_no_workers_and_its_finished_shards_are_reused(tmp_path: Path) -> None:
    statement = proven("score").statement
    (tmp_path / "subject").write_bytes(pickle.dumps(subject()))
    command = [sys.executable, str(HERE / "killed_parent.py"), str(tmp_path / "subject"), str(tmp_path)]
    parent = subprocess.Popen(command)
    try:
        until(lambda: all(resume.kept_proof(statement, index) for index in (0, 1)) and attempts(tmp_path)[2:] == [1, 1])
        workers = workers_of(parent.pid)
    finally:
        parent.kill()
        parent.wait()
    assert len(workers) == 2
    until(lambda: not any(alive(worker) for worker in workers))
    outcome = proven_by(TWO)
    assert outcome.reused == 2
    assert outcome.bundle.to_bytes() == proven("score").to_bytes()


def test_a_secret_part_of_another_commitment_is_refused_by_workers_too() -> None:
    own = subject()
    with pytest.raises(InvalidInput, match=r"model commitment.*commit it again"):
        prove(replace(own.model, seed=bytes(32)), own.examples, own.data, question("score"), shard=SHARD, wanted=TWO)


def test_workers_learn_secrets_through_pipes_alone() -> None:
    with Processes(1, 1).open(source()) as crew:
        list(crew.run([Echo(0)], lambda index, answer: None))
        worker = psutil.Process(crew.pids[0])
        words = [sys.executable, "-P", "-m", "proofs.sumcheck_backend.workers.child", str(os.getpid())]
        assert worker.cmdline()[1:] == words[1:]
        own = {name for name, value in worker.environ().items() if os.environ.get(name) != value}
        assert own <= {"NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONPATH"}
        assert not [opened.path for opened in worker.open_files() if "deleted" not in opened.path]


def alive(process: psutil.Process) -> bool:
    """Whether a worker runs; one that nobody has buried yet does not."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE and is_worker(process)


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
