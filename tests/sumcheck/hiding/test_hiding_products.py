"""Pads that are products of two are proven to be; of others some equation is false."""

from __future__ import annotations

import pytest
from hiding_kit import FAST, PLAIN, S, column, proven, value_of, verified

from proofs.errors import ProverFailed
from proofs.sumcheck.exchange import Receive
from proofs.sumcheck.fields import Ext, Field, field
from proofs.sumcheck.hiding.drawing import draw_pads
from proofs.sumcheck.hiding.forms import Tape, form_field
from proofs.sumcheck.hiding.pads import PadPlan, Pads, plan_pads
from proofs.sumcheck.hiding.products import EQUATIONS, clear_messages, prove_products, round_messages, verify_products

KINDS = pytest.mark.parametrize("kind", ["plain", "fast"])
COUNTS = pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 20])


def planned(count: int) -> PadPlan:
    """So many products declared, and the dummy's."""
    messages = [Receive(f"m{k}", 2, 0, products=((0, 1),)) for k in range(count)]
    return plan_pads([*messages, *round_messages(count + 1)])


def begun(plan: PadPlan, table: Ext, f: Field) -> Pads:
    """Pads of which those before the rounds are used up."""
    pads = Pads(f, plan, table)
    for label in plan.starts:
        if label.startswith("products"):
            break
        next(pads._labels)
    return pads


def conversed(plan: PadPlan, table: Ext, f: Field) -> tuple[Tape, Tape, bytes]:
    """Both sides' tapes, and the proof."""
    hidden, forms = form_field(f, plan.size)
    proof = proven(prove_products(f, hidden, forms, begun(plan, table, f)), f)
    other, noted = form_field(f, plan.size)
    verified(verify_products(f, other, noted, plan), proof, f)
    return forms.tape, noted.tape, proof


@KINDS
@COUNTS
def test_products(kind: str, count: int) -> None:
    f, plan = field("m31", kind), planned(count)  # type: ignore[arg-type]
    table = draw_pads(f, plan, b"seed")
    ours, theirs, proof = conversed(plan, table, f)
    for tape in (ours, theirs):
        assert len(tape.equations) == EQUATIONS
        assert not any(any(value_of(f, tape, equation.form, table)) for equation in tape.equations)
    messages = [*clear_messages(count + 1), *round_messages(count + 1)]
    assert len(proof) == 16 * sum(message.elements for message in messages)


@COUNTS
def test_a_pad_that_is_no_product(count: int) -> None:
    """Any of them, the dummy included: the last equation is false, and no other."""
    plan = planned(count)
    for place in plan.product:
        table = draw_pads(FAST, plan, b"seed")
        table[0, place] = (int(table[0, place]) + 1) % S.p
        _, tape, _ = conversed(plan, table, FAST)
        false = [any(value_of(FAST, tape, equation.form, table)) for equation in tape.equations]
        assert false == [False, False, True]


def test_twins_give_the_same_bytes() -> None:
    plan = planned(5)
    table = draw_pads(FAST, plan, b"seed")
    assert conversed(plan, table, FAST)[2] == conversed(plan, table, PLAIN)[2]


def test_the_values_sent_as_they_are_depend_on_the_dummy() -> None:
    """With all other pads fixed, its two factors move both of them: each is uniform."""
    plan, seen = planned(3), set()
    for value in range(4):
        table = draw_pads(FAST, plan, b"seed")
        for place in (plan.first[-1], plan.second[-1]):
            table[1, place] = value
        factors = [column(table, place) for place in (plan.first[-1], plan.second[-1])]
        table[:, plan.product[-1]] = S.mul(*factors)
        _, _, proof = conversed(plan, table, FAST)
        seen |= {proof[-32:-16], proof[-16:]}
    assert len(seen) == 8


def test_a_point_that_leaves_them_unmasked() -> None:
    """Where the dummy has no weight the prover does not say them."""
    plan = planned(3)
    hidden, forms = form_field(FAST, plan.size)
    prover = prove_products(FAST, hidden, forms, begun(plan, draw_pads(FAST, plan, b"seed"), FAST))
    message = next(prover)
    message = prover.send(((1, 2, 3, 4),) * message.challenges)
    with pytest.raises(ProverFailed, match="prove again"):
        while True:
            message = prover.send((S.zero,) * message.challenges)
