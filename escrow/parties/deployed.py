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
from escrow.reusable import ReusableCircuit, check_reusable, reusable_on_chain
from escrow.signers import Signer
from escrow.solc import CompiledVerifier, compile_verifier
from proofs.halo2.artefacts import Artefacts
from proofs.halo2.description import CircuitDescription
from proofs.halo2.runner import Progress

OwnBuild = CompiledVerifier | ReusableCircuit
"""What must be on chain for a circuit: a verifier of its own, or its key for the one all circuits share."""


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


def own_build(
    description: CircuitDescription, artefacts: Artefacts, reusable: bool, progress: Progress | None = None
) -> OwnBuild:
    """This party's own build of a circuit's contracts. Raises as ``compile_verifier`` and ``reusable_key``."""
    if reusable:
        return ReusableCircuit.of(description, artefacts, progress)
    return compile_verifier(artefacts.verifier_source)


def put_on_chain(
    chain: Chain, signer: Signer, own: OwnBuild, description: CircuitDescription, verifier: str | None
) -> CircuitDeployment:
    """The circuit's contracts, deployed or found again; ``verifier`` is a shared one already there."""
    if isinstance(own, ReusableCircuit):
        return reusable_on_chain(chain, signer, own, verifier)
    return circuit_on_chain(chain, signer, own, description)


def check_on_chain(chain: Chain, adapter: str, own: OwnBuild, description: CircuitDescription) -> CircuitDeployment:
    """Compare everything at and behind ``adapter`` with one's own build. Raises CodeMismatch, ChainError."""
    if isinstance(own, ReusableCircuit):
        return check_reusable(chain, adapter, own)
    binding, points, scale_bits = description.binding, description.points, description.format.scale_bits
    return check_deployment(chain, adapter, own.codehash, binding=binding, points=points, scale_bits=scale_bits)
