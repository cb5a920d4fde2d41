"""The buyer's terms for one audit with a sample, drawn up the same way every time the same audit is asked for."""

from __future__ import annotations

from dataclasses import replace

from escrow.parties.listing import CheckedSampled
from proofs.commitment.test_set import TestSetCommitment
from proofs.encoding import abi_digest, domain
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.prudence import BURN
from protocols.sampled.terms import TERMS_ABI_TYPE, SampledTerms

NONCE_DOMAIN = domain("assay/sampled-nonce/v1")


def sampled_terms(
    checked: CheckedSampled,
    buyer: str,
    data: TestSetCommitment,
    *,
    sample: int,
    target: int,
    costs: Costs,
    window_s: int,
    fee_recipient: str = BURN,
    min_stake: int = 0,
    max_aborts: int = 0,
    nonce: int | None = None,
) -> SampledTerms:
    """Terms of an audit of ``checked``'s model on ``data`` with ``sample`` examples shown beforehand.

    Without ``nonce`` it is derived from all other terms, so that a buyer that was killed finds its job again.

    Args:
        buyer: the account that pays. sample: N1. target: A, right answers among the others the seller must prove.
        window_s: seconds each step may take. min_stake: wei. max_aborts: aborts on the model's record put up with.

    Raises:
        InvalidInput: terms that contradict each other; the message names the field.
    """
    terms = SampledTerms(
        buyer=buyer,
        seller="0x" + checked.listing.commitment.owner.hex(),
        model_id=checked.listing.commitment.model_id,
        nonce=nonce or 0,
        data_root=data.root,
        format_digest=data.format.digest,
        total=data.total,
        batch=data.format.batch,
        sample=sample,
        target=target,
        verifier=checked.deployment.adapter,
        verifier_codehash=checked.deployment.adapter_codehash,
        srs_digest=checked.description.srs_digest,
        example_cost=costs.example,
        proving_cost=costs.proving,
        inference_cost=costs.inference,
        fee=minimum_fee(sample, costs.inference),
        fee_recipient=fee_recipient,
        min_stake=min_stake,
        max_aborts=max_aborts,
        accept_window=window_s,
        hand_over_window=window_s,
        decide_window=window_s,
        key_window=window_s,
        complain_window=window_s,
        prove_window=window_s,
    )
    return terms if nonce is not None else replace(terms, nonce=derived_nonce(terms))


def derived_nonce(terms: SampledTerms) -> int:
    """64 bits of keccak256 over the terms with nonce 0."""
    digest = abi_digest(["bytes32", TERMS_ABI_TYPE], [NONCE_DOMAIN, replace(terms, nonce=0).as_abi_tuple()])
    return int.from_bytes(digest[:8], "big")
