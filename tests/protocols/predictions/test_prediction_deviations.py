"""Deviations of protocol B: each inequality at and beyond its edge, and against the pay-offs of walked games."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prediction_samples import PRICE, SCENARIO, TERMS, C, E, K, P, W, Z, terms_with

from proofs.errors import InvalidInput
from protocols.games.board import EARLY
from protocols.predictions.bounds import detection_floor
from protocols.predictions.deviations import Deviation, Stakes, deviation_inequalities
from protocols.predictions.paths import GamePath, Role
from protocols.predictions.walker import walk

BY_NAME = {deviation.name: deviation for deviation in deviation_inequalities()}
BASE = Stakes(terms=TERMS, example_cost=E, inference_cost=P, cheap_cost=C, real_proving_cost=Z, value=W)
LOST = 2 * K * Z + K * PRICE
"""beta*K*Z + K*p of the sample terms."""
TINY = Fraction(1, 10**9)

EDGES: dict[str, tuple[Stakes, Stakes]] = {
    "stay-out-provider": tuple(replace(BASE, terms=terms_with(fee=K * (PRICE - P) + more)) for more in (0, 1)),
    "wrong-answers": tuple(
        replace(BASE, contest_chance=Fraction(K * (P - C), LOST + Z) - less) for less in (Fraction(0), TINY)
    ),
    "all-wrong": tuple(
        replace(BASE, contest_chance=Fraction(K * (P - C), LOST + Z) - less) for less in (Fraction(0), TINY)
    ),
    "refuse-answers": tuple(replace(BASE, terms=terms_with(answer_price=P - less)) for less in (0, 1)),
    "answer-nothing": tuple(replace(BASE, terms=terms_with(answer_price=P - less)) for less in (0, 1)),
    "unprofitable-proof": tuple(replace(BASE, real_proving_cost=LOST + 2 * Z + more) for more in (0, 1)),
    "stay-out-client": tuple(
        replace(BASE, terms=terms_with(fee=3), contest_chance=Fraction(0), value=PRICE + 1 - less) for less in (0, 1)
    ),
    "check-itself": tuple(replace(BASE, example_cost=2 * Z - less) for less in (0, 1)),
    "never-contest": tuple(
        replace(BASE, suspicion=Fraction(2 * Z, LOST + 2 * Z) - less) for less in (Fraction(0), TINY)
    ),
    "withhold-all-receipts": tuple(
        replace(BASE, contest_chance=Fraction(0), value=225 - less) for less in (0, 1)
    ),
    "withhold-last-receipt": tuple(replace(BASE, relation=PRICE - less) for less in (0, 1)),
    "ask-nothing": tuple(replace(BASE, contest_chance=Fraction(0), value=PRICE - less) for less in (0, 1)),
}  # fmt: skip
ALWAYS = {
    "never-prove", "not-collect", "old-receipt", "forged-receipt", "two-answers", "contest-everything",
    "unsigned-contest",
}  # fmt: skip
"""Deterred under any terms that parse."""


def test_every_deviation_is_tested() -> None:
    assert set(BY_NAME) == set(EDGES) | ALWAYS | {"overload"}
    assert len(BY_NAME) == len(deviation_inequalities())


@pytest.mark.parametrize("name", sorted(EDGES))
def test_at_the_edge_it_does_not_pay_and_beyond_it_does(name: str) -> None:
    edge, beyond = EDGES[name]
    assert BY_NAME[name].advantage(edge) == 0 and BY_NAME[name].deterred(edge)
    assert BY_NAME[name].advantage(beyond) < 0 and not BY_NAME[name].deterred(beyond)


def test_overload_pays_exactly_when_the_proofs_do_not_fit() -> None:
    fits = replace(BASE, prove_s=145, margin_s=10)  # 2 * 145 + 10 = 300
    assert BY_NAME["overload"].advantage(fits) == 2 * 2 * Z
    assert BY_NAME["overload"].advantage(replace(fits, margin_s=11)) == -LOST
    assert BY_NAME["overload"].advantage(replace(fits, prove_s=146)) == -LOST


@given(
    st.integers(1, 200), st.integers(1, 200), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6),
    st.integers(2, 9), st.fractions(0, 1),
)  # fmt: skip
def test_deterred_always(size: int, drawn: int, cost: int, more: int, price: int, beta: int, chance: Fraction) -> None:
    """One random contest a round deters every amount of lying, whatever it saves below Z; the plain ones always."""
    contests = min(drawn, size)
    terms = terms_with(round=size, contests=contests, beta=beta, proving_cost=cost + more, answer_price=price)
    stakes = Stakes(terms=terms, inference_cost=cost, contests=contests, wrong=1 + drawn % size)
    assert BY_NAME["wrong-answers"].advantage(stakes) > 0
    assert BY_NAME["all-wrong"].advantage(stakes) > 0
    assert all(BY_NAME[name].deterred(replace(stakes, contest_chance=chance)) for name in ALWAYS)


def test_the_papers_bound_at_its_edge() -> None:
    """With f = 1/10 and n = 7 of K = 100: 1 - (1 - f)^n < D, so the bound errs on the safe side."""
    terms = terms_with(round=100, contests=7)
    stakes = replace(BASE, terms=terms, wrong=10, contests=7)
    floor = detection_floor(Fraction(1, 10), 7)
    assert floor < stakes.caught
    chance = Fraction(10 * (P - C)) / (floor * stakes.at_stake)
    assert BY_NAME["wrong-answers"].advantage(replace(stakes, contest_chance=chance)) > 0
    exact = chance * floor / stakes.caught
    assert BY_NAME["wrong-answers"].advantage(replace(stakes, contest_chance=exact)) == 0


def test_without_contests_lying_pays() -> None:
    assert not BY_NAME["wrong-answers"].deterred(replace(BASE, contest_chance=Fraction(0)))
    assert not BY_NAME["all-wrong"].deterred(replace(BASE, contests=0))


def test_suspicion_from_which_contesting_pays_is_about_one_in_k() -> None:
    terms = terms_with(round=1_000, answer_price=0)
    edge = Fraction(2, 2 * 1_000 + 2)
    assert BY_NAME["never-contest"].advantage(replace(BASE, terms=terms, suspicion=edge)) == 0


def test_stakes_check_their_counts() -> None:
    for changes in ({"wrong": 0}, {"wrong": K + 1}, {"contests": 3}, {"contests": -1}):
        with pytest.raises(InvalidInput):
            replace(BASE, **changes)


# The same advantages, from games that were played.
ALL = "answers every question with the model"
DONE = ("collects", "ends the round")
PROVEN = ("proves every contested answer at once", *DONE)
LEFT = ("proves nothing", "finalises")


class Games:
    """Pay-offs of walked games by what was done in them."""

    def __init__(self) -> None:
        self.paths: list[GamePath] = list(walk(SCENARIO, (EARLY,)))

    def pay(self, role: Role, *deeds: str) -> Fraction:
        """Of the game with exactly these deeds after the acceptance; each may be cut short."""
        for path in self.paths:
            found = [did for _, did in path.behaviours[2:]]
            if len(found) == len(deeds) and all(did.startswith(deed) for did, deed in zip(found, deeds, strict=True)):
                return Fraction(path.payoff[role])
        raise AssertionError(f"no path {deeds}")

    def drawn(self, role: Role, serving: str, wrong: set[int], contests: int) -> Fraction:
        """Mean over every draw; a provider caught proves nothing."""
        picks = list(combinations(range(K), contests))
        return sum((self._pick(role, serving, wrong, pick) for pick in picks), Fraction(0)) / len(picks)

    def _pick(self, role: Role, serving: str, wrong: set[int], pick: tuple[int, ...]) -> Fraction:
        shown = pick if 0 < len(wrong) < K else tuple(range(len(pick)))  # others are walked for one pick only
        contest = f"contests {' and '.join(map(str, shown))} drawn at random"
        return self.pay(role, serving, contest, *(LEFT if wrong & set(pick) else PROVEN))


@pytest.fixture(scope="module")
def games() -> Games:
    return Games()


def from_games(deviation: Deviation, games: Games, s: Stakes) -> Fraction:
    """Honest minus deviating pay-off, taken from walked games."""
    provider, client, q, n = Role.PROVIDER, Role.CLIENT, s.contest_chance, s.contests
    none = "contests nothing"
    plain = {role: games.pay(role, ALL, none, *DONE) for role in (provider, client)}
    honest = {role: (1 - q) * plain[role] + q * games.drawn(role, ALL, set(), n) for role in (provider, client)}
    once = {role: games.pay(role, ALL, "contests 0 drawn", *PROVEN) for role in (provider, client)}
    one, every, twice = "answers one question wrongly", "answers all wrongly", "signs a wrong answer to question 0"
    full = "contests as many as it may in the last seconds"
    lies = (1 - q) * games.pay(provider, one, none, *DONE) + q * games.drawn(provider, one, {1}, n)
    all_lies = (1 - q) * games.pay(provider, every, none, *DONE) + q * games.drawn(provider, every, {0, 1, 2}, n)
    caught_twice = games.pay(provider, twice, "contests the wrong one of two", *LEFT)
    missed_twice = games.pay(provider, twice, "contests 0 drawn", *PROVEN)
    two = (1 - q) * games.pay(provider, twice, none, *DONE) + q * (caught_twice * n + missed_twice * (K - n)) / K
    unpaid = ("withholds every receipt", "stops at its credit")
    unproven = games.pay(provider, ALL, "contests 0 drawn", LEFT[0], "does not collect", LEFT[1])
    silent = games.pay(provider, "answers nothing", none, DONE[1])
    lucky, found_out = games.pay(client, one, none, *DONE), games.pay(client, one, "contests 1 drawn", *LEFT)
    checked = games.pay(client, one, "checks every answer itself", *LEFT)
    suspicious = s.suspicion * found_out + (1 - s.suspicion) * once[client]
    return {
        "stay-out-provider": lambda: plain[provider],
        "wrong-answers": lambda: honest[provider] - lies,
        "all-wrong": lambda: honest[provider] - all_lies,
        "refuse-answers": lambda: plain[provider] - games.pay(provider, "refuses one", none, *DONE),
        "answer-nothing": lambda: plain[provider] - silent,
        "never-prove": lambda: once[provider] - unproven,
        "unprofitable-proof": lambda: once[provider] + Z - s.real_proving_cost
        - unproven,
        "not-collect": lambda: plain[provider] - games.pay(provider, ALL, none, "does not collect", DONE[1]),
        "old-receipt": lambda: plain[provider] - games.pay(provider, ALL, none, "collects an old", DONE[1]),
        "forged-receipt": lambda: silent - games.pay(provider, "answers nothing", none, "forges a receipt", DONE[1]),
        "two-answers": lambda: honest[provider] - two,
        "stay-out-client": lambda: honest[client],
        "check-itself": lambda: (found_out - checked) / K - (plain[client] - once[client]),
        "never-contest": lambda: suspicious - s.suspicion * lucky - (1 - s.suspicion) * plain[client],
        "contest-everything": lambda: honest[client] - games.pay(client, ALL, full, *PROVEN),
        "overload": lambda: plain[client] - games.pay(client, ALL, full, *PROVEN),
        "withhold-all-receipts": lambda: honest[client] - games.pay(client, *unpaid, none, "ends the round"),
        "withhold-last-receipt": lambda: s.relation + plain[client]
        - games.pay(client, ALL, "withholds the last receipt", none, *DONE),
        "ask-nothing": lambda: honest[client] - games.pay(client, "asks nothing", none, "ends the round"),
        "unsigned-contest": lambda: plain[client]
        - games.pay(client, ALL, "contests an answer the provider did not sign", *DONE),
    }[deviation.name]()  # fmt: skip


CASES = [(name, contests) for name in sorted(BY_NAME) for contests in (1, 2) if (name, contests) != ("two-answers", 2)]
"""All of them with one contest and with two; the second of two answers is walked with a single contest."""


@pytest.mark.parametrize(("name", "contests"), CASES)
def test_inequalities_are_those_of_the_games(name: str, contests: int, games: Games) -> None:
    wrong = K if name == "all-wrong" else 1
    stakes = replace(
        BASE, contests=contests, wrong=wrong, contest_chance=Fraction(1, 3), suspicion=Fraction(1, 7), relation=40,
        real_proving_cost=12_345,
    )  # fmt: skip
    assert BY_NAME[name].advantage(stakes) == from_games(BY_NAME[name], games, stakes)


def test_an_overloaded_provider_loses_what_the_inequality_says(games: Games) -> None:
    plain = games.pay(Role.CLIENT, ALL, "contests nothing", *DONE)
    won = games.pay(Role.CLIENT, ALL, "contests as many as it may in the last seconds", *LEFT)
    assert won - plain == LOST
