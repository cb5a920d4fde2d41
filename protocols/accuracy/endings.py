"""Who gets what at each ending of protocol A. Every ending credits exactly what the escrow holds for the job.

With D the deposit, eps the fee, N examples, costs E, Z, P:

    Completed                     seller D - eps + 2NZ    buyer D - eps - 2NZ    fee recipient 2 eps
    Rejected                      seller 0                buyer D - eps + 2NE    fee recipient 2 eps
    Aborted                       seller D - eps + NP     buyer D - eps - NP     fee recipient 2 eps
    Expired from Open             -                       buyer D                -
    Expired from Accepted         seller D                buyer D                -
    Expired from HandedOver       seller D                buyer D                -   (counts against the model)

Source: arXiv 2210.08674, section 5.2, steps 3 and 5. Neutral expiry after silence is this project's choice: silence at
hand-over can't be blamed on either side without the ciphertext on chain, and a silent look earns no N*P.
"""

from __future__ import annotations

from protocols.accuracy.events import State
from protocols.accuracy.terms import AccuracyTerms
from protocols.errors import RuleViolation
from protocols.games.game import Credit


def settle(terms: AccuracyTerms, before: State, ending: State) -> tuple[Credit, ...]:
    """Credits of an ending, positive amounts only, seller first, as the contract books them.

    Args:
        terms: the job's terms. before: the state it ended from. ending: Completed, Rejected, Aborted or Expired.

    Raises:
        RuleViolation: ``ending`` does not follow ``before``.
    """
    deposit, stays = terms.deposit, terms.deposit - terms.fee
    fees = 2 * terms.fee
    table = {
        (State.PROVING, State.COMPLETED): (stays + terms.payment, stays - terms.payment, fees),
        (State.PROVING, State.REJECTED): (0, stays + terms.penalty, fees),
        (State.HANDED_OVER, State.ABORTED): (stays + terms.abort_fee, stays - terms.abort_fee, fees),
        (State.OPEN, State.EXPIRED): (0, deposit, 0),
        (State.ACCEPTED, State.EXPIRED): (deposit, deposit, 0),
        (State.HANDED_OVER, State.EXPIRED): (deposit, deposit, 0),
    }
    amounts = table.get((before, ending))
    if amounts is None:
        raise RuleViolation("WrongState", f"no ending {ending.name} follows {before.name}")
    parties = (terms.seller, terms.buyer, terms.fee_recipient)
    return tuple(Credit(who, amount) for who, amount in zip(parties, amounts, strict=True) if amount)


__all__ = ["Credit", "settle"]
