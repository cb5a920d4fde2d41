"""Odd and hostile inputs of the sumcheck backend, as a user gives them: a clear message, the documented exit code."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_kit import Result, assay
from helpers.tiny_models import mlp

from proofs.fidelity import float_logits

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
TOTAL = 4
X = np.random.default_rng(5).uniform(-1, 1, (TOTAL, 8)).astype(np.float32)
Y = np.array([0, 1, 2, 0])


def spoilt(value: float) -> np.ndarray[Any, Any]:
    x = X.copy()
    x[2, 3] = value
    return x


BAD_DATA: dict[str, tuple[dict[str, Any], str]] = {
    "nan": ({"x": spoilt(np.nan), "y": Y}, "x holds NaN or infinite values, first in example 2"),
    "infinite": ({"x": spoilt(np.inf), "y": Y}, "x holds NaN or infinite values, first in example 2"),
    "narrow": ({"x": X[:, :7], "y": Y}, "x has examples of shape (7,), the model takes (8,)"),
    "folded": ({"x": X.reshape(TOTAL, 2, 4), "y": Y}, "x has examples of shape (2, 4)"),
    "one": ({"x": X[0], "y": Y}, "it must be (examples, features...)"),
    "scalar": ({"x": np.float32(1), "y": Y}, "has shape ()"),
    "words": ({"x": X.astype("U8"), "y": Y}, "real numbers are needed"),
    "pickled": ({"x": X.astype(object), "y": Y}, "archive of plain arrays"),
    "empty": ({"x": X[:0], "y": Y[:0]}, "0 examples: 1 to"),
    "high": ({"x": X, "y": Y + 1}, "label 3 of example 2 is out of range 0..2 (1 such labels)"),
    "negative": ({"x": X, "y": Y - 1}, "label -1 of example 0 is out of range 0..2"),
    "huge": ({"x": X, "y": Y.astype(np.uint64) + np.uint64(1 << 63)}, "is out of range 0..2 (4 such labels)"),
    "real": ({"x": X, "y": Y.astype(np.float32)}, "y has dtype float32; labels must be integers 0..2"),
    "short": ({"x": X, "y": Y[:3]}, "y has shape (3,); one label for each example"),
    "column": ({"x": X, "y": Y[:, None]}, "y has shape (4, 1); one label for each example"),
    "unlabelled": ({"x": X}, "lacks the arrays ['y']"),
    "labels": ({"y": Y}, "lacks the arrays ['x']"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models and data, committed; one proof; data in every way bad."""
    folder = tmp_path_factory.mktemp("inputs")
    np.savez(folder / "data.npz", x=X, y=Y)
    np.savez(folder / "samples.npz", x=np.random.default_rng(9).uniform(-1, 1, (64, 8)))
    for name, (arrays, _) in BAD_DATA.items():
        np.savez(folder / f"{name}.npz", **arrays)
    (folder / "junk.npz").write_bytes(b"junk")
    for name, seed in (("model", 0), ("other", 1)):
        (folder / f"{name}.onnx").write_bytes(mlp(seed))
        made = assay(
            "commit", "model", folder / f"{name}.onnx", "--backend", "sumcheck", "--calibrate", folder / "samples.npz",
            "-o", folder / f"{name}.commit",
        )  # fmt: skip
        assert made.code == 0, made.err
    data = ("commit", "data", folder / "data.npz", "--format", folder / "model.commit", "-o", folder / "data.commit")
    assert assay(*data).code == 0
    done = prove(folder, "accuracy", "--data", folder / "data.npz", out="proof.assay")
    assert done.code == 0, done.err
    return folder


def prove(folder: Path, kind: str, *options: object, commit: str = "model.commit", out: str = "none.assay") -> Result:
    files = ("--model", folder / "model.onnx", "--commit", folder / commit, "-o", folder / out)
    return assay("prove", kind, *files, "--json", "-", *options)


def score(folder: Path, *options: object, **names: str) -> Result:
    return prove(folder, "accuracy", "--data", folder / "data.npz", *options, **names)


def verify(folder: Path, proof: Path, *options: object, commit: Path | None = None) -> Result:
    return assay("verify", proof, "--commit", commit or folder / "model.commit", "--json", "-", *options)


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data(folder: Path, name: str) -> None:
    data, words = folder / f"{name}.npz", BAD_DATA[name][1]
    prove(folder, "accuracy", "--data", data).refused(4, words)
    code = 2 if name == "empty" else 4
    verify(folder, folder / "proof.assay", "--data", data).refused(code, "has 0" if name == "empty" else words)
    files = ("--format", folder / "model.commit", "-o", folder / "none.commit", "--json", "-")
    if name != "unlabelled":
        assay("commit", "data", data, *files).refused(4, words)
    committed = prove(folder, "accuracy", "--data", data, "--data-commit", folder / "data.commit")
    assert committed.code == 4 and committed.document["message"] and "Traceback" not in committed.err
    assert not (folder / "none.assay").exists() and not (folder / "none.commit").exists()


def test_data_that_are_none(folder: Path) -> None:
    prove(folder, "accuracy", "--data", folder / "junk.npz").refused(4, "not a NumPy .npz archive")
    prove(folder, "accuracy", "--data", folder / "nowhere.npz").refused(8, "does not exist")
    prove(folder, "inference").refused(4, "give the inputs")
    real = ("--data", folder / "real.npz", "--data-commit", folder / "data.commit")
    prove(folder, "accuracy", *real).refused(4, "labels must be integers 0..2")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--top-k", 0), "--top-k 0: the model has 3 classes"),
        (("--top-k", -1), "--top-k -1"),
        (("--top-k", 3), "choose 1 or more, below"),
        (("--at-least", TOTAL + 1), f"so 'at least {TOTAL + 1}' is false and has no proof"),
        (("--at-least", -1), "--at-least -1: choose 0 or more"),
        (("--at-least", 10**30), "is false and has no proof"),
        (("--shard", 0), "--shard 0: one proof is about 1 or more examples"),
        (("--chunk", 0), "0 examples a chunk: between 1 and 4"),
        (("--chunk", TOTAL + 1), "5 examples a chunk: between 1 and 4"),
        (("--workers", 0), "--workers 0: choose 1 to"),
        (("--context", "zz"), "--context must be 32 bytes"),
    ],
)
def test_bad_numbers(folder: Path, options: tuple[object, ...], words: str) -> None:
    score(folder, *options).refused(4, words)
    assert not (folder / "none.assay").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "say what to retrieve"),
        (("--threshold", 0.5), "together with --class C"),
        (("--class", 3), "class 3 does not exist: the model's outputs are 0..2"),
        (("--class", -1), "class -1 does not exist"),
        *((("--class", 0, "--threshold", t), "outputs lie between") for t in (1e300, -1e300, "nan", "inf", "-inf")),
    ],
)
def test_bad_predicates(folder: Path, options: tuple[object, ...], words: str) -> None:
    prove(folder, "retrieval", "--data", folder / "data.npz", *options).refused(4, words)


def test_another_models_commitment(folder: Path) -> None:
    score(folder, commit="other.commit").refused(4, "not the one committed")
    data = ("--data", folder / "data.npz")
    verify(folder, folder / "proof.assay", *data, commit=folder / "other.commit").refused(
        2, "check 'statement-network'"
    )


def test_files_in_each_others_place(folder: Path) -> None:
    score(folder, commit="data.commit").refused(3, "not a model commitment")
    model_as_data = ("--data-commit", folder / "model.commit")
    prove(folder, "inference", *model_as_data).refused(3, "not a data commitment")
    proof, data = folder / "proof.assay", ("--data", folder / "data.npz")
    verify(folder, proof, *model_as_data).refused(3, "not a data commitment")
    verify(folder, proof, *data, commit=folder / "data.commit").refused(3, "not a model commitment")
    verify(folder, folder / "model.commit", *data).refused(3, "not a proof bundle")
    both = verify(folder, proof, *data, "--data-commit", folder / "data.commit")
    both.refused(4, "either as --data-commit or as public --data")


def test_files_of_another_backend(folder: Path) -> None:
    halo2, proof, data = GOLDEN / "v1", folder / "proof.assay", ("--data", folder / "data.npz")
    verify(folder, halo2 / "proof.assay", *data).refused(2, "the model is committed for backend 'sumcheck'")
    verify(folder, proof, *data, commit=halo2 / "model.commit").refused(2, "the proof is of 'sumcheck'")
    verify(folder, proof, "--data-commit", halo2 / "data.commit").refused(3, "data commitment of the sumcheck backend")
    shutil.copy(halo2 / "data.commit", folder / "halo2.commit")
    given = ("--data-commit", folder / "halo2.commit")
    prove(folder, "inference", *given).refused(3, "data commitment of the sumcheck backend")
    shutil.copy(halo2 / "model.commit", folder / "halo2-model.commit")
    score(folder, "--backend", "sumcheck", commit="halo2-model.commit").refused(4, "is no commitment for the sumcheck")
    score(folder, "--shard", 2, commit="halo2-model.commit").refused(4, "only for models committed for the sumcheck")


def test_secret_parts(folder: Path) -> None:
    for name, options in (("model", ()), ("data", ("--data-commit", folder / "alone.commit"))):
        secret = (folder / f"{name}.commit.secret").read_bytes()
        shutil.copy(folder / f"{name}.commit", folder / "alone.commit")
        (folder / "alone.commit.secret").unlink(missing_ok=True)
        commit = "model.commit" if options else "alone.commit"
        score(folder, *options, commit=commit).refused(8, "alone.commit.secret does not exist")
        middle = len(secret) // 2
        for damaged in (
            b"",
            b"x" * 99,
            secret[:-1],
            secret[:middle] + bytes([secret[middle] ^ 1]) + secret[middle + 1 :],
        ):
            (folder / "alone.commit.secret").write_bytes(damaged)
            score(folder, *options, commit=commit).refused(4, "alone.commit.secret is not a NumPy")


def test_damaged_proofs(folder: Path) -> None:
    raw, data = (folder / "proof.assay").read_bytes(), ("--data", folder / "data.npz")
    for name, content, code, words in (
        ("cut", raw[:-1], 3, "is truncated"),
        ("half", raw[: len(raw) // 2], 3, "is truncated"),
        ("none", b"", 3, "is truncated"),
        ("more", raw + b"\0", 3, "after its last section"),
        ("large", raw[:5000] + b"\xff" * 64 + raw[5064:], 3, "not below the prime"),
        ("bit", raw[:-50] + bytes([raw[-50] ^ 1]) + raw[-49:], 2, "opening-root"),
    ):
        (folder / f"{name}.assay").write_bytes(content)
        verify(folder, folder / f"{name}.assay", *data).refused(code, words)
    verify(folder, folder / "nowhere.assay", *data).refused(8, "does not exist")
    verify(folder, folder, *data).refused(4, "is not a file")


def test_places_that_cannot_be_written(folder: Path) -> None:
    score(folder, out="").refused(4, "it is a folder; name a file")
    score(folder, out="n" * 300).refused(4, "File name too long")
    score(folder, out="data.npz/proof").refused(4, "cannot write")
    for read in ("data.npz", "model.commit", "model.commit.secret", "model.onnx"):
        score(folder, out=read).refused(4, "this command reads it; name another file")
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    score(folder, out="pipe").refused(4, "it is no plain file, and would be replaced")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_labels_are_those_of_the_float_model_or_not(folder: Path) -> None:
    """Nothing above is refused because of its labels: the good proof counts them."""
    right = int((float_logits(mlp(0), X).argmax(1) == Y).sum())
    found = verify(folder, folder / "proof.assay", "--data", folder / "data.npz")
    assert found.code == 0 and found.document["correct"] == right
