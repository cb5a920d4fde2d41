"""Bundles of each released format verify for ever, from the committed bytes alone, in a home that never saw them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assay.cli import run
from proofs.accuracy import Verdict
from proofs.bundle import AccuracyBundle
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSetCommitment
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.backend import Halo2Backend

FOLDERS = sorted(path for path in Path(__file__).resolve().parent.iterdir() if (path / "facts.json").is_file())


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    return request.param


def facts_of(folder: Path) -> dict[str, object]:
    return json.loads((folder / "facts.json").read_text())


def verify(folder: Path) -> Verdict:
    return Halo2Backend().verify_accuracy(
        AccuracyBundle.from_bytes((folder / "proof.assay").read_bytes()),
        ModelCommitment.from_bytes((folder / "model.commit").read_bytes()),
        TestSetCommitment.from_bytes((folder / "data.commit").read_bytes()),
    )


def test_there_is_one() -> None:
    assert [folder.name for folder in FOLDERS] == ["v1"]


def test_encodings_are_what_they_were(folder: Path) -> None:
    facts = facts_of(folder)
    raw = {name: (folder / name).read_bytes() for name in ("proof.assay", "model.commit", "data.commit")}
    bundle = AccuracyBundle.from_bytes(raw["proof.assay"])
    model = ModelCommitment.from_bytes(raw["model.commit"])
    data = TestSetCommitment.from_bytes(raw["data.commit"])
    assert [item.to_bytes() for item in (bundle, model, data)] == list(raw.values())
    assert to_hex(model.model_id) == facts["model_id"]
    assert to_hex(data.root) == facts["data_root"]
    assert to_hex(bundle.statement.digest) == facts["statement_digest"]
    assert to_hex(bundle.note) == facts["note"]


def test_verifies_for_ever(folder: Path) -> None:
    facts = facts_of(folder)
    with pytest.raises(MissingArtifact):
        verify(folder)
    srs.import_file(folder / "reference.srs", str(facts["srs_sha256"]))
    verdict = verify(folder)
    assert (verdict.correct, verdict.total) == (facts["correct"], facts["total"])
    words = ["verify", str(folder / "proof.assay"), "--commit", str(folder / "model.commit")]
    assert run([*words, "--data-commit", str(folder / "data.commit")]) == 0
    assert run(["explain", str(folder / "proof.assay")]) == 0


def test_fits_into_the_repository(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 300_000
