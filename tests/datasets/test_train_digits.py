"""The committed digit models and data are what the training script says they are."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "train_digits.py"
MODELS = ROOT / "examples" / "models"
FILES = ("digits_mlp.onnx", "digits_lazy.onnx", "digits_train.npz", "digits_test.npz")


def run_training(out: Path) -> dict[str, str]:
    subprocess.run([sys.executable, str(SCRIPT), "--out", str(out)], check=True, capture_output=True, timeout=300)
    return {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES}


def correct(model: Path, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return session.run(None, {"input": x})[0].argmax(1) == y


def test_two_runs_give_identical_bytes_and_the_committed_data(tmp_path: Path) -> None:
    first = run_training(tmp_path / "a")
    assert first == run_training(tmp_path / "b")
    for name in ("digits_train.npz", "digits_test.npz"):
        # The arrays, not the archive's bytes: zip headers differ between patch releases of Python.
        with np.load(ROOT / "datasets" / name) as committed, np.load(tmp_path / "a" / name) as again:
            assert sorted(committed) == sorted(again)
            assert all(np.array_equal(committed[key], again[key]) for key in committed)
    with np.load(ROOT / "datasets" / "digits_test.npz") as held_out:
        for name in ("digits_mlp.onnx", "digits_lazy.onnx"):
            score = correct(tmp_path / "a" / name, held_out["x"], held_out["y"]).mean()
            advertised = correct(MODELS / name, held_out["x"], held_out["y"]).mean()
            assert abs(score - advertised) < 0.06  # another CPU may end at other weights of the same quality


@pytest.mark.parametrize(("name", "low", "high"), [("digits_mlp", 0.96, 0.99), ("digits_lazy", 0.60, 0.80)])
def test_committed_model_scores_as_advertised(name: str, low: float, high: float) -> None:
    with np.load(ROOT / "datasets" / "digits_test.npz") as held_out:
        assert low <= correct(MODELS / f"{name}.onnx", held_out["x"], held_out["y"]).mean() <= high


@pytest.mark.parametrize("name", ["digits_mlp", "digits_lazy"])
def test_weights_fit_ten_fraction_bits(name: str) -> None:
    model = onnx.load(MODELS / f"{name}.onnx")
    assert [node.op_type for node in model.graph.node] == ["Gemm", "Relu", "Gemm"]
    assert sum(numpy_helper.to_array(t).size for t in model.graph.initializer) == 64 * 32 + 32 + 32 * 10 + 10
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor) * 1024
        assert np.array_equal(values, np.round(values))
        assert np.abs(values).max() < 8 * 1024


def test_train_and_test_images_are_disjoint_canonical_and_complete() -> None:
    with (
        np.load(ROOT / "datasets" / "digits_train.npz") as train,
        np.load(ROOT / "datasets" / "digits_test.npz") as test,
    ):
        assert test["x"].shape == (512, 64)
        assert train["x"].shape == (1285, 64)
        for part in (train, test):
            assert part["x"].dtype == np.float32
            assert part["y"].dtype == np.int64
            assert np.array_equal(part["x"] * 16, np.round(part["x"] * 16))
            assert part["x"].min() == 0
            assert part["x"].max() == 1
            assert sorted(set(part["y"].tolist())) == list(range(10))
        seen = {row.tobytes() for row in train["x"]}
        assert not any(row.tobytes() in seen for row in test["x"])
