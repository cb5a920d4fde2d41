"""What the client does once it has looked at a round's proof: every row of the table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prediction_samples import TERMS

from protocols.predictions.machine import Contested
from protocols.predictions.round_decision import (
    Await,
    Dispute,
    Outputs,
    Proven,
    Release,
    Spending,
    Unusable,
    after_round_proof,
)

ROUND = replace(TERMS, round=8, contests=3)
ANSWERS: dict[int, Outputs] = {index: (index, -index) for index in range(6)}
ALL = tuple(ANSWERS)
TIE, DONE = "to tie the proof's commitment to the escrow's", "every answer is proven"
LEFT = "the proof leaves out 2 answers"
MISSING = Unusable("no proof came in time")


def seen(*indices: int, proven: bool = False) -> tuple[Contested, ...]:
    return tuple(Contested(index, index, bytes(32), proven) for index in indices)


def showing(*wrong: int, without: tuple[int, ...] = ()) -> Proven:
    """A proof that contradicts some answers and leaves others out."""
    kept = {index: outputs for index, outputs in ANSWERS.items() if index not in without}
    return Proven({index: (9, 9) if index in wrong else outputs for index, outputs in kept.items()})


@pytest.mark.parametrize(
    ("proof", "spending", "contested", "move"),
    [
        (showing(), Spending(link=0), (), Release(6, 0, ALL, DONE)),
        (showing(), Spending(audit=3, link=1), (), Release(6, 1, ALL, TIE)),
        (showing(), Spending(link=9), (), Release(6, 3, ALL, TIE)),
        (showing(), Spending(link=2), seen(4), Release(6, 1, (0, 1, 2, 3, 5), TIE)),
        (showing(), Spending(link=1), seen(4, proven=True), Release(6, 0, (0, 1, 2, 3, 5), DONE)),
        (showing(2), Spending(), (), Dispute((2,), 0)),
        (showing(5, 2), Spending(), (), Dispute((2, 5), 0)),
        (showing(0, 1, 2, 3, 4), Spending(), (), Dispute((0, 1, 2), 2)),
        (showing(0, 1, 2, 3, 4), Spending(disputes=1), (), Dispute((0,), 4)),
        (showing(2, 4), Spending(disputes=1), seen(2), Dispute((), 1)),
        (showing(2, 4), Spending(), seen(2), Dispute((4,), 0)),
        (showing(2, 4), Spending(), seen(0, 1), Dispute((2,), 1)),
        (showing(2), Spending(), seen(2), Dispute((), 0)),
        (showing(2, without=(5,)), Spending(), (), Dispute((2,), 0)),
        (showing(without=(4, 5)), Spending(audit=1, link=0), (), Release(6, 1, (4, 5), LEFT)),
        (showing(without=(5,)), Spending(audit=3), (), Release(6, 1, (5,), "the proof leaves out 1 answer")),
        (MISSING, Spending(audit=2, link=0), (), Release(6, 2, ALL, MISSING.why)),
        (MISSING, Spending(audit=9), (), Release(6, 3, ALL, MISSING.why)),
        (MISSING, Spending(audit=2), seen(0), Release(6, 1, (1, 2, 3, 4, 5), MISSING.why)),
        (MISSING, Spending(audit=0), (), Release(6, 0, ALL, MISSING.why)),
        (replace(MISSING, final=False), Spending(), (), Await(MISSING.why)),
        (Proven({**ANSWERS, 7: (1, 1)}), Spending(link=0), (), Release(6, 0, ALL, DONE)),
    ],
)  # fmt: skip
def test_every_move(
    proof: Proven | Unusable, spending: Spending, contested: tuple[Contested, ...], move: object
) -> None:
    assert after_round_proof(ROUND, ANSWERS, proof, spending, contested) == move


def test_a_contradicted_answer_that_was_proven_on_chain_discredits_the_proof() -> None:
    """The proof was about other weights: it counts for nothing any more, and what came is paid for."""
    move = after_round_proof(ROUND, ANSWERS, showing(0, 1, 2), Spending(audit=1), seen(0, proven=True))
    assert isinstance(move, Release) and (move.answered, move.count, move.among) == (6, 1, (1, 2, 3, 4, 5))
    assert "another function" in move.why
    unproven = after_round_proof(ROUND, ANSWERS, showing(0, 1, 2), Spending(audit=1), seen(0))
    other = after_round_proof(ROUND, ANSWERS, showing(0, 1, 2), Spending(), seen(5, proven=True))
    assert isinstance(unproven, Dispute) and other == Dispute((0, 1), 1)


@given(
    st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5), max_size=3), st.booleans(),
    st.integers(0, 5), st.integers(0, 5),
)  # fmt: skip
def test_contests_stay_within_the_terms_and_hit_what_they_should(
    wrong: set[int], without: set[int], taken: set[int], usable: bool, audit: int, link: int
) -> None:
    proof = showing(*wrong, without=tuple(without)) if usable else MISSING
    move = after_round_proof(ROUND, ANSWERS, proof, Spending(audit=audit, link=link), seen(*sorted(taken)))
    differing = wrong - without if usable else set()
    if isinstance(move, Dispute):
        assert set(move.indices) <= differing - taken and len(move.indices) + len(taken) <= 3
        assert len(move.indices) + move.left_out == len(differing - taken)
    else:
        assert isinstance(move, Release) and not differing
        assert move.answered == 6 and move.count + len(taken) <= max(3, len(taken)) and not taken & set(move.among)
