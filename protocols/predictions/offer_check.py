"""The provider's check of an offer: the words are its own circuit's, and it can't lose by serving honestly."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.wording import counted
from protocols.predictions.messages import Offer
from protocols.predictions.terms import PredictionTerms
from protocols.prudence import BURN, MAX_STEP_S, fee_problems, window_problems
from protocols.solidity import ZERO_ADDRESS

LOCKED_WINDOWS = ("round_window", "prove_window")
"""Steps during which the provider's deposit is locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpectations:
    """What the provider knows for itself and compares an offer with; public but for the costs.

    Args:
        model_id, weights_commitment, format_digest, outputs: as published. verifier_codehash, vk_digest,
            settings_digest: of its own circuit. srs_digests: allow-list. escrow: address. min_window: the escrow's, s.
        inference_cost, proving_cost: P and z, wei it really costs to run and to prove one input, gas included.
        prove_s: seconds one proof takes until it is on chain. margin_s: seconds kept in reserve.
        proofs_left: proofs the commitment's budget still allows, None for no budget.
        max_deposit: most it locks in one job, fee included. max_fee: most it pays as the fee.
        tokens: tokens it takes; the zero address stands for ether. fee_recipients: allow-list.
        max_window_s: longest step after accepting, seconds.
        client_has_code: the client's address holds code, so that it could disown its receipts.
    """

    model_id: bytes
    weights_commitment: bytes
    format_digest: bytes
    outputs: int
    verifier_codehash: bytes
    vk_digest: bytes
    settings_digest: bytes
    srs_digests: frozenset[bytes]
    escrow: str
    min_window: int
    inference_cost: int
    proving_cost: int
    prove_s: int
    margin_s: int
    max_fee: int
    proofs_left: int | None = None
    max_deposit: int | None = None
    tokens: frozenset[str] = frozenset({ZERO_ADDRESS})
    fee_recipients: frozenset[str] = frozenset({BURN})
    max_window_s: int = MAX_STEP_S
    client_has_code: bool = False


def offer_problems(offer: Offer, expected: OfferExpectations, now: int) -> tuple[str, ...]:
    """Every reason to refuse ``offer`` at chain time ``now`` (seconds), in words; empty when there is none."""
    problems = [*_words(offer, expected), *_risks(offer.terms, expected)]
    if now >= offer.valid_until:
        problems.append("the offer has lapsed")
    try:
        offer.terms.check_against_escrow(expected.escrow, expected.min_window)
    except InvalidInput as error:
        problems.append(str(error))
    return tuple(problems)


def _words(offer: Offer, expected: OfferExpectations) -> list[str]:
    """Digests that are not the provider's own, addresses it does not deal with."""
    terms = offer.terms
    digests = (
        ("model", terms.model_id, expected.model_id),
        ("weights commitment", terms.weights_commitment, expected.weights_commitment),
        ("input format", terms.format_digest, expected.format_digest),
        ("verifier code hash", terms.verifier_codehash, expected.verifier_codehash),
        ("verifying key", offer.vk_digest, expected.vk_digest),
        ("circuit settings", offer.settings_digest, expected.settings_digest),
    )
    problems = [
        f"{name} 0x{offered.hex()[:16]}.. is not ours, 0x{own.hex()[:16]}.." for name, offered, own in digests
        if offered != own
    ]  # fmt: skip
    if terms.outputs != expected.outputs:
        problems.append(f"the model has {expected.outputs} outputs, the offer says {terms.outputs}")
    if terms.srs_digest not in expected.srs_digests:
        problems.append(f"set-up 0x{terms.srs_digest.hex()[:16]}.. is not on our allow-list")
    if terms.token not in expected.tokens:
        problems.append(f"token {terms.token} is not one we take")
    if expected.client_has_code:
        problems.append(f"client {terms.client} is a contract, which could disown its receipts; use a plain account")
    return problems


def _risks(terms: PredictionTerms, expected: OfferExpectations) -> list[str]:
    """What an honest provider could lose by: fee, price, proofs dearer than 2Z, too many of them for time or budget.

    That the answers could earn the fee does not bound it: a client that signs no receipt pays for none of them.
    """
    problems = fee_problems(terms.fee, terms.fee_recipient, expected.fee_recipients, expected.max_fee)
    problems += window_problems(terms, LOCKED_WINDOWS, expected.max_window_s)
    if terms.round * (terms.answer_price - expected.inference_cost) < terms.fee:
        earned = terms.round * (terms.answer_price - expected.inference_cost)
        problems.append(f"the answers earn {earned} wei at most, the fee takes {terms.fee}")
    if terms.contest_cost < expected.proving_cost:
        problems.append(f"a contest pays {terms.contest_cost} wei, a proof costs us {expected.proving_cost}")
    needed_s = terms.contests * expected.prove_s + expected.margin_s
    if needed_s > terms.prove_window:
        wanted = "1 proof takes" if terms.contests == 1 else f"{terms.contests} proofs take"
        problems.append(f"{wanted} {needed_s} s with margin, the window is {terms.prove_window} s")
    if expected.proofs_left is not None and terms.contests > expected.proofs_left:
        left = counted(expected.proofs_left, "proof")
        problems.append(f"{counted(terms.contests, 'contest')}, the commitment's budget allows {left}")
    if expected.max_deposit is not None and terms.provider_funds > expected.max_deposit:
        problems.append(f"the deposit is {terms.provider_funds} wei, we lock {expected.max_deposit} at most")
    return problems
