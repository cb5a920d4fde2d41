"""Walks of protocol B: every ending, every refusal, clocks, and what deviating costs the other side."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from prediction_samples import (
    CLIENT,
    FEE_RECIPIENT,
    K1,
    PRICE,
    PROVIDER,
    SCENARIO,
    STRANGER,
    TERMS,
    C,
    K,
    P,
    W,
    Z,
    terms_with,
)

from proofs.errors import InvalidInput
from protocols.games.board import EARLY, LAST
from protocols.games.paths import distinct_on_chain, illegal_attempts, replay
from protocols.predictions.attempts import repertoire
from protocols.predictions.events import Accept, Contest, Event, Open, ProveAnswer, Rule, State
from protocols.predictions.griefing import deeds, measured
from protocols.predictions.paths import GamePath, Role, Scenario
from protocols.predictions.walker import honest_path, walk


@pytest.fixture(scope="module")
def paths() -> list[GamePath]:
    return list(walk(SCENARIO))


def with_deed(paths: list[GamePath], deed: str) -> list[GamePath]:
    found = [path for path in paths if any(did.startswith(deed) for _, did in path.behaviours)]
    assert found, deed
    return found


def test_every_path_ends_and_conserves(paths: list[GamePath]) -> None:
    assert len(paths) > 600 and len({path.name for path in paths}) == len(paths)
    assert {path.job.state for path in paths} == {State.COMPLETED, State.REJECTED, State.EXPIRED}
    for path in paths:
        assert sum(path.net.values()) == 0 and path.net[Role.STRANGER] == 0
        times = [step.time for step in path.steps]
        assert times == sorted(set(times)) and path.job.locked == 0


def test_every_rule_refuses_somebody(paths: list[GamePath]) -> None:
    refused = {step.reverts for path in paths for step in path.steps if step.reverts}
    assert refused == {
        Rule.TOO_LATE, Rule.TOO_EARLY, Rule.NO_SUCH_ANSWER, Rule.ALREADY_CONTESTED, Rule.TOO_MANY_CONTESTS,
        Rule.BAD_SIGNATURE, Rule.NOT_CONTESTED, Rule.ALREADY_PROVEN, Rule.WRONG_OUTPUTS, Rule.PROOF_REJECTED,
        Rule.NOTHING_NEW, Rule.NOT_YOUR_MOVE, Rule.WRONG_STATE,
    }  # fmt: skip


def test_honest_round_is_paid_in_full(paths: list[GamePath]) -> None:
    path = honest_path(SCENARIO)
    assert not path.strays and path.job.state is State.COMPLETED
    assert path.payoff[Role.PROVIDER] == K * (PRICE - P) - TERMS.fee
    assert path.payoff[Role.CLIENT] == K * (W - PRICE) - TERMS.fee
    assert path.net[Role.FEE_RECIPIENT] == 2 * TERMS.fee


def test_a_contested_wrong_answer_always_loses_the_deposit(paths: list[GamePath]) -> None:
    for path in paths:
        wrong = {SCENARIO.signed_hash(index, True) for index in range(K)}
        lost = any(item.outputs_hash in wrong for item in path.job.contested)
        assert not lost or path.job.state is State.REJECTED
        if path.job.state is State.REJECTED:
            assert path.net[Role.PROVIDER] == -TERMS.provider_funds
            assert path.net[Role.CLIENT] == TERMS.penalty - TERMS.fee


def test_an_honest_provider_is_never_slashed_and_never_works_for_nothing(paths: list[GamePath]) -> None:
    for path in paths:
        if Role.PROVIDER not in path.strays and path.job.state is not State.EXPIRED:
            assert path.job.state is State.COMPLETED
            assert path.payoff[Role.PROVIDER] >= -TERMS.fee - P  # at worst one answer on credit goes unpaid


def test_an_honest_client_never_pays_for_what_it_did_not_get(paths: list[GamePath]) -> None:
    for path in paths:
        if Role.CLIENT not in path.strays:
            received = len(path.off_chain.answered)
            proven = sum(item.proven for item in path.job.contested)
            assert path.net[Role.CLIENT] >= -TERMS.fee - received * PRICE - proven * 2 * Z


def test_withheld_receipts_and_silence(paths: list[GamePath]) -> None:
    stopped = with_deed(paths, "withholds every receipt")
    assert {path.net[Role.PROVIDER] for path in stopped if not path.job.contested} == {-TERMS.fee}
    for deed in ("answers nothing", "asks nothing"):
        assert {path.net[Role.CLIENT] for path in with_deed(paths, deed)} == {-TERMS.fee}
    assert all(path.net[Role.PROVIDER] == 0 for path in paths if path.job.state is State.EXPIRED)


def test_clocks(paths: list[GamePath]) -> None:
    last = [path for path in paths if path.behaviours[1][1] == f"accepts {LAST}"]
    assert {path.steps[1].time for path in last} == {SCENARIO.start + TERMS.accept_window - 1}
    proofs = [
        (step.time, path.job.deadline) for path in with_deed(paths, "proves every contested answer in the last seconds")
        for step in path.steps if isinstance(step.event, ProveAnswer)
    ]  # fmt: skip
    assert max(time - deadline for time, deadline in proofs) == -1
    contests = [
        step.time - path.job.round_end for path in with_deed(paths, "contests as many as it may in the last seconds")
        for step in path.steps if isinstance(step.event, Contest)
    ]  # fmt: skip
    assert set(contests) == {-2, -1}


def test_contesting_everything_harms_nobody(paths: list[GamePath]) -> None:
    """Each contest costs the client 2Z and earns the provider Z net, so the grief pays its victim."""
    plain = honest_path(SCENARIO)
    full = with_deed(paths, "contests as many as it may in the last seconds")
    proven = [path for path in full if Role.PROVIDER not in path.strays]
    assert proven
    for path in proven:
        assert plain.payoff[Role.CLIENT] - path.payoff[Role.CLIENT] == K1 * 2 * Z
        assert path.payoff[Role.PROVIDER] - plain.payoff[Role.PROVIDER] == K1 * Z


def test_harm_is_free_in_two_ways_only(paths: list[GamePath]) -> None:
    """A wrong answer that no contest hit, and the last receipt; any other deviation costs whoever tries it."""
    free = {deeds(grief) for grief in measured(paths) if grief.factor is None}
    client = {did for did in free if "receipt" in did and "withholds" in did}
    assert client and all("withholds the last receipt" in did for did in client)
    assert free - client and all("wrongly" in did for did in free - client)
    for grief in measured(paths):
        if grief.factor is None and grief.by == Role.PROVIDER:
            assert not grief.path.off_chain.wrong & {item.index for item in grief.path.job.contested}
            assert -grief.cost == len(grief.path.off_chain.wrong) * (P - C)
        if grief.factor is None and grief.by == Role.CLIENT:
            assert (-grief.cost, grief.harm) == (PRICE, PRICE)


def test_griefing_factors(paths: list[GamePath]) -> None:
    """What costs the griever something: silence is a missed gain of the other side, and never a loss beyond the fee."""
    found = [grief for grief in measured(paths) if grief.factor is not None]
    factors = {by: max(grief.factor for grief in found if grief.by == by) for by in (Role.CLIENT, Role.PROVIDER)}
    stopped = Fraction((K - 1) * (PRICE - P) + PRICE, K * (W - PRICE) - W)
    assert factors == {Role.CLIENT: stopped, Role.PROVIDER: Fraction(W - PRICE, PRICE - P)}


def test_distinct_on_chain_and_short_walks(paths: list[GamePath]) -> None:
    distinct = distinct_on_chain(paths)
    assert 500 < len(distinct) < len(paths)
    nets: dict[object, object] = {}
    for path in paths:
        assert nets.setdefault(path.chain_key, path.net) == path.net
    assert len(list(walk(SCENARIO, (EARLY,)))) < len(paths)
    for path in distinct[::50]:
        assert replay(SCENARIO, path.steps).net == path.net


@pytest.mark.parametrize(("size", "contests"), [(1, 1), (2, 1), (3, 3), (4, 2)])
def test_other_sizes_walk_too(size: int, contests: int) -> None:
    terms = terms_with(round=size, contests=contests, beta=5)
    outputs = tuple((index, index) for index in range(size))
    scenario = replace(SCENARIO, terms=terms, hashes=tuple(range(size)), outputs=outputs)
    walked = list(walk(scenario))
    assert Counter(path.job.state for path in walked)[State.REJECTED] > 100
    assert all(sum(path.net.values()) == 0 for path in walked)


def test_scenarios_must_fit_their_terms() -> None:
    with pytest.raises(InvalidInput, match="3 hashes"):
        replace(SCENARIO, hashes=(1,))
    with pytest.raises(InvalidInput, match="2 outputs"):
        replace(SCENARIO, outputs=((1,), (2,), (3,)))
    with pytest.raises(InvalidInput, match="windows need 12 s"):
        replace(SCENARIO, terms=terms_with(prove_window=11))
    assert [SCENARIO.address(role) for role in Role] == [CLIENT, PROVIDER, STRANGER, FEE_RECIPIENT]


PROGRESS: list[tuple[Event, int]] = [
    (Open(CLIENT, TERMS.client_funds), 1_000),
    (Accept(PROVIDER, TERMS.provider_funds), 1_001),
    (Contest(CLIENT, 0, 11, SCENARIO.signed_hash(0, False)), 1_002),
    (ProveAnswer(PROVIDER, 0, SCENARIO.signed_hash(0, False)), 1_003),
]


@pytest.mark.parametrize("done", range(5))
def test_illegal_attempts(done: int) -> None:
    """Every move of the repertoire either counts on the machine or is listed as refused, in each state."""
    job = SCENARIO.unopened()
    for event, now in PROGRESS[:done]:
        job, _ = SCENARIO.apply(job, event, now)
    for now in {1_010, job.round_end, job.deadline} - {0}:
        moves = repertoire(SCENARIO, job)
        refused = illegal_attempts(SCENARIO, job, moves, now)
        assert len(refused) >= sum(len(list(events)) for events in moves.values()) - 8
        assert all(Rule(str(step.reverts)) for step in refused)


def test_scenario_is_a_game() -> None:
    assert isinstance(SCENARIO, Scenario) and SCENARIO.roles == tuple(Role)
