"""The seller's check of an offer of protocol A'; the prover's side supplies the digests of its own rebuild."""

from __future__ import annotations

from protocols.accuracy.offer_check import OfferExpectations, audit_problems
from protocols.sampled.messages import Offer

__all__ = ["LOCKED_WINDOWS", "OfferExpectations", "offer_problems"]
LOCKED_WINDOWS = ("hand_over_window", "decide_window", "key_window", "complain_window", "prove_window")
"""Steps during which the seller's deposit is locked."""


def offer_problems(offer: Offer, expected: OfferExpectations, now: int) -> tuple[str, ...]:
    """Every reason to refuse ``offer`` at chain time ``now`` (seconds), in words; empty when there is none."""
    terms = offer.terms
    earned = terms.abort_fee + terms.rest * (terms.proving_cost - terms.inference_cost)
    return audit_problems(offer, expected, now, LOCKED_WINDOWS, earned)
