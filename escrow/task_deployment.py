"""A task circuit's verifier on chain (inference, retrieval), and the check made of somebody else's."""

from __future__ import annotations

from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from escrow.artifacts import load
from escrow.chain import Chain
from escrow.code_check import immutable_word, require_code
from escrow.created import find_code
from escrow.deployment import binding_code
from escrow.outputs_adapter import Halo2OutputsAdapter
from escrow.signers import Signer, checked_address
from escrow.solc import CompiledVerifier
from proofs.halo2.task import TaskCircuit


@dataclass(frozen=True, slots=True)
class TaskDeployment:
    """A task circuit's two contracts; all of it is public.

    Attributes:
        verifier: the generated verifier's address. verifier_codehash: its code hash (32 bytes).
        adapter: the adapter's address: the ``verifier`` of a job's terms.
        adapter_codehash: its code hash: the ``verifierCodehash`` of a job's terms.
    """

    verifier: ChecksumAddress
    verifier_codehash: bytes
    adapter: ChecksumAddress
    adapter_codehash: bytes


def deploy_task(chain: Chain, signer: Signer, compiled: CompiledVerifier, circuit: TaskCircuit) -> TaskDeployment:
    """The circuit's verifier and adapter on chain: those the signer deployed lately if they are there, else new ones.

    Args:
        compiled: the verifier generated for ``circuit``.

    Raises:
        ResourceExceeded: the verifier is larger than a chain stores, or its deployment needs too much gas.
        CodeMismatch: the chain runs something else than was compiled.
        Reverted, ChainError: the chain refused.
    """
    verifier = find_code(chain, signer.address, compiled.codehash)
    if verifier is None:
        verifier, _ = chain.deploy(signer, compiled.abi, compiled.bytecode, step="verifier.deploy")
        require_code(chain, "the generated verifier", verifier, compiled.codehash)
    adapter = find_code(chain, signer.address, expected_task_codehash(verifier, compiled.codehash, circuit))
    if adapter is None:
        adapter = Halo2OutputsAdapter.deploy(
            chain,
            signer,
            verifier=verifier,
            codehash=compiled.codehash,
            binding=binding_code(circuit.binding),
            points=circuit.points,
        ).address
    return check_task(chain, adapter, compiled.codehash, circuit)


def expected_task_codehash(verifier_address: str, verifier_codehash: bytes, circuit: TaskCircuit) -> bytes:
    """Code hash of an honest adapter for ``circuit``, computed without any chain (32 bytes)."""
    return load("Halo2OutputsAdapter").runtime_codehash(
        {
            "halo2Verifier": checked_address(verifier_address),
            "halo2Codehash": verifier_codehash,
            "binding": binding_code(circuit.binding),
            "points": circuit.points,
        }
    )


def check_task(chain: Chain, adapter_address: str, verifier_codehash: bytes, circuit: TaskCircuit) -> TaskDeployment:
    """What either party runs on the other's contracts: both must be what it compiled from the circuit it rebuilt.

    Statement: extcodehash(adapter) and extcodehash(adapter's verifier) equal our own build's. The verifier's address is
    read from the adapter's code, which its hash then binds. Nothing of the other side's is executed.

    Args:
        adapter_address: the ``verifier`` of the job's terms.
        verifier_codehash: of the verifier compiled from the circuit we rebuilt.

    Raises:
        CodeMismatch: another circuit, other parameters, or not this project's adapter at all.
        ChainError: no contract there, or unreachable.
    """
    adapter = checked_address(adapter_address)
    word = immutable_word(load("Halo2OutputsAdapter"), "halo2Verifier", chain.code(adapter))
    verifier = checked_address(to_checksum_address(word[-20:]))
    expected = expected_task_codehash(verifier, verifier_codehash, circuit)
    require_code(chain, "the verifier adapter", adapter, expected)
    require_code(chain, "the generated verifier", verifier, verifier_codehash)
    return TaskDeployment(verifier, verifier_codehash, adapter, expected)
