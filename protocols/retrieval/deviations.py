"""Each way to deviate in a retrieval job and the inequality under which it does not pay.

``advantage`` is the honest pay-off minus the deviating one, in wei and exact; the deviation does not pay while it is at
least 0. Gas is left out. Letters: N documents in batches of b, m of them match; Z and P the cost of proving and of
plainly running one; F the base fee, p the price, S the deposit, eps the fee; v and u what a readable match and the bare
knowledge of the bits are worth to the requester; w what a readable match costs the responder (the worth of hiding it),
c what sending it costs; q the probability that somebody checks and complains in time; g the share of documents whose
committed view is false and n the size of a random audit; r the value of a bought record; t the probability that a
requester who can read the documents already gives no receipt for them.

Findings: the deposit stands behind the proofs (``withhold-match``, ``prove-nothing``) and behind the key
(``never-reveal``, ``swap-document``), but *not* behind the delivery: nobody can tell who was silent, so only the price
holds off ``never-deliver``, which asks p >= c + w. What is withheld there is in plain sight, though: the bits are
public. And the bits are sold by the base fee alone: ``buy-bits-only`` asks F + eps >= u, whatever the documents cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from protocols.retrieval.paths import Role, Worth
from protocols.retrieval.terms import RetrievalTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """The numbers an inequality is about; values and costs are in wei, probabilities exact.

    Args:
        terms: of the job. matches: m. worth: v, u, w, P, c. vigilance: q. false_share: g. audited: n.
        hidden: wei the responder gains from all views it has falsified. record_value: r. leaves: t.
    """

    terms: RetrievalTerms
    matches: int = 0
    worth: Worth = field(default_factory=Worth)
    vigilance: Fraction = Fraction(1)
    false_share: Fraction = Fraction(0)
    audited: int = 0
    hidden: int = 0
    record_value: int = 0
    leaves: Fraction = Fraction(0)

    @property
    def z(self) -> int:
        """N*Z."""
        return self.terms.total * self.terms.proving_cost

    @property
    def look(self) -> int:
        """N*P."""
        return self.terms.total * self.worth.inference

    @property
    def earned(self) -> int:
        """What the exchange leaves the responder: m (p - c - w)."""
        return self.matches * (self.terms.price - self.worth.delivery - self.worth.disclosure)

    @property
    def gained(self) -> int:
        """What the exchange leaves the requester: m (v - p)."""
        return self.matches * (self.worth.document - self.terms.price)

    @property
    def sale(self) -> int:
        """m p."""
        return self.matches * self.terms.price

    @property
    def caught(self) -> Fraction:
        """Probability that an audit of n documents meets a false one: 1 - (1 - g)^n."""
        return 1 - (1 - self.false_share) ** self.audited


@dataclass(frozen=True, slots=True)
class Deviation:
    """A deviation: who, what instead of what, and when it does not pay.

    Args:
        name: stable identifier. actor: who deviates. instead_of, does: the honest and the deviating conduct.
        inequality: in letters. advantage: honest minus deviating pay-off, wei; ``>= 0`` is the inequality.
    """

    name: str
    actor: Role
    instead_of: str
    does: str
    inequality: str
    advantage: Callable[[Stakes], Fraction | int]

    def deterred(self, stakes: Stakes) -> bool:
        """Whether the deviation does not pay."""
        return self.advantage(stakes) >= 0


def deviation_inequalities() -> tuple[Deviation, ...]:
    """Every deviation of responder and requester."""
    return _RESPONDER + _REQUESTER


_SELL = "prove every batch, deliver what matches, reveal the key"
_BUY = "open, top up, acknowledge, complain about any fault"

_RESPONDER = (
    Deviation(
        "stay-out-responder", Role.RESPONDER, _SELL, "never accept", "F + mp >= NZ + m(c + w) + eps",
        lambda s: s.terms.base_fee + s.earned - s.z - s.terms.fee,
    ),
    Deviation(
        "look-and-decline", Role.RESPONDER, _SELL, "run the model plainly, decline when the matches hurt",
        "F + mp + NP >= NZ + m(c + w) + eps",
        lambda s: s.terms.base_fee + s.earned - s.z - s.terms.fee + s.look,
    ),
    Deviation(
        "withhold-match", Role.RESPONDER, _SELL, "prove all batches but the one that shows a match",
        "S + F + mp + NP >= m(c + w) + bZ",
        lambda s: s.terms.deposit + s.terms.base_fee + s.earned + s.look - s.terms.batch * s.terms.proving_cost,
    ),
    Deviation(
        "prove-nothing", Role.RESPONDER, _SELL, "accept, then prove nothing", "S + F + mp >= NZ + m(c + w)",
        lambda s: s.terms.deposit + s.terms.base_fee + s.earned - s.z,
    ),
    Deviation(
        "flip-bit", Role.RESPONDER, _SELL, "claim that a match is none, be refused, prove", "NP >= 0",
        lambda s: s.look,
    ),
    Deviation(
        "never-deliver", Role.RESPONDER, _SELL, "prove, take the base fee, deliver nothing", "m(p - c - w) >= 0",
        lambda s: s.earned,
    ),
    Deviation(
        "deliver-garbage", Role.RESPONDER, _SELL, "post a root, send other ciphertexts", "m(p - c - w) >= 0",
        lambda s: s.earned,
    ),
    Deviation(
        "swap-document", Role.RESPONDER, _SELL, "exchange one document for another content under the posted root",
        "q(S + mp) >= w", lambda s: s.vigilance * (s.terms.deposit + s.sale) - s.worth.disclosure,
    ),
    Deviation(
        "commit-false-view", Role.RESPONDER, "commit true views",
        "commit views that do not hash to what the circuit eats, in a share g of the documents",
        "(1 - (1 - g)^n) q(S + np) >= gain",
        lambda s: s.caught * s.vigilance * (s.terms.deposit + s.audited * s.terms.price) - s.hidden,
    ),
    Deviation(
        "never-reveal", Role.RESPONDER, _SELL, "take the receipt, keep the key (or reveal a wrong one)",
        "S + mp >= mw", lambda s: s.terms.deposit + s.sale - s.matches * s.worth.disclosure,
    ),
    Deviation(
        "reuse-key", Role.RESPONDER, _SELL, "encrypt under a key that is public already", "t mp >= 0",
        lambda s: s.leaves * s.sale,
    ),
)  # fmt: skip

_REQUESTER = (
    Deviation(
        "stay-out-requester", Role.REQUESTER, _BUY, "never open", "u + mv >= F + mp + eps",
        lambda s: s.worth.bits + s.gained - s.terms.base_fee - s.terms.fee,
    ),
    Deviation(
        "buy-bits-only", Role.REQUESTER, "stay out", "open to learn which documents match, then leave",
        "F + eps >= u", lambda s: s.terms.base_fee + s.terms.fee - s.worth.bits,
    ),
    Deviation(
        "never-top-up", Role.REQUESTER, _BUY, "leave when more than the cap match", "m(v - p) >= 0",
        lambda s: s.gained,
    ),
    Deviation(
        "never-acknowledge", Role.REQUESTER, _BUY, "take the ciphertexts, give no receipt", "m(v - p) >= 0",
        lambda s: s.gained,
    ),
    Deviation(
        "acknowledge-blindly", Role.REQUESTER, "give no receipt for ciphertexts not held", "acknowledge them unseen",
        "mp >= 0", lambda s: s.sale,
    ),
    Deviation(
        "complain-falsely", Role.REQUESTER, _BUY, "complain about what is as it was committed", "0 >= 0", lambda _: 0,
    ),
    Deviation(
        "keep-quiet", Role.REQUESTER, _BUY, "do not complain about a fault, or too late", "S + mp >= 0",
        lambda s: s.terms.deposit + s.sale,
    ),
    Deviation(
        "sham-sale", Role.REQUESTER, "no sale", "requester and responder are one, to buy a record", "2 eps >= r",
        lambda s: 2 * s.terms.fee - s.record_value,
    ),
)  # fmt: skip
