"""The tamper manifest, run: every mutation of a proof bundle is refused by the check that should refuse it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from tamper_manifest import MALFORMED, TAMPERS, Tamper

from assay.cli import run
from proofs.bundle import AccuracyBundle, BatchProof
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import BatchOpening
from proofs.errors import MalformedProof, RejectedProof
from proofs.fidelity import FidelityReceipt
from proofs.halo2.architecture import Architecture
from proofs.halo2.description import CircuitDescription, RunParameters
from proofs.statements.accuracy import Accuracy

# Where each record of a bundle sits; names as in the JSON where those differ from the dataclass.
RECORDS = {
    "statement": Accuracy,
    "circuit": CircuitDescription,
    "circuit.architecture": Architecture,
    "circuit.format": InputFormat,
    "circuit.parameters": RunParameters,
    "receipt": FidelityReceipt,
    "batch": BatchProof,
    "batch.opening": BatchOpening,
}
JSON_NAMES = {"srs_digest": "srs", "ezkl_version": "ezkl"}
CLI_CASES = [tamper for tamper in TAMPERS if tamper.mutation in ("one bit", "above N", "first byte", "empty", "cut")]


def verdict(raw: bytes, proven) -> str:
    try:
        proven.verify(AccuracyBundle.from_bytes(raw))
    except MalformedProof:
        return MALFORMED
    except RejectedProof as rejection:
        return rejection.check
    return "accepted"


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.id)
def test_tampered_bundle_is_refused(tamper: Tamper, proven) -> None:
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
    assert {field.name for field in fields(AccuracyBundle)} == {"statement", "circuit", "receipt", "batches"}
    assert wanted - covered - nested == set()


def test_json_fields_of_an_honest_bundle_have_lines(proven) -> None:
    """Also what the dataclasses do not show: keys that only the written form has."""
    covered = {tamper.field for tamper in TAMPERS}
    written = {f"statement.{key}" for key in proven.bundle.statement.to_json()}
    for key, value in proven.bundle.circuit.items():
        inner = [f".{name}" for name in value] if isinstance(value, dict) else [""]
        written |= {f"circuit.{key}{name}" for name in inner}
    assert written - covered == set()


@pytest.mark.parametrize("binding", ["proven_hashed", "proven_fixed"])
@pytest.mark.parametrize("tamper", [t for t in TAMPERS if t.field.startswith("batch.")], ids=lambda t: t.id)
def test_other_bindings_refuse_tampered_batches(tamper: Tamper, binding: str, request) -> None:
    proven = request.getfixturevalue(binding)
    expected = "proof" if tamper.expected == "model-commitment" else tamper.expected
    assert verdict(tamper.apply(proven.bundle.to_bytes()), proven) == expected


@pytest.fixture(scope="module")
def folder(proven, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tamper")
    (folder / "model.commit").write_bytes(proven.commitment.to_bytes())
    (folder / "data.commit").write_bytes(proven.data.to_bytes())
    return folder


def assay_verify(folder: Path, raw: bytes) -> int:
    (folder / "proof.assay").write_bytes(raw)
    words = ["verify", str(folder / "proof.assay"), "--commit", str(folder / "model.commit")]
    return run([*words, "--data-commit", str(folder / "data.commit")])


def test_assay_verify_accepts_the_honest_bundle(folder: Path, proven) -> None:
    assert assay_verify(folder, proven.bundle.to_bytes()) == 0


@pytest.mark.parametrize("tamper", CLI_CASES, ids=lambda tamper: tamper.id)
def test_assay_verify_exit_codes(tamper: Tamper, folder: Path, proven) -> None:
    expected = 3 if tamper.expected == MALFORMED else 2
    assert assay_verify(folder, tamper.apply(proven.bundle.to_bytes())) == expected
