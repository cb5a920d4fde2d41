"""Reports in a real browser, where ASSAY_CHROMIUM names one: nothing fails, nothing is fetched, nothing sticks out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Tab, browsing
from report_jobs import Played
from report_kit import SEARCH, report

CHROMIUM = os.environ.get("ASSAY_CHROMIUM", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="ASSAY_CHROMIUM names no Chromium to look at reports with"),
]
WIDTHS = (390, 768, 1280)
SCROLLED = "document.documentElement.scrollWidth"
CUT_OFF = """[...document.querySelectorAll('main *, svg text')]
    .map(e => [e.getBoundingClientRect(), e])
    .filter(([box]) => box.width && (box.right > WIDTH + 1 || box.left < -1))
    .map(([box, e]) => e.tagName + ' ' + e.textContent.trim().slice(0, 60))"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with browsing(CHROMIUM) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(
    tmp_path_factory: pytest.TempPathFactory, audits: Played, searches: Played, rounds: Played
) -> dict[str, Path]:
    """A page of each kind."""
    wanted: dict[str, tuple[object, ...]] = {
        "audit": audits.place("completed"),
        "running audit": audits.place("running"),
        "search": searches.place("completed"),
        "round": rounds.place("rejected"),
        "proof": SEARCH,
        "rejected": (SEARCH[0], "--commit", SEARCH[2], "--data-commit", SEARCH[2].with_name("chunks.commit")),
    }
    folders = {name: tmp_path_factory.mktemp("page") for name in wanted}
    for name, folder in folders.items():
        assert report(folder, *wanted[name]).page
    return {name: folder / "report.html" for name, folder in folders.items()}


def test_pages_in_a_browser(tab: Tab, pages: dict[str, Path]) -> None:
    for name, page in pages.items():
        for width in WIDTHS:
            for dark in (False, True):
                tab.open(page, width, dark)
                where = f"{name} at {width}"
                assert tab.value(SCROLLED) == width, where
                assert tab.value(CUT_OFF.replace("WIDTH", str(width))) == [], where
                assert tab.value("document.scripts.length") == 0
    assert tab.complaints() == []
    assert {address.split(":")[0] for address in tab.requests()} == {"file"}


def test_what_a_screen_reader_gets(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["audit"], 390)
    nodes = tab.ask("Accessibility.getFullAXTree")["nodes"]
    names = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    for heading in ("Accuracy audit: an exchange on a chain", "Deposits and pay-offs", "Who could still lie, and how"):
        assert ("heading", heading) in names
    roles = {role for role, _ in names}
    assert {"main", "banner", "contentinfo", "navigation", "table", "row", "cell", "columnheader", "rowheader"} <= roles
    figures = [text for role, text in names if role in ("image", "img") and text]
    assert any("Axis from 0% to 100%. Measured: 83.3%" in text for text in figures)
    assert any("Change of each party's purse" in text for text in figures)


def test_on_paper(tab: Tab, pages: dict[str, Path]) -> None:
    for page in pages.values():
        tab.open(page, 1280)
        assert tab.pdf().startswith(b"%PDF")
