"""Bars across: gas by step, pay-offs by party, and the time line of a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assay.report.blocks import Figure
from assay.report.figures.strokes import START, bar, dot, drawn, label, line
from proofs.wording import counted

_ROW, _TOP = 36, 16
_THINNEST = 0.004


def gas_figure(steps: Sequence[tuple[str, Sequence[int]]], name: str = "gas") -> Figure:
    """Gas by step: a bar for the sum over a step's transactions."""
    sums = [(step, len(each), sum(each)) for step, each in steps]
    most = max((total for _, _, total in sums), default=0)
    shapes, texts = [], []
    for row, (step, times, total) in enumerate(sums):
        text = f"{step}: {total:,} gas" + (f" in {counted(times, 'transaction')}" if times > 1 else "")
        top = _TOP + row * _ROW
        shapes += [label(0, top, text), bar(0, max(total / max(most, 1), _THINNEST), top + 6, 11)]
        texts.append(text)
    return Figure(name, "Gas by step", "; ".join(texts) + ".", drawn(shapes), _TOP + _ROW * len(sums))


@dataclass(frozen=True, slots=True)
class Stake:
    """One party's change of purse, in the job's smallest unit, as booked on chain and as the rules say.

    ``text`` is the amount in words.
    """

    role: str
    booked: int
    ruled: int
    text: str
    ruled_text: str


def payoff_figure(stakes: Sequence[Stake], name: str = "payoffs") -> Figure:
    """What each party has gained or lost in the escrow: to the left of the middle a loss, to the right a gain."""
    most = max([abs(amount) for stake in stakes for amount in (stake.booked, stake.ruled)] or [0])
    shapes: list[Markup] = []
    texts: list[str] = []
    for place, stake in enumerate(stakes):
        top = _TOP + 2 * _ROW * place
        lines = (
            (f"{stake.role}, on chain: {stake.text}", stake.booked, "mark"),
            (f"{stake.role}, by the rules: {stake.ruled_text}", stake.ruled, "mark2"),
        )
        for offset, (text, amount, look) in zip((0, _ROW), lines, strict=True):
            length = 0.5 * abs(amount) / max(most, 1)
            left = 0.5 - length if amount < 0 else 0.5
            foot = top + offset
            shapes += [bar(left, max(length, _THINNEST), foot + 6, 11, look), label(0, foot, text)]
            shapes.append(line(0.5, foot + 3, 0.5, foot + 20))
            texts.append(text)
    said = "Change of each party's purse in the escrow. " + "; ".join(texts) + "."
    return Figure(name, "Pay-offs: on chain and by the rules", said, drawn(shapes), _TOP + 2 * _ROW * len(stakes))


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at chain time ``time``."""

    time: int
    text: str


def timeline_figure(happenings: Sequence[Happening], name: str = "timeline") -> Figure:
    """When each thing happened: a row each, its dot where it lies between the first and the last."""
    first, last = happenings[0].time, happenings[-1].time
    span = max(last - first, 1)
    shapes, before = [], 0.0
    for row, happening in enumerate(happenings):
        place, top = (happening.time - first) / span, _TOP + row * _ROW
        inner = 0.01 + 0.98 * place
        shapes += [
            label(0, top, happening.text, START),
            line(0.01, top + 12, 0.99, top + 12, "rule"),
            bar(before, max(inner - before, 0), top + 9, 6, "wait") if row else line(0.01, top + 8, 0.01, top + 16),
            dot(inner, top + 12),
        ]
        before = inner
    said = "From the first transaction to the last: " + "; ".join(item.text for item in happenings) + "."
    return Figure(name, "Time line of the job", said, drawn(shapes), _TOP + _ROW * len(happenings))
