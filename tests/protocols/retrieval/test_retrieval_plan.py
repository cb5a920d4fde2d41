"""Planning a retrieval job: amounts, audits, warnings, and that a plan without warnings deters every deviation."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from retrieval_samples import terms_with

from proofs.errors import InvalidInput
from protocols.retrieval.deviations import Stakes, deviation_inequalities
from protocols.retrieval.paths import Worth
from protocols.retrieval.plan import Plan, make_plan

WORTH = Worth(document=3_000, bits=500, disclosure=600, inference=99, delivery=50)
STAY_OUT = {"stay-out-responder", "look-and-decline", "stay-out-requester"}
"""Whether to take part at all depends on how much is found."""


def plan(**changes: object) -> Plan:
    worth = changes.pop("worth", WORTH)
    numbers = {"total": 60, "batch": 8, "cap": 5, "proving_cost": 10, "price": 1_000, **changes}
    return make_plan(worth=worth, **numbers)


def test_amounts() -> None:
    found = plan()
    assert (found.base_fee, found.deposit, found.fee) == (1_200, 3_000, 60)
    assert found.requester_funds == 1_200 + 5_000 + 60
    assert found.audit == 59 and not found.warnings
    assert plan(vigilance=Fraction(2, 7)).deposit == 10_500
    assert plan(vigilance=Fraction(1, 3), worth=replace(WORTH, disclosure=0)).deposit == 1_200
    assert plan(worth=replace(WORTH, bits=2_000)).base_fee == 1_940
    assert plan(proving_cost=0, worth=Worth()).deposit == 1


def test_table() -> None:
    rows = {label: (value, formula) for label, value, formula in plan().rows()}
    assert rows["Documents N"] == ("60", "8 proofs of 8")
    assert rows["Base fee"][0] == "1,200 wei" and rows["Audit"][0] == "59"
    assert rows["Audit's bound"][0] == "4.95%"
    assert plan(total=8, cap=2, batch=2).audit == 8


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"price": 649}, "below what a disclosed document costs"),
        ({"price": 3_001}, "above what a document is worth"),
    ],
)
def test_warnings(changes: dict[str, object], words: str) -> None:
    assert [words in warning for warning in plan(**changes).warnings] == [True]
    dear_bits = replace(plan(), base_fee=439)
    assert "worth more than the base fee" in dear_bits.warnings[0] and not replace(dear_bits, base_fee=440).warnings


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch": 3}, "batch"),
        ({"cap": 61}, "cap"),
        ({"cap": 0}, "cap"),
        ({"total": 2**32}, "cap"),
        ({"price": -1}, "negative"),
        ({"worth": replace(WORTH, disclosure=-1)}, "negative"),
        ({"vigilance": Fraction(0)}, "vigilance"),
        ({"vigilance": Fraction(3, 2)}, "vigilance"),
        ({"share": 0.0}, "rate"),
    ],
)
def test_numbers_out_of_range(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        plan(**changes)


@settings(max_examples=200, deadline=None)
@given(
    matches=st.integers(0, 12),
    proving=st.integers(0, 10**6),
    amounts=st.tuples(*[st.integers(0, 10**6)] * 4),
    vigilance=st.fractions(Fraction(1, 10), 1),
)
def test_a_plan_without_warnings_deters_every_deviation(
    matches: int, proving: int, amounts: tuple[int, int, int, int], vigilance: Fraction
) -> None:
    """At any number of matches; w of one document at most what the vigilance lets the deposit stand for."""
    disclosure, delivery, margin, bits = amounts
    price = disclosure + delivery + margin
    worth = Worth(document=price + margin, bits=bits, disclosure=disclosure, inference=7, delivery=delivery)
    made = make_plan(12, 4, 3, proving, price, worth, vigilance=vigilance)
    assert not made.warnings
    terms = terms_with(
        total=12, batch=4, cap=3, proving_cost=proving, base_fee=made.base_fee, price=price, deposit=made.deposit,
        fee=made.fee,
    )  # fmt: skip
    stakes = Stakes(terms=terms, matches=matches, worth=worth, vigilance=vigilance, leaves=Fraction(1, 2))
    assert [item.name for item in deviation_inequalities() if not item.deterred(stakes)] in (
        [], *[[name for name in order if name in STAY_OUT] for order in _subsets()],
    )  # fmt: skip


def _subsets() -> list[list[str]]:
    names = [item.name for item in deviation_inequalities() if item.name in STAY_OUT]
    return [[name for i, name in enumerate(names) if mask >> i & 1] for mask in range(1 << len(names))]
