"""Games of rounds proven at once: who loses by which conduct, with the escrow's pay-offs as they were."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from prediction_samples import PRICE, SCENARIO, TERMS, C, E, K, P, W, Z

from protocols.predictions.deviations import Stakes
from protocols.predictions.endings import settle
from protocols.predictions.events import State
from protocols.predictions.paths import GamePath, Role
from protocols.predictions.round_decision import Spending
from protocols.predictions.round_proof_deviations import round_proof_deviations
from protocols.predictions.round_proof_walk import (
    DENIES,
    FALSE,
    KEEPS,
    NONE,
    OTHER_JOB,
    RIGHT,
    SIGNED,
    STRANGE,
    walk_round_proofs,
)
from protocols.predictions.walker import honest_path

BY_NAME = {deviation.name: deviation for deviation in round_proof_deviations()}
BASE = Stakes(terms=TERMS, example_cost=E, inference_cost=P, cheap_cost=C, real_proving_cost=Z, value=W)
LOST = 2 * K * Z + K * PRICE
SPENDINGS = (Spending(audit=1, link=0), Spending(audit=1, link=1), Spending(audit=2, link=2, disputes=1))


def paths(spending: Spending, *deeds: str) -> list[GamePath]:
    """Those in which all of these were done."""
    found = list(walk_round_proofs(SCENARIO, spending))
    return [path for path in found if all(any(deed in did for _, did in path.behaviours) for deed in deeds)]


def only(spending: Spending, *deeds: str) -> GamePath:
    found = paths(spending, *deeds)
    assert len({path.payoff[Role.PROVIDER] for path in found}) == 1, [path.name for path in found]
    return found[0]


@pytest.mark.parametrize("spending", SPENDINGS)
def test_every_ending_pays_what_it_always_paid(spending: Spending) -> None:
    found = paths(spending)
    assert len(found) > 20 and len({path.name for path in found}) == len(found)
    for path in found:
        job = path.job
        proven = sum(item.proven for item in job.contested)
        change = {TERMS.client: -TERMS.client_funds, TERMS.provider: -TERMS.provider_funds, TERMS.fee_recipient: 0}
        for credit in settle(TERMS, State.SERVING, job.state, proven, job.answered):
            change[credit.who] += credit.amount
        roles = {TERMS.client: Role.CLIENT, TERMS.provider: Role.PROVIDER, TERMS.fee_recipient: Role.FEE_RECIPIENT}
        assert {roles[who]: amount for who, amount in change.items()} == {
            role: path.net[role] for role in roles.values()
        }


def test_a_proven_round_pays_as_an_honest_one_without_contests() -> None:
    [path] = [path for path in paths(SPENDINGS[0], "with the model", RIGHT) if not path.strays]
    honest = honest_path(SCENARIO)
    assert path.net == honest.net and path.payoff == honest.payoff
    assert not path.job.contested


def test_wrong_answers_that_the_proof_contradicts_are_always_lost() -> None:
    for spending in SPENDINGS:
        for path in (*paths(spending, "wrongly", RIGHT), *paths(spending, "answers one question wrongly", STRANGE)):
            hit = {item.index for item in path.job.contested} & path.off_chain.wrong
            if path.job.state is State.COMPLETED:  # the one dispute allowed was about a right answer
                assert not hit and spending.disputes == 1
            else:
                assert path.net[Role.PROVIDER] == -TERMS.provider_funds
    assert all(path.job.state is State.REJECTED for path in paths(SPENDINGS[0], "wrongly", RIGHT))


@pytest.mark.parametrize("deed", [NONE, FALSE, OTHER_JOB])
def test_without_a_usable_proof_the_client_pays_for_its_random_contests(deed: str) -> None:
    path = only(Spending(audit=2, link=0), "with the model", deed, "proves every contested answer at once")
    honest = honest_path(SCENARIO)
    assert path.net[Role.CLIENT] == honest.net[Role.CLIENT] - 2 * 2 * Z
    assert path.payoff[Role.PROVIDER] == honest.payoff[Role.PROVIDER] + 2 * Z


def test_a_network_of_its_own_is_found_only_where_proven_answers_are_contested() -> None:
    unlinked = only(Spending(link=0), "answers all wrongly", SIGNED)
    assert unlinked.job.state is State.COMPLETED and unlinked.net[Role.PROVIDER] == K * PRICE - TERMS.fee
    assert all(path.job.state is State.REJECTED for path in paths(Spending(link=1), "answers all wrongly", SIGNED))
    some = paths(Spending(link=1), "answers one question wrongly", SIGNED)
    assert {path.job.state for path in some} == {State.COMPLETED, State.REJECTED}


def test_right_answers_with_a_strange_proof_cost_the_client_its_disputes() -> None:
    path = only(Spending(disputes=1), "with the model", STRANGE, "proves every contested answer at once")
    assert path.job.state is State.COMPLETED and path.job.answered == K
    assert path.net[Role.CLIENT] == honest_path(SCENARIO).net[Role.CLIENT] - 2 * Z


def test_denying_a_good_proof_pays_the_provider() -> None:
    denied = only(Spending(audit=1, link=0), DENIES, "proves every contested answer at once")
    honest, kept = honest_path(SCENARIO), only(Spending(), KEEPS)
    assert denied.payoff[Role.CLIENT] == honest.payoff[Role.CLIENT] - 2 * Z
    assert kept.payoff[Role.CLIENT] == honest.payoff[Role.CLIENT] + K * PRICE


def test_every_deviation_at_its_edge_and_beyond() -> None:
    known = {
        "withhold-round-proof": (replace(BASE, relation=Z + 7, round_proof_cost=7), {"relation": Z + 6}),
        "another-network": (
            replace(BASE, wrong=K, link=1, inference_cost=C + (LOST + Z) // K),
            {"inference_cost": C + (LOST + Z) // K + 1},
        ),
        "provoke-disputes": (replace(BASE, disputes=2, relation=2 * Z), {"relation": 2 * Z - 1}),
        "deny-round-proof": (replace(BASE, link=1), {"contest_chance": Fraction(1, 2)}),
        "deny-and-keep": (replace(BASE, relation=K * PRICE), {"relation": K * PRICE - 1}),
        "wrong-answers-proven-right": (
            replace(BASE, wrong=K, inference_cost=C + LOST // K), {"inference_cost": C + LOST // K + 1},
        ),
    }  # fmt: skip
    assert set(known) == set(BY_NAME) and len(BY_NAME) == len(round_proof_deviations())
    for name, (edge, change) in known.items():
        assert BY_NAME[name].deterred(edge), name
        assert not BY_NAME[name].deterred(replace(edge, **change)), name
    assert BY_NAME["another-network"].advantage(replace(BASE, link=0)) == -(P - C)
    assert BY_NAME["wrong-answers-proven-right"].deterred(replace(BASE, wrong=K))
