"""Doing a sumcheck job by the command line, each command a process of its own, and measuring it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.estimate.cases import SumcheckCase

Fields = dict[str, Any]


def measure(case: SumcheckCase) -> Fields:
    """Commit, prove, verify."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(case.model())
        rng = np.random.default_rng(1)
        for file, count in (("few", 8), ("data", case.examples)):
            x = rng.uniform(0, 1, (count, *case.shape)).astype(np.float32)
            np.savez(folder / f"{file}.npz", x=x, y=rng.integers(0, case.classes, count))
        return _measured(case, folder)


def _measured(case: SumcheckCase, folder: Path) -> Fields:
    model, commit, proof = folder / "model.onnx", folder / "m.commit", folder / "p.assay"
    mode = ["--no-zk"] if case.no_zk else []
    setup = _assay(folder, "commit", "model", model, "--backend", "sumcheck", "--calibrate", folder / "few.npz",
                   *mode, "-o", commit)  # fmt: skip
    _assay(folder, "commit", "data", folder / "data.npz", "--format", commit, *mode, "-o", folder / "d.commit")
    files = ["--model", model, "--commit", commit, "--data", folder / "data.npz", "--data-commit", folder / "d.commit"]
    shard = [] if case.shard is None else ["--shard", case.shard]
    made = _assay(folder, "prove", "accuracy", *files, *shard, "-o", proof)
    checked = _assay(folder, "verify", proof, "--commit", commit, "--data-commit", folder / "d.commit")
    said = made["document"]
    return {
        "setup_s": setup["wall_s"], "setup_cpu_s": setup["cpu_s"], "setup_memory_mb": setup["peak_mb"],
        "peak_memory_mb": made["peak_mb"],
        "prove_s": said["prove_s"], "prove_cpu_s": made["cpu_s"],
        "verify_s": checked["document"]["verify_s"], "verify_memory_mb": checked["peak_mb"],
        "proof_bytes": said["proof_bytes"], "soundness_bits": said["soundness_bits"], "shards": said["shards"],
        "stages": said["stages"], "weight_rows": setup["document"]["weight_rows"],
    }  # fmt: skip


def _assay(folder: Path, *words: object) -> Fields:
    """One command: its document, wall seconds, and the largest resident memory of its processes."""
    out = folder / "document.json"
    command = [sys.executable, "-m", "assay", *map(str, words), "--json", str(out)]
    began = time.monotonic()
    child = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = b"" if child.stderr is None else child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}: {complaint.decode()[-2000:]}")
    wall = time.monotonic() - began
    cpu = used.ru_utime + used.ru_stime
    return {"document": json.loads(out.read_text()), "wall_s": wall, "cpu_s": cpu, "peak_mb": used.ru_maxrss / 1024}
