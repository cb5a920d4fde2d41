"""The page itself: escaped, self-contained, the same bytes for the same input, readable by everybody."""

from __future__ import annotations

import pytest
from page_check import check_page

from assay.report.blocks import (
    LEVELS,
    Banner,
    Bullets,
    Code,
    Commands,
    Facts,
    Figure,
    Notice,
    Page,
    Part,
    Section,
    Table,
    Text,
)
from assay.report.confidence import Score
from assay.report.figures.columns import SHOWN, batch_figure
from assay.report.figures.interval import interval_figure
from assay.report.figures.rows import Happening, Stake, gas_figure, payoff_figure, timeline_figure
from assay.report.page import render
from assay.report.palette import DARK, LIGHT, MARKS, TEXTS, contrast

HOSTILE = "\"'><script>alert(1)</script></title></style></desc>&amp;<img src=x onerror=y>{{ 7*7 }}{% raw %}\u202e\x00"


def figures(text: str) -> tuple[Figure, ...]:
    """One of each, with a text in every place that takes one."""
    return (
        interval_figure(Score(5, 6, 4, complete=True)),
        batch_figure("counts", text, [1, 2], 2, text),
        gas_figure([(text, [1, 2])]),
        payoff_figure([Stake(text, 1, -1, text, text)]),
        timeline_figure([Happening(1, text), Happening(5, text)]),
    )


def page_of(text: str) -> Page:
    """A page with a text in every place there is."""
    blocks = (
        Text(text),
        Facts(((text, text), (text, Code(text)))),
        Bullets((text,)),
        Table(text, (text, text, text, text), ((text, Code(text), text, text),), frozenset({1})),
        *(Notice(level, text, text) for level in LEVELS),
        Commands((text,)),
        *figures(text),
    )
    section = Section("one", text, blocks, (Part(text, (Text(text),)),))
    return Page(text, text, (Banner("bad", text, text, text),), (section,), text)


def test_hostile_text_stays_text() -> None:
    raw = render(page_of(HOSTILE))
    tree = check_page(raw)
    assert b"<script" not in raw and b"<img" not in raw and b"{{ 7*7 }}" in raw
    assert "\u202e" not in raw.decode() and b"\0" not in raw and rb"\u202e" in raw
    assert tree.words().count("<script>alert(1)</script>") >= 30


def test_equal_pages_have_equal_bytes() -> None:
    assert render(page_of("a")) == render(page_of("a")) != render(page_of("b"))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(colours: dict[str, str]) -> None:
    assert set(LIGHT) == set(DARK)
    for text, ground in TEXTS:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for mark, ground in MARKS:
        assert contrast(colours[mark], colours[ground]) >= 3, (mark, ground)


def test_contrast_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_style_uses_only_colours_of_the_palette() -> None:
    page = render(page_of("a")).decode()
    used = {part.split(")")[0] for part in page.split("var(--")[1:]}
    assert used <= set(LIGHT)
    rules = page.split("*/")[-1].split("box-sizing")[1].split("</style>")[0]
    assert "#" not in rules.replace("#appendix", "")
    assert "@media print" in page and "prefers-color-scheme: dark" in page and "table-header-group" in page


def test_many_batches_are_counted_by_their_number() -> None:
    figure = batch_figure("counts", "t", [3] * SHOWN + [1], 4, "right")
    assert "1 batch with 1" in figure.description and f"{SHOWN} batches with 3" in figure.description
    assert figure.svg.count("<rect") == 4
    assert batch_figure("counts", "t", [3] * SHOWN, 4, "right").svg.count("<rect") == SHOWN


def test_figures_say_all_they_show() -> None:
    score = interval_figure(Score(48, 64, 40, complete=True))
    for text in ("75.0%", "62.6% to 85.0%", "58.0% to 92.0%", "62.5%"):
        assert text in score.description
    partial = interval_figure(Score(48, 64, None, complete=False))
    assert "lower bound" in partial.description and "to 100.0%" in partial.description
    assert "asked for" not in partial.svg


def test_margins_of_64_images() -> None:
    """The figures everybody quotes: Hoeffding's +-15% one-sided, Clopper-Pearson's +-12% near three quarters."""
    score = Score(48, 64, None, complete=True)
    assert score.margin == pytest.approx(0.153, abs=0.0005)
    assert score.two_sided_margin == pytest.approx(0.170, abs=0.0005)
    assert (score.interval.high - score.interval.low) / 2 == pytest.approx(0.112, abs=0.002)
