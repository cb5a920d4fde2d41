"""The page's colours: each name in a light and a dark tone, and which of them are read against which.

Text has a contrast of at least 4.5 to 1 with what it stands on, marks at least 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11);
tests/report computes both from these tables.
"""

from __future__ import annotations

LIGHT = {
    "ground": "#ffffff",
    "panel": "#f3f5f7",
    "ink": "#16191c",
    "soft": "#4b5560",
    "line": "#7b8794",
    "rule": "#d3d9df",
    "mark": "#1f5f99",
    "mark2": "#9a5b00",
    "good": "#175f35",
    "good-ground": "#e7f4ec",
    "bad": "#9c1414",
    "bad-ground": "#fdecec",
    "warn": "#6f4300",
    "warn-ground": "#fff3dc",
    "note": "#1c4f80",
    "note-ground": "#e9f1f9",
}
DARK = {
    "ground": "#14171a",
    "panel": "#1e2327",
    "ink": "#eceff1",
    "soft": "#b3bcc5",
    "line": "#8794a0",
    "rule": "#3a434b",
    "mark": "#74b3ec",
    "mark2": "#eeb04f",
    "good": "#8fdcac",
    "good-ground": "#173222",
    "bad": "#ffaaa5",
    "bad-ground": "#431a1a",
    "warn": "#f7cd83",
    "warn-ground": "#3a2b0f",
    "note": "#a8d0f5",
    "note-ground": "#16293b",
}
GROUNDS = ("ground", "panel", "good-ground", "bad-ground", "warn-ground", "note-ground")
TEXTS = tuple(
    [(text, ground) for text in ("ink", "soft") for ground in GROUNDS]
    + [(name, f"{name}-ground") for name in ("good", "bad", "warn", "note")]
    + [(name, "ground") for name in ("good", "bad", "warn", "note")]
)
"""Text and what it is read on."""
MARKS = tuple((mark, ground) for mark in ("mark", "mark2", "line") for ground in ("ground", "panel"))
"""Bars, lines and dots, and what they are seen on."""


def custom_properties(colours: dict[str, str]) -> str:
    """The colours as CSS custom properties."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours ``#rrggbb``, 1 to 21. *Source*: WCAG 2.2, relative luminance."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
