"""Decisions of client and provider: each situation on its own, then whole rounds on the pure state machine."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prediction_samples import CLIENT, PRICE, PROVIDER, SCENARIO, STRANGER, TERMS, K, Z

from protocols.predictions import actions, events
from protocols.predictions.client import decide_client, last_question_at
from protocols.predictions.events import State
from protocols.predictions.facts import ClientFacts, ProviderFacts
from protocols.predictions.machine import Contested, JobState, apply
from protocols.predictions.provider import decide_provider, refusal
from protocols.predictions.view import ChainView, Limits

LIMITS = Limits(margin_s=10, contest_s=30, audit=1, credit=1)
VALID_UNTIL = 900
CHECKED = ProviderFacts(offer_problems=(), acceptance_sent=True)
AGREED = ClientFacts(offer_sent=True, credit=1)
HELD = replace(CHECKED, proofs=frozenset({1}))
LOST = replace(CHECKED, unprovable=frozenset({1}))
OPEN_CONTEST, PROVEN = Contested(1, 12, bytes(32)), Contested(1, 12, bytes(32), proven=True)


def look(state: State, now: int = 100, **more: object) -> ChainView:
    """Serving rounds here end at 300, the prove end is at 500."""
    ends = {"deadline": 500, "round_end": 300, "balance": max(TERMS.client_funds, TERMS.provider_funds)}
    return ChainView(**{"now": now, "state": state, **ends, **more})


def provider(chain: ChainView, facts: ProviderFacts) -> actions.Action:
    return decide_provider(TERMS, chain, facts, LIMITS, VALID_UNTIL)


def client(
    chain: ChainView, facts: ClientFacts, limits: Limits = LIMITS, questions: int | None = None
) -> actions.Action:
    return decide_client(TERMS, chain, facts, limits, VALID_UNTIL, questions)


def check(action: actions.Action, expected: actions.Action | str) -> None:
    """The action, or (a text) a stop or a wait whose reason contains it."""
    if isinstance(expected, str):
        assert isinstance(action, actions.Done | actions.Wait | actions.SendDecline)
        assert expected in (action.reason if isinstance(action, actions.SendDecline) else action.why)
    else:
        assert action == expected


@pytest.mark.parametrize(
    ("chain", "facts", "expected"),
    [
        (look(State.NONE), ProviderFacts(), actions.CheckOffer()),
        (look(State.OPEN), ProviderFacts(), actions.CheckOffer()),
        (look(State.NONE), ProviderFacts(offer_problems=("wrong circuit",)), actions.SendDecline("wrong circuit")),
        (look(State.OPEN), replace(CHECKED, declined=True), "declined"),
        (look(State.OPEN, other_has_code=True), CHECKED, "disown its receipts"),
        (look(State.OPEN, balance=TERMS.provider_funds - 1), CHECKED, "can't pay"),
        (look(State.NONE), replace(CHECKED, acceptance_sent=False), actions.SendAcceptance()),
        (look(State.NONE), CHECKED, "the client to open"),
        (look(State.NONE, now=VALID_UNTIL), CHECKED, "lapsed"),
        (look(State.OPEN, now=489), CHECKED, actions.AcceptJob()),
        (look(State.OPEN, now=490), CHECKED, "too little time"),
        (look(State.SERVING), CHECKED, "questions, contests"),
        (look(State.SERVING), replace(CHECKED, receipt=2), "questions, contests"),
        (look(State.SERVING, now=290), replace(CHECKED, receipt=2), actions.Collect(2)),
        (look(State.SERVING, now=290, answered=2), replace(CHECKED, receipt=2), "round's end"),
        (look(State.SERVING, now=300, answered=2), replace(CHECKED, receipt=2), actions.Finalise()),
        (look(State.SERVING, now=600, answered=1), replace(CHECKED, receipt=2), actions.Collect(2)),
        (look(State.SERVING, contested=(OPEN_CONTEST,)), CHECKED, actions.ProveAnswer(1)),
        (look(State.SERVING, contested=(OPEN_CONTEST,)), HELD, actions.SubmitProof(1)),
        (look(State.SERVING, contested=(PROVEN,)), HELD, "questions, contests"),
        (look(State.SERVING, now=300, contested=(OPEN_CONTEST,)), replace(CHECKED, receipt=1), actions.Collect(1)),
        (look(State.SERVING, now=499, contested=(OPEN_CONTEST,)), CHECKED, actions.ProveAnswer(1)),
        (look(State.SERVING, now=500, contested=(OPEN_CONTEST,)), CHECKED, "deposit is lost"),
        (look(State.SERVING, contested=(OPEN_CONTEST,)), LOST, "can't be proven"),
    ],
)  # fmt: skip
def test_provider_decides(chain: ChainView, facts: ProviderFacts, expected: actions.Action | str) -> None:
    check(provider(chain, facts), expected)


def test_provider_submits_a_ready_proof_before_making_another() -> None:
    two = (OPEN_CONTEST, Contested(2, 13, bytes(32)))
    chain = look(State.SERVING, contested=two)
    assert provider(chain, replace(CHECKED, proofs=frozenset({2}))) == actions.SubmitProof(2)
    assert provider(chain, CHECKED) == actions.ProveAnswer(1)


@pytest.mark.parametrize(
    ("chain", "facts", "index", "h", "word"),
    [
        (look(State.SERVING), ProviderFacts(), 0, 11, None),
        (look(State.OPEN), ProviderFacts(), 0, 11, "no round"),
        (look(State.COMPLETED), ProviderFacts(), 0, 11, "no round"),
        (look(State.SERVING), ProviderFacts(), K, 11, "not in the round"),
        (look(State.SERVING), ProviderFacts(), -1, 11, "not in the round"),
        (look(State.SERVING, now=290), ProviderFacts(), 0, 11, "over"),
        (look(State.SERVING), ProviderFacts(answers={0: 11}), 1, 12, "send a receipt"),
        (look(State.SERVING), ProviderFacts(answers={0: 11}, receipt=1), 1, 12, None),
        (look(State.SERVING), ProviderFacts(answers={0: 11}), 0, 11, None),
        (look(State.SERVING), ProviderFacts(answers={0: 11}, receipt=1), 0, 12, "another input"),
    ],
)
def test_questions_refused(chain: ChainView, facts: ProviderFacts, index: int, h: int, word: str | None) -> None:
    found = refusal(TERMS, chain, facts, LIMITS, index, h)
    assert found is None if word is None else word in str(found)


GOT = replace(AGREED, received=frozenset({0, 1}), receipt_sent=2)
ALL = replace(AGREED, received=frozenset({0, 1, 2}), receipt_sent=3)


@pytest.mark.parametrize(
    ("chain", "facts", "expected"),
    [
        (look(State.NONE), ClientFacts(), actions.SendOffer()),
        (look(State.NONE), ClientFacts(offer_sent=True), "acceptance"),
        (look(State.NONE), AGREED, actions.OpenJob()),
        (look(State.NONE), ClientFacts(declined="too cheap"), "too cheap"),
        (look(State.NONE, now=VALID_UNTIL), AGREED, "lapsed"),
        (look(State.NONE, other_has_code=True), AGREED, "disown its answers"),
        (look(State.NONE, balance=TERMS.client_funds - 1), AGREED, "fund it"),
        (look(State.OPEN), AGREED, "provider to accept"),
        (look(State.OPEN, now=500), AGREED, actions.Finalise()),
        (look(State.SERVING), AGREED, actions.Ask(0)),
        (look(State.SERVING), replace(AGREED, received=frozenset({0})), actions.SendReceipt(1)),
        (look(State.SERVING), GOT, actions.Ask(2)),
        (look(State.SERVING), replace(GOT, unanswered=frozenset({2})), actions.DrawContests(1)),
        (look(State.SERVING, now=259), GOT, actions.Ask(2)),
        (look(State.SERVING, now=260), GOT, actions.DrawContests(1)),
        (look(State.SERVING, now=270), replace(GOT, receipt_sent=1), actions.SendReceipt(2)),
        (look(State.SERVING), replace(GOT, suspected=frozenset({1})), actions.Contest(1)),
        (look(State.SERVING), replace(GOT, suspected=frozenset({2})), actions.Ask(2)),
        (look(State.SERVING, contested=(OPEN_CONTEST,)), replace(GOT, suspected=frozenset({1})), actions.Ask(2)),
        (look(State.SERVING), ALL, actions.DrawContests(1)),
        (look(State.SERVING), replace(ALL, drawn=(2,)), actions.Contest(2)),
        (look(State.SERVING), replace(ALL, drawn=()), "round to end"),
        (look(State.SERVING, contested=(OPEN_CONTEST,)), replace(ALL, drawn=(1,)), "round to end"),
        (look(State.SERVING, contested=(OPEN_CONTEST, PROVEN)), replace(ALL, drawn=(2,)), "end"),
        (look(State.SERVING, now=290), replace(ALL, drawn=(2,)), "the proofs"),
        (look(State.SERVING, now=400), replace(ALL, drawn=(2,)), "the proofs"),
        (look(State.SERVING, now=500), ALL, actions.Finalise()),
    ],
)  # fmt: skip
def test_client_decides(chain: ChainView, facts: ClientFacts, expected: actions.Action | str) -> None:
    check(client(chain, facts), expected)


def test_nothing_that_came_after_the_draw_is_signed_for() -> None:
    after = replace(AGREED, received=frozenset({0, 1, 2}), receipt_sent=2, drawn=(0,))
    assert client(look(State.SERVING), after) == actions.Contest(0)


def test_client_draws_what_it_may_and_asks_what_it_wants() -> None:
    wide = replace(LIMITS, audit=9)
    assert client(look(State.SERVING), ALL, wide) == actions.DrawContests(TERMS.contests)
    assert client(look(State.SERVING), ALL, replace(LIMITS, audit=0)) == actions.DrawContests(0)
    one = replace(AGREED, received=frozenset({0}), receipt_sent=1)
    assert client(look(State.SERVING), one, wide, questions=1) == actions.DrawContests(1)
    assert client(look(State.SERVING), AGREED, questions=0) == actions.DrawContests(0)
    assert last_question_at(look(State.SERVING), LIMITS) == 260


@pytest.mark.parametrize("state", [State.COMPLETED, State.REJECTED, State.EXPIRED])
def test_both_withdraw_what_they_are_owed_then_stop(state: State) -> None:
    for decide in (lambda chain: provider(chain, CHECKED), lambda chain: client(chain, AGREED)):
        assert decide(look(state, owed=7)) == actions.Withdraw(7)
        assert isinstance(decide(look(state)), actions.Done)


class Round:
    """Client and provider on the pure state machine; ``wrong`` says which answers the provider gets wrong."""

    def __init__(self, seed: int, wrong: frozenset[int], deaf: bool, mute: bool, stingy: bool) -> None:
        self.rng, self.wrong, self.deaf, self.mute, self.stingy = random.Random(seed), wrong, deaf, mute, stingy
        self.job, self.now = JobState(terms=TERMS), 0
        self.client, self.provider = ClientFacts(), ProviderFacts()
        self.wealth = dict.fromkeys((CLIENT, PROVIDER, TERMS.fee_recipient), 0)
        self.owed = dict.fromkeys(self.wealth, 0)

    def view(self, me: str) -> ChainView:
        job = self.job
        funds = max(TERMS.client_funds, TERMS.provider_funds)
        return ChainView(
            now=self.now, state=job.state, deadline=job.deadline, round_end=job.round_end, contested=job.contested,
            answered=job.answered, owed=self.owed[me], balance=funds,
        )  # fmt: skip

    def move(self, event: events.Event) -> None:
        self.job, credits = apply(self.job, event, self.now)
        if isinstance(event, events.Open | events.Accept):
            self.wealth[event.sender] -= event.value
        for credit in credits:
            self.owed[credit.who] += credit.amount

    def ask(self, index: int) -> None:
        h = SCENARIO.hashes[index]
        silent = refusal(TERMS, self.view(PROVIDER), self.provider, LIMITS, index, h)
        if silent is not None or (self.deaf and index == 1):
            self.client = replace(self.client, unanswered=self.client.unanswered | {index})
            return
        self.provider = replace(self.provider, answers={**self.provider.answers, index: h})
        self.client = replace(self.client, received=self.client.received | {index})

    def play_client(self, action: actions.Action) -> None:
        facts = self.client
        match action:
            case actions.SendOffer():
                self.client = replace(facts, offer_sent=True)
            case actions.OpenJob():
                self.move(events.Open(CLIENT, TERMS.client_funds))
            case actions.Ask():
                self.ask(action.index)
            case actions.SendReceipt():
                self.client = replace(facts, receipt_sent=action.answered)
                if not self.stingy:
                    self.provider = replace(self.provider, receipt=action.answered)
            case actions.DrawContests():
                drawn = self.rng.sample(sorted(facts.received), action.count)
                self.client = replace(facts, drawn=tuple(drawn))
            case actions.Contest():
                outputs_hash = SCENARIO.signed_hash(action.index, action.index in self.wrong)
                self.move(events.Contest(CLIENT, action.index, SCENARIO.hashes[action.index], outputs_hash))
            case _:
                self.settle(CLIENT, action)

    def play_provider(self, action: actions.Action) -> None:
        facts = self.provider
        match action:
            case actions.CheckOffer():
                self.provider = replace(facts, offer_problems=())
            case actions.SendAcceptance():
                self.provider = replace(facts, acceptance_sent=True)
                self.client = replace(self.client, credit=1)
            case actions.AcceptJob():
                self.move(events.Accept(PROVIDER, TERMS.provider_funds))
            case actions.ProveAnswer() if action.index in self.wrong:
                self.provider = replace(facts, unprovable=facts.unprovable | {action.index})
            case actions.ProveAnswer():
                self.provider = replace(facts, proofs=facts.proofs | {action.index})
            case actions.SubmitProof():
                outputs_hash = SCENARIO.signed_hash(action.index, False)
                self.move(events.ProveAnswer(PROVIDER, action.index, outputs_hash))
            case actions.Collect():
                self.move(events.Collect(PROVIDER, action.answered))
            case _:
                self.settle(PROVIDER, action)

    def settle(self, me: str, action: actions.Action) -> None:
        if isinstance(action, actions.Finalise):
            self.move(events.Finalise(me))
        elif isinstance(action, actions.Withdraw):
            self.wealth[me] += self.owed[me]
            self.owed[me] = 0

    def play(self) -> None:
        for _ in range(400):
            self.play_client(decide_client(TERMS, self.view(CLIENT), self.client, LIMITS, VALID_UNTIL))
            if not (self.mute and self.job.state is State.SERVING):
                self.play_provider(decide_provider(TERMS, self.view(PROVIDER), self.provider, LIMITS, VALID_UNTIL))
            self.now += self.rng.choice((1, 3, 9))
            if self.job.state.ended and not self.owed[CLIENT] + self.owed[PROVIDER]:
                return
        raise AssertionError(f"the round does not end: {self.job}")


Play = Callable[[], None]


@settings(max_examples=150)
@given(st.integers(0, 10**6), st.frozensets(st.integers(0, K - 1)), st.booleans(), st.booleans(), st.booleans())
def test_whole_rounds(seed: int, wrong: frozenset[int], deaf: bool, mute: bool, stingy: bool) -> None:
    game = Round(seed, wrong, deaf, mute, stingy)
    game.play()
    job = game.job
    assert sum(game.wealth.values()) + game.owed[TERMS.fee_recipient] == 0
    contested = {item.index for item in job.contested}
    received = len(game.client.received)
    assert len(contested) == min(1, received)
    if contested & wrong or (contested and mute):
        assert job.state is State.REJECTED and game.wealth[CLIENT] == TERMS.penalty - TERMS.fee
        return
    assert job.state is State.COMPLETED
    paid = 0 if stingy or mute else received
    assert game.wealth[PROVIDER] == len(contested) * 2 * Z + paid * PRICE - TERMS.fee
    if stingy:
        assert received <= LIMITS.credit


def test_an_honest_round_is_served_in_full() -> None:
    game = Round(1, frozenset(), deaf=False, mute=False, stingy=False)
    game.play()
    assert game.wealth[PROVIDER] == K * PRICE + 2 * Z - TERMS.fee
    assert game.job.answered == K and STRANGER not in game.wealth
