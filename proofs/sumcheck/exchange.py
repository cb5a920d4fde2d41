"""Provers and verifiers as coroutines: one ``yield`` sends a message and brings the challenges drawn after it.

A prover yields ``Send`` and is given the challenges; a verifier yields ``Receive`` and is given the elements and the
same challenges. Neither can see a challenge before its message is absorbed, because it is the message's answer. Who
drives them decides where challenges come from: a hash (transcript.py) or the other party over a connection
(interactive.py).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from proofs.sumcheck.fields.extension import Scalar

T = TypeVar("T")
Pairs = tuple[tuple[int, int], ...]
"""Places of two elements in a message."""


@dataclass(frozen=True, slots=True)
class Send:
    """A prover's message and how many challenges it waits for.

    Args:
        raw: bytes after the elements: a root, or many elements at once as an array.
    """

    label: str
    elements: tuple[Scalar, ...]
    challenges: int = 1
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Receive:
    """The message a verifier expects: its number of elements, and how many challenges follow it.

    Args:
        degree: of the polynomial each challenge is drawn for; a wrong one passes with chance degree / (|F| - 1).
        raw_bytes: how many bytes follow the elements; their reader checks that they are canonical.
        error: the chance with which challenges after a wrong message let it pass, where it does not follow from
            ``degree``.
        products: the pairs of elements that the verifier multiplies with each other: where messages are hidden, these
            are the only products there are.
    """

    label: str
    elements: int
    challenges: int = 1
    degree: int = 1
    raw_bytes: int = 0
    error: Fraction | None = None
    products: Pairs = ()


@dataclass(frozen=True, slots=True)
class Received:
    """What a verifier gets: the message's elements and the challenges drawn after it, none of them zero."""

    elements: tuple[Scalar, ...]
    challenges: tuple[Scalar, ...]
    raw: bytes = b""


Prover = Generator[Send, tuple[Scalar, ...], T]
Verifier = Generator[Receive, Received, T]
