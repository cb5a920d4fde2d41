"""Every relative link leads somewhere, every anchor is a heading, every file named exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import ROOT, anchors, fences, inline_code, name, pages, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FOLDERS = "assay|attacks|benchmarks|contracts|datasets|docs|escrow|examples|proofs|protocols|tests"
_PATH = re.compile(rf"(?<![\w./-])((?:{_FOLDERS})/[\w./-]*[\w/])(?![\w*{{<])")
_LABEL = re.compile(r"^assay/[\w-]+(/v\d+)?$")  # domain labels and protocol names
# Named because they appear when something runs.
_MADE = re.compile(r"^(contracts/node_modules|tests/golden)\b")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{name(page)} links to {target}, which does not exist"
        if anchor:
            assert anchor in anchors(found), f"{name(page)} links to {target}, which is no heading there"


@pytest.mark.parametrize("page", pages(), ids=name)
def test_named_files_exist(page: Path) -> None:
    for text in [*inline_code(page), *fences(page)]:
        for path in _PATH.findall(text):
            if not _MADE.match(path) and not _LABEL.match(path):
                here = (ROOT / path).exists() or (page.parent / path).exists()
                assert here, f"{name(page)} names {path}, which does not exist"
