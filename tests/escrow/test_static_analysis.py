"""The script around slither: what it reads and compares; slither itself is not needed here."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from escrow.build import CONTRACTS
from escrow.static_analysis import (
    ANSWERS,
    DETECTORS,
    SLITHER_ENV,
    VERSION,
    differences,
    parse_answers,
    parse_report,
    slither_executable,
)
from proofs.errors import MissingArtifact, ProverFailed


def element(kind: str, name: str, parent: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": kind, "name": name, "type_specific_fields": {} if parent is None else {"parent": parent}}


def report(*detectors: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "error": None, "results": {"detectors": list(detectors)} if detectors else {}}


def test_findings_are_named_by_detector_and_function() -> None:
    function = element("function", "pay", element("contract", "Bank"))
    found = parse_report(
        report(
            {"check": "timestamp", "elements": [function, element("node", "now > 3", function)]},
            {"check": "timestamp", "elements": [element("node", "x = y", function)]},
            {"check": "solc-version", "elements": [element("pragma", "^0.8")]},
            {"check": "odd", "elements": []},
        )
    )
    expected = {("timestamp", "Bank.pay"): 2, ("solc-version", "pragma"): 1, ("odd", "everywhere"): 1}
    assert found == Counter(expected)
    assert parse_report(report()) == Counter()


def test_a_failed_analysis_is_no_clean_one() -> None:
    with pytest.raises(ProverFailed, match="no forge"):
        parse_report({"success": False, "error": "no forge", "results": {}})


def test_every_difference_is_named() -> None:
    found, answered = Counter({("a", "X.f"): 2, ("b", "X.g"): 1}), Counter({("a", "X.f"): 1, ("c", "X.h"): 1})
    assert differences(found, answered) == [
        "not answered: a in X.f",
        "not answered: b in X.g",
        "answered, but not found: c in X.h",
    ]
    assert differences(found, found) == []


def test_the_page_answers_functions_that_exist() -> None:
    page = ANSWERS.read_text(encoding="utf-8")
    answered = parse_answers(page)
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert answered.total() == len(rows) > 0
    assert VERSION in page
    assert f"{DETECTORS} of them" in page
    sources = {path.stem: path.read_text(encoding="utf-8") for path in (CONTRACTS / "src").rglob("*.sol")}
    for _, place in answered:
        contract, _, function = place.partition(".")
        assert f"function {function}(" in sources[contract], place


def test_missing_slither_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for named in ("", str(tmp_path / "slither")):
        monkeypatch.setenv(SLITHER_ENV, named)
        with pytest.raises(MissingArtifact, match=rf"slither-analyzer=={VERSION}"):
            slither_executable()
