"""Columns: one number for each batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assay.report.blocks import Figure
from assay.report.figures.strokes import END, MIDDLE, START, bar, drawn, label, line
from proofs.wording import counted

SHOWN = 64
"""Batches with a column each; of more, the figure counts batches by their number."""
_LABELLED = 12
_HEIGHT, _TOP = 110, 22


def batch_figure(name: str, title: str, counts: Sequence[int], largest: int, noun: str) -> Figure:
    """How many of each batch.

    Args:
        counts: of each batch, in order. largest: what a batch can have at most. noun: what is counted, plural.
    """
    if len(counts) > SHOWN:
        tally = Counter(counts)
        bars = [(str(value), tally[value]) for value in range(max(counts) + 1)]
        said = ", ".join(f"{counted(count, 'batch', 'batches')} with {value}" for value, count in bars if count)
        top = max(tally.values())
        return _columns(name, title, bars, top, f"{noun} in a batch", f"{len(counts)} batches: {said}.")
    bars = [(str(index), count) for index, count in enumerate(counts)]
    said = ", ".join(f"batch {index}: {count}" for index, count in bars)
    return _columns(name, title, bars, largest, "batch", f"{noun.capitalize()} of at most {largest} a batch; {said}.")


def _columns(name: str, title: str, bars: list[tuple[str, int]], top: int, axis: str, said: str) -> Figure:
    slot, floor = 1 / max(len(bars), 1), _TOP + _HEIGHT
    shapes = [line(0, floor, 1, floor), line(0, _TOP, 1, _TOP, "rule")]
    thin = len(bars) > _LABELLED
    if thin:
        shapes.append(label(1, _TOP - 6, f"{top}", END, "soft"))
    for place, (text, value) in enumerate(bars):
        height = _HEIGHT * value / max(top, 1)
        shapes.append(bar((place + 0.15) * slot, 0.7 * slot, floor - height, height))
        if not thin:
            middle = (place + 0.5) * slot
            shapes.append(label(middle, floor + 17, text, MIDDLE, "soft"))
            shapes.append(label(middle, floor - height - 5, str(value), MIDDLE))
    if thin:
        shapes += [label(0, floor + 17, bars[0][0], START, "soft"), label(1, floor + 17, bars[-1][0], END, "soft")]
    shapes.append(label(0.5, floor + 34, axis, MIDDLE, "soft"))
    return Figure(name, title, said, drawn(shapes), floor + 42)
