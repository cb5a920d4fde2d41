"""Deviations of retrieval: each inequality at and one wei beyond its edge, and against the pay-offs of walked games."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from retrieval_samples import FALSE_VIEW, FOUND, OVER, TERMS, WORTH, terms_with

from protocols.games.griefing import Grief, griefs, worst
from protocols.retrieval.deviations import Stakes, deviation_inequalities
from protocols.retrieval.paths import Path, Role, Scenario, Worth
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.walker import AT_ONCE, honest_path, walk

BY_NAME = {deviation.name: deviation for deviation in deviation_inequalities()}
F, P, S, EPS, NZ, NP = 1_000, 300, 5_000, 7, 500, 15
HALF = Fraction(1, 2)


def stakes(terms: RetrievalTerms = TERMS, worth: Worth = WORTH, **more: object) -> Stakes:
    return Stakes(**{"terms": terms, "worth": worth, "matches": 2, **more})


def hiding(disclosure: int, terms: RetrievalTerms = TERMS, **more: object) -> Stakes:
    """What a match that becomes readable costs the responder."""
    return stakes(terms, replace(WORTH, disclosure=disclosure), **more)


def valued(document: int) -> Stakes:
    return stakes(worth=replace(WORTH, document=document))


# One match, so that a wei of w is a wei of the inequality.
EDGES: dict[str, tuple[Stakes, Stakes]] = {
    "stay-out-responder": (
        hiding(F + P - 20 - NZ - EPS, matches=1),
        hiding(F + P - 20 - NZ - EPS + 1, matches=1),
    ),
    "look-and-decline": (
        hiding(F + P - 20 - NZ - EPS + NP, matches=1),
        hiding(F + P - 20 - NZ - EPS + NP + 1, matches=1),
    ),
    "withhold-match": (
        hiding(S + F + P + NP - 20 - 200, matches=1),
        hiding(S + F + P + NP - 20 - 200 + 1, matches=1),
    ),
    "prove-nothing": (hiding(S + F + P - 20 - NZ, matches=1), hiding(S + F + P - 20 - NZ + 1, matches=1)),
    "never-deliver": (hiding(P - 20), hiding(P - 20 + 1)),
    "deliver-garbage": (hiding(P - 20), hiding(P - 20 + 1)),
    "swap-document": (
        hiding((S + 2 * P) // 2, vigilance=HALF),
        hiding((S + 2 * P) // 2 + 1, vigilance=HALF),
    ),
    "commit-false-view": (
        stakes(false_share=HALF, audited=2, vigilance=HALF, hidden=3 * (S + 2 * P) // 8),
        stakes(false_share=HALF, audited=2, vigilance=HALF, hidden=3 * (S + 2 * P) // 8 + 1),
    ),
    "never-reveal": (hiding(S // 2 + P), hiding(S // 2 + P + 1)),
    "stay-out-requester": (
        stakes(worth=replace(WORTH, bits=0, document=F + P + EPS), matches=1),
        stakes(worth=replace(WORTH, bits=0, document=F + P + EPS - 1), matches=1),
    ),
    "buy-bits-only": (stakes(worth=replace(WORTH, bits=F + EPS)), stakes(worth=replace(WORTH, bits=F + EPS + 1))),
    "never-top-up": (valued(P), valued(P - 1)),
    "never-acknowledge": (valued(P), valued(P - 1)),
    "sham-sale": (stakes(record_value=2 * EPS), stakes(record_value=2 * EPS + 1)),
}
ALWAYS = {"flip-bit", "reuse-key", "acknowledge-blindly", "complain-falsely", "keep-quiet"}
"""Never pay: nothing but non-negative amounts stands on the left."""


def test_every_deviation_is_tested() -> None:
    assert set(BY_NAME) == set(EDGES) | ALWAYS
    assert len(BY_NAME) == len(deviation_inequalities())


@pytest.mark.parametrize("name", sorted(EDGES))
def test_at_the_edge_it_does_not_pay_and_a_wei_beyond_it_does(name: str) -> None:
    edge, beyond = EDGES[name]
    assert BY_NAME[name].advantage(edge) == 0 and BY_NAME[name].deterred(edge)
    assert BY_NAME[name].advantage(beyond) < 0 and not BY_NAME[name].deterred(beyond)


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_what_never_pays(name: str) -> None:
    free = terms_with(price=0, proving_cost=0, base_fee=0, deposit=1, fee=0)
    assert BY_NAME[name].advantage(Stakes(terms=free, matches=2)) >= 0
    assert BY_NAME[name].advantage(stakes(leaves=HALF)) >= 0


def test_the_deposit_does_not_stand_behind_the_delivery() -> None:
    """However high it is, a responder that gains more than the price by silence stays silent."""
    rich = hiding(P, terms_with(deposit=10**30))
    for name in ("withhold-match", "never-reveal", "swap-document"):
        assert BY_NAME[name].deterred(rich)
    assert not BY_NAME["never-deliver"].deterred(rich)


# The same advantages, from games that were played. In them N is a multiple of b, as a batch is proven whole.
WHOLE = replace(FOUND, name="whole", terms=terms_with(total=4), bits=(2, 1))
SHARP = replace(WHOLE, name="sharp", worth=replace(WORTH, disclosure=90, document=777))


def pay(scenario: Scenario, role: Role, *deeds: str) -> int:
    """Pay-off of the first path with these deeds among its behaviours, in order."""
    for path in walk(scenario, AT_ONCE):
        rest = iter(did for _, did in path.behaviours)
        if all(any(did == deed for did in rest) for deed in deeds):
            return path.payoff[role]
    raise AssertionError(f"no path {deeds}")


SWAPPED = "delivers one document exchanged for another content"
GARBAGE = "delivers ciphertexts that are not those under the root"
SOLD = "delivers the selected documents"


def from_games(name: str, scenario: Scenario) -> int:
    """Honest minus deviating pay-off, taken from walked games, with q = 1 and everybody present."""
    responder, requester = Role.RESPONDER, Role.REQUESTER
    honest = honest_path(scenario).payoff
    worth, terms = scenario.worth, scenario.terms
    over = replace(scenario, terms=replace(terms, cap=1))
    complained = pay(scenario, requester, SWAPPED, "complains")
    old = "delivers the selected documents under a key revealed in another job"
    return {
        "stay-out-responder": honest[responder] - pay(scenario, responder, "does not accept"),
        "look-and-decline": honest[responder] + terms.total * worth.inference,
        "withhold-match": honest[responder] - pay(scenario, responder, "withholds the batch of a match"),
        "prove-nothing": honest[responder] - pay(scenario, responder, "proves nothing"),
        "flip-bit": honest[responder] - pay(scenario, responder, "flips a bit, is refused and proves"),
        "never-deliver": honest[responder] - pay(scenario, responder, "does not deliver"),
        "deliver-garbage": honest[responder] - pay(scenario, responder, GARBAGE, "does not acknowledge"),
        "swap-document": honest[responder] - pay(scenario, responder, SWAPPED, "complains"),
        "never-reveal": honest[responder] - pay(scenario, responder, SOLD, "does not reveal"),
        "reuse-key": honest[responder] - pay(scenario, responder, old, "does not acknowledge"),
        "stay-out-requester": honest[requester],
        "buy-bits-only": -pay(over, requester, "does not top up"),
        "never-top-up": honest[requester] - pay(over, requester, "does not top up"),
        "never-acknowledge": honest[requester] - pay(scenario, requester, SOLD, "does not acknowledge"),
        "acknowledge-blindly": pay(scenario, requester, GARBAGE, "does not acknowledge")
        - pay(scenario, requester, GARBAGE, "acknowledges what it does not hold", "reveals the key"),
        "complain-falsely": honest[requester] - pay(scenario, requester, SOLD, "complains falsely, is refused"),
        "keep-quiet": complained - pay(scenario, requester, SWAPPED, "does not complain"),
        "sham-sale": -honest_path(scenario).net[responder] - honest_path(scenario).net[requester],
    }[name]


@pytest.mark.parametrize("scenario", [WHOLE, SHARP], ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {"commit-false-view"}))
def test_inequalities_are_those_of_the_games(name: str, scenario: Scenario) -> None:
    facts = Stakes(terms=scenario.terms, matches=2, worth=scenario.worth, leaves=Fraction(1))
    assert BY_NAME[name].advantage(facts) == from_games(name, scenario)


def test_a_false_view_costs_the_deposit_and_the_price() -> None:
    """What the audit's inequality takes for granted: met, it costs S and all of the price."""
    honest = honest_path(FOUND).net[Role.RESPONDER]
    slashed = next(path for path in walk(FALSE_VIEW, AT_ONCE) if path.name.endswith("requester complains"))
    assert honest - slashed.net[Role.RESPONDER] == S + 2 * P
    assert stakes(false_share=Fraction(1, 20), audited=59).caught > Fraction(19, 20)


@pytest.fixture(scope="module")
def found() -> list[Grief]:
    paths: list[Path] = list(walk(FOUND, AT_ONCE))
    return griefs(honest_path(FOUND), paths, (Role.RESPONDER, Role.REQUESTER))


def test_griefing_factors(found: list[Grief]) -> None:
    honest = honest_path(FOUND).payoff
    for grief in found:
        assert grief.path.strays & {grief.by, grief.against} == {grief.by}
        assert grief.harm == honest[grief.against] - grief.path.payoff[grief.against]
    silence = worst(found, Role.RESPONDER)
    assert silence is not None and silence.path.job.state.name == "UNDELIVERED"
    assert silence.factor == Fraction(2 * (WORTH.document - P), 2 * (P - WORTH.disclosure - WORTH.delivery))
    walkout = worst(found, Role.REQUESTER)
    assert walkout is not None and "does not acknowledge" in walkout.path.name.replace("tries to", "does not")
    assert walkout.factor == Fraction(P - WORTH.disclosure, WORTH.document - P)
    assert worst([], Role.REQUESTER) is None


def test_free_harm_has_no_factor(found: list[Grief]) -> None:
    free = Grief(found[0].path, Role.RESPONDER, Role.REQUESTER, cost=0, harm=5)
    assert free.factor is None and worst([*found, free], Role.RESPONDER) is free
    assert replace(free, harm=0).factor == 0 == replace(free, harm=-1, cost=9).factor


def test_leaving_over_the_cap_harms_the_responder_less_than_the_requester() -> None:
    paths = walk(OVER, AT_ONCE)
    left = [g for g in griefs(honest_path(OVER), paths, (Role.RESPONDER, Role.REQUESTER)) if "top up" in g.path.name]
    assert left and all(g.factor == Fraction(P - WORTH.disclosure - WORTH.delivery, WORTH.document - P) for g in left)
