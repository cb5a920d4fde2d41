"""The manifest for inference and retrieval, run: every mutation is refused by the check that should refuse it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from helpers.tiny_outputs import IN_CLASS_0, OVER_LIMIT, ProvenOutputs
from outputs_tamper_manifest import CLASS, INFERENCE, TAMPERS, THRESHOLD, OutputsTamper
from tamper_manifest import MALFORMED

from assay.cli import run
from proofs.commitment.test_set import BatchOpening
from proofs.commitment.view_format import ViewFormat
from proofs.errors import MalformedProof, RejectedProof
from proofs.halo2.description import CircuitDescription
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsBundle, OutputsProof
from proofs.predicate import Predicate
from proofs.read_bundle import read_bundle
from proofs.statements.outputs import Retrieval

# Where each record of a bundle sits; names as in the JSON where those differ from the dataclass.
RECORDS = {
    "statement": Retrieval,
    "statement.predicate": Predicate,
    "circuit": TaskCircuit,
    "circuit.base": CircuitDescription,
    "circuit.view": ViewFormat,
    "batch": OutputsProof,
    "batch.opening": BatchOpening,
}
JSON_NAMES = {"srs_digest": "srs", "ezkl_version": "ezkl"}
CLI_CASES = [t for t in TAMPERS if t.mutation in ("a match withheld", "another class", "first byte", "cut", "magic")]


def verdict(raw: bytes, proven: ProvenOutputs) -> str:
    try:
        bundle = read_bundle(raw)
        assert isinstance(bundle, OutputsBundle)
        proven.verify(bundle)
    except MalformedProof:
        return MALFORMED
    except RejectedProof as rejection:
        return rejection.check
    return "accepted"


def test_honest_bundles_are_accepted(
    proven_class: ProvenOutputs, proven_threshold: ProvenOutputs, proven_inference: ProvenOutputs
) -> None:
    for proven in (proven_class, proven_threshold, proven_inference):
        assert read_bundle(proven.bundle.to_bytes()) == proven.bundle
    assert (proven_class.verify(), proven_threshold.verify()) == (IN_CLASS_0, OVER_LIMIT)
    assert proven_inference.verify() == proven_inference.bundle.logits(3)
    assert (proven_class.bundle.selected, proven_threshold.bundle.selected) == (IN_CLASS_0, OVER_LIMIT)


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.id)
def test_tampered_bundle_is_refused(tamper: OutputsTamper, request: pytest.FixtureRequest) -> None:
    proven = request.getfixturevalue(tamper.subject)
    honest = proven.bundle.to_bytes()
    changed = tamper.apply(honest)
    assert changed != honest
    assert verdict(changed, proven) == tamper.expected


def test_every_field_has_a_line() -> None:
    covered = {tamper.field for tamper in TAMPERS}
    wanted = {
        f"{place}.{JSON_NAMES.get(field.name, field.name)}"
        for place, record in RECORDS.items()
        for field in fields(record)
    }
    nested = {place for place in RECORDS if "." in place}
    assert {field.name for field in fields(OutputsBundle)} == {"statement", "circuit", "batches"}
    assert wanted - covered - nested == set()
    assert {tamper.subject for tamper in TAMPERS} == {CLASS, THRESHOLD, INFERENCE}


def test_json_fields_of_an_honest_bundle_have_lines(proven_threshold: ProvenOutputs) -> None:
    """Also what the dataclasses do not show: keys that only the written form has."""
    covered = {tamper.field for tamper in TAMPERS}
    written = {f"statement.{key}" for key in proven_threshold.bundle.statement.to_json()}
    for key, value in proven_threshold.bundle.circuit.items():
        inner = [f".{name}" for name in value] if isinstance(value, dict) else [""]
        written |= {f"circuit.{key}{name}" for name in inner}
    assert written - covered == set()


@pytest.mark.parametrize("tamper", CLI_CASES, ids=lambda tamper: tamper.id)
def test_assay_verify_exit_codes(tamper: OutputsTamper, tmp_path: Path, proven_class: ProvenOutputs) -> None:
    (tmp_path / "model.commit").write_bytes(proven_class.commitment.to_bytes())
    (tmp_path / "corpus.commit").write_bytes(proven_class.data.to_bytes())
    (tmp_path / "proof.assay").write_bytes(tamper.apply(proven_class.bundle.to_bytes()))
    words = ["verify", str(tmp_path / "proof.assay"), "--commit", str(tmp_path / "model.commit")]
    expected = 3 if tamper.expected == MALFORMED else 2
    assert run([*words, "--data-commit", str(tmp_path / "corpus.commit")]) == expected
