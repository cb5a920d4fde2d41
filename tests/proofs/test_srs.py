"""Reference strings: pinned by digest, found by size, never half there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from proofs.errors import InvalidInput, MissingArtifact
from proofs.halo2 import srs


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    return tmp_path


def ceremony_file(folder: Path, logrows: int = 5, filling: bytes = b"\1") -> tuple[Path, str]:
    """A file that looks like a reference string (its contents are ezkl's business)."""
    path = folder / "ceremony.srs"
    path.write_bytes(logrows.to_bytes(4, "little") + filling * 100)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def test_import_find_listing(home: Path) -> None:
    assert srs.listing() == []
    path, digest = ceremony_file(home)
    taken = srs.import_file(path, "0x" + digest.upper())
    assert srs.find(5) == srs.find(5, bytes.fromhex(digest)) == taken
    assert (taken.logrows, taken.origin, taken.digest.hex()) == (5, srs.CEREMONY, digest)
    assert srs.listing() == [taken]
    assert sorted(p.suffix for p in srs.folder().iterdir()) == [".json", ".srs"]


def test_wrong_digest_is_named_and_nothing_kept(home: Path) -> None:
    path, digest = ceremony_file(home)
    with pytest.raises(InvalidInput, match=digest):
        srs.import_file(path, "00" * 32)
    assert srs.listing() == []


@pytest.mark.parametrize("logrows", [0, 27, 1 << 31])
def test_absurd_sizes(home: Path, logrows: int) -> None:
    with pytest.raises(InvalidInput):
        srs.import_file(*ceremony_file(home, logrows))
    with pytest.raises(InvalidInput):
        srs.make_insecure(logrows)


def test_missing(home: Path) -> None:
    with pytest.raises(MissingArtifact):
        srs.import_file(home / "none.srs", "00")
    with pytest.raises(MissingArtifact, match="assay ceremony --insecure 7"):
        srs.find(7)
    srs.import_file(*ceremony_file(home))
    with pytest.raises(MissingArtifact, match=(b"\7" * 32).hex()):
        srs.find(5, b"\7" * 32)


def test_damaged_files_and_notes_are_passed_over(home: Path) -> None:
    taken = srs.import_file(*ceremony_file(home))
    taken.path.write_bytes(taken.path.read_bytes()[:-1])
    with pytest.raises(MissingArtifact):
        srs.find(5, taken.digest)
    for note in ("{", "[]", json.dumps({"logrows": "five", "sha256": "zz", "origin": 1})):
        taken.path.with_suffix(".json").write_text(note)
        assert srs.listing() == []
    taken.path.with_suffix(".json").unlink()
    assert srs.listing() == []


def test_two_strings_of_one_size(home: Path) -> None:
    first = srs.import_file(*ceremony_file(home, filling=b"\1"))
    second = srs.import_file(*ceremony_file(home, filling=b"\2"))
    assert first.digest != second.digest
    assert srs.find(5, first.digest) == first
    assert srs.find(5, second.digest) == second


def test_ceremonies_come_before_local_strings(home: Path) -> None:
    local = srs.make_insecure(5)
    assert (local.origin, srs.find(5)) == (srs.INSECURE, local)
    taken = srs.import_file(*ceremony_file(home))
    assert srs.find(5) == taken


def test_every_local_string_is_another(home: Path) -> None:
    assert srs.make_insecure(4).digest != srs.make_insecure(4).digest
    assert len(srs.listing()) == 2
