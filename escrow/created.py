"""Contracts an account has created, found again by their code: what an interrupted run left is not deployed twice."""

from __future__ import annotations

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from escrow.chain import Chain
from escrow.rpc import rpc_errors
from proofs.encoding import keccak256

# Transactions of the account looked through for its own deployments; between two runs of a publisher there are few.
LOOK_BACK = 64


def find_code(chain: Chain, deployer: str, codehash: bytes) -> ChecksumAddress | None:
    """The newest contract of ``deployer`` with this code hash (32 bytes) among its last transactions, or None."""
    with rpc_errors(chain.url, "counting transactions", chain.errors):
        nonce = int(chain.w3.eth.get_transaction_count(to_checksum_address(deployer), "latest"))
    for used in range(nonce - 1, max(nonce - 1 - LOOK_BACK, -1), -1):
        address = created_address(deployer, used)
        if keccak256(chain.code(address)) == codehash:
            return address
    return None


def created_address(deployer: str, nonce: int) -> ChecksumAddress:
    """Address of the contract that ``deployer`` creates with transaction ``nonce``.

    Statement: the last 20 bytes of keccak256(rlp([deployer, nonce])) (yellow paper, section 7).
    """
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    encoded = number if nonce in range(1, 128) else bytes([0x80 + len(number)]) + number
    fields = b"\x94" + bytes.fromhex(deployer.removeprefix("0x")) + encoded
    return to_checksum_address(keccak256(bytes([0xC0 + len(fields)]) + fields)[-20:])
