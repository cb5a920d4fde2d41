"""Pages about bundles: what is accepted is told in full, what is rejected says so in large letters and no more."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from page_check import check_page
from report_kit import ANSWERS, HALO2, OPEN, SEARCH, SUMCHECK, Written, report

from assay.commands.verify import Trusted
from assay.report import verdicts
from assay.report.compose import compose
from assay.report.page import render
from assay.report.set_up import origin_notice
from assay.report.timings import Timings
from assay.report.verdicts import Examined, examine
from proofs.errors import InvalidInput
from proofs.halo2 import srs
from proofs.read_bundle import read_bundle
from proofs.sheets import sheet_of

BANNER_LOUD = "REJECTED: "


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return report(tmp_path_factory.mktemp("search"), *SEARCH)


@pytest.fixture(scope="module")
def examined() -> Examined:
    return examine(SEARCH[0], Trusted(commit=SEARCH[2], data_commit=SEARCH[4]))


def test_accepted_search_is_told_in_full(search: Written) -> None:
    words = search.tree().words()
    sheet = sheet_of(read_bundle(SEARCH[0].read_bytes()))
    assert search.code == 0 and "ACCEPTED" in words and BANNER_LOUD not in words
    for name, lines in sheet.sections:
        assert name in words
        assert all(" ".join(line.split()) in words for line in lines)
    assert "4 of 20" in words and "2, 6, 13, 17" in words
    assert "102.06 bits" in words and "No reference string" in words
    assert f"{SEARCH[0].stat().st_size:,} bytes" in words
    assert "not shown: seconds differ" in words


def test_digests_and_commands_are_in_full(search: Written) -> None:
    words = search.tree().words()
    for path in (SEARCH[0], SEARCH[2], SEARCH[4]):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in words
    for value in search.document["proofs"][0]["statement"].values():
        assert not isinstance(value, str) or value in words
    assert "assay verify class.assay --commit model.commit --data-commit documents.commit" in words
    assert "sha256sum -- class.assay model.commit documents.commit" in words


def test_document(search: Written) -> None:
    assert search.document["verdict"] == search.document["proofs"][0]["verdict"] == "accepted"
    assert search.document["report_sha256"] == hashlib.sha256(search.page).hexdigest()
    assert Path(search.document["report"]).name == "report.html"


def test_equal_input_gives_equal_bytes_without_a_stamp(search: Written, tmp_path: Path) -> None:
    assert report(tmp_path, *SEARCH).page == search.page
    stamped = report(tmp_path, *SEARCH, "--stamp")
    words = stamped.tree().words()
    assert stamped.page != search.page and "Made on 2" in words and "here, a first build" in words


def test_predictions_in_the_open(tmp_path: Path) -> None:
    written = report(tmp_path, *ANSWERS)
    words = written.tree().words()
    assert written.code == 0 and "Predictions: proof off the chain" in words
    assert "Predicted classes" in words and "3 inputs" in words
    assert all(f"0: {row[0]:,}" in words for row in written.document["proofs"][0]["logits"])


def test_two_proofs_on_one_page(examined: Examined) -> None:
    page = check_page(render(compose([examined, examined], None, Timings())))
    assert "Proof 1: Result" in page.words() and "Proof 2: Result" in page.words()


def tampered(tmp_path: Path, at: float) -> Path:
    """The golden search with one bit changed."""
    raw = bytearray(SEARCH[0].read_bytes())
    raw[int(at * len(raw))] ^= 1
    (tmp_path / "proof.assay").write_bytes(raw)
    return tmp_path / "proof.assay"


def test_rejected_proof(tmp_path: Path) -> None:
    written = report(tmp_path, tampered(tmp_path, 0.6), *SEARCH[1:])
    words = written.tree().words()
    assert written.code == 2 and written.document["verdict"] == "rejected"
    assert f"{BANNER_LOUD}{written.document['check']}" in words and "ACCEPTED" not in words
    assert " ".join(written.document["message"].split()) in words
    for claim in ("2, 6, 13, 17", "satisfy the predicate", "102.06 bits", "<svg"):
        assert claim not in words and claim.encode() not in written.page
    assert "Statement as claimed, NOT proven" in words


@pytest.mark.parametrize(
    ("option", "arguments"),
    [
        ("--commit", (SEARCH[0], "--commit", HALO2 / "model.commit", *SEARCH[3:])),
        ("--commit", (SEARCH[0], "--commit", OPEN / "dense.onnx", *SEARCH[3:])),
        ("--data-commit", (*SEARCH[:4], HALO2 / "data.commit")),
        ("--data-commit", (*SEARCH[:4], SEARCH[2])),
        ("--commit", (HALO2 / "proof.assay", *SEARCH[1:3], "--data-commit", HALO2 / "data.commit")),
        ("--data-commit", (HALO2 / "proof.assay", "--commit", HALO2 / "model.commit", *SEARCH[3:])),
    ],
)
def test_commitment_that_the_proof_cannot_be_about(tmp_path: Path, option: str, arguments: tuple[object, ...]) -> None:
    """The wrong file says nothing about the proof: an error naming it, and no page that says REJECTED."""
    written = report(tmp_path, *arguments)
    assert (written.code, written.page) == (4, b"") and f"{option} " in written.document["message"]
    assert "this proof is about" in written.document["message"]


@pytest.mark.parametrize("kept", [0, 11, 40, 5000])
def test_malformed_proof(tmp_path: Path, kept: int) -> None:
    (tmp_path / "proof.assay").write_bytes(SEARCH[0].read_bytes()[:kept])
    written = report(tmp_path, tmp_path / "proof.assay", *SEARCH[1:])
    words = written.tree().words()
    assert written.code == 3 and written.document["verdict"] == "malformed"
    assert f"{BANNER_LOUD}{verdicts.MALFORMED}" in words and "nothing to verify" in words


def test_one_rejected_of_two_ends_the_command(tmp_path: Path) -> None:
    written = report(tmp_path, SEARCH[0], tampered(tmp_path, 0.6), *SEARCH[1:])
    words = written.tree().words()
    assert written.code == 2 and words.index(BANNER_LOUD) < words.index("ACCEPTED")


def test_hostile_file_name(tmp_path: Path) -> None:
    name = "\"'><script>alert(1)<!--\u202e;$(x).assay"
    shutil.copy(SEARCH[0], tmp_path / name)
    written = report(tmp_path, tmp_path / name, *SEARCH[1:])
    assert written.code == 0 and b"<script" not in written.page and b"<!--" not in written.page
    assert "<script>alert(1)<!--\\u202e" in written.tree().words()


def test_file_that_changes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter(range(10))
    named = verdicts._named
    monkeypatch.setattr(verdicts, "_named", lambda role, path: replace(named(role, path), sha256=str(next(seen))))
    with pytest.raises(InvalidInput, match="changed meanwhile"):
        examine(SEARCH[0], Trusted(commit=SEARCH[2], data_commit=SEARCH[4]))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 4),
        ((SEARCH[0],), 64),
        ((SEARCH[0], "--commit", SEARCH[2]), 4),
        ((*SEARCH, "--rpc", "http://127.0.0.1:1"), 4),
        ((*SEARCH, "--prove-json", SUMCHECK / "sumcheck_facts.json"), 4),
        (("missing.assay", *SEARCH[1:]), 8),
        (("--rpc", "http://127.0.0.1:1", "--escrow", "0x" + "11" * 20, "--job", "0x12"), 4),
        (("--rpc", "http://127.0.0.1:1", "--escrow", "0x" + "11" * 20, "--job", "11" * 32), 11),
        ((*SEARCH, "--listing", SEARCH[2]), 3),
    ],
)
def test_no_page_without_a_verdict(tmp_path: Path, arguments: tuple[object, ...], code: int) -> None:
    written = report(tmp_path, *arguments)
    assert (written.code, written.page) == (code, b""), written.err


def test_what_the_prover_said(examined: Examined, tmp_path: Path) -> None:
    said: dict[str, Any] = {"verdict": "proved", "prove_s": 12.34, "setup_s": float("nan"), "peak_memory_mb": "<b>"}
    (tmp_path / "prove.json").write_text(json.dumps(said))
    words = report(tmp_path, *SEARCH, "--prove-json", tmp_path / "prove.json").tree().words()
    assert "12.3 s, as the prover reports" in words and "nan" not in words and "Peak memory" not in words


@pytest.mark.parametrize("origin", [srs.INSECURE, srs.CEREMONY, "none", "unknown"])
def test_origin_of_the_reference_string(origin: str) -> None:
    notice = origin_notice(origin)
    assert (notice.level == "bad") == (origin == srs.INSECURE)
    assert (notice.title.startswith("INSECURE")) == (origin == srs.INSECURE)


def test_a_page_is_not_written_over_what_it_reads(tmp_path: Path) -> None:
    shutil.copy(SEARCH[0], tmp_path / "report.html")
    written = report(tmp_path, tmp_path / "report.html", *SEARCH[1:])
    assert written.code == 4 and written.page == SEARCH[0].read_bytes()
