"""The planner: the papers' tables with their corrections, exact deposits, and intervals checked against scipy.stats."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_samples import terms_with
from scipy.stats import binomtest

from proofs.errors import InvalidInput
from proofs.intervals import at_least, clopper_pearson
from protocols.accuracy.bounds import (
    hoeffding_margin,
    hoeffding_size,
    hoeffding_size_exact,
    zero_failure_bound,
    zero_failure_size,
    zero_failure_size_exact,
)
from protocols.accuracy.plan import Costs, accuracy_size_table, make_plan, minimum_fee, tamper_size_table, target_for


@pytest.mark.parametrize(("epsilon", "size"), [(0.05, 600), (0.025, 2_397), (0.01, 14_979)])
def test_hoeffding_sizes_of_the_paper(epsilon: float, size: int) -> None:
    assert hoeffding_size(epsilon, 0.05) == size
    assert hoeffding_margin(size, 0.05) <= epsilon < hoeffding_margin(size - 1, 0.05)


def test_the_papers_2396_is_the_size_cut_off() -> None:
    assert int(hoeffding_size_exact(0.025, 0.05)) == 2_396
    assert hoeffding_margin(2_396, 0.05) > 0.025


def test_zero_failure_bound_is_a_probability_and_exact() -> None:
    for total in (1, 10, 10_000):
        rate = zero_failure_bound(total, 0.05)
        assert 0 < rate < 1
        assert (1 - rate) ** total == pytest.approx(0.05)
        assert math.exp((1 - 0.05) / total) > 1  # the printed bound, above 1 for every N


@pytest.mark.parametrize(
    ("rate", "nearest", "enough", "one_sided"), [(0.05, 72, 72, 59), (0.02, 183, 183, 149), (0.01, 367, 368, 299)]
)
def test_tamper_sizes_of_the_paper(rate: float, nearest: int, enough: int, one_sided: int) -> None:
    assert round(zero_failure_size_exact(rate, 0.025)) == nearest
    assert zero_failure_size(rate, 0.05, two_sided=True) == enough
    assert zero_failure_size(rate, 0.05) == one_sided
    assert clopper_pearson(0, enough, 0.05).high <= rate < clopper_pearson(0, enough - 1, 0.05).high


def test_64_images_are_15_percent_and_600_are_5() -> None:
    assert round(hoeffding_margin(64, 0.05), 3) == 0.153
    assert round(hoeffding_margin(600, 0.05), 3) == 0.050


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.data(), st.sampled_from([0.01, 0.05, 0.2]))
def test_clopper_pearson_agrees_with_scipy_stats(total: int, data: st.DataObject, delta: float) -> None:
    correct = data.draw(st.integers(0, total))
    interval = clopper_pearson(correct, total, delta)
    expected = binomtest(correct, total).proportion_ci(1 - delta, "exact")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    one_sided = binomtest(correct, total, alternative="greater").proportion_ci(1 - delta, "exact")
    assert at_least(correct, total, delta) == pytest.approx(one_sided.low, abs=1e-9)
    assert interval.low <= at_least(correct, total, delta) <= correct / total <= interval.high


def test_edges_of_the_interval() -> None:
    assert clopper_pearson(0, 64, 0.05).low == 0.0
    assert clopper_pearson(64, 64, 0.05).high == 1.0
    assert at_least(0, 64, 0.05) == 0.0
    assert clopper_pearson(60, 64, 0.05).low == pytest.approx(0.84764, abs=1e-5)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda: hoeffding_size(0, 0.05), "epsilon"),
        (lambda: hoeffding_size(0.05, 1), "delta"),
        (lambda: hoeffding_size(float("nan"), 0.05), "epsilon"),
        (lambda: hoeffding_margin(0, 0.05), "total"),
        (lambda: zero_failure_bound(0, 0.05), "total"),
        (lambda: zero_failure_size(1.0, 0.05), "rate"),
        (lambda: clopper_pearson(65, 64, 0.05), "correct"),
        (lambda: at_least(-1, 64, 0.05), "correct"),
        (lambda: make_plan(0.05, 0.05, batch=3), "batch"),
        (lambda: make_plan(1e-9, 0.05), "wider margin"),
        (lambda: make_plan(0.05, 0.05, accuracy="1.2"), "accuracy"),
        (lambda: make_plan(0.05, 0.05, accuracy="high"), "accuracy"),
        (lambda: make_plan(0.05, 0.05, accuracy="1/0"), "accuracy"),
        (lambda: Costs(example=1, proving=2, inference=1), "costs"),
    ],
)
def test_bad_requests_name_the_field(call: object, names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        call()


def test_amounts_are_those_of_the_terms() -> None:
    plan = make_plan(0.05, 0.05, batch=64, accuracy="0.9", costs=Costs(1_000_000, 10_000, 100))
    assert (plan.sufficient, plan.total, plan.target) == (600, 640, 576)
    terms = terms_with(
        total=640, batch=64, target=576, example_cost=1_000_000, proving_cost=10_000, inference_cost=100, fee=plan.fee
    )
    assert (plan.deposit, plan.payment, plan.abort_fee) == (terms.deposit, terms.payment, terms.abort_fee)
    assert plan.fee == 647 == minimum_fee(640, 100)  # 64,000 / 99 = 646.46
    assert plan.stake == 1_000 * 640 * 1_000_000


@given(st.integers(1, 2**32), st.integers(1, 2**128))
def test_fee_covers_its_share(total: int, cost: int) -> None:
    fee = minimum_fee(total, cost)
    assert 99 * (fee - 1) < total * cost <= 99 * fee


@pytest.mark.parametrize(
    ("text", "total", "target"), [("0.9", 600, 540), ("0.95", 64, 61), ("1", 64, 64), ("2/3", 3, 2)]
)
def test_targets_are_exact(text: str, total: int, target: int) -> None:
    assert target_for(text, total) == target


def test_tables_for_people() -> None:
    assert [(row[2], row[3], row[4]) for row in accuracy_size_table()] == [
        ("600", "600", "$99.96"),
        ("2,397", "2,396", "$399.34"),
        ("14,979", "14,979", "$2,495.50"),
    ]
    assert [row[2:] for row in tamper_size_table()] == [
        ("72", "72", "72", "59"),
        ("183", "183", "183", "149"),
        ("367", "368", "366", "299"),
    ]
    plan = make_plan(0.05, 0.05, accuracy="0.9")
    rows = {name: value for name, value, _ in plan.rows()}
    assert rows["Examples needed"] == "600" and rows["Target A"] == "540" and rows["Paper's price"] == "$99.96"
    assert "Target A" not in {name for name, _, _ in make_plan(0.05, 0.05).rows()}
    assert plan.cost_usd == Decimal("99.96")
