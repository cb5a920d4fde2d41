"""The few shapes that figures are drawn with. Every text is escaped on the way."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from assay.report.words import visible

START, MIDDLE, END = "start", "middle", "end"
LEFT, RIGHT = 0.18, 0.82
"""Shares of the width: a text nearer to an edge hangs off its own inner end, so that it is not cut off."""


def bar(left: float, width: float, top: float, height: float, look: str = "mark") -> Markup:
    """A rectangle; ``left`` and ``width`` are shares of the figure's width, the rest CSS pixels."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>').format(
        look, _share(left), _pixels(top), _share(width), _pixels(height)
    )


def line(left: float, top: float, right: float, bottom: float, look: str = "line") -> Markup:
    """A straight line between two points."""
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        look, _share(left), _pixels(top), _share(right), _pixels(bottom)
    )


def dot(left: float, top: float, look: str = "mark") -> Markup:
    """A dot."""
    return Markup('<circle class="{}" cx="{}" cy="{}" r="5"/>').format(look, _share(left), _pixels(top))


def label(left: float, top: float, text: str, anchor: str = START, look: str = "") -> Markup:
    """A line of text whose foot is at ``top``."""
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        look, _share(left), _pixels(top), anchor, visible(text)
    )


def anchored(left: float) -> str:
    """How a text above the place ``left`` hangs on it."""
    return START if left < LEFT else END if left > RIGHT else MIDDLE


def drawn(shapes: Iterable[Markup]) -> Markup:
    """Shapes one after the other, the last on top."""
    return Markup("\n").join(shapes)


def _share(value: float) -> str:
    return f"{100 * min(max(value, 0.0), 1.0):.2f}%"


def _pixels(value: float) -> str:
    return f"{value:g}"
