"""A circuit's contracts on chain, deployed at most once: what an earlier, interrupted run left there is found again."""

from __future__ import annotations

from escrow.adapter import Halo2Adapter
from escrow.chain import Chain
from escrow.created import find_code
from escrow.deployment import (
    CircuitDeployment,
    binding_code,
    check_deployment,
    deploy_circuit,
    expected_adapter_codehash,
)
from escrow.signers import Signer
from escrow.solc import CompiledVerifier
from proofs.halo2.description import CircuitDescription


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
