"""Who gets what at each ending of protocol B. Every ending credits exactly what the escrow holds for the job.

With K inputs, Z the cost of a proof, p the price of an answer, eps the fee, a answers collected, n contests proven:

    Completed           provider beta*K*Z + 2nZ + ap    client 2KZ - 2nZ + (K - a)p    fee recipient 2 eps
    Rejected            provider 0                      client 2KZ + Kp + beta*K*Z     fee recipient 2 eps
    Expired from Open   -                               client 2KZ + Kp + eps          -

Source: arXiv 2210.08674, section 5.3, steps 1, 5 and 6 ("beta Z P" there read as the beta*K*Z that was deposited); each
proven contest costs the client 2Z, not all K1 of them at once. The price and the fee are this project's.
"""

from __future__ import annotations

from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.predictions.events import State
from protocols.predictions.terms import PredictionTerms


def settle(terms: PredictionTerms, before: State, ending: State, proven: int, answered: int) -> tuple[Credit, ...]:
    """Credits of an ending, positive amounts only, provider first, as the contract books them.

    Args:
        terms: the job's terms. before: the state it ended from. ending: Completed, Rejected or Expired.
        proven: contested answers proven. answered: answers the collected receipt counts.

    Raises:
        RuleViolation: ``ending`` does not follow ``before``.
    """
    locked = terms.client_funds - terms.fee
    earned = proven * terms.contest_cost + answered * terms.answer_price
    table = {
        (State.SERVING, State.COMPLETED): (terms.penalty + earned, locked - earned, 2 * terms.fee),
        (State.SERVING, State.REJECTED): (0, locked + terms.penalty, 2 * terms.fee),
        (State.OPEN, State.EXPIRED): (0, terms.client_funds, 0),
    }
    amounts = table.get((before, ending))
    if amounts is None:
        raise RuleViolation("WrongState", f"no ending {ending.name} follows {before.name}")
    parties = (terms.provider, terms.client, terms.fee_recipient)
    return tuple(Credit(who, amount) for who, amount in zip(parties, amounts, strict=True) if amount)
