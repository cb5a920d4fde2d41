"""Branches of one proof, run in step: a network computed modulo two primes is proven modulo each at the same time.

All branches send a message at the same time, it is one message to the outside, and all get the same challenges, drawn
from the smallest of their fields: tuples of coordinates, none of which any branch's prime would have to reduce.

*Soundness*: each branch keeps its own, with |F| the size of the smallest field; a statement that is false as integers
is false modulo at least one of the primes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from proofs.errors import MalformedProof, ProverFailed
from proofs.sumcheck.exchange import Receive, Received, Send
from proofs.sumcheck.fields.extension import Extension, Scalar

Request = TypeVar("Request", Send, Receive)
Answer = TypeVar("Answer")
Result = TypeVar("Result")


class Lockstep(Generic[Request, Answer, Result]):
    """Coroutines that wait for the same thing at the same time.

    Attributes:
        requests: what each waits for; empty once all have ended.
        results: what each returned, once all have ended.

    Raises:
        ValueError: the coroutines are not of one proof: they differ in label, number of challenges, or end.
    """

    def __init__(self, coroutines: Sequence[Generator[Request, Answer, Result]]) -> None:
        self._coroutines: Sequence[Generator[Request, Answer, Result]] = coroutines
        self.requests: list[Request] = []
        self.results: list[Result] = []
        self._advance([partial(next, coroutine) for coroutine in coroutines])

    @property
    def label(self) -> str:
        """The label of the message being exchanged."""
        return self.requests[0].label

    @property
    def challenges(self) -> int:
        """How many challenges follow the message."""
        return self.requests[0].challenges

    def answer(self, answers: Sequence[Answer]) -> None:
        """Give each coroutine what it waits for."""
        pairs = zip(self._coroutines, answers, strict=True)
        self._advance([partial(coroutine.send, answer) for coroutine, answer in pairs])

    def _advance(self, moves: Sequence[Callable[[], Request]]) -> None:
        self.requests, self.results = [], []
        for move in moves:
            try:
                self.requests.append(move())
            except StopIteration as end:
                self.results.append(end.value)
        if self.requests and self.results:
            raise ValueError(f"some branches have ended, others are at {self.label!r}")
        if len({(request.label, request.challenges) for request in self.requests}) > 1:
            raise ValueError(f"branches out of step: {[(r.label, r.challenges) for r in self.requests]}")


def challenge_field(extensions: Sequence[Extension]) -> Extension:
    """The field that challenges for these branches are drawn from: the one of the smallest prime."""
    if len({extension.degree for extension in extensions}) != 1:
        raise ValueError("a proof has at least one branch, and all its branches have extensions of one degree")
    return min(extensions, key=lambda extension: extension.p)


def write_message(requests: Sequence[Send], extensions: Sequence[Extension]) -> bytes:
    """The messages of all branches as one. Raises ProverFailed if one holds anything but canonical elements."""
    parts = []
    for request, extension in zip(requests, extensions, strict=True):
        if not all(extension.is_element(x) for x in request.elements):
            raise ProverFailed("sum-check prover", f"message {request.label!r} is not made of field elements")
        parts.append(write_elements(request.elements, extension) + request.raw)
    return b"".join(parts)


def message_bytes(requests: Sequence[Receive], extensions: Sequence[Extension]) -> int:
    """Bytes of the message the branches wait for."""
    sizes = (r.elements * e.scalar_bytes + r.raw_bytes for r, e in zip(requests, extensions, strict=True))
    return sum(sizes)


@dataclass(frozen=True, slots=True)
class Message:
    """One branch's part of a message: elements, canonical, and the bytes after them, which their reader checks."""

    elements: tuple[Scalar, ...]
    raw: bytes

    def answered(self, challenges: tuple[Scalar, ...]) -> Received:
        """What the branch's verifier is given."""
        return Received(self.elements, challenges, self.raw)


def read_message(requests: Sequence[Receive], extensions: Sequence[Extension], raw: bytes) -> list[Message]:
    """Each branch's part. Raises MalformedProof unless the length is exact and every element canonical."""
    expected = message_bytes(requests, extensions)
    if len(raw) != expected:
        raise MalformedProof(f"message {requests[0].label!r} has {len(raw)} bytes, must have {expected}")
    found, start = [], 0
    for request, extension in zip(requests, extensions, strict=True):
        length = request.elements * extension.scalar_bytes
        elements = read_elements(raw[start : start + length], extension)
        start += length
        found.append(Message(elements, raw[start : start + request.raw_bytes]))
        start += request.raw_bytes
    return found


def write_elements(elements: Sequence[Scalar], extension: Extension) -> bytes:
    """Elements in a row, each in its own ``scalar_bytes``."""
    return b"".join(map(extension.to_bytes, elements))


def read_elements(raw: bytes, extension: Extension) -> tuple[Scalar, ...]:
    """The elements in ``raw``. Raises MalformedProof for a coordinate that is not canonical, or a part of one."""
    width = extension.scalar_bytes
    return tuple(extension.from_bytes(raw[k : k + width]) for k in range(0, len(raw), width))
