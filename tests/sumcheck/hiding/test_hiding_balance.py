"""Sums of two trees compared, in the open and where they are hidden: the same verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from hiding_kit import FAST, S, value_of

from proofs.errors import ProverFailed, RejectedProof
from proofs.sumcheck.exchange import Receive, Received, Send
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.hiding.covering import as_forms
from proofs.sumcheck.hiding.drawing import draw_pads
from proofs.sumcheck.hiding.forms import form_field
from proofs.sumcheck.hiding.pads import Pads, plan_pads
from proofs.sumcheck.lookups.balance import (
    EQUATIONS,
    balance_message,
    prove_balance,
    require_balance,
    verify_balance,
)
from proofs.sumcheck.lookups.fractions import Fraction
from proofs.sumcheck.lookups.verifier import FractionsClaim

Q, M, D = (3, 1, 4, 1), (2, 7, 1, 8), (1, 6, 1, 8)
PADS = 5
ROOTS = "roots"


def balancing(pads: int = PADS) -> Fraction:
    """p and q with p / q - pads = m / d."""
    return S.mul(Q, S.add(S.from_int(pads), S.mul(M, S.inverse(D)))), Q


def claim(root: Fraction) -> FractionsClaim:
    return FractionsClaim(root, (), None, S.one)


CASES: dict[str, tuple[Fraction, Fraction, int, list[str]]] = {
    "balanced": (balancing(), (M, D), PADS, []),
    "no pads": (balancing(0), (M, D), 0, []),
    "another number of pads": (balancing(), (M, D), PADS + 1, ["lookup-balance"]),
    "another count": (balancing(), (S.add(M, S.one), D), PADS, ["lookup-balance"]),
    "another sum": ((S.add(balancing()[0], S.one), Q), (M, D), PADS, ["lookup-balance"]),
    "zero over the look-ups": ((Q, S.zero), (S.zero, D), 0, ["lookup-denominator"]),
    "zero over the tables": ((S.zero, Q), (M, S.zero), 0, ["lookup-denominator"]),
    "zero over both": ((Q, S.zero), (M, S.zero), PADS, ["lookup-denominator"]),
}


@pytest.mark.parametrize("name", CASES)
def test_in_the_open(name: str) -> None:
    looked_up, tables, pads, false = CASES[name]
    if not false:
        require_balance(S, claim(looked_up), pads, claim(tables))
        return
    with pytest.raises(RejectedProof) as refusal:
        require_balance(S, claim(looked_up), pads, claim(tables))
    assert refusal.value.check == false[0]


@pytest.mark.parametrize("name", CASES)
def test_hidden(name: str) -> None:
    """Roots that are forms; z and 1 / z as well as they can be."""
    looked_up, tables, pads, false = CASES[name]
    said = (*looked_up, *tables, z := S.mul(looked_up[1], tables[1]), S.inverse(z) if any(z) else S.one)
    assert said_checks(looked_up, tables, pads, said)[:1] == false
    if false == ["lookup-denominator"]:
        with pytest.raises(ProverFailed, match="prove again"):
            next(prove_balance(S, "g", looked_up, tables))
    else:
        assert next(prove_balance(S, "g", looked_up, tables)).elements == said


@pytest.mark.parametrize("place", range(6))
def test_hidden_and_said_otherwise(place: int) -> None:
    """Whichever of the six is another."""
    looked_up, tables, pads, _ = CASES["balanced"]
    said = list(next(prove_balance(S, "g", looked_up, tables)).elements)
    said[place] = S.add(said[place], S.one)
    false = said_checks(looked_up, tables, pads, tuple(said))
    assert false[0] == ("lookup-roots" if place < 4 else "lookup-denominator")


def said_checks(looked_up: Fraction, tables: Fraction, pads: int, said: tuple[Scalar, ...]) -> list[str]:
    """The checks whose equations are false, pads known; the roots are forms of a message before."""
    first, message = Receive(ROOTS, 4, 0), balance_message("g")
    plan = plan_pads([first, message])
    own = Pads(FAST, plan, draw_pads(FAST, plan, b"seed"))
    _, forms = form_field(FAST, plan.size)
    p, q, m, d = as_forms(forms, plan, first, own.cover(Send(ROOTS, (*looked_up, *tables))))
    for root in (q, d):
        forms.require_nonzero(root, "lookup-denominator", "")
    walk = verify_balance(forms, "g", claim((p, q)), pads, claim((m, d)))
    next(walk)
    elements = as_forms(forms, plan, message, own.cover(Send(message.label, said)))
    with pytest.raises(StopIteration):
        walk.send(Received(elements, ()))
    assert len(forms.tape.equations) == EQUATIONS and not forms.tape.pending
    table = np.ascontiguousarray(own.table)
    return [e.check for e in forms.tape.equations if any(value_of(FAST, forms.tape, e.form, table))]
