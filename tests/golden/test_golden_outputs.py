"""Bundles of inference and retrieval of each released format verify for ever, from the committed bytes alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assay.cli import run
from proofs.canonical import to_hex
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.backend import Halo2Backend
from proofs.outputs_bundle import OutputsBundle
from proofs.read_bundle import read_bundle

HERE = Path(__file__).resolve().parent
FOLDERS = sorted(path for path in HERE.iterdir() if (path / "outputs_facts.json").is_file())
KINDS = ("inference", "retrieval")


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    return request.param


def facts_of(folder: Path) -> dict[str, object]:
    return json.loads((folder / "outputs_facts.json").read_text())


def bundle_of(folder: Path, kind: str) -> OutputsBundle:
    bundle = read_bundle((folder / f"{kind}.assay").read_bytes())
    assert isinstance(bundle, OutputsBundle)
    return bundle


def commitments(folder: Path) -> tuple[ModelCommitment, CorpusCommitment]:
    model = ModelCommitment.from_bytes((folder / "model.commit").read_bytes())
    return model, CorpusCommitment.from_bytes((folder / "corpus.commit").read_bytes())


def test_there_is_one() -> None:
    assert [folder.name for folder in FOLDERS] == ["v1-outputs"]


def test_encodings_are_what_they_were(folder: Path) -> None:
    facts = facts_of(folder)
    model, data = commitments(folder)
    assert model.to_bytes() == (folder / "model.commit").read_bytes()
    assert data.to_bytes() == (folder / "corpus.commit").read_bytes()
    assert to_hex(model.model_id) == facts["model_id"]
    assert to_hex(data.root) == facts["corpus_root"]
    assert to_hex(data.format.digest) == facts["format_digest"]
    bundles = [bundle_of(folder, kind) for kind in KINDS]
    assert [bundle.to_bytes() for bundle in bundles] == [(folder / f"{kind}.assay").read_bytes() for kind in KINDS]
    assert [to_hex(bundle.statement.digest) for bundle in bundles] == facts["statement_digests"]
    assert [to_hex(bundle.note) for bundle in bundles] == facts["notes"]


def test_verify_for_ever(folder: Path) -> None:
    facts, backend = facts_of(folder), Halo2Backend()
    inference, retrieval = (bundle_of(folder, kind) for kind in KINDS)
    with pytest.raises(MissingArtifact):
        backend.verify_inference(inference, *commitments(folder))
    srs.import_file(HERE / "v1" / "reference.srs", str(facts["srs_sha256"]))
    predictions = backend.verify_inference(inference, *commitments(folder))
    assert [list(row) for row in predictions.logits] == facts["logits"]
    assert predictions.scale_bits == facts["scale_bits"]
    found = backend.verify_retrieval(retrieval, *commitments(folder))
    assert (list(found.selected), found.total) == (facts["selected"], facts["total"])
    for kind in KINDS:
        words = ["verify", str(folder / f"{kind}.assay"), "--commit", str(folder / "model.commit")]
        assert run([*words, "--data-commit", str(folder / "corpus.commit")]) == 0
        assert run(["explain", str(folder / f"{kind}.assay")]) == 0


def test_fit_into_the_repository(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 50_000
