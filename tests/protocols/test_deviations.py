"""Deviations: each inequality at and beyond its edge, and against the pay-offs of walked games."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_samples import STRANGER, TERMS, terms_with

from protocols.accuracy.deviations import Deviation, Stakes, deviation_inequalities
from protocols.accuracy.paths import Path, Role, Scenario
from protocols.accuracy.plan import minimum_fee
from protocols.accuracy.walker import EARLY, walk

BY_NAME = {deviation.name: deviation for deviation in deviation_inequalities()}
NE, NZ, NP = 4_000_000, 40_000, 396
VALUE = 10_000_000

EDGES: dict[str, tuple[Stakes, Stakes]] = {
    "stay-out-seller": (Stakes(terms=terms_with(fee=NZ - NP)), Stakes(terms=terms_with(fee=NZ - NP + 1))),
    "silent-with-a-win": (Stakes(terms=terms_with(fee=NZ)), Stakes(terms=terms_with(fee=NZ + 1))),
    "silent-with-a-loss": (Stakes(terms=terms_with(fee=NP)), Stakes(terms=terms_with(fee=NP + 1))),
    "proceed-unseen": (
        Stakes(terms=TERMS, miss=Fraction(NP, 2 * NE + NP)),
        Stakes(terms=TERMS, miss=Fraction(NP - 1, 2 * NE + NP)),
    ),
    "farm-aborts": (
        Stakes(terms=TERMS, capital_cost=3 * (NP - 4)),
        Stakes(terms=TERMS, capital_cost=3 * (NP - 4) - 1),
    ),
    "collect-test-sets": (
        Stakes(terms=TERMS, data_value=1_000, capital_cost=3 * (4_000 + NP - 4)),
        Stakes(terms=TERMS, data_value=1_000, capital_cost=3 * (4_000 + NP - 4) - 1),
    ),
    "stay-out-buyer": (
        Stakes(terms=TERMS, value=NE + 2 * NZ + 4),
        Stakes(terms=TERMS, value=NE + 2 * NZ + 3),
    ),
    "never-hand-over": (Stakes(terms=TERMS, value=2 * NZ + 4), Stakes(terms=TERMS, value=2 * NZ + 3)),
    "withhold-ciphertexts": (Stakes(terms=TERMS, value=2 * NZ - NP), Stakes(terms=TERMS, value=2 * NZ - NP - 1)),
    "sham-labels": (
        Stakes(terms=TERMS, lazy=Fraction(NP + 4, 2 * NE + NP)),
        Stakes(terms=TERMS, lazy=Fraction(NP + 5, 2 * NE + NP)),
    ),
    "sham-audit": (Stakes(terms=TERMS, record_value=8), Stakes(terms=TERMS, record_value=9)),
}
ALWAYS = {"abort-a-win", "stop-proving", "proceed-with-a-loss"}
"""Deterred by E > Z > P alone: no terms that parse reach the edge."""


def test_every_deviation_is_tested() -> None:
    assert set(BY_NAME) == set(EDGES) | ALWAYS
    assert len(BY_NAME) == len(deviation_inequalities())


@pytest.mark.parametrize("name", sorted(EDGES))
def test_at_the_edge_it_does_not_pay_and_beyond_it_does(name: str) -> None:
    edge, beyond = EDGES[name]
    assert BY_NAME[name].advantage(edge) == 0 and BY_NAME[name].deterred(edge)
    assert BY_NAME[name].advantage(beyond) < 0 and not BY_NAME[name].deterred(beyond)


@given(st.integers(1, 2**90), st.integers(1, 2**90), st.integers(1, 2**90), st.integers(1, 2**20))
def test_costs_in_order_deter_the_plain_deviations(inference: int, gap: int, more: int, batches: int) -> None:
    terms = terms_with(
        inference_cost=inference, proving_cost=inference + gap, example_cost=inference + gap + more, total=2 * batches,
        target=1, fee=minimum_fee(2 * batches, inference),
    )  # fmt: skip
    stakes = Stakes(terms=terms)
    assert all(BY_NAME[name].advantage(stakes) > 0 for name in ALWAYS)
    assert BY_NAME["silent-with-a-win"].deterred(stakes)
    assert BY_NAME["silent-with-a-loss"].deterred(stakes) or terms.abort_fee < 99


def test_z_above_p_alone_does_not_pay_the_sellers_fee() -> None:
    fee = minimum_fee(4, 198)
    tight = terms_with(inference_cost=198, proving_cost=199, fee=fee)
    assert not BY_NAME["stay-out-seller"].deterred(Stakes(terms=tight))
    assert BY_NAME["stay-out-seller"].advantage(Stakes(terms=replace(tight, proving_cost=200))) == 0  # 100/99 of P


def test_the_papers_fee_does_not_stop_unseen_aborts() -> None:
    stakes = Stakes(terms=terms_with(fee=minimum_fee(4, 99), max_aborts=0))
    assert BY_NAME["farm-aborts"].advantage(stakes) == -(NP - 4)


# The same advantages, from games that were played.
WIN = Scenario(name="win", terms=TERMS, stranger=STRANGER, counts=(1, 2), value=VALUE)
LOSE = replace(WIN, name="lose", counts=(1, 1))
SHAM = replace(LOSE, name="sham", sham_labels=True)
HANDED = "hands over the committed test set at once"
HONEST = ("opens", "accepts at once", HANDED, "proceeds having run the model at once", "proves batch by batch")
LOOKED = (*HONEST[:3], "aborts having run the model at once")
UNSEEN = (*HONEST[:3], "proceeds without running the model at once", "submits nothing", "finalises")


@pytest.fixture(scope="module")
def games() -> dict[str, list[Path]]:
    return {scenario.name: list(walk(scenario, (EARLY,))) for scenario in (WIN, LOSE, SHAM)}


def pay(games: dict[str, list[Path]], scenario: str, role: Role, deeds: tuple[str, ...]) -> int:
    for path in games[scenario]:
        found = [did for _, did in path.behaviours]
        if len(found) == len(deeds) and all(did.startswith(deed) for did, deed in zip(found, deeds, strict=True)):
            return path.payoff[role]
    raise AssertionError(f"no path {deeds}")


def from_games(deviation: Deviation, games: dict[str, list[Path]], stakes: Stakes) -> Fraction | int:
    """Honest minus deviating pay-off, taken from walked games."""
    seller, buyer = Role.SELLER, Role.BUYER
    out = ("opens", "does not accept", "finalises")
    silent = (*HONEST[:3], "does not decide having run the model", "finalises")
    honest = pay(games, "win", seller, HONEST)
    audit = pay(games, "win", buyer, HONEST)
    miss, lazy = stakes.miss, stakes.lazy
    loss_seen, loss_unseen = pay(games, "lose", seller, LOOKED), pay(games, "lose", seller, UNSEEN)
    win_unseen = pay(games, "win", seller, (*HONEST[:3], "proceeds without running", "proves batch by batch"))
    farmed = pay(games, "lose", seller, (*HONEST[:3], "aborts without running the model at once"))
    sham_seen, sham_unseen = pay(games, "sham", buyer, LOOKED), pay(games, "sham", buyer, UNSEEN)
    looks = stakes.looks
    withheld = (*HONEST[:2], "hands over something else than the committed test set at once", "aborts without")
    return {
        "stay-out-seller": honest - pay(games, "win", seller, out),
        "abort-a-win": honest - pay(games, "win", seller, LOOKED),
        "silent-with-a-win": honest - pay(games, "win", seller, silent),
        "stop-proving": honest - pay(games, "win", seller, (*HONEST[:4], "submits nothing", "finalises")),
        "proceed-with-a-loss": loss_seen
        - pay(games, "lose", seller, (*HONEST[:4], "submits nothing", "finalises")),
        "silent-with-a-loss": loss_seen - pay(games, "lose", seller, silent),
        "proceed-unseen": (1 - miss) * (honest - win_unseen) + miss * (loss_seen - loss_unseen),
        "farm-aborts": stakes.capital_cost - looks * farmed,
        "collect-test-sets": stakes.capital_cost - looks * (farmed + 4 * stakes.data_value),
        "stay-out-buyer": audit,
        "never-hand-over": audit - pay(games, "win", buyer, ("opens", "accepts at once", "does not hand", "finalises")),
        "withhold-ciphertexts": audit - pay(games, "win", buyer, withheld),
        "sham-labels": -(lazy * sham_unseen + (1 - lazy) * sham_seen),
        "sham-audit": -sum(
            path.net[seller] + path.net[buyer] for path in games["win"] if path.name.endswith("batch by batch")
        ) // sum(path.name.endswith("batch by batch") for path in games["win"]),
    }[deviation.name]  # fmt: skip


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_inequalities_are_those_of_the_games(name: str, games: dict[str, list[Path]]) -> None:
    stakes = Stakes(
        terms=TERMS, value=VALUE, data_value=5, capital_cost=7_000, miss=Fraction(1, 3), lazy=Fraction(1, 7)
    )
    assert BY_NAME[name].advantage(stakes) == from_games(BY_NAME[name], games, stakes)
