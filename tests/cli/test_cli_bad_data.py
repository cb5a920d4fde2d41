"""Test sets that cannot be scored: each named, none proven, nothing spent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from cli_kit import Kit, assay, labelled
from helpers.tiny_models import mlp

Arrays = dict[str, np.ndarray]
Change = Callable[[Arrays], Arrays]


def with_first(array: np.ndarray, value: float) -> np.ndarray:
    changed = array.copy()
    changed.flat[0] = value
    return changed


BAD: dict[str, tuple[Change, str]] = {
    "label too large": (lambda a: {**a, "y": with_first(a["y"], 3)}, "out of range 0..2"),
    "label negative": (lambda a: {**a, "y": with_first(a["y"], -1)}, "out of range"),
    "labels not integers": (lambda a: {**a, "y": a["y"].astype(float)}, "labels must be integers"),
    "one label missing": (lambda a: {**a, "y": a["y"][:-1]}, "one label for each"),
    "labels one-hot": (lambda a: {**a, "y": np.eye(3, dtype=int)[a["y"]]}, "one label for each"),
    "not a number": (lambda a: {**a, "x": with_first(a["x"], np.nan)}, "example 0"),
    "infinite": (lambda a: {**a, "x": with_first(a["x"], np.inf)}, "example 0"),
    "far out of range": (lambda a: {**a, "x": with_first(a["x"], 1e30)}, "normalise the inputs"),
    "one feature missing": (lambda a: {**a, "x": a["x"][:, 1:]}, "shape"),
    "one axis": (lambda a: {**a, "x": a["x"][:, 0]}, "shape"),
    "texts": (lambda a: {**a, "x": a["x"].astype(str)}, "x"),
    "duplicate row": (lambda a: {**a, "x": np.concatenate([a["x"][:1], a["x"][:1], a["x"][2:]])}, "repeats example 0"),
    "not a multiple of the batch": (lambda a: {k: v[:-1] for k, v in a.items()}, "multiple of the batch 8"),
    "empty": (lambda a: {k: v[:0] for k, v in a.items()}, ""),
    "no labels": (lambda a: {"x": a["x"]}, "lacks the arrays ['y']"),
    "objects": (lambda a: {**a, "x": a["x"].astype(object)}, "NumPy .npz archive"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_test_set(name: str, kit: Kit, tmp_path: Path) -> None:
    change, words = BAD[name]
    x, y = labelled(mlp(0), seed=9)
    data = tmp_path / "bad.npz"
    np.savez(data, **change({"x": x, "y": y}))
    out = tmp_path / "out"
    assay("commit", "data", data, "--format", kit.model_commit, "-o", out, "--json", "-").refused(4, words)
    arguments = ("--model", kit.model_onnx, "--commit", kit.model_commit, "--data", data)
    assay("prove", "accuracy", *arguments, "-o", out, "--json", "-").refused(4, words)
    known = ("--commit", kit.model_commit, "--data", data)
    assay("verify", kit.public_assay, *known, "--json", "-").refused(4, words)
    assert not out.exists()


def test_files_that_are_no_archives(kit: Kit, tmp_path: Path) -> None:
    torn = tmp_path / "torn.npz"
    torn.write_bytes(kit.data_npz.read_bytes()[:200])
    for data, code, words in [
        (torn, 4, "NumPy .npz archive"),
        (kit.model_onnx, 4, "NumPy .npz archive"),
        (tmp_path / "none.npz", 8, "does not exist"),
        (tmp_path, 4, "not a file"),
    ]:
        assay("commit", "data", data, "-o", tmp_path / "out", "--json", "-").refused(code, words)


def test_other_files_than_archives_are_told_what_is_wanted(kit: Kit, tmp_path: Path) -> None:
    rows, notes, objects = tmp_path / "rows.npy", tmp_path / "notes.npz", tmp_path / "objects.npz"
    np.save(rows, np.zeros((8, 8)))
    notes.write_text("notes, and no numbers")
    np.savez(objects, x=np.array([{}, {}], dtype=object), y=np.zeros(2, int))
    model = ("--model", kit.model_onnx, "--commit", kit.model_commit)
    out = ("-o", tmp_path / "out", "--json", "-")
    assay("prove", "inference", *model, "--data", rows, *out).refused(4, "give .npz with x")
    assay("prove", "accuracy", *model, "--data", rows, *out).refused(4, "give .npz with x and y")
    known = ("--commit", kit.model_commit, "--data", rows)
    assay("verify", kit.public_assay, *known, "--json", "-").refused(4, "give .npz with x and y")
    np.save(tmp_path / "objects.npy", np.array([{}, {}], dtype=object))
    for kind, path in (
        ("data", notes),
        ("data", objects),
        ("data", rows),
        ("corpus", notes),
        ("corpus", tmp_path / "objects.npy"),
    ):
        refused = assay("commit", kind, path, *out)
        refused.refused(4, path.name)
        assert "pickle" not in refused.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("change", ["row dropped", "row changed", "label changed", "order"])
def test_data_that_is_not_what_was_committed(change: str, kit: Kit, tmp_path: Path) -> None:
    with np.load(kit.data_npz) as stored:
        x, y = stored["x"].copy(), stored["y"].copy()
    if change == "row dropped":
        x, y = x[:-1], y[:-1]
    elif change == "row changed":
        x[3] += 0.5
    elif change == "label changed":
        y[3] = (y[3] + 1) % 3
    else:
        x = x[::-1]
    data = tmp_path / "changed.npz"
    np.savez(data, x=x, y=y)
    arguments = ("--model", kit.model_onnx, "--commit", kit.model_commit, "--data", data)
    refused = assay(
        "prove", "accuracy", *arguments, "--data-commit", kit.data_commit, "-o", tmp_path / "p", "--json", "-"
    )
    refused.refused(4, "is not what was committed")


def test_repeated_rows_when_the_buyer_insists(kit: Kit, tmp_path: Path) -> None:
    x, y = labelled(mlp(0), seed=10)
    data = tmp_path / "twice.npz"
    np.savez(data, x=np.concatenate([x[:4], x[:4]]), y=np.concatenate([y[:4], y[:4]]))
    command = ("commit", "data", data, "--format", kit.model_commit, "-o", tmp_path / "twice.commit")
    assert assay(*command, "--allow-duplicates").code == 0
