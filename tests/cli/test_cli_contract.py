"""The command line's contract: the bare commands work, and the JSON documents have the promised fields."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from cli_kit import TOTAL, Kit, assay

PROVE_FIELDS = {"prove_s", "setup_s", "peak_memory_mb", "proof_bytes", "correct", "total", "soundness_bits"}
VERIFY_FIELDS = {"verify_s", "proof_bytes", "correct", "total", "soundness_bits"}
ALWAYS = {"verdict", "statement", "zero_knowledge", "backend"}


@pytest.mark.parametrize("name", ["prove", "prove public"])
def test_prove_answers_the_promised_fields(kit: Kit, name: str) -> None:
    document = kit.answers[name].document
    assert PROVE_FIELDS | ALWAYS <= set(document)
    assert document["verdict"] == "proved"
    assert document["zero_knowledge"] is True
    assert document["backend"] == "halo2"
    assert document["total"] == TOTAL
    assert document["prove_s"] > 0
    assert document["peak_memory_mb"] > 0


def test_verify_with_data_commitment(kit: Kit) -> None:
    verified = assay(
        "verify", kit.proof_assay, "--commit", kit.model_commit, "--data-commit", kit.data_commit, "--json", "-"
    )
    assert verified.code == 0, verified.err
    assert VERIFY_FIELDS | ALWAYS <= set(verified.document)
    assert verified.document["verdict"] == "accepted"
    assert verified.document["correct"] == kit.answers["prove"].document["correct"]


def test_verify_with_public_data(kit: Kit) -> None:
    verified = assay("verify", kit.public_assay, "--commit", kit.model_commit, "--data", kit.data_npz, "--json", "-")
    assert verified.code == 0, verified.err
    assert verified.document["verdict"] == "accepted"


def test_public_proof_is_not_about_the_committed_set(kit: Kit) -> None:
    arguments = ("verify", kit.public_assay, "--commit", kit.model_commit, "--data-commit", kit.data_commit)
    assay(*arguments, "--json", "-").refused(2, "statement-data")


def test_secret_parts_are_for_their_owner_only(kit: Kit) -> None:
    for public in (kit.model_commit, kit.data_commit):
        secret = public.with_name(public.name + ".secret")
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_explain_check_estimate_and_plan(kit: Kit) -> None:
    explained = assay("explain", kit.proof_assay, "--json", "-")
    assert explained.code == 0
    assert explained.document["verified"] is False
    checked = assay("check", kit.model_onnx, "--backend", "halo2", "--json", "-")
    assert (checked.code, checked.document["verdict"]) == (0, "supported")
    estimated = assay("estimate", kit.model_onnx, "--batch", 8, "--backend", "halo2", "--json", "-")
    assert estimated.code == 0, estimated.err
    assert {"backend", "peak_memory_mb", "proof_bytes"} <= set(estimated.document)
    assert assay("plan", "--json", "-").document["plan"]["total"] == 600


def test_json_goes_to_a_file_and_people_still_read_the_result(kit: Kit) -> None:
    path = kit.folder / "answer.json"
    verified = assay("verify", kit.public_assay, "--commit", kit.model_commit, "--data", kit.data_npz, "--json", path)
    assert verified.code == 0
    assert "ACCEPTED" in verified.out
    assert '"accepted"' in path.read_text()


def test_interrupted_proving_resumes_without_spending(kit: Kit) -> None:
    arguments = ("--model", kit.model_onnx, "--commit", kit.model_commit, "--data", kit.data_npz)
    again = assay("prove", "accuracy", *arguments, "-o", kit.folder / "again.assay", "--json", "-")
    assert again.code == 0, again.err
    assert again.document["batches_resumed"] == 1
    assert again.document["proof_budget_left"] == kit.answers["prove"].document["proof_budget_left"]
    assert (kit.folder / "again.assay").read_bytes() == kit.public_assay.read_bytes()


def test_program_runs_as_module_and_ends_in_order() -> None:
    environment = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "assay", "--help"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0
    for command in ("check", "estimate", "commit", "prove", "verify", "explain", "demo", "seller", "buyer", "plan"):
        assert command in done.stdout


def test_explain_says_what_is_left_of_a_commitment(kit: Kit) -> None:
    said = assay("explain", kit.model_commit, "--json", "-")
    assert said.code == 0 and said.document["backend"] == "halo2" and said.document["zero_knowledge"] is True
    assert said.document["proof_budget"] == 16 and 0 <= said.document["proof_budget_left"] < 16
    assert "hides its weights heuristically in 16 proofs" in said.err and said.document["verified"] is False
