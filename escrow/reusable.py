"""A circuit behind the verifier all circuits share: deployed, found again, and checked by whoever did not deploy it."""

from __future__ import annotations

from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from escrow.artifacts import load
from escrow.chain import Chain
from escrow.code_check import immutable_word, require_code
from escrow.created import find_code
from escrow.deployment import CircuitDeployment, binding_code
from escrow.reusable_adapter import Halo2ReusableAdapter
from escrow.signers import Signer, checked_address
from escrow.solc import CompiledVerifier, compile_verifier
from proofs.encoding import keccak256
from proofs.halo2.artefacts import Artefacts
from proofs.halo2.description import CircuitDescription
from proofs.halo2.reusable import ReusableKey, reusable_key
from proofs.halo2.runner import Progress

# Creation code that stores what follows it: PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE (zero), CODECOPY,
# RETURNDATASIZE, RETURN: ten bytes.
_STORE_HEAD, _STORE_TAIL = b"\x61", bytes.fromhex("80600a3d393df3")


@dataclass(frozen=True, slots=True)
class ReusableCircuit:
    """What one party's own build of a circuit says must be on chain. Public.

    Args:
        shared: the shared verifier, compiled. key: the circuit's verifying key.
        binding, points, scale_bits: as in the circuit's description.
    """

    shared: CompiledVerifier
    key: ReusableKey
    binding: str
    points: int
    scale_bits: int

    @classmethod
    def of(
        cls, description: CircuitDescription, artefacts: Artefacts, progress: Progress | None = None
    ) -> ReusableCircuit:
        """Built from one's own keys. Raises as ``reusable_key`` and ``compile_verifier``."""
        key = reusable_key(artefacts, progress)
        shared = compile_verifier(key.source)
        return cls(shared, key, description.binding, description.points, description.format.scale_bits)


def deploy_shared(chain: Chain, signer: Signer, shared: CompiledVerifier) -> ChecksumAddress:
    """The shared verifier: the one the signer deployed lately, else a new one. Once for a chain is enough.

    Raises CodeMismatch where the chain stores something else; Reverted, ChainError.
    """
    known = find_code(chain, str(signer.address), shared.codehash)
    if known is not None:
        return known
    address, _ = chain.deploy(signer, shared.abi, shared.bytecode, step="shared-verifier.deploy")
    require_code(chain, "the shared verifier", address, shared.codehash)
    return address


def reusable_on_chain(
    chain: Chain, signer: Signer, circuit: ReusableCircuit, verifier: str | None = None
) -> CircuitDeployment:
    """The circuit's key and adapter: those the signer deployed lately if they are there, else new ones.

    Args:
        verifier: a shared verifier already on chain, anybody's; None deploys one, or finds the signer's own.

    Raises:
        CodeMismatch: ``verifier`` is not the shared verifier, or the chain stores something else than was compiled.
        Reverted, ChainError: the chain refused.
    """
    if verifier is None:
        shared = deploy_shared(chain, signer, circuit.shared)
    else:
        shared = checked_address(verifier)
        require_code(chain, "the shared verifier", shared, circuit.shared.codehash)
    vka = _key_on_chain(chain, signer, circuit.key)
    adapter = find_code(chain, str(signer.address), expected_reusable_codehash(shared, vka, circuit))
    if adapter is None:
        adapter = Halo2ReusableAdapter.deploy_with_key(
            chain,
            signer,
            verifier=shared,
            codehash=circuit.shared.codehash,
            vka=vka,
            vka_digest=circuit.key.digest,
            proof_bytes=circuit.key.proof_bytes,
            binding=binding_code(circuit.binding),
            points=circuit.points,
            scale_bits=circuit.scale_bits,
        ).address
    return check_reusable(chain, adapter, circuit)


def expected_reusable_codehash(verifier: str, vka: str, circuit: ReusableCircuit) -> bytes:
    """Code hash of an honest adapter at these addresses, computed without any chain (32 bytes)."""
    return load("Halo2ReusableAdapter").runtime_codehash(
        {
            "halo2Verifier": checked_address(verifier),
            "halo2Codehash": circuit.shared.codehash,
            "vka": checked_address(vka),
            "vkaDigest": circuit.key.digest,
            "proofBytes": circuit.key.proof_bytes,
            "binding": binding_code(circuit.binding),
            "points": circuit.points,
            "scaleBits": circuit.scale_bits,
        }
    )


def is_reusable(chain: Chain, adapter: str) -> bool:
    """Whether the code at ``adapter`` is as long as this adapter's: says which check to make, and proves nothing."""
    return len(chain.code(checked_address(adapter))) == len(load("Halo2ReusableAdapter").deployed_bytecode)


def check_reusable(chain: Chain, adapter_address: str, circuit: ReusableCircuit) -> CircuitDeployment:
    """What a buyer runs on the seller's contracts: all three must be what the buyer built itself.

    Statement: extcodehash of the adapter, of the verifier and of the key it names equal our own build's. Both addresses
    are read from the adapter's code, which its hash then binds. Nothing of the seller's is executed.

    Raises:
        CodeMismatch: another key, another verifier, other parameters, or not this project's adapter at all.
        ChainError: no contract there, or unreachable.
    """
    adapter, artifact = checked_address(adapter_address), load("Halo2ReusableAdapter")
    code = chain.code(adapter)
    words = [immutable_word(artifact, name, code) for name in ("halo2Verifier", "vka")]
    verifier, vka = (checked_address(to_checksum_address(word[-20:])) for word in words)
    expected = expected_reusable_codehash(verifier, vka, circuit)
    require_code(chain, "the verifier adapter", adapter, expected)
    require_code(chain, "the shared verifier", verifier, circuit.shared.codehash)
    require_code(chain, "the verifying key", vka, keccak256(circuit.key.code))
    return CircuitDeployment(
        verifier,
        circuit.shared.codehash,
        adapter,
        expected,
        circuit.binding,
        circuit.points,
        circuit.scale_bits,
        vka,
        circuit.key.digest,
    )


def storing(code: bytes) -> bytes:
    """Creation code of a contract whose code is ``code``."""
    return _STORE_HEAD + len(code).to_bytes(2, "big") + _STORE_TAIL + code


def _key_on_chain(chain: Chain, signer: Signer, key: ReusableKey) -> ChecksumAddress:
    codehash = keccak256(key.code)
    known = find_code(chain, str(signer.address), codehash)
    if known is not None:
        return known
    address, _ = chain.deploy(signer, [], storing(key.code), step="vka.deploy")
    require_code(chain, "the verifying key", address, codehash)
    return address
