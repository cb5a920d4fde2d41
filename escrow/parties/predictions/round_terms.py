"""The client's terms for one round, drawn up the same way every time the same round is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from escrow.parties.predictions.check import CheckedRounds
from proofs.encoding import abi_digest, domain
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.predictions.terms import MIN_BETA, TERMS_ABI_TYPE, PredictionTerms
from protocols.prudence import BURN
from protocols.solidity import ZERO_ADDRESS

NONCE_DOMAIN = domain("assay/prediction-nonce/v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundWishes:
    """What the client asks for.

    Args:
        round: K, questions. contests: K1, most answers to contest.
        round_window_s: seconds to ask and contest. prove_window_s, accept_window_s: seconds for the proofs, and to
            accept (None: as the round).
        beta: the provider deposits beta*K*Z. price: of an answer (None: the listing's). proving_cost: Z (None: the
            listing's). fee: from each side (None: P * K / 99 in ether, nothing in a token). fee_recipient: who gets it.
        nonce: None derives it from all other terms.
    """

    round: int
    contests: int
    round_window_s: int
    prove_window_s: int | None = None
    accept_window_s: int | None = None
    beta: int = MIN_BETA
    price: int | None = None
    proving_cost: int | None = None
    fee: int | None = None
    fee_recipient: str = BURN
    nonce: int | None = None


def round_terms(checked: CheckedRounds, client: str, wishes: RoundWishes) -> PredictionTerms:
    """Terms of a round with the listed model.

    Without a nonce among the wishes it is derived from all other terms: a client that was killed and starts again with
    the same wishes finds its job again instead of paying for a second one. A second round on the same terms needs a
    nonce of its own.

    Raises:
        InvalidInput: terms that contradict each other; the message names the field.
    """
    listing, circuit, deployed = checked.listing, checked.circuit.circuit, checked.circuit.deployment
    prices = listing.prices
    ether_fee = minimum_fee(wishes.round, Costs().inference) if prices.token == ZERO_ADDRESS else 0
    terms = PredictionTerms(
        client=client,
        provider=listing.provider,
        model_id=listing.model.model_id,
        weights_commitment=listing.model.weights_commitment,
        nonce=wishes.nonce or 0,
        format_digest=checked.view.digest,
        round=wishes.round,
        contests=wishes.contests,
        outputs=circuit.outputs,
        verifier=deployed.adapter,
        verifier_codehash=deployed.adapter_codehash,
        srs_digest=circuit.srs_digest,
        token=prices.token,
        proving_cost=_or(wishes.proving_cost, prices.proving_cost),
        answer_price=_or(wishes.price, prices.price),
        beta=wishes.beta,
        fee=_or(wishes.fee, ether_fee),
        fee_recipient=wishes.fee_recipient,
        accept_window=_or(wishes.accept_window_s, wishes.round_window_s),
        round_window=wishes.round_window_s,
        prove_window=_or(wishes.prove_window_s, wishes.round_window_s),
    )
    return terms if wishes.nonce is not None else replace(terms, nonce=derived_nonce(terms))


def derived_nonce(terms: PredictionTerms) -> int:
    """64 bits of keccak256 over the terms with nonce 0."""
    digest = abi_digest(["bytes32", TERMS_ABI_TYPE], [NONCE_DOMAIN, replace(terms, nonce=0).as_abi_tuple()])
    return int.from_bytes(digest[:8], "big")


def _or(wished: int | None, otherwise: int) -> int:
    return otherwise if wished is None else wished
