"""The tamper manifest: every message of a committed proof by label, and which check refuses it if it is changed.

In hidden proofs the check is that of the first equation that is false, known to whoever knows the pads; the refusal is
that of the opening, where all of them are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
    Line("opening/combination", "opening-value", "the rows' combination has the value"),
    Line("opening/columns", "opening-root", "columns are under the roots"),
)
OPEN = (Line(r"batch/(\d+|value)", "batching", "all claims at one point"),)
"""Lines that go before, of open proofs."""
HIDDEN = (
    Line(r"look-ups \d+/balance", "lookup-roots", "the roots said once more; or z, or 1 / z: lookup-denominator"),
    Line("products", "", "challenges only"),
    Line(r"products/(0/\d+|end)", "products", "pads that are products of two are just that"),
    Line(r"batch/\d+", "opening-value", "they lead to W v~ - <a, t>, which is opened"),
    Line("opening/mask", "opening-value", "the mask's value is that of the rows"),
)
"""The same, of hidden ones."""
TOP = (Line(r"margins/(\d+/\d+|end)", "margins", "of an accuracy: the margins won are bits times margins"),)
"""Lines that go before, for accuracy."""


def line_of(label: str, accuracy: bool = False, hiding: bool = False) -> Line:
    """The one line of a label. Raises KeyError for a message nobody has thought about."""
    for line in (*(TOP if accuracy else ()), *(HIDDEN if hiding else OPEN), *MANIFEST):
        if re.fullmatch(line.label, label):
            return line
    raise KeyError(f"message {label!r} has no line in the tamper manifest")


def check_of(label: str, accuracy: bool = False, hiding: bool = False) -> str:
    """The name of the check."""
    check = line_of(label, accuracy, hiding).check
    return label.split("/", maxsplit=1)[0] if check == "node" else check


# -- changes of an element --------------------------------------------------------------------------------------------
Change = Callable[[bytearray, int, int], None]
P = 2**31 - 1


def plus_one(raw: bytearray, start: int, coordinate: int) -> None:
    place = slice(start + 4 * coordinate, start + 4 * coordinate + 4)
    raw[place] = ((int.from_bytes(raw[place], "little") + 1) % P).to_bytes(4, "little")


def flip(raw: bytearray, start: int, coordinate: int) -> None:
    raw[start + 4 * coordinate] ^= 4


def zero(raw: bytearray, start: int, coordinate: int) -> None:
    raw[start : start + 16] = bytes(16)


def turn(raw: bytearray, start: int, coordinate: int) -> None:
    """Coordinates change places."""
    raw[start : start + 16] = raw[start + 4 : start + 16] + raw[start : start + 4]


OTHERS: tuple[Change, ...] = (flip, zero, turn)
