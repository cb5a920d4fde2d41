"""The honest provider, as a pure function from what it sees to what it does next, and its answer to each question.

It never accepts what it has not checked, never signs two answers to one question, gives no more than its credit without
a receipt, proves every contested answer, collects its latest receipt before anybody else can finalise, and ends the
round as soon as it may.
"""

from __future__ import annotations

from proofs.wording import counted
from protocols.predictions.actions import (
    AcceptJob,
    Action,
    CheckOffer,
    Collect,
    Done,
    Finalise,
    ProveAnswer,
    SendAcceptance,
    SendDecline,
    SubmitProof,
    Wait,
    Withdraw,
)
from protocols.predictions.events import State
from protocols.predictions.facts import ProviderFacts
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.view import ChainView, Limits


def decide_provider(
    terms: PredictionTerms, chain: ChainView, facts: ProviderFacts, limits: Limits, offer_valid_until: int
) -> Action:
    """The provider's next action beside answering.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the provider's journal. limits: its
            prudence. offer_valid_until: chain time until which the client's offer stands, seconds.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state is State.SERVING:
        return _serving(chain, facts, limits)
    judged = _judge_offer(terms, chain, facts)
    if judged is not None:
        return judged
    if chain.state is State.NONE:
        return _before_opening(chain, facts, offer_valid_until)
    late = chain.now >= chain.deadline - limits.margin_s
    return Done("too little time is left to accept") if late else AcceptJob()


def refusal(
    terms: PredictionTerms, chain: ChainView, facts: ProviderFacts, limits: Limits, index: int, h: int
) -> str | None:
    """Why question ``index`` with input hash ``h`` is not answered (now), in words; None when it is.

    A question already answered for the same input is answered again, with the very same answer.
    """
    if chain.state is not State.SERVING:
        return f"the job is {chain.state.name.lower()}, no round is running"
    if not 0 <= index < terms.round:
        return f"question {index} is not in the round, which has 0 to {terms.round - 1}"
    if chain.now >= chain.round_end - limits.margin_s:
        return "the round is over, or too nearly so to contest an answer"
    known = facts.answers.get(index)
    if known is not None:
        return None if known == h else f"question {index} was answered for another input; ask under another index"
    if len(facts.answers) - facts.receipt >= limits.credit:
        return f"{counted(len(facts.answers), 'answer')} given, {facts.receipt} signed for; send a receipt first"
    return None


def _judge_offer(terms: PredictionTerms, chain: ChainView, facts: ProviderFacts) -> Action | None:
    """Check the offer, or refuse it and say why; None when there is nothing against it."""
    if facts.declined:
        return Done("the offer was declined")
    if facts.offer_problems is None:
        return CheckOffer()
    problems = list(facts.offer_problems)
    if chain.other_has_code:
        problems.append(f"client {terms.client} is a contract, which could disown its receipts")
    if chain.balance < terms.provider_funds:
        problems.append(f"the provider can't pay the deposit of {terms.provider_funds}")
    return SendDecline("; ".join(dict.fromkeys(problems))[:500]) if problems else None


def _before_opening(chain: ChainView, facts: ProviderFacts, valid_until: int) -> Action:
    """The offer is good, the client's funds not yet on chain."""
    if chain.now >= valid_until:
        return Done("the client's offer has lapsed")
    return Wait(valid_until, "the client to open the job") if facts.acceptance_sent else SendAcceptance()


def _serving(chain: ChainView, facts: ProviderFacts, limits: Limits) -> Action:
    """Collect in time, prove what is contested, end the round; give up once a contest is lost."""
    waiting = [item.index for item in chain.open_contests]
    lost = next((index for index in waiting if index in facts.unprovable), None)
    if waiting and chain.late:
        return Done("the prove end has passed with a contest open; the deposit is lost to the client")
    if lost is not None:
        return Done(f"contested answer {lost} can't be proven; the deposit is lost, further proofs would be wasted")
    if facts.receipt > chain.answered and chain.now >= chain.round_end - limits.margin_s:
        return Collect(facts.receipt)
    if waiting:
        ready = next((index for index in waiting if index in facts.proofs), None)
        return ProveAnswer(waiting[0]) if ready is None else SubmitProof(ready)
    if chain.now >= chain.round_end:
        return Finalise()
    return Wait(max(chain.now + 1, chain.round_end - limits.margin_s), "questions, contests, or the round's end")
