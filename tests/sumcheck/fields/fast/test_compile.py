"""Compiled code is kept where it can be, and works where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs.sumcheck.fields.fast import compile as compiler


def double(x: int) -> int:
    return 2 * x


def test_machine_code_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiler.config.CACHE_DIR
    monkeypatch.setattr(compiler, "FOLDER", tmp_path / "kernels")
    assert compiler.kernel(double)(21) == 42
    assert list((tmp_path / "kernels").rglob("*.nbc"))
    assert before == compiler.config.CACHE_DIR


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(compiler, "FOLDER", tmp_path / "file" / "kernels")
    assert compiler.kernel(double)(21) == 42


def test_the_folder_is_named_by_the_sources() -> None:
    assert compiler.FOLDER.name == f"fields-{compiler._sources()}"
    assert len(list(Path(compiler.__file__).parent.glob("*.py"))) > 5
