"""Signed envelopes of protocol B: the only way from untrusted bytes to a typed, verified offer, acceptance or refusal.

Answers and receipts travel in their own, leaner form (``protocols.predictions.answers``); they can be put into an
envelope as well, with the very same signature.
"""

from __future__ import annotations

from typing import TypeVar

from proofs.errors import InvalidInput
from protocols.eip712 import Domain, decode_signed
from protocols.errors import MessageRejected
from protocols.predictions.messages import Acceptance, Answer, Decline, Offer, Receipt
from protocols.predictions.terms import PredictionTerms, job_id, job_tag
from protocols.signed_messages import check_job, check_signer, parse_message

M = TypeVar("M", Offer, Acceptance, Answer, Receipt, Decline)


def id_in(domain: Domain, terms: PredictionTerms) -> bytes:
    """The job id (32 bytes) of ``terms`` on the chain and escrow of ``domain``."""
    return job_id(job_tag(domain.chain_id, domain.escrow, terms), terms)


def open_offer(raw: bytes, domain: Domain, me: str) -> Offer:
    """Open an offer made to ``me``, the provider; the terms in it name the client, who must have signed it.

    Raises:
        MessageRejected: malformed, for another provider, a job id that is not that of the terms in this domain (so made
            for another chain or escrow), or not signed by the terms' client.
    """
    envelope = decode_signed(raw, "Offer")
    offer = parse_message(envelope, Offer)
    if offer.terms.provider != me:
        raise MessageRejected("recipient", f"this offer is to {offer.terms.provider}, not to {me}; drop it")
    check_job(offer, id_in(domain, offer.terms))
    check_signer(envelope, offer, domain, offer.terms.client)
    return offer


def open_message(raw: bytes, kind: type[M], domain: Domain, terms: PredictionTerms, me: str) -> M:
    """Open a message of the expected ``kind`` that the other party of ``terms`` sent to ``me``.

    Args:
        raw: untrusted envelope bytes. kind: the message class expected now. domain: chain and escrow of the job.
        terms: the job's terms. me: own address, client or provider of ``terms``.

    Raises:
        MessageRejected: malformed, of another kind, of another job, chain or escrow, signed by somebody else than the
            other party, or a kind the other party may not send.
    """
    other, role = (terms.provider, "provider") if me == terms.client else (terms.client, "client")
    if me not in (terms.client, terms.provider):
        raise InvalidInput(f"{me} is neither client nor provider of this job; use the key the terms name")
    envelope = decode_signed(raw, kind.__name__)
    message = parse_message(envelope, kind)
    if kind.SENDER not in (role, "either"):
        raise MessageRejected("role", f"a message {kind.__name__} comes from the {kind.SENDER}, the sender is {role}")
    check_job(message, id_in(domain, terms))
    check_signer(envelope, message, domain, other)
    return message
