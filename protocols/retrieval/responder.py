"""The honest responder, as a pure function from what it sees to what it does next.

It accepts only what it has checked and has proofs and time for, proves every batch, puts the ciphertexts on the channel
before it commits to them, and reveals the key as soon as the receipt is on chain.
"""

from __future__ import annotations

from proofs.wording import counted
from protocols.retrieval.actions import (
    AcceptJob,
    Action,
    CheckOffer,
    Deliver,
    Done,
    Draw,
    Finalise,
    ProveBatch,
    Reveal,
    SealDocuments,
    SendAcceptance,
    SendDecline,
    SendDocuments,
    SubmitBatch,
    Wait,
    Withdraw,
)
from protocols.retrieval.events import State
from protocols.retrieval.facts import ResponderFacts
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import ChainView, Limits


def decide_responder(
    terms: RetrievalTerms, chain: ChainView, facts: ResponderFacts, limits: Limits, offer_valid_until: int
) -> Action:
    """The responder's next action.

    Args:
        terms: of the job. chain: one look at the chain. facts: folded from the responder's journal. limits: its
            prudence. offer_valid_until: chain time until which the requester's offer stands, seconds.
    """
    if chain.state.ended:
        return Withdraw(chain.owed) if chain.owed else Done(f"the job is {chain.state.name.lower()}")
    if chain.state in (State.NONE, State.OPEN):
        return _offered(terms, chain, facts, limits, offer_valid_until)
    if chain.late:
        return _late(chain)
    if chain.state is State.PROVING:
        return _proving(terms, chain, facts)
    return _exchange(chain, facts, limits)


def _late(chain: ChainView) -> Action:
    """Past the deadline: end what pays this side, leave what does not."""
    if chain.state in (State.PROVING, State.LOCKED):
        return Done(f"the deadline of {chain.state.name.lower()} has passed; the deposit is lost to the requester")
    return Finalise()


def _offered(
    terms: RetrievalTerms, chain: ChainView, facts: ResponderFacts, limits: Limits, valid_until: int
) -> Action:
    """Check the offer; accept what is opened and in time."""
    answer = _judge_offer(terms, chain, facts, limits)
    if answer is not None:
        return answer
    if chain.state is State.OPEN:
        late = chain.now >= chain.deadline - limits.margin_s
        return Done("too little time is left to accept") if late else AcceptJob()
    if chain.now >= valid_until:
        return Done("the requester's offer has lapsed")
    return Wait(valid_until, "the requester to open the job")


def _judge_offer(terms: RetrievalTerms, chain: ChainView, facts: ResponderFacts, limits: Limits) -> Action | None:
    """Check the offer, or refuse it and say why; None when there is nothing against it."""
    if facts.declined:
        return Done("the offer was declined")
    if facts.offer_problems is None:
        return CheckOffer()
    problems = list(facts.offer_problems)
    if chain.balance < terms.responder_funds:
        problems.append(f"the responder can't pay the deposit of {terms.responder_funds} wei")
    needed = 0 if terms.sampled else terms.batches
    if limits.proofs_left is not None and needed > limits.proofs_left:
        problems.append(
            f"the job needs {counted(needed, 'proof')}, the commitment's budget allows {limits.proofs_left}"
        )
    needed_s = needed * limits.prove_s + limits.margin_s
    if needed_s > terms.prove_window:
        problems.append(f"proving takes about {needed_s} s with margin, the window is {terms.prove_window} s")
    return SendDecline("; ".join(problems)[:500]) if problems else None


def _proving(terms: RetrievalTerms, chain: ChainView, facts: ResponderFacts) -> Action:
    """Prove and submit each batch, or draw the sample as soon as its block has passed."""
    if not facts.acceptance_sent:
        return SendAcceptance()
    if terms.sampled:
        ready = chain.block > chain.draw_block
        return Draw() if ready else Wait(chain.deadline, f"block {chain.draw_block + 1}, which can draw the sample")
    missing = [index for index in range(terms.batches) if index not in chain.batches_done]
    for index in missing:
        if index in facts.proofs:
            return SubmitBatch(index)
    return ProveBatch(missing[0])


def _exchange(chain: ChainView, facts: ResponderFacts, limits: Limits) -> Action:
    """Deliver, wait for the receipt, reveal."""
    if chain.state is State.PROVEN:
        return _proven(chain, facts, limits)
    if chain.state is State.DELIVERED:
        again = facts.sealed is not None and not facts.documents_sent
        return SendDocuments() if again else Wait(chain.deadline, "the requester's receipt")
    if chain.state is State.LOCKED:
        return _locked(chain, facts)
    waiting = {State.OVER_CAP: "the requester to pay for the matches above the cap"}
    return Wait(chain.deadline, waiting.get(chain.state, "the complaint window to close"))


def _proven(chain: ChainView, facts: ResponderFacts, limits: Limits) -> Action:
    """Seal, send, and only then commit to it on chain."""
    if chain.now >= chain.deadline - limits.margin_s:
        return Wait(chain.deadline, "too little time is left to deliver; deposit and base fee are safe")
    if facts.sealed is None:
        return SealDocuments()
    return Deliver() if facts.documents_sent else SendDocuments()


def _locked(chain: ChainView, facts: ResponderFacts) -> Action:
    """The receipt is there: reveal to the very last second, since silence costs the deposit."""
    if facts.sealed is None or facts.sealed.key_hash != chain.key_hash:
        return Done(
            "the key behind the posted key hash is not in this journal; restore the journal before the deadline"
        )
    return Reveal()
