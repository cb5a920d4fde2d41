"""The tag that enters every proof of a job: the same words for every protocol, as the contracts' ``JobTag``."""

from __future__ import annotations

from proofs.encoding import abi_digest, domain
from protocols.solidity import address, uint


def compute_tag(chain_id: int, escrow_address: str, opener: str, accepter: str, model_id: bytes, nonce: int) -> bytes:
    """The 32-byte tag of a job: keccak256(abi.encode(D("assay/job-tag/v1"), chainid, escrow, opener, accepter,
    modelId, nonce)).

    Args:
        chain_id, escrow_address: where the job lives. opener, accepter: who opens it and who accepts it. model_id: 32
            bytes. nonce: the opener's; no (opener, accepter, model) may use one twice. All of it is public.
    """
    return abi_digest(
        ["bytes32", "uint256", "address", "address", "address", "bytes32", "uint256"],
        [
            domain("assay/job-tag/v1"),
            uint(chain_id, "chain_id", 256),
            address(escrow_address, "escrow_address"),
            opener,
            accepter,
            model_id,
            nonce,
        ],
    )
