"""Bounds and plans of a round: the paper's figures, the exact ones, and what each side locks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proofs.errors import InvalidInput
from protocols.accuracy.plan import Costs
from protocols.predictions.bounds import contests_needed, detection, detection_floor, wrong_answers
from protocols.predictions.plan import contest_table, make_round_plan


def test_table_beside_the_papers() -> None:
    assert contest_table() == [
        ("5%", "57", "59", "72", "72"), ("2%", "138", "149", "183", "183"), ("1%", "258", "299", "368", "366")
    ]  # fmt: skip


@given(st.integers(1, 60), st.data())
def test_drawing_without_replacement_finds_at_least_as_often(answers: int, data: st.DataObject) -> None:
    wrong, contests = data.draw(st.integers(0, answers)), data.draw(st.integers(0, answers))
    exact, floor = detection(answers, wrong, contests), detection_floor(Fraction(wrong, answers), contests)
    assert 0 <= floor <= exact <= 1
    assert contests == 0 or exact >= Fraction(wrong, answers)
    assert (exact == 1) == (contests > answers - wrong)
    if contests == 1:
        assert exact == floor == Fraction(wrong, answers)


@given(st.integers(1, 400), st.floats(0.005, 0.5), st.floats(0.001, 0.5))
@example(size=50, rate=0.02, delta=0.5)
@example(size=25, rate=0.28, delta=0.05)
@example(size=10, rate=0.3, delta=0.7)
def test_contests_needed_is_the_least_that_does(size: int, rate: float, delta: float) -> None:
    needed, missed = contests_needed(rate, delta, size), Fraction(str(delta))
    wrong = -(-Fraction(str(rate)) * size // 1)
    assert wrong_answers(rate, size) == wrong
    assert 1 <= needed <= size
    assert 1 - detection(size, int(wrong), needed) <= missed or needed == min(size, contests_needed(rate, delta))
    assert needed == 1 or 1 - detection(size, int(wrong), needed - 1) > missed
    assert needed <= contests_needed(rate, delta)


def test_shares_are_read_as_they_are_written() -> None:
    assert wrong_answers(0.02, 50) == 1 and wrong_answers(0.28, 25) == 7 and wrong_answers(0.29, 25) == 8
    assert contests_needed(0.02, 0.5, 50) == 25
    assert contests_needed(0.3, 0.7, 10) == 1  # missed with exactly 7/10, more than the float 0.7
    plan = make_round_plan(0.28, 0.05, 25)
    assert (plan.wrong, plan.contests) == (7, 8) and plan.caught == detection(25, 7, 8) >= Fraction(95, 100)


def test_known_sizes() -> None:
    assert [contests_needed(rate, 0.05) for rate in (0.05, 0.02, 0.01)] == [59, 149, 299]
    assert contests_needed(0.01, 0.05, 1) == 1 and contests_needed(0.5, 0.05, 4) == 3
    assert contests_needed(0.05, 0.05, 10**4) in (58, 59)


def test_plan_amounts() -> None:
    plan = make_round_plan(0.05, 0.05, 1_000, price=300, beta=3, costs=Costs(10_000, 1_000, 99))
    assert (plan.contests, plan.wrong, plan.fee) == (57, 50, 1_000)
    assert plan.client_funds == 2 * 1_000 * 1_000 + 1_000 * 300 + 1_000
    assert plan.provider_funds == 3 * 1_000 * 1_000 + 1_000
    assert plan.contest_cost == 2 * 57 * 1_000 and plan.provider_profit == 1_000 * 201 - 1_000
    assert plan.caught >= Fraction(95, 100) and len(plan.rows()) == 12
    assert make_round_plan(0.05, 0.05).price == 2 * Costs().inference


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"round_size": 0}, "round"),
        ({"round_size": 65_536}, "round"),
        ({"beta": 1}, "beta"),
        ({"price": 1}, "loses"),
        ({"rate": 0.0}, "rate"),
        ({"delta": 1.0}, "delta"),
    ],
)
def test_impossible_plans(arguments: dict[str, object], names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        make_round_plan(**{"rate": 0.05, "delta": 0.05, **arguments})


def test_impossible_counts() -> None:
    for call in (
        lambda: detection(3, 4, 1), lambda: detection(3, 1, -1), lambda: detection_floor(Fraction(2), 1),
        lambda: detection_floor(Fraction(1, 2), -1), lambda: contests_needed(0.1, 0.1, 0),
        lambda: wrong_answers(float("nan"), 5), lambda: wrong_answers(0.5, -1),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            call()
