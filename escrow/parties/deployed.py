"""A circuit's contracts on chain, deployed at most once: what an earlier, interrupted run left there is found again."""

from __future__ import annotations

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from escrow.adapter import Halo2Adapter
from escrow.chain import Chain
from escrow.deployment import (
    CircuitDeployment,
    binding_code,
    check_deployment,
    deploy_circuit,
    expected_adapter_codehash,
)
from escrow.rpc import rpc_errors
from escrow.signers import Signer
from escrow.solc import CompiledVerifier
from proofs.encoding import keccak256
from proofs.halo2.description import CircuitDescription

# Transactions of the account looked through for its own deployments; between two runs of a publisher there are few.
LOOK_BACK = 64


def circuit_on_chain(
    chain: Chain, signer: Signer, compiled: CompiledVerifier, description: CircuitDescription
) -> CircuitDeployment:
    """The circuit's verifier and adapter: those the signer deployed lately if they are there, else new ones.

    Raises as ``deploy_circuit``.
    """
    binding, points, scale_bits = description.binding, description.points, description.format.scale_bits
    verifier = find_code(chain, signer.address, compiled.codehash)
    if verifier is None:
        return deploy_circuit(chain, signer, compiled, binding=binding, points=points, scale_bits=scale_bits)
    expected = expected_adapter_codehash(verifier, compiled.codehash, binding, points, scale_bits)
    adapter = find_code(chain, signer.address, expected)
    if adapter is None:
        adapter = Halo2Adapter.deploy(
            chain,
            signer,
            verifier=verifier,
            codehash=compiled.codehash,
            binding=binding_code(binding),
            points=points,
            scale_bits=scale_bits,
        ).address
    return check_deployment(chain, adapter, compiled.codehash, binding=binding, points=points, scale_bits=scale_bits)


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
