"""The requester's terms for one retrieval, drawn up the same way every time the same retrieval is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from escrow.parties.corpus_check import CheckedCorpus
from proofs.encoding import abi_digest, domain
from proofs.predicate import THRESHOLD, Predicate
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.prudence import BURN
from protocols.retrieval.terms import TERMS_ABI_TYPE, WINDOW_FIELDS, RetrievalTerms
from protocols.retrieval.terms import Predicate as Kind
from protocols.solidity import ZERO_ADDRESS

NONCE_DOMAIN = domain("assay/retrieval-nonce/v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the requester asks for beside the predicate.

    Args:
        cap: matches paid for in advance; for a sample, documents drawn.
        window_s: seconds each step may take. complain_window_s: seconds for complaints (None: as every step).
        price: of a document sold (None: the listing's). proving_cost: Z (None: the listing's).
        base_fee: due once all is proven or drawn (None: the least, 2NZ; for a sample the responder's fee).
        deposit: the responder's (None: base fee or the price of the cap, whichever is more; with the fee it stays
            within the listing's most).
        fee: from each side (None: P * N / 99 in ether, nothing in a token). fee_recipient: who gets the fees.
        nonce: None derives it from all other terms.
    """

    cap: int
    window_s: int
    complain_window_s: int | None = None
    price: int | None = None
    proving_cost: int | None = None
    base_fee: int | None = None
    deposit: int | None = None
    fee: int | None = None
    fee_recipient: str = BURN
    nonce: int | None = None


def retrieval_terms(
    checked: CheckedCorpus, requester: str, predicate: Predicate | None, wishes: Wishes
) -> RetrievalTerms:
    """Terms of a retrieval of what satisfies ``predicate``, or of a random sample when there is none.

    Without a nonce among the wishes it is derived from all other terms: a requester that was killed and starts again
    with the same wishes finds its job again instead of paying for a second one. A second retrieval on the same terms
    needs a nonce of its own.

    Raises:
        InvalidInput: terms that contradict each other; the message names the field.
    """
    listing = checked.listing
    windows: dict[str, Any] = dict.fromkeys(WINDOW_FIELDS, wishes.window_s)
    if wishes.complain_window_s is not None:
        windows["complain_window"] = wishes.complain_window_s
    terms = RetrievalTerms(
        requester=requester,
        responder=listing.responder,
        model_id=listing.model.model_id,
        weights_commitment=listing.model.weights_commitment,
        nonce=wishes.nonce or 0,
        corpus_root=listing.corpus.root,
        format_digest=listing.corpus.format.digest,
        total=listing.corpus.total,
        batch=listing.corpus.format.batch,
        token=listing.prices.token,
        cap=wishes.cap,
        fee_recipient=wishes.fee_recipient,
        **_question(checked, predicate),
        **_amounts(checked, predicate, wishes),
        **windows,
    )
    return terms if wishes.nonce is not None else replace(terms, nonce=derived_nonce(terms))


def predicate_of(terms: RetrievalTerms) -> Predicate | None:
    """The predicate that terms ask for; None for a sample."""
    if terms.sampled:
        return None
    if terms.predicate == Kind.THRESHOLD:
        return Predicate(THRESHOLD, terms.selected, terms.threshold)
    return Predicate("class", terms.selected)


def derived_nonce(terms: RetrievalTerms) -> int:
    """64 bits of keccak256 over the terms with nonce 0."""
    digest = abi_digest(["bytes32", TERMS_ABI_TYPE], [NONCE_DOMAIN, replace(terms, nonce=0).as_abi_tuple()])
    return int.from_bytes(digest[:8], "big")


def _question(checked: CheckedCorpus, predicate: Predicate | None) -> dict[str, Any]:
    """The fields that say what is proven, and by which contract."""
    if predicate is None:
        nothing = dict.fromkeys(("outputs", "selected", "threshold", "scale_bits"), 0)
        empty = {"verifier": ZERO_ADDRESS, "verifier_codehash": bytes(32), "srs_digest": bytes(32)}
        return {"predicate": Kind.SAMPLE, **nothing, **empty}
    found = checked.circuit_of(predicate)
    predicate.words(found.circuit.outputs, found.circuit.scale_bits)
    return {
        "predicate": Kind.CLASS if predicate.threshold is None else Kind.THRESHOLD,
        "outputs": found.circuit.outputs,
        "selected": predicate.selected,
        "threshold": predicate.threshold or 0,
        "scale_bits": found.circuit.scale_bits,
        "verifier": found.deployment.adapter,
        "verifier_codehash": found.deployment.adapter_codehash,
        "srs_digest": found.circuit.srs_digest,
    }


def _amounts(checked: CheckedCorpus, predicate: Predicate | None, wishes: Wishes) -> dict[str, Any]:
    """The money, with the listing's prices where nothing else is wished."""
    prices, total = checked.listing.prices, checked.listing.corpus.total
    proving = 0 if predicate is None else _or(wishes.proving_cost, prices.proving_cost)
    price = _or(wishes.price, prices.price)
    fee = _or(wishes.fee, minimum_fee(total, Costs().inference) if prices.token == ZERO_ADDRESS else 0)
    base_fee = _or(wishes.base_fee, fee if predicate is None else 2 * total * proving)
    worth_hiding = min(wishes.cap * price, prices.max_deposit - fee)
    return {
        "proving_cost": proving,
        "base_fee": base_fee,
        "price": price,
        "deposit": _or(wishes.deposit, max(base_fee, worth_hiding, 1)),
        "fee": fee,
    }


def _or(wished: int | None, otherwise: int) -> int:
    return otherwise if wished is None else wished
