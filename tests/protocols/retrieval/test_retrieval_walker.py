"""The retrieval walker: every clock is played, every leaf conserves wei, and the main games pay what they should."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from retrieval_samples import (
    DRAWN,
    EMPTY,
    FALSE_VIEW,
    FOUND,
    OVER,
    REQUESTER,
    RESPONDER,
    SCENARIOS,
    STRANGER,
    TERMS,
    TOKEN,
    WORTH,
    terms_with,
)

from proofs.errors import InvalidInput
from protocols.errors import RuleViolation
from protocols.games.paths import distinct_on_chain, replay
from protocols.retrieval.attempts import illegal_attempts
from protocols.retrieval.events import Accept, Event, Finalise, Open, Reveal, Rule, State
from protocols.retrieval.machine import apply
from protocols.retrieval.paths import Path, Role, Scenario, Step
from protocols.retrieval.walker import AT_ONCE, PACES, UNIFORM, honest_path, walk

F, P, S, EPS, NZ = TERMS.base_fee, TERMS.price, TERMS.deposit, TERMS.fee, 6 * TERMS.proving_cost
V, U, W, C = WORTH.document, WORTH.bits, WORTH.disclosure, WORTH.delivery
PARTIES = (Role.RESPONDER, Role.REQUESTER)
SOLD = "delivers the selected documents"


@pytest.fixture(scope="module")
def walks() -> dict[str, list[Path]]:
    return {scenario.name: list(walk(scenario)) for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def paths(walks: dict[str, list[Path]]) -> list[Path]:
    return [path for walked in walks.values() for path in walked]


def find(walked: Iterable[Path], *deeds: str) -> Path:
    """The first path with these deeds, in this order, among its behaviours."""
    for path in walked:
        rest = iter(did for _, did in path.behaviours)
        if all(any(did == deed for did in rest) for deed in deeds):
            return path
    raise AssertionError(f"no path {deeds}")


def pay(path: Path) -> tuple[int, int]:
    return path.payoff[Role.RESPONDER], path.payoff[Role.REQUESTER]


def test_every_leaf_is_ended_and_conserves_wei(paths: list[Path]) -> None:
    for path in paths:
        assert path.job.state.ended and path.job.locked == 0
        assert sum(path.net.values()) == 0 and path.net[Role.STRANGER] == 0
        fees = 0 if path.job.state is State.EXPIRED else 2 * EPS
        assert path.net[Role.FEE_RECIPIENT] == fees
        assert all(one.time < two.time for one, two in zip(path.steps, path.steps[1:], strict=False))


def test_names_are_unique_and_endings_complete(walks: dict[str, list[Path]]) -> None:
    ended = {State.COMPLETED, State.REJECTED, State.UNDELIVERED, State.EXPIRED}
    for name, walked in walks.items():
        assert len({path.name for path in walked}) == len(walked)
        assert {path.job.state for path in walked} == (ended - {State.UNDELIVERED} if name == "empty" else ended)


def test_few_enough_to_play_on_a_chain(walks: dict[str, list[Path]]) -> None:
    counts = [len(distinct_on_chain(walked)) for walked in walks.values()]
    assert all(30 < count < 400 for count in counts) and 900 < sum(counts) < 1_300
    for scenario in SCENARIOS:
        short = distinct_on_chain(walk(scenario, AT_ONCE))
        assert 15 < len(short) < 100
        uniform = {path.steps for path in walk(scenario, UNIFORM)}
        assert {path.steps for path in short} < uniform <= {path.steps for path in walks[scenario.name]}


def test_every_clock_is_tried(paths: list[Path]) -> None:
    """In each state its mover comes in the last second and at the deadline, and somebody finalises too early."""
    seen = set()
    for path in paths:
        job = path.scenario.unopened()
        for step in path.steps:
            if job.state is not State.NONE:
                seen.add((job.state, type(step.event).__name__, step.time - job.deadline, step.reverts is None))
            if step.reverts is None:
                job = apply(job, step.event, step.time)[0]
    movers = {
        State.OPEN: ["Accept"], State.PROVING: ["SubmitBatch", "Draw"], State.OVER_CAP: ["TopUp"],
        State.PROVEN: ["Deliver"], State.DELIVERED: ["Acknowledge"], State.LOCKED: ["Reveal"],
        State.REVEALED: ["ComplainDecryption", "ComplainView"],
    }  # fmt: skip
    for state, names in movers.items():
        for name in names:
            assert (state, name, -1, True) in seen and (state, name, 0, False) in seen, (state, name)
        assert (state, "Finalise", -1, False) in seen and (state, "Finalise", 0, True) in seen


def test_every_rule_but_those_of_the_opening_is_met(paths: list[Path]) -> None:
    """What a walk leaves out (wrong deposits, the wrong sender and state) is in the illegal attempts."""
    met = {step.reverts for path in paths for step in path.steps if step.reverts}
    attempted = set()
    for scenario in SCENARIOS:
        job = scenario.unopened()
        for step in honest_path(scenario).steps if scenario is not FALSE_VIEW else ():
            height = step.event.block if hasattr(step.event, "block") else 1
            attempted |= {attempt.reverts for attempt in illegal_attempts(scenario, job, step.time, height)}
            job = apply(job, step.event, step.time)[0] if step.reverts is None else job
        attempted |= {attempt.reverts for attempt in illegal_attempts(scenario, job, 10**9)}
    assert {"TooLate", "TooEarly", "KeyHashUsed", "WrongKey", "ProofRejected", "DrawTooEarly"} <= met
    assert met | attempted == {rule.value for rule in Rule} - {Rule.BAD_TERMS}


def test_illegal_attempts_name_their_rule() -> None:
    job, refused = FOUND.unopened(), 0
    for step in honest_path(FOUND).steps:
        for time in {step.time, max(job.deadline, step.time)}:
            for attempt in illegal_attempts(FOUND, job, time):
                with pytest.raises(RuleViolation) as caught:
                    apply(job, attempt.event, attempt.time)
                assert caught.value.rule == attempt.reverts
                refused += 1
        job = apply(job, step.event, step.time)[0] if step.reverts is None else job
    assert refused > 500


def test_pay_offs_of_the_honest_games(walks: dict[str, list[Path]]) -> None:
    sold = F + 2 * (P - C - W) - NZ - EPS, U + 2 * (V - P) - F - EPS
    assert pay(honest_path(FOUND)) == sold == pay(honest_path(OVER))
    assert honest_path(FOUND).payoff[Role.FEE_RECIPIENT] == 2 * EPS
    assert pay(honest_path(EMPTY)) == (F - NZ - EPS, U - F - EPS)
    assert pay(honest_path(DRAWN)) == (F + 2 * (P - C - W) - EPS, 2 * (V - P) - F - EPS)
    for pace in PACES:
        assert pay(honest_path(FOUND, pace)) == sold


def test_pay_offs_of_the_dishonest_games(walks: dict[str, list[Path]]) -> None:
    found = walks["found"]
    withheld = find(found, "withholds the batch of a match", "finalises")
    assert pay(withheld) == (-S - EPS - 4 * TERMS.proving_cost - 5 * WORTH.inference, S - EPS)
    swapped = find(found, "delivers one document exchanged for another content", "complains")
    assert swapped.job.state is State.REJECTED
    assert pay(swapped) == (F - S - EPS - NZ - 2 * C - W, U + V + S - F - EPS)
    silent = find(found, "delivers one document exchanged for another content", "does not complain")
    assert silent.job.state is State.COMPLETED
    assert pay(silent) == (F + 2 * P - EPS - NZ - 2 * C - W, U + V - 2 * P - F - EPS)
    garbage = find(found, "delivers ciphertexts that are not those under the root", "does not acknowledge")
    assert garbage.strays == {Role.RESPONDER} and pay(garbage) == (F - NZ - EPS, U - F - EPS)
    blind = find(found, "acknowledges what it does not hold", "reveals the key", "finalises")
    assert Role.REQUESTER in blind.strays and pay(blind) == (F + 2 * P - NZ - EPS, U - 2 * P - F - EPS)
    kept = find(found, SOLD, "acknowledges", "does not reveal")
    assert pay(kept) == (F - S - NZ - 2 * C - EPS, U + S - F - EPS)
    unpaid = find(walks["over"], "does not top up")
    assert pay(unpaid) == (F - NZ - EPS, U - F - EPS) and unpaid.job.state is State.UNDELIVERED
    false_view = find(walks["false view"], SOLD, "complains")
    assert pay(false_view) == (F - S - NZ - 2 * C - W - EPS, U + V + S - F - EPS)
    undrawn = find(walks["drawn"], "does not draw")
    assert pay(undrawn) == (-S - EPS, S - EPS)


def test_an_old_key_gives_the_documents_away(walks: dict[str, list[Path]]) -> None:
    """Who encrypts under a public key sells to a requester that can read without a receipt."""
    old = "delivers the selected documents under a key revealed in another job"
    taken = find(walks["found"], old, "does not acknowledge")
    assert pay(taken) == (F - NZ - 2 * (C + W) - EPS, U + 2 * V - F - EPS)
    assert pay(find(walks["found"], old, "reveals the key", "finalises")) == pay(honest_path(FOUND))


def test_strangers_change_nothing_but_who_calls(walks: dict[str, list[Path]]) -> None:
    found = walks["found"]
    assert pay(find(found, "has a stranger submit its proofs")) == pay(honest_path(FOUND))
    watched = find(found, "complains as a watchtower")
    assert pay(watched) == pay(find(found, "delivers one document exchanged for another content", "complains"))
    assert watched.net[Role.STRANGER] == 0
    for deed in ("complains falsely, is refused", "flips a bit, is refused and proves", "submits a proof twice"):
        path = find(found, deed, "finalises")
        assert path.job.state is State.COMPLETED and path.net == honest_path(FOUND).net


def test_one_honest_party_never_loses_more_than_it_agreed_to(paths: list[Path]) -> None:
    """The responder keeps its deposit, the requester pays for no more than the base fee and what it got."""
    for path in paths:
        if Role.RESPONDER not in path.strays:
            assert path.net[Role.RESPONDER] >= -EPS
        if Role.REQUESTER not in path.strays:
            matches = path.job.matches if path.job.state is State.COMPLETED else 0
            assert path.net[Role.REQUESTER] >= -F - EPS - matches * P


def test_a_draw_can_lapse_and_be_repeated(walks: dict[str, list[Path]]) -> None:
    lapsed = find(walks["drawn"], "lets the draw lapse", "draws from a new block")
    assert lapsed.job.state is State.COMPLETED and lapsed.strays == {Role.RESPONDER}
    short = replace(DRAWN, terms=replace(DRAWN.terms, prove_window=1_000))
    assert not any("lapse" in path.name for path in walk(short))


def test_a_token_is_only_a_term() -> None:
    in_token = [path.net for path in walk(replace(FOUND, terms=terms_with(token=TOKEN)), UNIFORM)]
    assert in_token == [path.net for path in walk(FOUND, UNIFORM)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bits": (2, 0)}, "do not fit 3 batches"),
        ({"bits": (2, 0, 4)}, "do not fit 3 batches"),
        ({"drawn": (0,)}, "does not fit cap"),
        ({"wrong_view": 0}, "is not selected"),
        ({"terms": terms_with(reveal_window=9)}, "windows need 11 s"),
    ],
)
def test_scenarios_must_fit_their_terms(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        replace(FOUND, **changes)
    with pytest.raises(InvalidInput, match="does not fit cap"):
        replace(DRAWN, drawn=(0, 4))


def test_who_is_who() -> None:
    assert [FOUND.address(role) for role in FOUND.roles[:3]] == [REQUESTER, RESPONDER, STRANGER]
    assert (FOUND.selected, FOUND.unselected, EMPTY.selected, DRAWN.selected) == ((1, 4), 0, (), (0, 3))


def rule_of(scenario: Scenario, *steps: tuple[Event, str | None]) -> str:
    with pytest.raises(RuleViolation) as caught:
        replay(scenario, [Step(1_000 + i, Role.REQUESTER, event, rule) for i, (event, rule) in enumerate(steps)])
    return caught.value.rule


def test_replay_reports_wrong_expectations() -> None:
    opening: tuple[Event, None] = (Open(REQUESTER, TERMS.requester_funds), None)
    accept = Accept(RESPONDER, TERMS.responder_funds, 1)
    assert rule_of(FOUND, opening, (accept, Rule.TOO_LATE)) == "ExpectedRefusal"
    assert rule_of(FOUND, opening, (Reveal(RESPONDER), Rule.TOO_LATE)) == "ExpectedRefusal"
    assert rule_of(FOUND, opening, (Finalise(STRANGER), None)) == "TooEarly"
