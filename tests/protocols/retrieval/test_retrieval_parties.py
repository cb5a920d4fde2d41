"""Decisions of requester and responder: each situation on its own, then whole games on the pure state machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from retrieval_samples import DRAWN, EMPTY, FOUND, OVER, REQUESTER, RESPONDER, STRANGER, TERMS, sample_terms

from protocols.errors import RuleViolation
from protocols.retrieval import actions, events
from protocols.retrieval.events import State
from protocols.retrieval.facts import RequesterFacts, ResponderFacts, Sealed
from protocols.retrieval.machine import JobState, apply
from protocols.retrieval.paths import Scenario
from protocols.retrieval.requester import decide_requester
from protocols.retrieval.responder import decide_responder
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import ChainView, Limits

LIMITS = Limits(margin_s=10, prove_s=20, top_up_wei=300)
VALID_UNTIL = 900
ROOT, KEY, KEY_HASH = b"\xc1" * 32, b"\x4e" * 32, b"\x7a" * 32
CHECKED = ResponderFacts(offer_problems=(), acceptance_sent=True)
SEALED = replace(CHECKED, sealed=Sealed(KEY, KEY_HASH, ROOT, 9), documents_sent=True)
HOLDS = RequesterFacts(offer_sent=True, channel_key=KEY, holds=ROOT)


def look(state: State, now: int = 100, **more: object) -> ChainView:
    return ChainView(
        **{"now": now, "state": state, "deadline": 500, "balance": 10_000, "ciphertext_root": ROOT, **more}
    )


def responder(
    chain: ChainView, facts: ResponderFacts, limits: Limits = LIMITS, terms: RetrievalTerms = TERMS
) -> actions.Action:
    return decide_responder(terms, chain, facts, limits, VALID_UNTIL)


def requester(
    chain: ChainView, facts: RequesterFacts, limits: Limits = LIMITS, terms: RetrievalTerms = TERMS
) -> actions.Action:
    return decide_requester(terms, chain, facts, limits, VALID_UNTIL)


@pytest.mark.parametrize("state", [State.NONE, State.OPEN])
def test_responder_checks_before_it_accepts(state: State) -> None:
    assert responder(look(state), ResponderFacts()) == actions.CheckOffer()
    problem = ResponderFacts(offer_problems=("wrong circuit",))
    assert responder(look(state), problem) == actions.SendDecline("wrong circuit")
    assert isinstance(responder(look(state), replace(CHECKED, declined=True)), actions.Done)
    for chain, limits, words in [
        (look(state, balance=5_006), LIMITS, "deposit of 5007"),
        (look(state), replace(LIMITS, proofs_left=2), "budget allows 2"),
        (look(state), replace(LIMITS, prove_s=64), "about 202 s"),
    ]:
        action = responder(chain, CHECKED, limits)
        assert isinstance(action, actions.SendDecline) and words in action.reason
    assert not isinstance(responder(look(state), CHECKED, replace(LIMITS, prove_s=63)), actions.SendDecline)
    assert not isinstance(responder(look(state), CHECKED, replace(LIMITS, proofs_left=3)), actions.SendDecline)
    strict = Limits(margin_s=10, prove_s=10**6, proofs_left=0)
    assert not isinstance(responder(look(state), CHECKED, strict, sample_terms()), actions.SendDecline)


def test_responder_waits_for_the_opening_and_accepts_in_time() -> None:
    assert responder(look(State.NONE), CHECKED) == actions.Wait(VALID_UNTIL, "the requester to open the job")
    assert isinstance(responder(look(State.NONE, now=VALID_UNTIL), CHECKED), actions.Done)
    assert responder(look(State.OPEN, now=489), CHECKED) == actions.AcceptJob()
    assert isinstance(responder(look(State.OPEN, now=490), CHECKED), actions.Done)


def test_responder_proves_every_batch() -> None:
    assert responder(look(State.PROVING), replace(CHECKED, acceptance_sent=False)) == actions.SendAcceptance()
    assert responder(look(State.PROVING), CHECKED) == actions.ProveBatch(0)
    ready = replace(CHECKED, proofs=frozenset({0, 2}))
    assert responder(look(State.PROVING), ready) == actions.SubmitBatch(0)
    assert responder(look(State.PROVING, batches_done=frozenset({0})), ready) == actions.SubmitBatch(2)
    assert responder(look(State.PROVING, batches_done=frozenset({0, 2})), ready) == actions.ProveBatch(1)
    assert isinstance(responder(look(State.PROVING, now=500), ready), actions.Done)


def test_both_draw_as_soon_as_the_block_is_there() -> None:
    terms = sample_terms()
    for chain, expected in ((look(State.PROVING, block=12, draw_block=12), actions.Wait),
                            (look(State.PROVING, block=13, draw_block=12), actions.Draw)):  # fmt: skip
        assert isinstance(responder(chain, CHECKED, terms=terms), expected)
        assert isinstance(requester(chain, HOLDS, terms=terms), expected)


@pytest.mark.parametrize(
    ("state", "facts", "now", "expected"),
    [
        (State.OVER_CAP, CHECKED, 100, actions.Wait(500, "the requester to pay for the matches above the cap")),
        (State.OVER_CAP, CHECKED, 500, actions.Finalise()),
        (State.PROVEN, CHECKED, 489, actions.SealDocuments()),
        (State.PROVEN, replace(SEALED, documents_sent=False), 489, actions.SendDocuments()),
        (State.PROVEN, SEALED, 489, actions.Deliver()),
        (State.PROVEN, SEALED, 490, actions.Wait),
        (State.PROVEN, SEALED, 500, actions.Finalise()),
        (State.DELIVERED, SEALED, 100, actions.Wait(500, "the requester's receipt")),
        (State.DELIVERED, replace(SEALED, documents_sent=False), 100, actions.SendDocuments()),
        (State.DELIVERED, SEALED, 500, actions.Finalise()),
        (State.LOCKED, SEALED, 499, actions.Reveal()),
        (State.LOCKED, SEALED, 500, actions.Done),
        (State.LOCKED, CHECKED, 100, actions.Done),
        (State.REVEALED, SEALED, 100, actions.Wait(500, "the complaint window to close")),
        (State.REVEALED, SEALED, 500, actions.Finalise()),
        (State.COMPLETED, SEALED, 100, actions.Done("the job is completed")),
    ],
)
def test_responder_in_the_exchange(
    state: State, facts: ResponderFacts, now: int, expected: actions.Action | type
) -> None:
    action = responder(look(state, now=now, key_hash=KEY_HASH), facts)
    assert isinstance(action, expected) if isinstance(expected, type) else action == expected


def test_responder_reveals_no_key_but_the_posted_one() -> None:
    assert isinstance(responder(look(State.LOCKED, key_hash=b"\x01" * 32), SEALED), actions.Done)
    assert responder(look(State.EXPIRED, owed=3), SEALED) == actions.Withdraw(3)


FAULTLESS = replace(HOLDS, fault="none")
LOST = replace(HOLDS, holds=None, problem="chunk 3", problem_root=ROOT)


@pytest.mark.parametrize(
    ("state", "facts", "more", "expected"),
    [
        (State.NONE, RequesterFacts(), {}, actions.SendOffer()),
        (State.NONE, RequesterFacts(offer_sent=True), {}, actions.OpenJob()),
        (State.NONE, RequesterFacts(offer_sent=True), {"balance": 1_606}, actions.Done),
        (State.NONE, RequesterFacts(declined="no"), {}, actions.Done("the responder declined: no")),
        (State.NONE, RequesterFacts(), {"now": VALID_UNTIL}, actions.Done),
        (State.OPEN, HOLDS, {}, actions.Wait(500, "the responder to accept")),
        (State.OPEN, HOLDS, {"now": 500}, actions.Finalise()),
        (State.PROVING, HOLDS, {}, actions.Wait(500, "the responder's proofs")),
        (State.OVER_CAP, HOLDS, {"matches": 3}, actions.TopUp(300)),
        (State.OVER_CAP, HOLDS, {"matches": 3, "now": 490}, actions.Wait),
        (State.OVER_CAP, HOLDS, {"matches": 3, "balance": 299}, actions.Wait),
        (State.OVER_CAP, HOLDS, {"matches": 4}, actions.Wait),
        (State.OVER_CAP, HOLDS, {"matches": 4, "now": 500}, actions.Finalise()),
        (State.PROVEN, HOLDS, {}, actions.Wait(500, "the responder to deliver")),
        (State.DELIVERED, RequesterFacts(), {"now": 489}, actions.FetchDocuments(490)),
        (State.DELIVERED, RequesterFacts(), {"now": 490}, actions.Wait),
        (State.DELIVERED, HOLDS, {"now": 489}, actions.Acknowledge(ROOT)),
        (State.DELIVERED, HOLDS, {"now": 490}, actions.Wait),
        (State.DELIVERED, HOLDS, {"ciphertext_root": KEY_HASH}, actions.FetchDocuments(490)),
        (State.DELIVERED, LOST, {}, actions.SendProblem("chunk 3")),
        (State.DELIVERED, replace(LOST, problem_sent=ROOT), {}, actions.FetchDocuments(490)),
        (State.LOCKED, HOLDS, {}, actions.Wait(500, "the responder to reveal the key")),
        (State.LOCKED, HOLDS, {"now": 500}, actions.Finalise()),
        (State.REVEALED, HOLDS, {"now": 499}, actions.DecryptDocuments()),
        (State.REVEALED, replace(HOLDS, fault="view"), {"now": 499}, actions.Complain()),
        (State.REVEALED, replace(HOLDS, fault="view"), {"now": 500}, actions.Finalise()),
        (State.REVEALED, FAULTLESS, {}, actions.Wait),
        (State.REVEALED, RequesterFacts(), {}, actions.Wait),
        (State.COMPLETED, HOLDS, {"owed": 5, "key": KEY}, actions.Withdraw(5)),
        (State.COMPLETED, HOLDS, {"key": KEY}, actions.DecryptDocuments()),
        (State.COMPLETED, FAULTLESS, {"key": KEY}, actions.Done("the job is completed")),
        (State.UNDELIVERED, HOLDS, {}, actions.Done("the job is undelivered")),
    ],
)
def test_requester(
    state: State, facts: RequesterFacts, more: dict[str, object], expected: actions.Action | type
) -> None:
    action = requester(look(state, **more), facts)
    assert isinstance(action, expected) if isinstance(expected, type) else action == expected


class Game:
    """Both parties against the machine: each action becomes the event or the fact it stands for."""

    def __init__(self, scenario: Scenario, pauses: list[int]) -> None:
        self.scenario, self.job, self.now, self.height = scenario, scenario.unopened(), 100, 0
        self.responder, self.requester = ResponderFacts(), RequesterFacts()
        self.owed = dict.fromkeys((REQUESTER, RESPONDER, scenario.terms.fee_recipient), 0)
        self.pauses = pauses

    def view(self, who: str) -> ChainView:
        job: JobState = self.job
        return ChainView(
            now=self.now, block=self.height + 1, state=job.state, deadline=job.deadline, matches=job.matches,
            batches_done=job.batches_done, draw_block=job.draw_block, key_hash=job.key_hash,
            ciphertext_root=job.ciphertext_root, key=job.key, owed=self.owed[who], balance=10**9,
        )  # fmt: skip

    def play(self) -> None:
        for turn in range(120):
            self.now += self.pauses[turn % len(self.pauses)] if self.pauses else 1
            self.height += 1
            facts = self.responder if turn % 2 else self.requester
            who = RESPONDER if turn % 2 else REQUESTER
            decide = decide_responder if turn % 2 else decide_requester
            action = decide(self.scenario.terms, self.view(who), facts, LIMITS, VALID_UNTIL)
            if isinstance(action, actions.Withdraw):
                self.owed[who] = 0
            elif not isinstance(action, (actions.Wait, actions.Done)):
                self.act(who, action)

    def act(self, who: str, action: actions.Action) -> None:
        notes: dict[type, tuple[str, dict[str, object]]] = {
            actions.SendOffer: ("requester", {"offer_sent": True}),
            actions.CheckOffer: ("responder", {"offer_problems": ()}),
            actions.SendDecline: ("responder", {"declined": True}),
            actions.SendAcceptance: ("responder", {"acceptance_sent": True}),
            actions.SealDocuments: ("responder", {"sealed": Sealed(KEY, KEY_HASH, ROOT, 9)}),
            actions.SendDocuments: ("responder", {"documents_sent": True}),
            actions.FetchDocuments: ("requester", {"holds": ROOT}),
            actions.DecryptDocuments: ("requester", {"fault": "none"}),
        }
        if isinstance(action, actions.ProveBatch):
            self.responder = replace(self.responder, proofs=self.responder.proofs | {action.index})
        elif type(action) in notes:
            side, change = notes[type(action)]
            setattr(self, side, replace(getattr(self, side), **change))
        else:
            self.move(self.event(who, action))

    def event(self, who: str, action: actions.Action) -> events.Event:
        terms, bits = self.scenario.terms, self.scenario.bits
        made = {
            actions.OpenJob: lambda _: events.Open(who, terms.requester_funds),
            actions.AcceptJob: lambda _: events.Accept(who, terms.responder_funds, self.height),
            actions.SubmitBatch: lambda a: events.SubmitBatch(who, a.index, bits[a.index]),
            actions.Draw: lambda _: events.Draw(who, self.height, self.scenario.drawn),
            actions.TopUp: lambda a: events.TopUp(who, a.amount),
            actions.Deliver: lambda _: events.Deliver(who, KEY_HASH, ROOT, 9),
            actions.Acknowledge: lambda a: events.Acknowledge(who, a.ciphertext_root),
            actions.Reveal: lambda _: events.Reveal(who, KEY),
            actions.Finalise: lambda _: events.Finalise(who),
        }
        return made[type(action)](action)

    def move(self, event: events.Event) -> None:
        self.job, credits = apply(self.job, event, self.now)
        for credit in credits:
            self.owed[credit.who] += credit.amount


@pytest.mark.parametrize("scenario", [FOUND, OVER, EMPTY, DRAWN], ids=lambda scenario: scenario.name)
def test_honest_games_complete(scenario: Scenario) -> None:
    game = Game(scenario, [1])
    game.play()
    if game.job.state is State.REVEALED:
        game.now = game.job.deadline
        game.play()
    assert game.job.state is State.COMPLETED
    assert game.owed == {REQUESTER: 0, RESPONDER: 0, scenario.terms.fee_recipient: 14}
    if scenario is not EMPTY:
        assert game.requester.fault == "none" and game.job.key == KEY


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([FOUND, OVER, EMPTY, replace(DRAWN, terms=replace(DRAWN.terms, prove_window=300))]),
    st.lists(st.integers(1, 130), max_size=40),
)
def test_slow_parties_break_no_rule_and_always_end(scenario: Scenario, pauses: list[int]) -> None:
    """With any delays: no action is ever refused, and once time has passed nothing is left locked."""
    game = Game(scenario, pauses)
    try:
        game.play()
    except RuleViolation as refusal:
        raise AssertionError(f"an honest move was refused: {refusal}") from refusal
    if game.job.state not in (State.NONE,) and not game.job.state.ended:
        ended, _ = apply(game.job, events.Finalise(STRANGER), max(game.now, game.job.deadline))
        assert ended.locked == 0
