"""``assay commit corpus`` as a user runs it."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import numpy as np
import pytest
from cli_kit import assay
from PIL import Image

from proofs.canonical import to_hex
from proofs.commitment.corpus_files import read_corpus


def images(folder: Path, total: int) -> Path:
    folder.mkdir()
    for number in range(total):
        buffer = io.BytesIO()
        Image.fromarray(np.full((4, 5), number, np.uint8)).save(buffer, "PNG")
        (folder / f"{number}.png").write_bytes(buffer.getvalue())
    return folder


def test_images(tmp_path: Path) -> None:
    source, out = images(tmp_path / "in", 5), tmp_path / "corpus.commit"
    done = assay("commit", "corpus", source, "-o", out, "--batch", 4, "--json", "-")
    assert done.code == 0, done.err
    answer, corpus = done.document, read_corpus(out)
    assert answer["root"] == to_hex(corpus.commitment.root) and (answer["total"], answer["batches"]) == (5, 2)
    assert answer["format"] == corpus.format.to_json() and answer["recipe"] == {
        "kind": "images",
        "columns": [],
        "shape": [],
    }
    assert answer["format"]["shape"] == [1, 4, 5] and answer["format"]["unit_bits"] == 8
    assert answer["repeats"] == 0 and answer["first_repeat"] is None
    assert stat.S_IMODE((tmp_path / "corpus.commit.secret").stat().st_mode) == 0o600
    assert "corpus root 0x" in done.err and "secret" in done.err


def test_options_reach_the_format(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,a,b\nx,1.5,2\ny,3,4\n")
    out = tmp_path / "c"
    words = ("--columns", "a, b", "--unit-bits", 1, "--scale-bits", 7, "--batch", 1, "--shape", "2,1", "--kind", "csv")
    done = assay("commit", "corpus", tmp_path / "a.csv", "-o", out, *words, "--json", "-")
    assert done.code == 0, done.err
    corpus = read_corpus(out)
    assert corpus.raw.tolist() == [[3 << 6, 4 << 6], [6 << 6, 8 << 6]] and corpus.payloads == (b"x,1.5,2", b"y,3,4")
    assert corpus.format.shape == (2, 1) and corpus.recipe.shape == (2,)


def test_two_runs_are_unrelated(tmp_path: Path) -> None:
    source = images(tmp_path / "in", 2)
    roots = [
        assay("commit", "corpus", source, "-o", tmp_path / name, "--json", "-").document["root"] for name in ("a", "b")
    ]
    assert roots[0] != roots[1]


def test_repeats_are_reported(tmp_path: Path) -> None:
    source = images(tmp_path / "in", 3)
    for name in ("3.png", "4.png"):
        (source / name).write_bytes((source / "1.png").read_bytes())
    done = assay("commit", "corpus", source, "-o", tmp_path / "c", "--json", "-")
    assert done.code == 0 and done.document["repeats"] == 2 and done.document["first_repeat"] == [1, 3]
    assert "repeated documents: 2, first 3.png = 1.png" in done.err


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda p: [f.unlink() for f in p.iterdir()], (), "holds no images"),
        (lambda p: (p / "1.png").write_bytes(b"\x89PNG\r\n"), (), "image 1.png cannot be read"),
        (lambda p: (p / "2.txt").write_text("notes"), (), "image 2.txt cannot be read"),
        (lambda p: None, ("--kind", "csv"), "needs the other"),
        (lambda p: None, ("--kind", "video"), "kind 'video' is unknown"),
        (lambda p: None, ("--batch", 3), "power of two"),
        (lambda p: None, ("--shape", "3,3"), "do not fit"),
        (lambda p: None, ("--shape", "x"), "whole numbers"),
        (lambda p: None, ("--shape", "-4,-5"), "whole numbers"),
        (lambda p: None, ("--shape", "0,20"), "do not fit"),
        (lambda p: None, ("--unit-bits", 11), "unit_bits 11"),
        (lambda p: None, ("--scale-bits", 17), "scale_bits must be"),
        (lambda p: None, ("--columns", "a"), "for CSV"),
    ],
)
def test_refusals_leave_nothing_behind(tmp_path: Path, change: object, options: tuple[object, ...], words: str) -> None:
    source = images(tmp_path / "in", 3)
    change(source)  # type: ignore[operator]
    assay("commit", "corpus", source, "-o", tmp_path / "c", *options, "--json", "-").refused(4, words)
    assert not (tmp_path / "c").exists() and not (tmp_path / "c.secret").exists()


def test_hidden_files_are_passed_over_and_others_named(tmp_path: Path) -> None:
    source = images(tmp_path / "in", 3)
    (source / ".notes").write_text("hidden")
    assert assay("commit", "corpus", source, "-o", tmp_path / "c", "--json", "-").document["total"] == 3
    (source / "notes").write_text("in sight")
    refused = assay("commit", "corpus", source, "-o", tmp_path / "d", "--json", "-")
    refused.refused(4, "image notes cannot be read: it is no PNG, BMP, PNM or JPEG")
    assert "BytesIO" not in refused.err


def test_empty_and_absent_sources(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    assay("commit", "corpus", tmp_path / "a.csv", "-o", tmp_path / "c", "--json", "-").refused(4, "no rows")
    assay("commit", "corpus", tmp_path / "none", "-o", tmp_path / "c", "--json", "-").refused(4, "does not exist")
    np.save(tmp_path / "e.npy", np.zeros((0, 3)))
    assay("commit", "corpus", tmp_path / "e.npy", "-o", tmp_path / "c", "--json", "-").refused(
        4, "documents need shape"
    )
