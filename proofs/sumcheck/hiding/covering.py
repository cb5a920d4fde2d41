"""The one place through which messages of a hidden proof pass: elements leave covered, and arrive as forms."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any, TypeVar

from proofs.errors import ProverFailed
from proofs.sumcheck.exchange import Prover, Receive, Received, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.hiding.forms import Forms
from proofs.sumcheck.hiding.pads import PadPlan, Pads

P = TypeVar("P")
V = TypeVar("V")
ROOT = "witness"
"""The one message with bytes behind its elements: a root, which hides what is under it by itself."""


def covered(prover: Prover[P], pads: Pads) -> Prover[P]:
    """The same prover, all its elements less their pads.

    Raises:
        ProverFailed: it sends a message that pads were not planned for, or bytes that cannot be covered.
    """
    try:
        message = next(prover)
        while True:
            message = prover.send((yield _covered(message, pads)))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def uncovered(verifier: Verifier[V], forms: Forms, plan: PadPlan) -> Verifier[V]:
    """The same verifier, given forms for the elements it receives."""
    try:
        request = next(verifier)
        while True:
            received = yield request
            request = verifier.send(replace(received, elements=as_forms(forms, plan, request, received.elements)))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def shadowed(prover: Prover[P], verifier: Verifier[V], pads: Pads, forms: Forms) -> Prover[tuple[P, V]]:
    """A covered prover, and beside it the verifier of what it sends, as the receiver will run it.

    So the equations a prover proves are those its verifier notes, made by the same code.
    """
    hidden, walk = covered(prover, pads), uncovered(verifier, forms, pads.plan)
    message, request = next(hidden), next(walk)
    while True:
        _require_same(message, request)
        challenges = yield message
        received = Received(message.elements, challenges, message.raw)
        message, ended = _advanced(hidden, challenges)
        request, verdict = _advanced(walk, received)
        if message is None or request is None:
            if message is not request:
                raise ProverFailed("hidden prover", "prover and verifier do not end together")
            return ended, verdict


def as_forms(forms: Forms, plan: PadPlan, request: Receive, elements: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """The elements of a message as forms, its products known to the tape."""
    start = plan.starts[request.label]
    for place, (a, b) in enumerate(request.products, start + request.elements):
        forms.tape.products[start + a, start + b] = forms.tape.products[start + b, start + a] = place
    return tuple(forms.received(element, start + index) for index, element in enumerate(elements))


def _covered(message: Send, pads: Pads) -> Send:
    if message.raw and message.label != ROOT:
        raise ProverFailed(
            "hidden prover", f"message {message.label!r} has {len(message.raw)} bytes that no pad covers"
        )
    return replace(message, elements=pads.cover(message))


def _require_same(message: Send, request: Receive) -> None:
    same = message.label == request.label and len(message.elements) == request.elements
    if not same or message.challenges != request.challenges:
        raise ProverFailed("hidden prover", f"{message.label!r} is sent where {request.label!r} is expected")


def _advanced(coroutine: Generator[Any, Any, Any], answer: object) -> tuple[Any, Any]:
    """The next request and None, or None and the result."""
    try:
        return coroutine.send(answer), None
    except StopIteration as end:
        return None, end.value
