"""The buyer's terms for one audit of a listed model, drawn up the same way every time the same audit is asked for."""

from __future__ import annotations

from dataclasses import replace

from escrow.parties.listing import Checked
from proofs.commitment.test_set import TestSetCommitment
from proofs.encoding import abi_digest, domain
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.accuracy.terms import TERMS_ABI_TYPE, AccuracyTerms
from protocols.prudence import BURN

NONCE_DOMAIN = domain("assay/audit-nonce/v1")


def audit_terms(
    checked: Checked,
    buyer: str,
    data: TestSetCommitment,
    *,
    target: int,
    costs: Costs,
    window_s: int,
    fee_recipient: str = BURN,
    min_stake: int = 0,
    max_aborts: int = 0,
    nonce: int | None = None,
) -> AccuracyTerms:
    """Terms of an audit of ``checked``'s model on ``data``.

    Without ``nonce`` it is derived from all other terms: a buyer that was killed and starts again with the same wishes
    finds its job again instead of paying for a second one. A second audit on the same terms needs a nonce of its own.

    Args:
        buyer: the account that pays. target: A, right answers the seller must prove.
        window_s: seconds each step may take. min_stake: wei. max_aborts: aborts on the model's record put up with.

    Raises:
        InvalidInput: terms that contradict each other; the message names the field.
    """
    terms = AccuracyTerms(
        buyer=buyer,
        seller="0x" + checked.listing.commitment.owner.hex(),
        model_id=checked.listing.commitment.model_id,
        nonce=nonce or 0,
        data_root=data.root,
        format_digest=data.format.digest,
        total=data.total,
        batch=data.format.batch,
        target=target,
        verifier=checked.deployment.adapter,
        verifier_codehash=checked.deployment.adapter_codehash,
        srs_digest=checked.description.srs_digest,
        example_cost=costs.example,
        proving_cost=costs.proving,
        inference_cost=costs.inference,
        fee=minimum_fee(data.total, costs.inference),
        fee_recipient=fee_recipient,
        min_stake=min_stake,
        max_aborts=max_aborts,
        accept_window=window_s,
        hand_over_window=window_s,
        decide_window=window_s,
        prove_window=window_s,
    )
    return terms if nonce is not None else replace(terms, nonce=derived_nonce(terms))


def derived_nonce(terms: AccuracyTerms) -> int:
    """64 bits of keccak256 over the terms with nonce 0."""
    digest = abi_digest(["bytes32", TERMS_ABI_TYPE], [NONCE_DOMAIN, replace(terms, nonce=0).as_abi_tuple()])
    return int.from_bytes(digest[:8], "big")
