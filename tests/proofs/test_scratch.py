"""Private working folders: removed when done, swept when their process is gone, never another's while it lives."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from proofs.scratch import secret_folder


def test_removed_when_done_also_on_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    with pytest.raises(RuntimeError), secret_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "weights").write_text("secret")
        raise RuntimeError
    assert not folder.exists()


def test_leftovers_of_dead_processes_are_swept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    root = tmp_path / "cache" / "scratch"
    dead = [root / "999999.1-abc", root / "1.1-later-process-of-that-number", root / "nonsense"]
    for folder in dead:
        folder.mkdir(parents=True)
    with secret_folder() as mine, secret_folder() as other:
        assert mine.exists()
        assert other.exists()
        assert not any(folder.exists() for folder in dead)
