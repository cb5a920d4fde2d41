"""The walker of protocol A': every path ends, conserves wei and pays what its ending says; silence costs the silent."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from sampled_samples import BUYER, SAMPLED, SELLER, STRANGER, sampled_with

from proofs.errors import InvalidInput
from protocols.errors import RuleViolation
from protocols.games.griefing import griefs, worst
from protocols.games.paths import distinct_on_chain, replay
from protocols.sampled.attempts import illegal_attempts
from protocols.sampled.events import Complain, Finalise, Open, Rule, State
from protocols.sampled.machine import apply
from protocols.sampled.paths import ENDINGS, Delivery, OffChain, Path, Role, Scenario, Step
from protocols.sampled.walker import AT_ONCE, PACES, UNIFORM, covering, honest_path, walk

VALUE = 100_000_000
PLAIN = Scenario(name="plain", terms=SAMPLED, stranger=STRANGER, right=(True,) * 6, start=1_000)
RIGHT = tuple(index != PLAIN.rest[0] for index in range(6))
GOOD = replace(PLAIN, name="good model", right=RIGHT, value=VALUE)
UNLUCKY = replace(GOOD, name="promising sample, poor rest", terms=sampled_with(target=4))
POOR = replace(UNLUCKY, name="poor sample", promising=False)
FALSE_VIEW = replace(GOOD, name="false view", false_view=PLAIN.rest[-1])
SHAM = replace(GOOD, name="made-up labels", right=(False,) * 6, promising=False, sham_labels=True)
SCENARIOS = (GOOD, UNLUCKY, POOR, FALSE_VIEW, SHAM)
E, Z, P, EPS = SAMPLED.example_cost, SAMPLED.proving_cost, SAMPLED.inference_cost, SAMPLED.fee
NE, PAY, LOOK = 6 * E, 2 * (2 * P + 4 * Z), 2 * P


@pytest.fixture(scope="module")
def walks() -> dict[str, list[Path]]:
    return {scenario.name: list(walk(scenario, UNIFORM, thorough=False)) for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def paths(walks: dict[str, list[Path]]) -> list[Path]:
    return [path for walked in walks.values() for path in walked]


def find(walked: list[Path], *deeds: str) -> Path:
    """The first path in which all of these deeds occur."""
    return next(path for path in walked if {*deeds} <= {did for _, did in path.behaviours})


def pay(path: Path) -> tuple[int, int]:
    return path.payoff[Role.SELLER], path.payoff[Role.BUYER]


def test_names_are_unique_and_every_ending_is_reached(walks: dict[str, list[Path]]) -> None:
    for name, walked in walks.items():
        assert len({path.name for path in walked}) == len(walked) > 200
        reached = {path.job.state for path in walked}
        assert reached >= set(ENDINGS) - {State.COMPLETED}
        assert (State.COMPLETED in reached) == (name == "good model")


def test_wei_is_conserved_and_net_is_what_the_ending_says(paths: list[Path]) -> None:
    lost, won = (-2 * NE - EPS, 2 * NE - EPS, 2 * EPS), (2 * NE - EPS, -2 * NE - EPS, 2 * EPS)
    expected = {
        State.COMPLETED: (PAY - EPS, -PAY - EPS, 2 * EPS),
        State.REJECTED: lost,
        State.SPOILED: won,
        State.ABORTED: (LOOK - EPS, -LOOK - EPS, 2 * EPS),
        State.EXPIRED: (0, 0, 0),
    }
    for path in paths:
        seller, buyer, fee = expected[path.job.state]
        assert path.net == {Role.SELLER: seller, Role.BUYER: buyer, Role.FEE_RECIPIENT: fee, Role.STRANGER: 0}
        assert path.job.locked == 0


def test_steps_replay_at_strictly_increasing_times(paths: list[Path]) -> None:
    for path in paths:
        times = [step.time for step in path.steps]
        assert times[0] == 1_000 and all(first < second for first, second in pairwise(times))
        assert replay(path.scenario, path.steps).job == path.job


def test_silence_costs_only_the_silent(paths: list[Path]) -> None:
    """A buyer that does not stray never loses its bond; a seller does only if the rest misses the target."""
    for path in paths:
        if Role.BUYER not in path.strays:
            assert path.net[Role.BUYER] >= -max(PAY, LOOK) - EPS
        if Role.SELLER not in path.strays and path.net[Role.SELLER] < -EPS:
            assert path.job.state is State.REJECTED and not _winnable(path)


def _winnable(path: Path) -> bool:
    """Whether the seller could prove A right answers with what it was sent."""
    spoiled = path.scenario.spoiled(path.off_chain)
    usable = [index for index in path.scenario.rest if index != spoiled]
    return path.off_chain.holds and sum(path.scenario.right[index] for index in usable) >= path.scenario.terms.target


def test_every_clock_edge_is_played(paths: list[Path]) -> None:
    seen = set()
    for path in paths:
        job = path.scenario.unopened()
        for step in path.steps:
            seen.add((job.state, type(step.event).__name__, step.time - job.deadline, step.reverts is None))
            job = apply(job, step.event, step.time)[0] if step.reverts is None else job
    movers = {
        State.OPEN: ["Accept"], State.ACCEPTED: ["HandOver"], State.SAMPLED: ["Proceed", "Abort", "PostCiphertext"],
        State.POSTED: ["Proceed", "Abort"], State.HANDED_OVER: ["Confirm", "RevealKey"],
        State.REVEALED: ["Confirm", "Complain"], State.PROVING: ["SubmitBatch"],
    }  # fmt: skip
    for state, names in movers.items():
        for name in names:
            assert (state, name, -1, True) in seen and (state, name, 0, False) in seen, (state, name)
        assert (state, "Finalise", -1, False) in seen and (state, "Finalise", 0, True) in seen


def test_every_rule_but_those_of_the_opening_is_met(paths: list[Path]) -> None:
    """What a walk leaves out (wrong deposits, the wrong sender and state) is in the illegal attempts."""
    met = {step.reverts for path in paths for step in path.steps if step.reverts}
    attempted, job = set(), GOOD.unopened()
    for step in honest_path(GOOD).steps:
        for time in {step.time, max(step.time, job.deadline)}:
            for attempt in illegal_attempts(GOOD, job, time):
                with pytest.raises(RuleViolation) as caught:
                    apply(job, attempt.event, attempt.time)
                assert caught.value.rule == attempt.reverts
                attempted.add(attempt.reverts)
        job = apply(job, step.event, step.time)[0]
    left_out = {Rule.BAD_TERMS, Rule.NOT_ELIGIBLE, Rule.TOO_MANY_ABORTS}
    assert met | attempted == {rule.value for rule in Rule} - left_out
    assert {"WrongDelivery", "WrongCiphertexts", "WrongKey", "ExampleSpent", "ChunkIsHonest", "ViewIsHonest"} <= met


def test_pay_offs_of_the_honest_games() -> None:
    assert pay(honest_path(GOOD)) == (PAY - 6 * P - 4 * Z - EPS, VALUE - NE - PAY - EPS)
    assert pay(honest_path(UNLUCKY)) == (-2 * NE - EPS - 2 * P, NE - EPS)
    assert pay(honest_path(POOR)) == (-EPS, -NE - LOOK - EPS)
    assert pay(honest_path(FALSE_VIEW)) == (2 * NE - EPS - 2 * P, -3 * NE - EPS)
    assert pay(honest_path(SHAM)) == (-EPS, -LOOK - EPS)
    for pace in PACES:
        assert pay(honest_path(GOOD, pace)) == pay(honest_path(GOOD))


def test_pay_offs_of_the_dishonest_games(walks: dict[str, list[Path]]) -> None:
    good = walks["good model"]
    unseen = find(good, "aborts without running the sample")
    assert unseen.job.aborts_added == 1 and pay(unseen) == (LOOK - EPS, -NE - LOOK - EPS)
    spoiled = find(good, f"hands over {Delivery.SPOILED_REST}", "complains")
    assert spoiled.job.state is State.SPOILED and pay(spoiled) == (2 * NE - 2 * P - EPS, -3 * NE - EPS)
    kept = find(good, "does not reveal the rest's key")
    assert pay(kept) == (2 * NE - 2 * P - EPS, -3 * NE - EPS)
    posted = find(good, "posts the ciphertexts", "does not decide having run the sample")
    assert posted.job.state is State.REJECTED and posted.job.aborts_added == 0
    assert pay(posted) == (-2 * NE - 2 * P - EPS, NE - EPS)
    silent = find(good, "does not decide without running the sample")
    assert silent.job.aborts_added == 1 and pay(silent) == (0, -NE)
    withheld = find(good, f"hands over {Delivery.WITHHELD}", "aborts without running the sample")
    assert pay(withheld) == (LOOK - EPS, -NE - LOOK - EPS) and withheld.strays == {Role.BUYER}
    late = find(good, "does not send the rest's key", "reveals the rest's key", "confirms after all")
    assert late.job.state is State.COMPLETED and pay(late) == pay(honest_path(GOOD))


def test_strangers_change_nothing_but_who_calls(walks: dict[str, list[Path]]) -> None:
    helped = find(walks["good model"], "has a stranger submit its proofs")
    assert pay(helped) == pay(honest_path(GOOD)) and helped.net[Role.STRANGER] == 0
    for deed in ("complains falsely, is refused", "proceeds on another delivery, is refused"):
        assert find(walks["good model"], deed).net == honest_path(GOOD).net


def test_grouping_is_the_sellers_choice() -> None:
    """One proof is enough for two right answers, if the seller puts the right examples together."""
    easy = replace(GOOD, terms=sampled_with(target=2))
    walked = list(walk(easy, AT_ONCE, thorough=False))
    best, in_order = find(walked, "proves the best examples first"), find(walked, "proves the examples in order")
    assert (best.job.batches_verified, in_order.job.batches_verified) == (1, 2)
    assert best.job.state is in_order.job.state is State.COMPLETED


def test_the_covering_set_covers(walks: dict[str, list[Path]]) -> None:
    for walked in walks.values():
        chosen = covering(walked)
        assert len(chosen) < 90 and {path.job.state for path in chosen} == {path.job.state for path in walked}
        rules = [{step.reverts for path in some for step in path.steps} for some in (chosen, walked)]
        assert rules[0] == rules[1] and covering(chosen) == chosen


@pytest.mark.slow
def test_the_straight_walk_shows_what_the_thorough_one_does() -> None:
    """Nothing is moved, refused or ended on the other ways that is not on the straight one."""
    straight = [path for scenario in (GOOD, UNLUCKY, FALSE_VIEW) for path in walk(scenario, UNIFORM, thorough=False)]
    thorough = [path for scenario in (GOOD, FALSE_VIEW) for path in walk(scenario, AT_ONCE)]
    assert len(distinct_on_chain(thorough)) > 2 * len(distinct_on_chain(straight))
    assert covering([*straight, *thorough]) == covering(straight)


def test_griefing_is_bounded_but_for_a_seller_who_leaves(walks: dict[str, list[Path]]) -> None:
    found = griefs(honest_path(GOOD), walks["good model"], (Role.SELLER, Role.BUYER))
    buyers = worst(found, Role.BUYER)
    assert buyers is not None and buyers.factor is not None and buyers.factor < 1
    assert all(grief.cost >= 0 for grief in found if grief.harm > 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"right": (True,) * 5}, "5 answers for 6 examples"),
        ({"false_view": PLAIN.sample[0]}, "not one of the rest"),
        ({"terms": sampled_with(key_window=9)}, "windows need 10 s"),
    ],
)
def test_scenarios_must_fit_their_terms(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        replace(GOOD, **changes)


def test_who_is_who() -> None:
    assert [GOOD.address(role) for role in GOOD.roles[:3]] == [BUYER, SELLER, STRANGER]
    assert sorted((*GOOD.sample, *GOOD.rest)) == list(range(6)) and GOOD.winnable and not UNLUCKY.winnable
    assert GOOD.spoiled(OffChain(Delivery.SPOILED_REST)) == GOOD.rest[-1]
    assert GOOD.spoiled(OffChain(Delivery.COMMITTED)) is None and FALSE_VIEW.spoiled(OffChain()) == GOOD.rest[-1]


def test_replay_reports_wrong_expectations() -> None:
    opening = Step(1_000, Role.BUYER, Open(BUYER, SAMPLED.deposit))
    for step, rule in (
        (Step(1_001, Role.SELLER, Complain(SELLER, 0), "TooLate"), "ExpectedRefusal"),  # type: ignore[arg-type]
        (Step(1_001, Role.SELLER, Finalise(SELLER)), "TooEarly"),
    ):
        with pytest.raises(RuleViolation) as caught:
            replay(GOOD, [opening, step])
        assert caught.value.rule == rule
