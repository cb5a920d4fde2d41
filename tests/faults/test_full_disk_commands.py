"""A full disk under the commands that commit and prove, and under the provider's record."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fault_disk import filled, small_disk
from helpers.tiny_audit import reference_string
from helpers.tiny_models import examples, mlp

from assay.service.store import AnswerStore, StoredAnswer
from proofs.commitment import single_use
from proofs.commitment.test_set import TestSet
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.paths import cache_dir
from protocols.errors import JournalError
from protocols.journal import Journal
from protocols.predictions.answers import SignedAnswer
from protocols.predictions.messages import Answer

JOB = bytes(range(32))
ROOM = "make room"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes of a file system of its own."""
    with small_disk(tmp_path / "disk", 2048) as folder:
        yield folder


def test_journal_goes_on_after_the_disk_was_full(disk: Path) -> None:
    path = disk / "journal.jsonl"
    journal = Journal(path, b"me")
    journal.append("first", {"text": "x" * 5000})
    with filled(disk), pytest.raises(JournalError, match=f"journal.jsonl: No space left .*{ROOM}"):
        journal.append("second", {"text": "y" * 5000})
    with Journal(path, b"me") as again:
        assert [entry.kind for entry in again.entries] == ["first"]
        again.append("second", {})
    with Journal(path, b"me") as again:
        assert [entry.kind for entry in again.entries] == ["first", "second"]


def test_file_is_the_old_one_when_the_new_one_does_not_fit(disk: Path) -> None:
    path = disk / "key"
    write_atomic(path, b"old" * 2000)
    with filled(disk), pytest.raises(InvalidInput, match=f"key: No space left .*{ROOM}"):
        write_atomic(path, b"new" * 2000)
    assert path.read_bytes() == b"old" * 2000
    assert [child.name for child in disk.iterdir()] == ["key"]


def test_opened_examples_are_remembered_whatever_was_torn(
    disk: Path, test_set: TestSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An example that was handed over and forgotten could be sold again as unseen."""
    monkeypatch.setattr(single_use, "data_dir", lambda: disk)
    single_use.require_unused(test_set)
    with filled(disk), pytest.raises(InvalidInput, match=ROOM):
        single_use.record_opened(test_set)
    (disk / "opened-examples" / "opened.txt").write_text("0123456789abcdef")  # torn in the middle of a line
    single_use.record_opened(test_set)
    assert len(single_use._known()) == test_set.total + 1
    with pytest.raises(InvalidInput, match=r"6 examples \(first: 0\) already opened"):
        single_use.require_unused(test_set)


def stored(place: int) -> StoredAnswer:
    """An answer with a large input; nobody looks at its signature."""
    signed = SignedAnswer(Answer(job_id=JOB, index=place, h=7, outputs_hash=bytes(32)), (1, 2, 3), bytes(65))
    return StoredAnswer(np.zeros(4000, dtype=np.int64), np.zeros(2, dtype=np.int64), signed)


def test_provider_s_record_holds_whole_answers_only(disk: Path) -> None:
    store = AnswerStore(disk / "record")
    store.commit([stored(0)], [])
    with filled(disk), pytest.raises(sqlite3.Error, match=r"full|disk"):
        store.commit([stored(place) for place in range(1, 40)], [])
    store.close()
    store = AnswerStore(disk / "record")
    assert store.used(JOB) == {0: 7}
    store.commit([stored(1)], [])
    assert set(store.used(JOB)) == {0, 1}
    store.close()


@pytest.mark.slow
def test_commit_and_prove_go_on(tmp_path: Path) -> None:
    """Whichever file does not fit: an error in words, and the same command with room again."""
    for logrows in (11, 12, 13):
        reference_string(logrows)
    with small_disk(tmp_path / "disk", 120 << 10) as disk:
        shutil.copytree(cache_dir() / "srs", disk / "home" / "cache" / "srs")
        x, y = examples(2)
        np.savez(tmp_path / "data.npz", x=x.astype(np.float32), y=y)
        (tmp_path / "model.onnx").write_bytes(mlp(0))
        files = {"model": tmp_path / "model.onnx", "commit": disk / "model.commit", "data": tmp_path / "data.npz"}
        named = [word for name, path in files.items() for word in (f"--{name}", path)]
        size = ("--scale-bits", "7", "--batch", "2")
        for words in (
            ("commit", "model", files["model"], *size, "--proofs", "8", "-o", files["commit"]),
            ("commit", "data", files["data"], *size, "--classes", "3", "-o", disk / "data.commit"),
            ("prove", "accuracy", *named, "-o", disk / "proof.assay"),
        ):
            with filled(disk):
                refused = assay(disk, *words)
            assert refused.returncode not in (0, 1) and "Traceback" not in refused.stderr, refused.stderr
            assert ROOM in refused.stderr.replace("\n", " ") or "space" in refused.stderr, refused.stderr
            accepted = assay(disk, *words)
            assert accepted.returncode == 0, accepted.stderr


def assay(disk: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """The command, with its home and its temporary files on the disk."""
    (disk / "tmp").mkdir(exist_ok=True)
    environment = {**os.environ, "ASSAY_HOME": str(disk / "home"), "TMPDIR": str(disk / "tmp"), "COLUMNS": "500"}
    command = [sys.executable, "-m", "assay", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=500)
