"""Who gets what at each ending of protocol A'. Every ending credits exactly what the escrow holds for the job.

With D the deposit, eps the fee, N = N1 + N2 examples, costs E, Z, P:

    Completed                     seller D - eps + 2(N1 P + N2 Z)   buyer D - eps - 2(N1 P + N2 Z)   fees 2 eps
    Rejected                      seller 0                          buyer D - eps + 2NE              fees 2 eps
    Spoiled                       seller D - eps + 2NE              buyer 0                          fees 2 eps
    Aborted                       seller D - eps + N1 P             buyer D - eps - N1 P             fees 2 eps
    Expired from Open             -                                 buyer D                          -
    Expired from Accepted         seller D                          buyer D                          -
    Expired from Sampled          seller D                          buyer D       -   (counts against the model)

Source: arXiv 2210.08674, appendix B. Rejected follows from Posted (silence with the ciphertexts on chain) and Proving,
Spoiled from HandedOver (no key) and Revealed (a complaint upheld). Up to Sampled silence is neutral, because nobody can
tell whether anything was sent.
"""

from __future__ import annotations

from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.sampled.events import State
from protocols.sampled.terms import SampledTerms


def settle(terms: SampledTerms, before: State, ending: State) -> tuple[Credit, ...]:
    """Credits of an ending, positive amounts only, seller first, as the contract books them.

    Args:
        terms: the job's terms. before: the state it ended from. ending: the state it ends in.

    Raises:
        RuleViolation: ``ending`` does not follow ``before``.
    """
    deposit, bond, fees = terms.deposit, terms.bond, 2 * terms.fee
    lost, won = (0, 2 * bond, fees), (2 * bond, 0, fees)
    aborted = (bond + terms.abort_fee, bond - terms.abort_fee, fees)
    table = {
        (State.PROVING, State.COMPLETED): (bond + terms.payment, bond - terms.payment, fees),
        (State.PROVING, State.REJECTED): lost,
        (State.POSTED, State.REJECTED): lost,
        (State.HANDED_OVER, State.SPOILED): won,
        (State.REVEALED, State.SPOILED): won,
        (State.SAMPLED, State.ABORTED): aborted,
        (State.POSTED, State.ABORTED): aborted,
        (State.OPEN, State.EXPIRED): (0, deposit, 0),
        (State.ACCEPTED, State.EXPIRED): (deposit, deposit, 0),
        (State.SAMPLED, State.EXPIRED): (deposit, deposit, 0),
    }
    amounts = table.get((before, ending))
    if amounts is None:
        raise RuleViolation("WrongState", f"no ending {ending.name} follows {before.name}")
    parties = (terms.seller, terms.buyer, terms.fee_recipient)
    return tuple(Credit(who, amount) for who, amount in zip(parties, amounts, strict=True) if amount)
