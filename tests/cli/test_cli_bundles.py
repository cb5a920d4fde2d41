"""Bundles and commitments from an adversary: malformed is 3, rejected is 2, a missing file is 8."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_kit import Kit, Result, assay, labelled
from helpers.tiny_models import mlp

from proofs.container import MAX_FILE_BYTES

Change = Callable[[bytes], bytes]


def verify(kit: Kit, proof: Path, *extra: object) -> Result:
    options = extra or ("--commit", kit.model_commit, "--data-commit", kit.data_commit)
    return assay("verify", proof, *options, "--json", "-")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: b"", "truncated"),
        (lambda raw: raw[:7], "truncated"),
        (lambda raw: raw[: len(raw) // 2], "truncated"),
        (lambda raw: raw[:-1], "truncated"),
        (lambda raw: raw + b"\0", "after its last section"),
        (lambda raw: b"PK\x03\x04" + raw[4:], "not a proof bundle"),
        (lambda raw: raw[:9] + b"\x09" + raw[10:], "format version 9"),
        (lambda raw: raw.replace(b'"at_least":', b'"at_least": '), ""),
        (lambda raw: raw.replace(b"accuracy", b"accurate", 1), ""),
    ],
    ids=["empty", "header cut", "half", "last byte cut", "trailing", "foreign", "version", "spaces", "kind"],
)
def test_damaged_bundle_is_malformed(kit: Kit, tmp_path: Path, change: Change, words: str) -> None:
    damaged = tmp_path / "damaged.assay"
    damaged.write_bytes(change(kit.proof_assay.read_bytes()))
    assert damaged.read_bytes() != kit.proof_assay.read_bytes()
    verify(kit, damaged).refused(3, words)
    assay("explain", damaged, "--json", "-").refused(3, words)


def test_oversize_bundle_is_refused_unread(kit: Kit, tmp_path: Path) -> None:
    huge = tmp_path / "huge.assay"
    with huge.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    verify(kit, huge).refused(3, "no proof bundle is larger")


def test_other_kinds_of_file_in_the_wrong_place(kit: Kit) -> None:
    verify(kit, kit.model_commit).refused(3, "not a proof bundle")
    verify(kit, kit.proof_assay, "--commit", kit.data_commit, "--data-commit", kit.data_commit).refused(
        3, "not a model commitment"
    )
    verify(kit, kit.proof_assay, "--commit", kit.model_commit, "--data-commit", kit.model_commit).refused(
        3, "not a test-set commitment"
    )


def test_one_bit_of_the_proof(kit: Kit, tmp_path: Path) -> None:
    raw = bytearray(kit.proof_assay.read_bytes())
    raw[-40] ^= 1
    flipped = tmp_path / "flipped.assay"
    flipped.write_bytes(raw)
    refused = verify(kit, flipped)
    refused.refused(2, "check 'proof'")
    assert (refused.document["check"], refused.document["batch"]) == ("proof", 0)
    assert refused.document["verdict"] == "rejected"


def test_missing_files_and_contradictory_options(kit: Kit, tmp_path: Path) -> None:
    verify(kit, tmp_path / "none.assay").refused(8, "does not exist")
    commit = ("--commit", kit.model_commit)
    verify(kit, kit.proof_assay, "--commit", tmp_path / "none", "--data", kit.data_npz).refused(8, "does not exist")
    verify(kit, kit.proof_assay, *commit, "--data", tmp_path / "none.npz").refused(8, "does not exist")
    verify(kit, kit.proof_assay, *commit).refused(4, "--data-commit or as public --data")
    both = ("--data", kit.data_npz, "--data-commit", kit.data_commit)
    verify(kit, kit.proof_assay, *commit, *both).refused(4, "--data-commit or as public --data")


def test_context(kit: Kit) -> None:
    known = ("--commit", kit.model_commit, "--data-commit", kit.data_commit)
    verify(kit, kit.proof_assay, *known, "--context", "ab" * 32).refused(2, "check 'context'")
    verify(kit, kit.proof_assay, *known, "--context", "zz" * 32).refused(4, "64 hex digits")


def test_proof_of_another_model(kit: Kit, tmp_path: Path) -> None:
    """A second commitment to the very same weights has another mask, hence another id."""
    other = tmp_path / "other.commit"
    assert assay("commit", "model", kit.other_onnx, "-o", other).code == 0
    refused = verify(kit, kit.proof_assay, "--commit", other, "--data-commit", kit.data_commit)
    refused.refused(2, "statement-model")


def test_proof_on_another_test_set(kit: Kit, tmp_path: Path) -> None:
    import numpy as np

    x, y = labelled(mlp(0), seed=6)
    np.savez(tmp_path / "other.npz", x=x, y=y)
    refused = verify(kit, kit.public_assay, "--commit", kit.model_commit, "--data", tmp_path / "other.npz")
    refused.refused(2, "statement-data")
