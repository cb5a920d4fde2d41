"""The sum-check prover killed in its work, again and again: what is finished is kept, and the proof is a whole one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fault_campaign import Tally
from helpers.tiny_models import mlp

from proofs.fidelity import float_logits

ROOT = Path(__file__).resolve().parents[2]
ENTRY = Path(__file__).with_name("fault_killed.py")
TOTAL, STEP, MOST_LIVES = 6, 3, 60


def assay(*words: object) -> subprocess.CompletedProcess[str]:
    """A command that lives."""
    command = [sys.executable, "-m", "assay", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=500, cwd=ROOT)


def doomed(point: int, *words: object) -> subprocess.CompletedProcess[str]:
    """A command that is killed at a point of its work, if it comes to it."""
    command = [sys.executable, str(ENTRY), str(point), str(ROOT / "assay" / "__main__.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=500, cwd=ROOT)


@pytest.fixture
def folder(tmp_path: Path, assay_home: Path) -> Path:
    """A network and labelled data, committed; the weights stay hidden, so that openings are counted."""
    (tmp_path / "model.onnx").write_bytes(mlp(0))
    rng = np.random.default_rng(5)
    np.savez(tmp_path / "samples.npz", x=rng.uniform(-1, 1, (64, 8)).astype(np.float32))
    x = rng.uniform(-1, 1, (TOTAL, 8)).astype(np.float32)
    np.savez(tmp_path / "data.npz", x=x, y=float_logits(mlp(0), x).argmax(1))
    done = assay(
        "commit", "model", tmp_path / "model.onnx", "--backend", "sumcheck", "--calibrate", tmp_path / "samples.npz",
        "--proofs", 100, "-o", tmp_path / "model.commit",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_further_and_further_on(folder: Path, tally: Tally) -> None:
    files = ("--model", folder / "model.onnx", "--commit", folder / "model.commit", "--data", folder / "data.npz")
    words = ("prove", "accuracy", *files, "--shard", 2, "-o", folder / "score.assay")
    kills = 0
    for life in range(MOST_LIVES):
        done = doomed(1 + life * STEP, *words)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        kills += 1
    else:
        raise AssertionError("never finished")
    seen = assay("verify", folder / "score.assay", "--commit", folder / "model.commit", "--data", folder / "data.npz")
    assert seen.returncode == 0, seen.stderr
    assert kills >= 2
    tally.count("sum-check proof", "prover", "SIGKILL of the process", kills, "went on, verified")
