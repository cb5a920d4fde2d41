"""What a command writes: never onto its inputs, never over a secret part, never two results in one place."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from cli_kit import Kit, assay, labelled
from helpers.tiny_models import mlp


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def own(kit: Kit, tmp_path: Path) -> Path:
    """A copy of the session's files, to be spoilt."""
    for path in kit.folder.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path / path.name)
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "1.png").write_bytes(b"image")
    return tmp_path


def test_a_secret_part_is_replaced_only_by_force(own: Path) -> None:
    x, y = labelled(mlp(0), seed=31)
    np.savez(own / "fresh.npz", x=x, y=y)
    for arguments, words in (
        (("model", own / "model.onnx", "-o", own / "model.commit"), "no proof can be made for that model id"),
        (("data", own / "fresh.npz", "-o", own / "data.commit"), "cannot be opened"),
    ):
        before = contents(own)
        assay("commit", *arguments, "--json", "-").refused(4, words)
        (Path(arguments[-1])).unlink()
        assay("commit", *arguments, "--json", "-").refused(4, "--force")
        Path(arguments[-1]).write_bytes(before[Path(arguments[-1])])
        assert contents(own) == before
    forced = assay("commit", "data", own / "fresh.npz", "-o", own / "data.commit", "--force")
    assert forced.code == 0, forced.err
    assert (own / "data.commit").read_bytes() != before[own / "data.commit"]

    corpus = ("commit", "corpus", own / "rows.csv", "-o", own / "c", "--batch", 1)
    assert assay(*corpus).code == 0
    before = contents(own)
    assay(*corpus, "--json", "-").refused(4, "no document of it delivered")
    assert contents(own) == before
    assert assay(*corpus, "--force").code == 0 and contents(own) != before


PROVE = "prove accuracy --model model.onnx --commit model.commit --data data.npz --data-commit data.commit"
VERIFY = "verify proof.assay --commit model.commit --data-commit data.commit"
COLLISIONS = (
    "commit corpus rows.csv -o rows.csv",
    "commit corpus rows.csv -o ./rows.csv --force",
    "commit corpus rows.csv -o link.csv --force",
    "commit corpus rows.csv -o new --json new",
    "commit corpus rows.csv -o new --json new.secret",
    "commit corpus folder -o folder/1.png",
    "commit model model.onnx -o model.onnx --force",
    "commit model model.onnx -o new --calibrate data.npz --json data.npz",
    "commit data data.npz --format model.commit -o model.commit --force",
    "commit data data.npz --format model.commit -o new --json model.commit.secret",
    f"{PROVE} -o model.commit",
    f"{PROVE} -o data.commit.secret",
    f"{PROVE} -o data.npz",
    f"{PROVE} -o new --json=new",
    "prove inference --model model.onnx --commit model.commit --data data.npz -o data.npz",
    "prove retrieval --model model.onnx --commit model.commit --data data.npz --class 0 -o model.onnx",
    f"{VERIFY} --json model.commit",
    f"{VERIFY} --json data.commit.secret",
    f"{VERIFY} --json proof.assay",
    "explain proof.assay --json proof.assay",
    "explain proof.assay --json hard.assay",
)


@pytest.mark.parametrize("line", COLLISIONS)
def test_outputs_are_neither_inputs_nor_each_other(line: str, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own)
    (own / "link.csv").symlink_to("rows.csv")
    (own / "hard.assay").hardlink_to(own / "proof.assay")
    before = contents(own)
    done = assay(*line.split())
    assert done.code == 4, done.err
    assert "name another file" in done.err or "name two files" in done.err
    assert contents(own) == before


@pytest.mark.parametrize(
    "line", ["check model.onnx --json model.onnx --nosuch", "verify proof.assay --json proof.assay"]
)
def test_a_failure_is_not_written_over_what_was_named(line: str, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own)
    before = contents(own)
    done = assay(*line.split())
    assert done.code == 64 and "no JSON document" in done.err
    assert contents(own) == before


@pytest.mark.parametrize("out", ["", ".", "..", "folder"])
def test_outputs_that_are_no_files(out: str, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own)
    before = contents(own.parent)
    for line in ("commit corpus rows.csv", "commit model model.onnx", "commit data data.npz", PROVE):
        assay(*line.split(), "-o", out, "--json", "-").refused(4, "name a file")
    assert assay("explain", "proof.assay", "--json", out).code == 4
    assert contents(own.parent) == before
