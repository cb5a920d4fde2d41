"""The honest buyer, as a pure function from what it sees to what it does next.

It hands the test set only to the seller who locked a deposit and signed for a channel key, posts the ciphertext root
only after the ciphertexts are sent, and at every deadline takes back what is its own.
"""

from __future__ import annotations

from protocols.accuracy.actions import (
    Action,
    Done,
    Finalise,
    HandOver,
    OpenJob,
    SendOffer,
    SendTestSet,
    Wait,
    Withdraw,
)
from protocols.accuracy.events import State
from protocols.accuracy.facts import BuyerFacts
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import ChainView, Limits

_WAITING_FOR = {
    State.OPEN: "the seller to accept",
    State.HANDED_OVER: "the seller to proceed or abort",
    State.PROVING: "the seller's proofs",
}


def decide_buyer(
    terms: AccuracyTerms, chain: ChainView, facts: BuyerFacts, limits: Limits, offer_valid_until: int
) -> Action:
    """The buyer's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the buyer's journal. limits: its prudence.
        offer_valid_until: chain time until which its own offer stands, seconds.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state is State.NONE:
        return _before_opening(terms, chain, facts, offer_valid_until)
    if chain.late:
        return Finalise()
    if chain.state is State.ACCEPTED:
        return _accepted(terms, chain, facts, limits)
    if chain.state is State.OPEN and facts.declined is not None:
        return Wait(chain.deadline, f"the deposit to come back: the seller declined: {facts.declined}")
    return Wait(chain.deadline, _WAITING_FOR[chain.state])


def _before_opening(terms: AccuracyTerms, chain: ChainView, facts: BuyerFacts, valid_until: int) -> Action:
    """Nothing is locked yet; walking away costs nothing."""
    if facts.declined is not None:
        return Done(f"the seller declined: {facts.declined}")
    if chain.now >= valid_until:
        return Done("the offer has lapsed; make a new one with a fresh nonce")
    if not chain.eligible:
        return Done("the registry does not vouch for the model with these terms; ask the seller to add stake")
    if chain.prior_aborts > terms.max_aborts:
        return Done(f"the model has {chain.prior_aborts} aborts on record, the terms allow {terms.max_aborts}")
    if chain.balance < terms.deposit:
        return Done(f"the deposit is {terms.deposit} wei, the account can spend {chain.balance}; fund it")
    return OpenJob() if facts.offer_sent else SendOffer()


def _accepted(terms: AccuracyTerms, chain: ChainView, facts: BuyerFacts, limits: Limits) -> Action:
    """Hand over, unless the seller's channel key is missing or the time left is too short to be sure."""
    if chain.now >= chain.deadline - limits.margin_s:
        return Wait(chain.deadline, "too little time is left to hand over; both deposits come back")
    if chain.prior_aborts > terms.max_aborts:
        return Wait(chain.deadline, "nothing: the model has been aborted meanwhile; both deposits come back")
    if facts.acceptance_seed is None:
        return Wait(chain.deadline, "the seller's signed acceptance with its channel key")
    if facts.acceptance_seed != chain.seed:
        return Wait(
            chain.deadline, "an acceptance whose seed is the one on chain; this one was made for something else"
        )
    if not facts.test_set_sent or facts.ciphertext_root is None:
        return SendTestSet()
    return HandOver(facts.ciphertext_root)
