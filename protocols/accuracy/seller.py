"""The honest seller, as a pure function from what it sees to what it does next.

It never accepts what it has not checked, never proceeds when it can't win (target, data root, proof budget, time),
takes the N*P of an abort rather than falling silent, proves the batches with most right answers first, and stops at the
target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proofs.wording import counted
from protocols.accuracy.actions import (
    Abort,
    AcceptJob,
    Action,
    CheckOffer,
    Done,
    FetchTestSet,
    Finalise,
    Proceed,
    ProveBatch,
    RunModel,
    SendAcceptance,
    SendDecline,
    SendReceipt,
    SubmitBatch,
    Wait,
    Withdraw,
)
from protocols.accuracy.events import State
from protocols.accuracy.facts import SellerFacts
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import ChainView, Limits


def decide_seller(
    terms: AccuracyTerms, chain: ChainView, facts: SellerFacts, limits: Limits, offer_valid_until: int
) -> Action:
    """The seller's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the seller's journal. limits: its prudence.
        offer_valid_until: chain time until which the buyer's offer stands, seconds.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state is State.NONE:
        return _before_opening(terms, chain, facts, offer_valid_until)
    if chain.state is State.OPEN:
        return _open(terms, chain, facts, limits)
    if chain.state is State.ACCEPTED:
        return _accepted(chain, facts)
    if chain.state is State.HANDED_OVER:
        return _handed_over(terms, chain, facts, limits)
    return _proving(terms, chain, facts)


def choose_batches(counts: Sequence[int], done: frozenset[int], needed: int) -> tuple[int, ...] | None:
    """Fewest batches not in ``done`` whose ``counts`` sum to ``needed``: largest first, ties by index.

    Returns:
        Batch indices in proving order, or None when all of them together do not reach ``needed``.
    """
    chosen: list[int] = []
    for index in sorted(range(len(counts)), key=lambda i: (-counts[i], i)):
        if needed <= 0:
            break
        if index not in done and counts[index]:
            chosen.append(index)
            needed -= counts[index]
    return tuple(chosen) if needed <= 0 else None


def _before_opening(terms: AccuracyTerms, chain: ChainView, facts: SellerFacts, valid_until: int) -> Action:
    """The offer is on the channel, the deposit not yet on chain."""
    answer = _judge_offer(terms, chain, facts)
    if answer is not None:
        return answer
    if chain.now >= valid_until:
        return Done("the buyer's offer has lapsed")
    return Wait(valid_until, "the buyer to open the job")


def _open(terms: AccuracyTerms, chain: ChainView, facts: SellerFacts, limits: Limits) -> Action:
    """The buyer's deposit is locked and waits for the seller's."""
    answer = _judge_offer(terms, chain, facts)
    if answer is not None:
        return answer
    if chain.now >= chain.deadline - limits.margin_s:
        return Done("too little time is left to accept")
    return AcceptJob()


def _judge_offer(terms: AccuracyTerms, chain: ChainView, facts: SellerFacts) -> Action | None:
    """Check the offer, or refuse it and say why; None when there is nothing against it."""
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
    return SendDecline("; ".join(problems)[:500]) if problems else None


def _accepted(chain: ChainView, facts: SellerFacts) -> Action:
    """Both deposits are locked; the buyer has to hand over."""
    if chain.late:
        return Finalise()
    if not facts.acceptance_sent:
        return SendAcceptance()
    return Wait(chain.deadline, "the buyer to hand over the test set")


def _handed_over(terms: AccuracyTerms, chain: ChainView, facts: SellerFacts, limits: Limits) -> Action:
    """The buyer claims to have sent the test set; decide before the deadline."""
    if chain.late:
        return Finalise()
    last_moment = chain.deadline - limits.margin_s
    if facts.test_set is None:
        late = Abort("the test set did not arrive in time")
        return late if chain.now >= last_moment else FetchTestSet(last_moment)
    if not facts.test_set:
        return Abort(f"the test set received is not the committed one: {facts.test_set_reason}")
    if facts.predicted is None:
        return RunModel() if chain.now < last_moment else Abort("no time is left to run the model")
    return _judge_prospects(terms, facts, facts.predicted, limits)


def _judge_prospects(terms: AccuracyTerms, facts: SellerFacts, predicted: Sequence[int], limits: Limits) -> Action:
    """Proceed if it wins, after signing for the test set; else abort."""
    reason = _why_not(terms, predicted, limits)
    if reason is not None:
        return Abort(reason)
    return Proceed() if facts.receipt_sent else SendReceipt()


def _why_not(terms: AccuracyTerms, predicted: Sequence[int], limits: Limits) -> str | None:
    """Why proceeding would lose the deposit, or None when it wins."""
    possible = len(predicted) == terms.batches and all(0 <= count <= terms.batch for count in predicted)
    if not possible:
        return f"the predicted counts do not fit {terms.batches} batches of {terms.batch}"
    batches = choose_batches(predicted, frozenset(), terms.target)
    if batches is None:
        return f"the model gets {sum(predicted)} of {terms.total} right, the target is {terms.target}"
    if limits.proofs_left is not None and len(batches) > limits.proofs_left:
        return f"the job needs {counted(len(batches), 'proof')}, the commitment's budget allows {limits.proofs_left}"
    needed_s = len(batches) * limits.prove_s + limits.margin_s
    if needed_s > terms.prove_window:
        return f"proving takes about {needed_s} s with margin, the window is {terms.prove_window} s"
    return None


def _proving(terms: AccuracyTerms, chain: ChainView, facts: SellerFacts) -> Action:
    """Prove and submit until the contract's count reaches the target."""
    if chain.late:
        return Done("the proving deadline has passed; the deposit is lost to the buyer")
    counts = _best_knowledge(terms, facts.predicted, facts.proofs)
    batches = choose_batches(counts, chain.batches_done, terms.target - chain.correct)
    if not batches:
        return Done("the remaining batches can't reach the target; further proofs would be wasted")
    for index in batches:
        if index in facts.proofs:
            return SubmitBatch(index)
    return ProveBatch(batches[0])


def _best_knowledge(terms: AccuracyTerms, predicted: Sequence[int] | None, proofs: Mapping[int, int]) -> list[int]:
    """Right answers per batch: proven where a proof exists, else predicted, else full (nothing is known against it)."""
    counts = list(predicted) if predicted is not None else [terms.batch] * terms.batches
    for index, count in proofs.items():
        if 0 <= index < len(counts):
            counts[index] = count
    return counts
