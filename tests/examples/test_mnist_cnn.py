"""The committed MNIST network is what its page says, and the benchmark of a whole audit keeps and shows its figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from benchmarks.job import __main__ as job
from benchmarks.job.cases import CASES, digits, mnist
from benchmarks.job.figures import table
from benchmarks.job.play import Proven, _keep, proofs
from examples.safetynets.data import data_folder
from proofs.errors import InvalidInput
from proofs.halo2.architecture import split_model
from proofs.onnx_check import check_model

MODEL = CASES["mnist-cnn"]
RECORD = {
    "model": "digits-mlp",
    "examples": 16,
    "asked": 16,
    "batch": 8,
    "logrows": 15,
    "correct": 15,
    "interval": [0.698, 0.998],
    "proofs": 2,
    "setup_s": 58.0,
    "proof_s": 22.4,
    "wall_s": 108.0,
    "load": [5.0, 5.1],
    "gas_submit": 851_569,
    "gas_all": 11_723_220,
    "resumed": False,
    "date": "2026-11-23",
    "machine": "Linux, 2 cores, load 5.0 at the end",
}


def test_size_is_the_stated_one() -> None:
    architecture, weights = split_model(MODEL.onnx)
    assert architecture.parameters == sum(values.size for values in weights.values()) == 2_202
    assert max(float(np.abs(values).max()) for values in weights.values()) < 2
    assert len(MODEL.onnx) < 10_000
    assert [node.op_type for node in onnx.load_from_string(MODEL.onnx).graph.node].count("Conv") == 2
    assert check_model(MODEL.onnx, "halo2").supported


def test_accuracy_is_the_stated_one() -> None:
    try:
        data_folder("mnist")
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    x, y = mnist()
    logits = onnxruntime.InferenceSession(MODEL.onnx).run(None, {"image": x.astype(np.float32)})[0]
    assert (logits.argmax(axis=1) == y).mean() == pytest.approx(0.9857, abs=5e-4)


def test_digits_begin_with_those_held_out_and_repeat_none() -> None:
    x, _ = digits()
    assert len(np.unique(x[:608], axis=0)) == 608
    with pytest.raises(InvalidInput, match="--examples"):
        CASES["digits-mlp"].take(len(x) + 1)


def test_a_proof_made_before_an_interruption_keeps_its_time(tmp_path: Path) -> None:
    assert proofs(tmp_path) == []
    for proven in (Proven(1, 20.0, 1.0), Proven(0, 30.0, 2.0), Proven(1, 0.1, 1.0)):
        _keep(tmp_path, proven)
    assert proofs(tmp_path) == [Proven(0, 30.0, 2.0), Proven(1, 20.0, 1.0)]


def test_another_job_has_another_folder() -> None:
    names = {case.digest(total, batch) for case in CASES.values() for total in (16, 600) for batch in (8, 32)}
    assert len(names) == 8


def test_results_are_kept_beside_others_and_shown_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{job.BEGIN}\nold\n{job.END}\nafter\n")
    monkeypatch.setattr(job, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(job, "PAGE", page)
    job.write(RECORD)
    job.write(RECORD | {"asked": 600, "examples": 608, "resumed": True})
    shown = page.read_text()
    assert shown.startswith("before\n") and shown.endswith("\nafter\n") and "old" not in shown
    assert "N = 16, batch 8" in shown and "N = 608" in shown and "(last run)" in shown
    assert shown.count("| digits-mlp") == 2 and "11,723,220" in table({"one": RECORD})


def test_the_real_page_has_the_marks() -> None:
    page = job.PAGE.read_text()
    assert page.count(job.BEGIN) == page.count(job.END) == 1
