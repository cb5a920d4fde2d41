"""The seller's check of an offer's words; the circuit is rebuilt on the prover's side, which supplies the digests."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from protocols.accuracy.messages import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpectations:
    """What the seller knows for itself and compares an offer with; public.

    Args:
        model_id, format_digest: as registered. verifier_codehash, vk_digest, settings_digest: from the seller's own
            rebuild. srs_digests: allow-list. escrow: address. min_window: the escrow's, seconds.
        fee_recipients: allow-list, empty for any address that is neither party.
    """

    model_id: bytes
    format_digest: bytes
    verifier_codehash: bytes
    vk_digest: bytes
    settings_digest: bytes
    srs_digests: frozenset[bytes]
    escrow: str
    min_window: int
    fee_recipients: frozenset[str] = frozenset()


def offer_problems(offer: Offer, expected: OfferExpectations, now: int) -> tuple[str, ...]:
    """Every reason to refuse ``offer`` at chain time ``now`` (seconds), in words; empty when there is none."""
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
    if expected.fee_recipients and terms.fee_recipient not in expected.fee_recipients:
        problems.append(f"fee recipient {terms.fee_recipient} is not on our allow-list")
    if now >= offer.valid_until:
        problems.append("the offer has lapsed")
    earned, fee = terms.total * (terms.proving_cost - terms.inference_cost), terms.fee
    if earned <= fee:
        problems.append(f"the work earns {earned} wei at most, the fee takes {fee}")
    try:
        terms.check_against_escrow(expected.escrow, expected.min_window)
    except InvalidInput as error:
        problems.append(str(error))
    return tuple(problems)
