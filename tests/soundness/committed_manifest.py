"""The tamper manifest: every message of a committed proof by label, and which check refuses it if it is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """Messages of a kind.

    Args:
        label: a regular expression. check: what refuses a change; empty if nothing is sent, so nothing can change.
    """

    label: str
    check: str
    why: str


NODE = r"node \d+"
MANIFEST = (
    Line("witness", "lookup-layer", "the root draws alpha, beta, gamma: the trees are of other fractions"),
    Line(r"look-ups \d+/(sites|tables)/\d+(/\d+)?", "lookup-layer", "each layer's sum-check ends in the next values"),
    Line(r"look-ups \d+/values", "lookup-leaf", "they make the leaf that the sites' tree ended in"),
    Line("combine|claims|outputs|examples", "", "challenges only"),
    Line(NODE + r"/point/(\d+/\d+|value)", "tensorising", "rounds and value end in J~ times the value"),
    Line(r"(margins|distances)/(\d+/\d+|value)", "tensorising", "the same of a claim's own look-ups"),
    Line(NODE + r"/(bias|\d+/\d+|end)", "node", "the accumulators are bias plus weights times what they read"),
    Line(r"chosen(/\d+/\d+|/end)?", "chosen", "the marked logits are marks times logits"),
    Line(r"batch/(\d+|value)", "batching", "all claims at one point"),
    Line("opening/combination", "opening-value", "the rows' combination has the value"),
    Line("opening/columns", "opening-root", "columns are under the roots"),
)
TOP = (Line(r"margins/(\d+/\d+|end)", "margins", "of an accuracy: the margins won are bits times margins"),)
"""Lines that go before, for accuracy."""


def line_of(label: str, accuracy: bool = False) -> Line:
    """The one line of a label. Raises KeyError for a message nobody has thought about."""
    for line in (*(TOP if accuracy else ()), *MANIFEST):
        if re.fullmatch(line.label, label):
            return line
    raise KeyError(f"message {label!r} has no line in the tamper manifest")


def check_of(label: str, accuracy: bool = False) -> str:
    """The name of the check."""
    check = line_of(label, accuracy).check
    return label.split("/", maxsplit=1)[0] if check == "node" else check
