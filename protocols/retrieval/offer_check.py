"""The responder's check of an offer's words; the prover's side rebuilds the circuit and supplies its digests."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from protocols.prudence import BURN, MAX_STEP_S, fee_problems, window_problems
from protocols.retrieval.messages import Offer
from protocols.retrieval.terms import WINDOW_FIELDS, RetrievalTerms

LOCKED_WINDOWS = tuple(name for name in WINDOW_FIELDS if name != "accept_window")
"""Steps during which the responder's deposit is locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpectations:
    """What the responder knows for itself and compares an offer with; public.

    Args:
        model_id, weights_commitment, corpus_root, format_digest: its own. total, batch: of its corpus.
        verifier_codehash, vk_digest, settings_digest: from its own rebuild of the predicate's circuit (not looked at
            for a sample). srs_digests: allow-list. escrow: address. min_window: the escrow's, seconds.
        proving_cost, price: least it works for, wei per document. max_deposit: most it locks, wei, fee included.
        max_fee: most it pays as the fee, wei. tokens: allow-list of currencies (the zero address is ether).
        fee_recipients: allow-list. max_window_s: longest step after accepting, seconds.
    """

    model_id: bytes
    weights_commitment: bytes
    corpus_root: bytes
    format_digest: bytes
    total: int
    batch: int
    verifier_codehash: bytes
    vk_digest: bytes
    settings_digest: bytes
    srs_digests: frozenset[bytes]
    escrow: str
    min_window: int
    proving_cost: int
    price: int
    max_deposit: int
    max_fee: int
    tokens: frozenset[str]
    fee_recipients: frozenset[str] = frozenset({BURN})
    max_window_s: int = MAX_STEP_S


def offer_problems(offer: Offer, expected: OfferExpectations, now: int) -> tuple[str, ...]:
    """Every reason to refuse ``offer`` at chain time ``now`` (seconds), in words; empty when there is none."""
    terms = offer.terms
    problems = _digest_problems(offer, expected)
    if (terms.total, terms.batch) != (expected.total, expected.batch):
        found = f"{terms.total} documents in batches of {terms.batch}"
        problems.append(f"{found}; the corpus has {expected.total} in batches of {expected.batch}")
    problems += _money_problems(terms, expected)
    problems += fee_problems(terms.fee, terms.fee_recipient, expected.fee_recipients, expected.max_fee)
    problems += window_problems(terms, LOCKED_WINDOWS, expected.max_window_s)
    if now >= offer.valid_until:
        problems.append("the offer has lapsed")
    try:
        terms.check_against_escrow(expected.escrow, expected.min_window)
    except InvalidInput as error:
        problems.append(str(error))
    return tuple(problems)


def _digest_problems(offer: Offer, expected: OfferExpectations) -> list[str]:
    """Model, corpus and circuit are the responder's own; a sample has no circuit."""
    terms = offer.terms
    digests = [
        ("corpus", terms.corpus_root, expected.corpus_root),
        ("view format", terms.format_digest, expected.format_digest),
    ]
    problems = []
    if not terms.sampled:
        digests += [
            ("model", terms.model_id, expected.model_id),
            ("weights commitment", terms.weights_commitment, expected.weights_commitment),
            ("verifier code hash", terms.verifier_codehash, expected.verifier_codehash),
            ("verifying key", offer.vk_digest, expected.vk_digest),
            ("circuit settings", offer.settings_digest, expected.settings_digest),
        ]
        if terms.srs_digest not in expected.srs_digests:
            problems.append(f"set-up 0x{terms.srs_digest.hex()[:16]}.. is not on our allow-list")
    for name, offered, own in digests:
        if offered != own:
            problems.append(f"{name} 0x{offered.hex()[:16]}.. is not ours, 0x{own.hex()[:16]}..")
    return problems


def _money_problems(terms: RetrievalTerms, expected: OfferExpectations) -> list[str]:
    """Currency, prices and deposit the responder agrees with, and a base fee that covers work and fee.

    Nothing but the base fee counts as income: the price is due only after the requester's receipt, which it can refuse.
    """
    problems = []
    if terms.token not in expected.tokens:
        problems.append(f"token {terms.token} is not on our allow-list")
    if not terms.sampled and terms.proving_cost < expected.proving_cost:
        problems.append(f"proving cost {terms.proving_cost} wei is below ours, {expected.proving_cost}")
    if terms.price < expected.price:
        problems.append(f"price {terms.price} wei a document is below ours, {expected.price}")
    if terms.responder_funds > expected.max_deposit:
        problems.append(
            f"deposit and fee are {terms.responder_funds} wei, that is above our limit, {expected.max_deposit}"
        )
    work = 0 if terms.sampled else terms.total * expected.proving_cost
    spent, least = work + terms.fee, terms.base_fee
    if least < spent or (least == spent and not terms.sampled):
        problems.append(f"the work costs {work} wei and the fee {terms.fee}, at least {least} come in")
    return problems
