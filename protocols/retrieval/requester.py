"""The honest requester, as a pure function from what it sees to what it does next.

It pays above the cap only within its own limit, acknowledges only ciphertexts it holds under the very root on chain,
checks everything the moment the key is there, complains about the first fault, and at every deadline takes back what is
its own.
"""

from __future__ import annotations

from protocols.retrieval.actions import (
    Acknowledge,
    Action,
    Complain,
    DecryptDocuments,
    Done,
    Draw,
    FetchDocuments,
    Finalise,
    OpenJob,
    SendOffer,
    SendProblem,
    TopUp,
    Wait,
    Withdraw,
)
from protocols.retrieval.events import State
from protocols.retrieval.facts import RequesterFacts
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import ChainView, Limits

_WAITING_FOR = {
    State.OPEN: "the responder to accept",
    State.PROVING: "the responder's proofs",
    State.PROVEN: "the responder to deliver",
    State.LOCKED: "the responder to reveal the key",
}


def decide_requester(
    terms: RetrievalTerms, chain: ChainView, facts: RequesterFacts, limits: Limits, offer_valid_until: int
) -> Action:
    """The requester's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the requester's journal. limits: its
            prudence. offer_valid_until: chain time until which its own offer stands, seconds.
    """
    if chain.state.ended:
        return _ended(chain, facts)
    if chain.state is State.NONE:
        return _before_opening(terms, chain, facts, offer_valid_until)
    if chain.late:
        return Finalise()
    if chain.state is State.PROVING and terms.sampled and chain.block > chain.draw_block:
        return Draw()
    deciders = {State.OVER_CAP: _over_cap, State.DELIVERED: _delivered, State.REVEALED: _revealed}
    if chain.state in deciders:
        return deciders[chain.state](terms, chain, facts, limits)
    return Wait(chain.deadline, _WAITING_FOR[chain.state])


def _ended(chain: ChainView, facts: RequesterFacts) -> Action:
    """Fetch the money, and read what can be read: a key once revealed stays on chain."""
    if chain.owed:
        return Withdraw(chain.owed)
    if chain.key != bytes(32) and facts.holds == chain.ciphertext_root and facts.fault is None:
        return DecryptDocuments()
    return Done(f"the job is {chain.state.name.lower()}")


def _before_opening(terms: RetrievalTerms, chain: ChainView, facts: RequesterFacts, valid_until: int) -> Action:
    """Nothing is locked yet; walking away costs nothing."""
    if facts.declined is not None:
        return Done(f"the responder declined: {facts.declined}")
    if chain.now >= valid_until:
        return Done("the offer has lapsed; make a new one with a fresh nonce")
    if chain.balance < terms.requester_funds:
        return Done(f"{terms.requester_funds} wei are needed, the account can pay {chain.balance}; fund it")
    return OpenJob() if facts.offer_sent else SendOffer()


def _over_cap(terms: RetrievalTerms, chain: ChainView, _: RequesterFacts, limits: Limits) -> Action:
    """More matches than paid for: pay the rest if it is worth it and there is time."""
    due = (chain.matches - terms.cap) * terms.price
    if due > limits.top_up_wei:
        return Wait(chain.deadline, f"nothing: the top-up of {due} wei is above the limit of {limits.top_up_wei}")
    if due > chain.balance:
        return Wait(chain.deadline, f"{due} wei for the top-up; the account can pay {chain.balance}, fund it")
    if chain.now >= chain.deadline - limits.margin_s:
        return Wait(chain.deadline, "too little time is left to top up; the price of the cap comes back")
    return TopUp(due)


def _delivered(_: RetrievalTerms, chain: ChainView, facts: RequesterFacts, limits: Limits) -> Action:
    """A root and a key hash are on chain: hold every ciphertext under that root, or give no receipt."""
    last_moment = chain.deadline - limits.margin_s
    if facts.holds == chain.ciphertext_root:
        late = Wait(chain.deadline, "too little time is left for a receipt; the price comes back")
        return Acknowledge(chain.ciphertext_root) if chain.now < last_moment else late
    if facts.problem_root == chain.ciphertext_root != facts.problem_sent:
        return SendProblem(facts.problem[:500])
    if chain.now >= last_moment:
        return Wait(chain.deadline, "nothing: the documents did not arrive; the price comes back")
    return FetchDocuments(last_moment)


def _revealed(_: RetrievalTerms, chain: ChainView, facts: RequesterFacts, __: Limits) -> Action:
    """The key is public: check everything now, complain until the very deadline."""
    if facts.holds != chain.ciphertext_root:
        return Wait(chain.deadline, "nothing: the ciphertexts that were acknowledged are not here")
    if facts.fault is None:
        return DecryptDocuments()
    if facts.fault != "none":
        return Complain()
    return Wait(chain.deadline, "the complaint window to close; all documents are as committed")
