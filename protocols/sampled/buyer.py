"""The honest buyer of protocol A', as a pure function from what it sees to what it does next.

It hands over only to the seller who locked a deposit and signed for a channel key, gives the rest's key as soon as the
seller has promised to prove, and puts that key on chain in time when no confirmation comes: its bond hangs on it.
"""

from __future__ import annotations

from protocols.sampled.actions import (
    BuyerAction,
    Done,
    Finalise,
    HandOver,
    OpenJob,
    PostCiphertext,
    RevealKey,
    SealExamples,
    SendExamples,
    SendKey,
    SendOffer,
    Wait,
    Withdraw,
)
from protocols.sampled.events import State
from protocols.sampled.facts import BuyerFacts
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import ChainView, Limits

_WAITING_FOR = {
    State.OPEN: "the seller to accept",
    State.POSTED: "the seller to proceed or abort: all it needs is on chain",
    State.REVEALED: "the seller to confirm or complain",
    State.PROVING: "the seller's proofs",
}


def decide_buyer(
    terms: SampledTerms, chain: ChainView, facts: BuyerFacts, limits: Limits, offer_valid_until: int
) -> BuyerAction:
    """The buyer's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the buyer's journal. limits: its prudence.
        offer_valid_until: chain time until which its own offer stands, seconds.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state is State.NONE:
        return _before_opening(terms, chain, facts, offer_valid_until)
    if chain.state is State.HANDED_OVER:
        return _handed_over(chain, facts, limits)
    return Finalise() if chain.late else _in_time(terms, chain, facts, limits)


def _in_time(terms: SampledTerms, chain: ChainView, facts: BuyerFacts, limits: Limits) -> BuyerAction:
    """Before the deadline of a state in which the buyer's bond does not hang on the key."""
    if chain.state is State.ACCEPTED:
        return _accepted(terms, chain, facts, limits)
    if chain.state is State.SAMPLED:
        return _sampled(chain, facts, limits)
    if chain.state is State.OPEN and facts.declined is not None:
        return Wait(chain.deadline, f"the deposit to come back: the seller declined: {facts.declined}")
    return Wait(chain.deadline, _WAITING_FOR[chain.state])


def _before_opening(terms: SampledTerms, chain: ChainView, facts: BuyerFacts, valid_until: int) -> BuyerAction:
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


def _accepted(terms: SampledTerms, chain: ChainView, facts: BuyerFacts, limits: Limits) -> BuyerAction:
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
    if facts.sealed is None:
        return SealExamples()
    return HandOver() if facts.examples_sent else SendExamples()


def _sampled(chain: ChainView, facts: BuyerFacts, limits: Limits) -> BuyerAction:
    """The seller has to decide; when it stays silent, the ciphertexts may go on chain."""
    in_time = chain.now < chain.deadline - limits.margin_s
    if limits.post and facts.sealed is not None and limits.pressing(chain) and in_time:
        return PostCiphertext()
    return Wait(chain.deadline, "the seller to proceed or abort")


def _handed_over(chain: ChainView, facts: BuyerFacts, limits: Limits) -> BuyerAction:
    """The seller has promised to prove: the key is due, on the channel first and on chain if that does not help."""
    if chain.late:
        return Done("the time to give the key has passed; the deposit is lost to the seller")
    if limits.pressing(chain):
        return RevealKey()
    if not facts.key_sent:
        return SendKey()
    return Wait(chain.deadline, "the seller to confirm that the rest opens")
