"""Every deviation of protocol A' at its edge, beyond it, and what no edge is needed for; exact in wei."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampled_samples import sampled_with

from proofs.errors import InvalidInput
from protocols.accuracy.plan import minimum_fee
from protocols.sampled.deviations import Deviation, Stakes, deviation_inequalities
from protocols.sampled.malice import gain, least_right_against_malice, ruin, survival
from protocols.sampled.paths import Role
from protocols.sampled.prospects import advantage, least_right

BY_NAME = {item.name: item for item in deviation_inequalities()}
TERMS = sampled_with(total=640, batch=64, sample=64, target=460, fee=minimum_fee(64, 99))
NE, N1P, N2P, N2Z, EPS, LOOKS = 640 * 10**6, 64 * 99, 576 * 99, 576 * 10**4, 64, 3
PAY = 2 * N1P + 2 * N2Z
S = Stakes(terms=TERMS)
EDGE = Fraction(N1P + N2Z - N2P, 2 * N1P + N2Z + 2 * NE)
"""The chance of missing A at which going on and leaving are worth the same."""
TINY = Fraction(1, 10**30)
POOR = Fraction(N1P, 2 * NE + 640 * 99)
"""The share of poor samples (b = 1) that pays for running every sample."""


def fee(amount: int) -> Stakes:
    return replace(S, terms=replace(TERMS, fee=amount))


EDGES: dict[str, tuple[Stakes, Stakes]] = {
    "stay-out-seller": (fee(N1P + N2Z - N2P), fee(N1P + N2Z - N2P + 1)),
    "abort-a-promising-sample": (replace(S, miss=EDGE), replace(S, miss=EDGE + TINY)),
    "proceed-with-a-poor-sample": (replace(S, miss_poor=EDGE), replace(S, miss_poor=EDGE - TINY)),
    "silent-with-a-promising-sample": (
        replace(fee(N2Z + 2 * N1P - N2P), miss=Fraction(0)),
        replace(fee(N2Z + 2 * N1P - N2P + 1), miss=Fraction(0)),
    ),
    "silent-with-a-poor-sample": (fee(N1P), fee(N1P + 1)),
    "proceed-unseen": (replace(S, poor=POOR), replace(S, poor=POOR - TINY)),
    "abort-now-and-then": (S, fee(EPS - 1)),
    "farm-aborts": (
        replace(S, capital_cost=LOOKS * (N1P - EPS)),
        replace(S, capital_cost=LOOKS * (N1P - EPS) - 1),
    ),
    "collect-samples": (
        replace(S, data_value=10**6, capital_cost=LOOKS * (64 * 10**6 + N1P - EPS)),
        replace(S, data_value=10**6, capital_cost=LOOKS * (64 * 10**6 + N1P - EPS) - 1),
    ),
    "collect-a-test-set": (
        replace(fee(640), data_value=2 * 10**6 + 1),
        replace(fee(639), data_value=2 * 10**6 + 1),
    ),
    "stay-out-buyer": (replace(S, value=NE + PAY + EPS), replace(S, value=NE + PAY + EPS - 1)),
    "never-hand-over": (replace(S, value=PAY + EPS), replace(S, value=PAY + EPS - 1)),
    "withhold-ciphertexts": (replace(S, value=PAY - N1P), replace(S, value=PAY - N1P - 1)),
    "withhold-the-key": (replace(S, value=PAY - 2 * NE), replace(S, value=PAY - 2 * NE - 1)),
    "spoil-rest": (
        replace(S, lazy=Fraction(1, 2) + Fraction(EPS, 4 * NE)),
        replace(S, lazy=Fraction(1, 2) + Fraction(EPS, 4 * NE) + TINY),
    ),
    "sham-labels": (
        replace(S, lazy=Fraction(N1P + EPS, N1P + 2 * NE)),
        replace(S, lazy=Fraction(N1P + EPS, N1P + 2 * NE) + TINY),
    ),
    "post-to-harm": (S, replace(S, post_cost=-1)),
    "sham-audit": (replace(S, record_value=2 * EPS), replace(S, record_value=2 * EPS + 1)),
}
ALWAYS = {
    "silent-when-posted": 2 * NE + N1P,
    "stop-proving": 2 * NE + 2 * N1P + N2Z - N2P,
    "confirm-unopened": 4 * NE,
    "swallow-a-fault": 2 * NE - 2 * N1P - N2Z + N2P,
    "complain-falsely": 0,
    "deny-the-key": 0,
}


@pytest.mark.parametrize("name", EDGES)
def test_each_inequality_at_and_beyond_its_edge(name: str) -> None:
    item, (edge, beyond) = BY_NAME[name], EDGES[name]
    assert item.advantage(edge) == 0 and item.deterred(edge)
    assert item.advantage(beyond) < 0 and not item.deterred(beyond)


@pytest.mark.parametrize("name", ALWAYS)
def test_what_never_pays(name: str) -> None:
    assert BY_NAME[name].advantage(S) == ALWAYS[name]


def test_every_deviation_is_tested() -> None:
    names = [item.name for item in deviation_inequalities()]
    assert len(set(names)) == len(names) == len(EDGES) + len(ALWAYS) + 1  # and mislabel-rest, below
    assert {item.actor for item in deviation_inequalities()} == {Role.SELLER, Role.BUYER}


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 50))
def test_costs_in_their_order_make_faults_worth_showing(p: int, more: int, most: int, batches: int) -> None:
    """E > Z > P is enough for the bond to stand behind promise, key and complaint, at any size."""
    terms = sampled_with(
        total=4 * batches, inference_cost=p, proving_cost=p + more, example_cost=p + more + most, target=1
    )
    for name in ("stop-proving", "swallow-a-fault", "withhold-the-key", "silent-when-posted"):
        assert BY_NAME[name].advantage(Stakes(terms=terms)) > 0


def test_the_papers_fee_is_the_edge_of_one_in_a_hundred() -> None:
    """eps = N1 P/99 is exactly what stops a seller who aborts one look in a hundred unseen."""
    item = BY_NAME["abort-now-and-then"]
    assert item.advantage(S) == 0 and 99 * EPS == N1P
    assert not item.deterred(replace(S, unseen=Fraction(1, 100) + TINY))
    assert item.deterred(replace(fee(N1P), unseen=Fraction(1, 2)))


def test_a_sample_takes_a_tenth_of_what_a_whole_look_does() -> None:
    """The stake that stops collecting falls from N to N1 examples; 1000 N1 E at 1% capital cost is enough for it."""
    stakes = replace(S, data_value=10**6, capital_cost=1_000 * 64 * 10**6 // 100)
    assert BY_NAME["collect-samples"].deterred(stakes)
    whole = LOOKS * (640 * 10**6 + 640 * 99 - EPS)
    assert stakes.capital_cost < whole


def test_going_on_is_judged_by_the_same_rule_as_the_seller_uses() -> None:
    right = least_right(TERMS)
    assert right is not None
    assert BY_NAME["abort-a-promising-sample"].advantage(replace(S, miss=Fraction(1, 50))) == advantage(
        TERMS, Fraction(1, 50)
    )


@given(st.integers(1, 40), st.data())
def test_spoiled_examples_survive_a_sample_at_most_so_often(total: int, chosen: st.DataObject) -> None:
    sample, spoiled = chosen.draw(st.integers(1, total)), chosen.draw(st.integers(0, total))
    exact = survival(total, sample, spoiled)
    assert exact == Fraction(comb(total - spoiled, sample), comb(total, sample))
    assert exact <= (1 - Fraction(spoiled, total)) ** sample
    tolerated = chosen.draw(st.integers(0, sample))
    ways = sum(comb(spoiled, j) * comb(total - spoiled, sample - j) for j in range(tolerated + 1))
    assert survival(total, sample, spoiled, tolerated) == Fraction(ways, comb(total, sample)) >= exact


@pytest.mark.parametrize("wrong", [(4, 2, 5, 0), (4, 0, 1, 0), (4, 5, 1, 0), (4, 2, -1, 0), (4, 2, 1, -1)])
def test_counts_that_do_not_fit_have_no_chance(wrong: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvalidInput, match="do not fit"):
        survival(*wrong)


def test_mislabelling_pays_from_some_tolerance_on() -> None:
    """117 wrong labels make a perfect model miss 460 of 576; whether that pays depends on what the seller tolerates."""
    item, free = BY_NAME["mislabel-rest"], replace(S, spoiled=117, real_labels=False)
    assert item.deterred(free) and not item.deterred(replace(free, tolerated=7))
    assert item.deterred(replace(free, tolerated=7, real_labels=True))
    h = survival(640, 64, 117, 7)
    assert item.advantage(replace(free, tolerated=7)) == (1 - h) * N1P + EPS - h * 2 * NE


def brute_ruin(total: int, sample: int, needed: int, tolerated: int) -> Fraction:
    """Every number of wrong labels, every number of them drawn."""
    best = Fraction(0)
    for spoiled in range(total + 1):
        drawn = [j for j in range(tolerated + 1) if spoiled - j >= needed]
        ways = sum(comb(spoiled, j) * comb(total - spoiled, sample - j) for j in drawn)
        best = max(best, Fraction(ways, comb(total, sample)))
    return best


@pytest.mark.parametrize(("sample", "target"), [(2, 3), (3, 9), (4, 5), (5, 1)])
def test_the_best_number_of_wrong_labels(sample: int, target: int) -> None:
    terms = sampled_with(total=12, batch=1, sample=sample, target=target)
    for tolerated in range(sample + 1):
        assert ruin(terms, tolerated) == brute_ruin(12, sample, terms.rest - target + 1, tolerated)


def test_the_least_count_against_malice_is_its_edge() -> None:
    whole = replace(TERMS, target=448)
    for terms in (whole, sampled_with(total=128, batch=16, sample=16, target=20)):
        least = least_right_against_malice(terms)
        assert least is not None
        for right in {0, least - 2, least - 1, least, terms.sample}:
            assert (gain(terms, terms.sample - right) <= 0) == (right >= least)
    assert least_right(whole) == 59 and least_right_against_malice(whole) == 63
    assert least_right_against_malice(sampled_with(target=4)) is None


def test_a_target_between_batches_is_one_of_whole_batches() -> None:
    """Rows without a form are left out, and only full batches can be proven: 460 of 576 take eight of them."""
    assert ruin(TERMS, 3) == ruin(replace(TERMS, target=512), 3) > ruin(replace(TERMS, target=448), 3)
    assert least_right_against_malice(TERMS) is None


def test_deterred_is_the_inequality() -> None:
    item = Deviation("none", Role.SELLER, "", "", "", lambda stakes: stakes.value)
    assert item.deterred(S) and not item.deterred(replace(S, value=-1))
