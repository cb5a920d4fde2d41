"""The honest client, as a pure function from what it sees to what it does next.

It deals only with a provider that cannot disown its signatures, signs for an answer once it holds it checked, asks no
later than it can contest, contests what it thinks wrong and some answers drawn at random after the last one came, signs
for nothing that came after the draw, and at every deadline takes back what is its own.
"""

from __future__ import annotations

from protocols.predictions.actions import (
    Action,
    Ask,
    Contest,
    Done,
    DrawContests,
    Finalise,
    OpenJob,
    SendOffer,
    SendReceipt,
    Wait,
    Withdraw,
)
from protocols.predictions.events import State
from protocols.predictions.facts import ClientFacts
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.view import ChainView, Limits


def decide_client(
    terms: PredictionTerms,
    chain: ChainView,
    facts: ClientFacts,
    limits: Limits,
    offer_valid_until: int,
    questions: int | None = None,
) -> Action:
    """The client's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: of the client's journal. limits: its prudence.
        offer_valid_until: chain time until which its own offer stands, seconds. questions: how many it means to ask,
            at most K; all K when None.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state is State.NONE:
        return _before_opening(terms, chain, facts, offer_valid_until)
    if chain.late:
        return Finalise()
    if chain.state is State.OPEN:
        return Wait(chain.deadline, "the provider to accept")
    if chain.now >= chain.round_end - limits.margin_s:
        return Wait(chain.deadline, "the proofs, or the provider to end the round")
    wanted = terms.round if questions is None else min(questions, terms.round)
    return _serving(terms, chain, facts, limits, wanted)


def last_question_at(chain: ChainView, limits: Limits) -> int:
    """Chain time (seconds) from which the client asks nothing more, to have time to contest what came."""
    return chain.round_end - limits.margin_s - limits.contest_s


def _before_opening(terms: PredictionTerms, chain: ChainView, facts: ClientFacts, valid_until: int) -> Action:
    """Nothing is locked yet; walking away costs nothing."""
    if facts.declined is not None:
        return Done(f"the provider declined: {facts.declined}")
    if chain.now >= valid_until:
        return Done("the offer has lapsed; make a new one with a fresh nonce")
    if chain.other_has_code:
        return Done(f"the provider {terms.provider} is a contract, which could disown its answers; choose another")
    if chain.balance < terms.client_funds:
        return Done(f"the job takes {terms.client_funds}, the account can pay {chain.balance}; fund it")
    if not facts.offer_sent:
        return SendOffer()
    return Wait(valid_until, "the provider's acceptance") if facts.credit is None else OpenJob()


def _serving(terms: PredictionTerms, chain: ChainView, facts: ClientFacts, limits: Limits, wanted: int) -> Action:
    """Contest what is known to be wrong, sign for what came, ask on; when that is over, draw and contest."""
    suspect = _next_contest(terms, chain, sorted(facts.suspected & facts.received))
    if suspect is not None:
        return Contest(suspect)
    if facts.drawn is None:
        return _before_draw(terms, chain, facts, limits, wanted)
    pick = _next_contest(terms, chain, [index for index in facts.drawn if index in facts.received])
    return Wait(chain.round_end, "the round to end") if pick is None else Contest(pick)


def _before_draw(terms: PredictionTerms, chain: ChainView, facts: ClientFacts, limits: Limits, wanted: int) -> Action:
    """Sign for what came, ask on, and draw once nothing more is asked: contests on chain show what is not drawn."""
    if len(facts.received) > facts.receipt_sent:
        return SendReceipt(len(facts.received))
    asked = facts.received | facts.unanswered
    following = next((index for index in range(wanted) if index not in asked), None)
    if following is not None and chain.now < last_question_at(chain, limits):
        return Ask(following)
    return DrawContests(min(limits.audit, terms.contests, len(facts.received)))


def _next_contest(terms: PredictionTerms, chain: ChainView, wishes: list[int]) -> int | None:
    """The first wish not contested yet, if the terms allow another contest."""
    if len(chain.contested) >= terms.contests:
        return None
    done = {item.index for item in chain.contested}
    return next((index for index in wishes if index not in done), None)
