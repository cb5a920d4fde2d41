"""The honest seller of protocol A', as a pure function from what it sees to what it does next.

It never accepts what it has not checked, proceeds only with every ciphertext in hand and prospects that pay, complains
when the rest is not what was committed, proves the batches with most right answers first, and stops at the target.
"""

from __future__ import annotations

from proofs.wording import counted
from protocols.accuracy.seller import choose_batches
from protocols.sampled.actions import (
    Abort,
    AcceptJob,
    CheckOffer,
    Complain,
    Confirm,
    Done,
    FetchKey,
    FetchSample,
    Finalise,
    OpenRest,
    Proceed,
    ProveBatch,
    RunModel,
    RunSample,
    SellerAction,
    SendAcceptance,
    SendDecline,
    SubmitBatch,
    Wait,
    Withdraw,
)
from protocols.sampled.events import State
from protocols.sampled.facts import SellerFacts
from protocols.sampled.prospects import worth_proceeding
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import ChainView, Limits

_LOST = "the deadline has passed; the deposit is lost to the buyer"


def decide_seller(
    terms: SampledTerms, chain: ChainView, facts: SellerFacts, limits: Limits, offer_valid_until: int
) -> SellerAction:
    """The seller's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the seller's journal. limits: its prudence.
        offer_valid_until: chain time until which the buyer's offer stands, seconds.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state <= State.OPEN:
        return _before_accepting(terms, chain, facts, limits, offer_valid_until)
    if chain.late:
        return Done(_LOST) if chain.state in (State.POSTED, State.PROVING) else Finalise()
    return _in_time(terms, chain, facts, limits)


def _in_time(terms: SampledTerms, chain: ChainView, facts: SellerFacts, limits: Limits) -> SellerAction:
    """Both deposits are locked and the present deadline has not passed."""
    match chain.state:
        case State.ACCEPTED:
            return _accepted(chain, facts)
        case State.SAMPLED | State.POSTED:
            return _sampled(terms, chain, facts, limits)
        case State.HANDED_OVER | State.REVEALED:
            return _opening(chain, facts)
        case _:
            return _proving(terms, chain, facts)


def _before_accepting(
    terms: SampledTerms, chain: ChainView, facts: SellerFacts, limits: Limits, valid_until: int
) -> SellerAction:
    """Check the offer, or refuse it and say why; deposit once the buyer's lies on chain."""
    if facts.declined:
        return Done("the offer was declined")
    if facts.offer_problems is None:
        return CheckOffer()
    problems = list(facts.offer_problems)
    if not chain.eligible:
        problems.append("the registry does not vouch for the model with these terms")
    if chain.prior_aborts > terms.max_aborts:
        problems.append(f"the model has {chain.prior_aborts} aborts on record, the job allows {terms.max_aborts}")
    if chain.balance < terms.deposit:
        problems.append(f"the seller can't pay the deposit of {terms.deposit} wei")
    if problems:
        return SendDecline("; ".join(problems)[:500])
    if chain.state is State.NONE:
        lapsed = chain.now >= valid_until
        return Done("the buyer's offer has lapsed") if lapsed else Wait(valid_until, "the buyer to open the job")
    too_late = chain.now >= chain.deadline - limits.margin_s
    return Done("too little time is left to accept") if too_late else AcceptJob()


def _accepted(chain: ChainView, facts: SellerFacts) -> SellerAction:
    """Both deposits are locked; the buyer has to hand over."""
    if not facts.acceptance_sent:
        return SendAcceptance()
    return Wait(chain.deadline, "the buyer to hand over the test set")


def _sampled(terms: SampledTerms, chain: ChainView, facts: SellerFacts, limits: Limits) -> SellerAction:
    """The buyer claims to have sent everything; decide before the deadline, on what the sample shows."""
    last_moment = chain.deadline - limits.margin_s
    out_of_time = chain.now >= last_moment
    if facts.holds is None:
        return Abort("the test set did not arrive in time") if out_of_time else FetchSample(last_moment)
    if not facts.holds:
        return Abort(f"what came is not the committed test set: {facts.why_not}")
    if facts.sample_right is None:
        return Abort("no time is left to run the model") if out_of_time else RunSample()
    reason = _why_not(terms, facts.sample_right, limits)
    return Proceed() if reason is None else Abort(reason)


def _why_not(terms: SampledTerms, right: int, limits: Limits) -> str | None:
    """Why proceeding would lose more than it gains, or None when it pays."""
    prospect = worth_proceeding(terms, right, limits.caution)
    if not prospect.worth:
        return prospect.reason
    if limits.proofs_left is not None and terms.batches > limits.proofs_left:
        return (
            f"the job may need {counted(terms.batches, 'proof')}, the commitment's budget allows {limits.proofs_left}"
        )
    needed_s = terms.batches * limits.prove_s + limits.margin_s
    if needed_s > terms.prove_window:
        return f"proving takes up to {needed_s} s with margin, the window is {terms.prove_window} s"
    return None


def _opening(chain: ChainView, facts: SellerFacts) -> SellerAction:
    """The rest's key is due, from the channel or from the chain; what it opens decides."""
    on_chain = chain.state is State.REVEALED
    if facts.fault == "none":
        return Confirm()
    if on_chain and (facts.fault is None or facts.rest_key != chain.rest_key):
        return OpenRest()
    if on_chain:
        return Complain()
    if facts.fault is None:
        return FetchKey(chain.deadline)
    return Wait(chain.deadline, "the buyer to put the key on chain, so that the fault can be shown")


def _proving(terms: SampledTerms, chain: ChainView, facts: SellerFacts) -> SellerAction:
    """Prove and submit until the contract's count reaches the target."""
    if facts.fault is None:
        return OpenRest()
    if facts.predicted is None:
        return RunModel()
    counts = list(facts.predicted)
    for index, proven in facts.proofs.items():
        if 0 <= index < len(counts):
            counts[index] = proven
    for index in facts.hopeless:
        counts[index] = 0
    batches = choose_batches(counts, chain.batches_done, terms.target - chain.correct)
    if not batches:
        return Done("the remaining batches can't reach the target; further proofs would be wasted")
    for index in batches:
        if index in facts.proofs:
            return SubmitBatch(index)
    return ProveBatch(batches[0])
