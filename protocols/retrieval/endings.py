"""Who gets what at each ending of a retrieval job. Every ending credits exactly what the escrow then holds for it.

With S the deposit, F the base fee, p the price, C the cap, m the matches, T the top-up paid, eps the fee:

    Completed                 responder S + m p    requester C p + T - m p    fee recipient 2 eps
    Undelivered               responder S          requester C p + T          fee recipient 2 eps
    Rejected from Proving     responder 0          requester F + C p + S      fee recipient 2 eps
    Rejected later            responder 0          requester C p + T + S      fee recipient 2 eps
    Expired                   -                    requester F + C p + eps    -

The base fee is credited to the responder once all is proven, whatever follows. Source: protocol C of arXiv 2210.08674,
section 5.4, for the base fee and the slash of a responder who does not prove; price, receipt, key and complaints follow
FairSwap (Dziembowski, Eckey, Faust, CCS 2018). Undelivered is this project's neutral ending: nobody can tell who kept
silent about ciphertexts that never reach the chain.
"""

from __future__ import annotations

from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.retrieval.events import State
from protocols.retrieval.terms import RetrievalTerms

_REJECTED_FROM = (State.PROVING, State.LOCKED, State.REVEALED)
_UNDELIVERED_FROM = (State.OVER_CAP, State.PROVEN, State.DELIVERED)


def settle(terms: RetrievalTerms, before: State, ending: State, matches: int, topped_up: int) -> tuple[Credit, ...]:
    """Credits of an ending, positive amounts only, responder first.

    Args:
        terms: the job's terms. before: the state it ended from. ending: Completed, Undelivered, Rejected or Expired.
        matches: m, documents selected (0 unless all is proven). topped_up: wei paid above the cap.

    Raises:
        RuleViolation: ``ending`` does not follow ``before``.
    """
    locked_price = terms.cap * terms.price + topped_up
    fees = 2 * terms.fee
    sold = before is State.REVEALED or (before is State.PROVEN and matches == 0)  # nothing found: nothing to deliver
    if ending is State.COMPLETED and sold:
        earned = matches * terms.price
        amounts = (terms.deposit + earned, locked_price - earned, fees)
    elif ending is State.UNDELIVERED and before in _UNDELIVERED_FROM:
        amounts = (terms.deposit, locked_price, fees)
    elif ending is State.REJECTED and before in _REJECTED_FROM:
        unearned = terms.base_fee if before is State.PROVING else 0
        amounts = (0, unearned + locked_price + terms.deposit, fees)
    elif ending is State.EXPIRED and before is State.OPEN:
        amounts = (0, terms.requester_funds, 0)
    else:
        raise RuleViolation("WrongState", f"no ending {ending.name} follows {before.name}")
    return credits_of(terms, *amounts)


def credits_of(terms: RetrievalTerms, responder: int, requester: int, fees: int) -> tuple[Credit, ...]:
    """The positive ones of three amounts, in the order they are booked."""
    parties = (terms.responder, terms.requester, terms.fee_recipient)
    amounts = (responder, requester, fees)
    return tuple(Credit(who, amount) for who, amount in zip(parties, amounts, strict=True) if amount)
