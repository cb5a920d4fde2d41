"""The seller's check of an offer's words; the circuit is rebuilt on the prover's side, which supplies the digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from proofs.errors import InvalidInput
from protocols.accuracy.messages import Offer
from protocols.prudence import BURN, MAX_STEP_S, fee_problems, window_problems

LOCKED_WINDOWS = ("hand_over_window", "decide_window", "prove_window")
"""Steps during which the seller's deposit is locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpectations:
    """What the seller knows for itself and compares an offer with; public.

    Args:
        model_id, format_digest: as registered. verifier_codehash, vk_digest, settings_digest: from the seller's own
            rebuild. srs_digests: allow-list. escrow: address. min_window: the escrow's, seconds.
        max_fee: most it pays as the fee, wei; what it earns pays for the fee only if it does not abort.
        fee_recipients: allow-list. max_window_s: longest step after accepting, seconds.
    """

    model_id: bytes
    format_digest: bytes
    verifier_codehash: bytes
    vk_digest: bytes
    settings_digest: bytes
    srs_digests: frozenset[bytes]
    escrow: str
    min_window: int
    max_fee: int
    fee_recipients: frozenset[str] = frozenset({BURN})
    max_window_s: int = MAX_STEP_S


class AnyTerms(Protocol):
    """Terms of an accuracy job, with a sample or without."""

    @property
    def model_id(self) -> bytes: ...
    @property
    def format_digest(self) -> bytes: ...
    @property
    def verifier_codehash(self) -> bytes: ...
    @property
    def srs_digest(self) -> bytes: ...
    @property
    def fee(self) -> int: ...
    @property
    def fee_recipient(self) -> str: ...

    def check_against_escrow(self, escrow_address: str, min_window: int) -> None: ...


class AnyOffer(Protocol):
    """An offer of an accuracy job, with a sample or without."""

    @property
    def terms(self) -> AnyTerms: ...
    @property
    def vk_digest(self) -> bytes: ...
    @property
    def settings_digest(self) -> bytes: ...
    @property
    def valid_until(self) -> int: ...


def offer_problems(offer: Offer, expected: OfferExpectations, now: int) -> tuple[str, ...]:
    """Every reason to refuse ``offer`` at chain time ``now`` (seconds), in words; empty when there is none."""
    earned = offer.terms.total * (offer.terms.proving_cost - offer.terms.inference_cost)
    return audit_problems(offer, expected, now, LOCKED_WINDOWS, earned)


def audit_problems(
    offer: AnyOffer, expected: OfferExpectations, now: int, locked: tuple[str, ...], earned: int
) -> tuple[str, ...]:
    """Every reason to refuse an offer of an accuracy job.

    Args:
        now: chain time, seconds. locked: windows of the steps during which the seller's deposit is locked.
        earned: wei a met target leaves the seller after its own costs, before the fee.
    """
    terms = offer.terms
    problems = []
    digests = (
        ("model", terms.model_id, expected.model_id),
        ("input format", terms.format_digest, expected.format_digest),
        ("verifier code hash", terms.verifier_codehash, expected.verifier_codehash),
        ("verifying key", offer.vk_digest, expected.vk_digest),
        ("circuit settings", offer.settings_digest, expected.settings_digest),
    )
    for name, offered, own in digests:
        if offered != own:
            problems.append(f"{name} 0x{offered.hex()[:16]}.. is not ours, 0x{own.hex()[:16]}..")
    if terms.srs_digest not in expected.srs_digests:
        problems.append(f"set-up 0x{terms.srs_digest.hex()[:16]}.. is not on our allow-list")
    problems += fee_problems(terms.fee, terms.fee_recipient, expected.fee_recipients, expected.max_fee)
    problems += window_problems(terms, LOCKED_WINDOWS, expected.max_window_s)
    if now >= offer.valid_until:
        problems.append("the offer has lapsed")
    if earned <= terms.fee:
        problems.append(f"the work earns {earned} wei at most, the fee takes {terms.fee}")
    try:
        terms.check_against_escrow(expected.escrow, expected.min_window)
    except InvalidInput as error:
        problems.append(str(error))
    return tuple(problems)
