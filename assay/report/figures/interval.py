"""The figure of an accuracy: what was measured, how far it can be off, and what was asked for."""

from __future__ import annotations

from markupsafe import Markup

from assay.report.blocks import Figure
from assay.report.confidence import Score
from assay.report.figures.strokes import END, MIDDLE, START, anchored, bar, dot, drawn, label, line
from assay.report.words import percent

_ROW, _TOP = 46, 18
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def interval_figure(score: Score, name: str = "interval") -> Figure:
    """Measured accuracy with its 95% interval, Hoeffding's margin and the target, on an axis from 0 to 100%."""
    low, high = score.interval
    kind = "95% interval (Clopper-Pearson)" if score.complete else "95% lower bound (Clopper-Pearson)"
    rows = [
        *_band(0, f"{kind}: {percent(low)} to {percent(high)}", low, high, "mark", score.share),
        *_band(1, f"Hoeffding, two-sided: {percent(score.wide[0])} to {percent(score.wide[1])}", *score.wide, "mark2"),
    ]
    bottom = _TOP + 2 * _ROW
    said = f"Axis from 0% to 100%. Measured: {percent(score.share)}. {kind}: {percent(low)} to {percent(high)}. "
    said += f"Hoeffding's two-sided interval: {percent(score.wide[0])} to {percent(score.wide[1])}. "
    if score.target is not None:
        asked = score.target / score.total
        place = label(asked, bottom + 4, f"asked for: {percent(asked)}", anchored(asked), "strong")
        marks = [line(asked, top, asked, top + 22, "target") for top in (_TOP + 3, _TOP + _ROW + 3)]
        rows += [*marks, place]
        said += f"Asked for: {percent(asked)}, a dashed line across both bars."
        bottom += 14
    rows += _axis(bottom)
    return Figure(name, "Accuracy: measured, interval, target", said.strip(), drawn(rows), bottom + 26)


def _band(row: int, text: str, low: float, high: float, look: str, point: float | None = None) -> list[Markup]:
    top = _TOP + row * _ROW
    shapes = [label(0, top, text, START), bar(low, high - low, top + 8, 12, look)]
    return shapes if point is None else [*shapes, dot(point, top + 14, "point")]


def _axis(top: float) -> list[Markup]:
    shapes = [line(0, top, 1, top, "line")]
    for tick in _TICKS:
        anchor = START if tick == 0 else END if tick == 1 else MIDDLE
        shapes += [line(tick, top, tick, top + 5, "line"), label(tick, top + 19, f"{tick:.0%}", anchor, "soft")]
    return shapes
