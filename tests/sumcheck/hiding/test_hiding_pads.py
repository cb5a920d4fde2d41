"""Pads: which there are, that each is used once, and that messages without them do not leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hiding_kit import FAST, PLAIN, S, column, columns, value_of

from proofs.errors import ProverFailed
from proofs.sumcheck.exchange import Prover, Receive, Received, Send, Verifier
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.hiding.covering import covered, shadowed, uncovered
from proofs.sumcheck.hiding.drawing import draw_pads
from proofs.sumcheck.hiding.forms import form_field
from proofs.sumcheck.hiding.pads import PadPlan, Pads, plan_pads, plan_plain

MESSAGES = (
    Receive("first", 2, 1),
    Receive("none", 0, 1),
    Receive("second", 3, 0, products=((0, 2), (1, 1))),
    Receive("last", 1, 0),
)
X: dict[str, tuple[Scalar, ...]] = {
    "first": ((1, 2, 3, 4), (5, 6, 7, 8)),
    "none": (),
    "second": ((9, 0, 0, 1), (2, 2, 2, 2), (0, 0, 5, 0)),
    "last": ((7, 7, 7, 7),),
}
ANSWER = (3, 1, 4, 1)


def plan() -> PadPlan:
    return plan_pads(MESSAGES)


def pads(seed: bytes = b"seed") -> Pads:
    return Pads(FAST, plan(), draw_pads(FAST, plan(), seed))


def prover(messages: tuple[Receive, ...] = MESSAGES) -> Prover[str]:
    """Whose messages are X."""
    for message in messages:
        assert len((yield Send(message.label, X[message.label], message.challenges))) == message.challenges
    return "proven"


def verifier(messages: tuple[Receive, ...] = MESSAGES) -> Verifier[list[Scalar]]:
    """Which keeps what it is given, and the products it may make."""
    kept: list[Scalar] = []
    for message in messages:
        kept += (yield message).elements
    return kept


def driven(coroutine: Prover[object]) -> tuple[list[Send], object]:
    """All messages of a prover, and its result."""
    sent = []
    try:
        message = next(coroutine)
        while True:
            sent.append(message)
            message = coroutine.send((ANSWER,) * message.challenges)
    except StopIteration as end:
        return sent, end.value


def test_the_plan() -> None:
    """Elements in the order of messages, then their products, then a pair that covers nothing."""
    found = plan()
    assert found.starts == {"first": 0, "none": 2, "second": 2, "last": 7}
    assert (found.first.tolist(), found.second.tolist(), found.product.tolist()) == ([2, 3, 8], [4, 3, 9], [5, 6, 10])
    assert (found.size, found.products) == (11, 3)
    plain = plan_plain(MESSAGES)
    assert (plain.starts, plain.size, plain.products) == ({"first": 0, "none": 2, "second": 2, "last": 5}, 6, 0)
    only = plan_pads(())
    assert (only.size, only.products) == (3, 1)
    with pytest.raises(ValueError, match="two messages are called 'last'"):
        plan_pads((*MESSAGES, MESSAGES[-1]))


def test_drawn_pads() -> None:
    """Products are products; the rest follows from the seed; twins draw the same."""
    table, found = draw_pads(FAST, plan(), b"seed"), plan()
    for first, second, place in zip(found.first, found.second, found.product, strict=True):
        assert column(table, place) == S.mul(column(table, first), column(table, second))
    assert (table == draw_pads(PLAIN, plan(), b"seed")).all()
    other = draw_pads(FAST, plan(), b"other")
    assert not (table == other).any()
    assert len(set(columns(table))) == found.size


def test_every_element_leaves_less_its_pad() -> None:
    own = pads()
    sent, result = driven(covered(prover(), own))
    assert result == "proven"
    place = 0
    for message, request in zip(sent, MESSAGES, strict=True):
        assert (message.label, message.challenges) == (request.label, request.challenges)
        for element, true in zip(message.elements, X[message.label], strict=True):
            assert S.add(element, column(own.table, place)) == true
            place += 1
        place += len(request.products)


def test_pads_are_used_once_and_in_order() -> None:
    own = pads()
    own.cover(Send("first", X["first"]))
    with pytest.raises(ProverFailed, match="has no pads"):
        own.cover(Send("first", X["first"]))
    skipped = pads()
    with pytest.raises(ProverFailed, match=r"'none'.*has no pads"):
        skipped.cover(Send("none", ()))
    used = pads()
    driven(covered(prover(), used))
    for label in ("first", "last", "more"):
        with pytest.raises(ProverFailed, match="has no pads"):
            used.cover(Send(label, ()))


@pytest.mark.parametrize(("label", "passes"), [("witness", True), ("first", False), ("opening/combination", False)])
def test_bytes_beside_elements(label: str, passes: bool) -> None:
    """Only a root leaves as it is."""
    own = plan_pads([Receive(label, 0, 1, raw_bytes=3)])

    def sending() -> Prover[None]:
        yield Send(label, (), 1, b"abc")

    coroutine = covered(sending(), Pads(FAST, own, draw_pads(FAST, own, b"seed")))
    if passes:
        assert next(coroutine).raw == b"abc"
        return
    with pytest.raises(ProverFailed, match="3 bytes that no pad covers"):
        next(coroutine)


def test_what_arrives_is_what_was_meant() -> None:
    """Forms, whose values with the pads known are the prover's; their products may be made."""
    own = pads()
    sent, _ = driven(covered(prover(), own))
    _, forms = form_field(FAST, own.plan.size)
    walk = uncovered(verifier(), forms, own.plan)
    next(walk)
    try:
        for message in sent:
            walk.send(Received(message.elements, ()))
    except StopIteration as end:
        kept = end.value
    assert [value_of(FAST, forms.tape, form, own.table) for form in kept] == [x for xs in X.values() for x in xs]
    second = kept[2:5]
    for a, b in MESSAGES[2].products:
        made = value_of(FAST, forms.tape, forms.mul(second[a], second[b]), own.table)
        assert made == S.mul(X["second"][a], X["second"][b])
        assert value_of(FAST, forms.tape, forms.mul(second[b], second[a]), own.table) == made
    with pytest.raises(ValueError, match="does not declare"):
        forms.mul(second[0], second[1])


def test_prover_and_verifier_side_by_side() -> None:
    own = pads()
    _, forms = form_field(FAST, own.plan.size)
    sent, (result, kept) = driven(shadowed(prover(), verifier(), own, forms))  # type: ignore[misc]
    assert result == "proven" and len(sent) == 4
    assert [value_of(FAST, forms.tape, form, own.table) for form in kept] == [x for xs in X.values() for x in xs]


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ((*MESSAGES[:2], replace(MESSAGES[2], label="third"), MESSAGES[3]), "is sent where 'third' is expected"),
        ((replace(MESSAGES[0], elements=3), *MESSAGES[1:]), "'first' is sent where 'first' is expected"),
        ((replace(MESSAGES[0], challenges=0), *MESSAGES[1:]), "'first' is sent where 'first' is expected"),
        (MESSAGES[:3], "do not end together"),
        ((*MESSAGES, Receive("more", 1, 0)), "do not end together"),
    ],
)
def test_a_prover_out_of_step_with_its_verifier(expected: tuple[Receive, ...], message: str) -> None:
    own = pads()
    _, forms = form_field(FAST, own.plan.size + 1)
    walk_plan = replace(own.plan, starts=own.plan.starts | {"third": 2, "more": own.plan.size})
    own.plan = walk_plan
    with pytest.raises(ProverFailed, match=message):
        driven(shadowed(prover(), verifier(expected), own, forms))


def test_two_proofs_pads_have_nothing_in_common() -> None:
    tables = [set(columns(draw_pads(FAST, plan(), bytes([k])))) for k in range(8)]
    assert len(set().union(*tables)) == 8 * plan().size
    assert np.array_equal(pads().table, pads().table)
