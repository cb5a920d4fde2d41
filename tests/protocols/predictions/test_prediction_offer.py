"""The provider's check of an offer: each foreign digest and each way to lose by serving honestly is a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prediction_samples import ESCROW, FEE, FEE_RECIPIENT, JOB_ID, PRICE, STRANGER, TERMS, K, P, Z, terms_with

from protocols.predictions.messages import Offer
from protocols.predictions.offer_check import OfferExpectations, offer_problems

OFFER = Offer(job_id=JOB_ID, terms=TERMS, vk_digest=b"\x06" * 32, settings_digest=b"\x07" * 32, valid_until=99)
OURS = OfferExpectations(
    model_id=TERMS.model_id,
    weights_commitment=TERMS.weights_commitment,
    format_digest=TERMS.format_digest,
    outputs=TERMS.outputs,
    verifier_codehash=TERMS.verifier_codehash,
    vk_digest=OFFER.vk_digest,
    settings_digest=OFFER.settings_digest,
    srs_digests=frozenset({TERMS.srs_digest}),
    escrow=ESCROW,
    min_window=100,
    inference_cost=P,
    proving_cost=Z,
    prove_s=100,
    margin_s=100,
    max_fee=FEE,
)
RICH = replace(OURS, max_fee=10**30)
WEEK_S = 7 * 86_400


def test_a_good_offer_has_no_problem() -> None:
    assert offer_problems(OFFER, OURS, 98) == ()
    picky = replace(OURS, fee_recipients=frozenset({FEE_RECIPIENT}), proofs_left=2, max_deposit=TERMS.provider_funds)
    assert offer_problems(OFFER, picky, 98) == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"model_id": bytes(32)}, "model"),
        ({"weights_commitment": bytes(32)}, "weights"),
        ({"format_digest": bytes(32)}, "format"),
        ({"outputs": 3}, "outputs"),
        ({"verifier_codehash": b"\x01" * 32}, "code hash"),
        ({"vk_digest": bytes(32)}, "verifying key"),
        ({"settings_digest": bytes(32)}, "settings"),
        ({"srs_digests": frozenset()}, "set-up"),
        ({"tokens": frozenset({"0x" + "77" * 20})}, "token"),
        ({"fee_recipients": frozenset({ESCROW})}, "fee recipient"),
        ({"client_has_code": True}, "disown"),
        ({"min_window": 101}, "accept_window"),
        ({"escrow": FEE_RECIPIENT}, "fee_recipient"),
        ({"max_fee": FEE - 1}, f"fee {FEE} wei is above our limit, {FEE - 1}"),
        ({"max_window_s": 299}, "prove_window is 300 s, we lock our money for 299 s"),
        ({"inference_cost": PRICE - 1}, "the fee takes"),
        ({"proving_cost": 2 * Z + 1}, "a contest pays"),
        ({"prove_s": 101}, "the window is"),
        ({"margin_s": 101}, "the window is"),
        ({"proofs_left": 1}, "budget"),
        ({"max_deposit": TERMS.provider_funds - 1}, "deposit"),
    ],
)
def test_every_reason(changes: dict[str, object], word: str) -> None:
    problems = offer_problems(OFFER, replace(OURS, **changes), 98)
    assert len(problems) == 1 and word in problems[0]


def test_lapsed_offers_and_several_reasons() -> None:
    assert offer_problems(OFFER, OURS, 99) == ("the offer has lapsed",)
    dear = replace(OFFER, terms=terms_with(fee=K * (PRICE - P) + 1, srs_digest=bytes(32)))
    assert len(offer_problems(dear, RICH, 99)) == 3
    assert offer_problems(replace(OFFER, terms=terms_with(fee=K * (PRICE - P))), RICH, 98) == ()


def test_a_client_that_asks_nothing_cannot_fetch_the_fee() -> None:
    """The answers could earn more than the fee, but without a receipt they earn nothing."""
    trap = replace(OFFER, terms=terms_with(answer_price=10**18, fee=10**18, fee_recipient=STRANGER))
    found = offer_problems(trap, OURS, 98)
    assert len(found) == 2 and f"fee recipient {STRANGER} is not on our allow-list" in found[0]
    assert f"fee {10**18} wei is above our limit, {FEE}" in found[1]
    assert offer_problems(trap, replace(RICH, fee_recipients=frozenset({STRANGER})), 98) == ()


def test_clocks_that_lock_the_deposit_are_bounded() -> None:
    week = terms_with(accept_window=365 * 86_400, round_window=WEEK_S, prove_window=WEEK_S)
    assert offer_problems(replace(OFFER, terms=week), OURS, 98) == ()  # nothing is locked before accepting
    for name in ("round_window", "prove_window"):
        (found,) = offer_problems(replace(OFFER, terms=replace(week, **{name: WEEK_S + 1})), OURS, 98)
        assert found == f"{name} is 604801 s, we lock our money for 604800 s a step at most"
