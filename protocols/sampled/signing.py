"""Opening the messages of protocol A': the only way from untrusted bytes to a typed, verified message."""

from __future__ import annotations

from typing import TypeVar

from proofs.errors import InvalidInput
from protocols.eip712 import Domain, decode_signed
from protocols.errors import MessageRejected
from protocols.sampled.messages import Acceptance, Decline, HandOverNotice, Offer, RestKey
from protocols.sampled.terms import SampledTerms, job_id, job_tag
from protocols.signed_messages import check_job, check_signer, parse_message

M = TypeVar("M", Acceptance, HandOverNotice, RestKey, Decline)


def id_in(domain: Domain, terms: SampledTerms) -> bytes:
    """The job id (32 bytes) of ``terms`` on the chain and escrow of ``domain``."""
    return job_id(job_tag(domain.chain_id, domain.escrow, terms), terms)


def open_offer(raw: bytes, domain: Domain, me: str) -> Offer:
    """Open an offer made to ``me``, the seller; the terms in it name the buyer, who must have signed it.

    Raises:
        MessageRejected: malformed, for another seller, a job id that is not that of the terms in this domain (so made
            for another chain or escrow), or not signed by the terms' buyer.
    """
    envelope = decode_signed(raw, "Offer")
    offer = parse_message(envelope, Offer)
    if offer.terms.seller != me:
        raise MessageRejected("recipient", f"this offer is to {offer.terms.seller}, not to {me}; pass it on or drop it")
    check_job(offer, id_in(domain, offer.terms))
    check_signer(envelope, offer, domain, offer.terms.buyer)
    return offer


def open_message(raw: bytes, kind: type[M], domain: Domain, terms: SampledTerms, me: str) -> M:
    """Open a message of the expected ``kind`` that the other party of ``terms`` sent to ``me``.

    Args:
        raw: untrusted envelope bytes. kind: the message class expected now. domain: chain and escrow of the job.
        terms: the job's terms. me: own address, buyer or seller of ``terms``.

    Raises:
        MessageRejected: malformed, of another kind, of another job, chain or escrow, signed by somebody else than the
            other party, or a kind the other party may not send.
    """
    if me not in (terms.buyer, terms.seller):
        raise InvalidInput(f"{me} is neither buyer nor seller of this job; use the key the terms name")
    other, role = (terms.seller, "seller") if me == terms.buyer else (terms.buyer, "buyer")
    envelope = decode_signed(raw, kind.__name__)
    message = parse_message(envelope, kind)
    if kind.SENDER not in (role, "either"):
        raise MessageRejected("role", f"a {kind.__name__} comes from the {kind.SENDER}, the other side is the {role}")
    check_job(message, id_in(domain, terms))
    check_signer(envelope, message, domain, other)
    return message
