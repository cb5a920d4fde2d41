"""Putting a circuit's verifier on chain, and the check an honest party makes before it trusts somebody else's."""

from __future__ import annotations

from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from escrow.accuracy import AccuracyEscrow
from escrow.adapter import Halo2Adapter
from escrow.artifacts import load
from escrow.chain import Chain
from escrow.code_check import immutable_word, require_code
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from escrow.signers import Signer, checked_address
from escrow.solc import CompiledVerifier
from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from proofs.halo2.description import BINDING_CODES


@dataclass(frozen=True, slots=True)
class CircuitDeployment:
    """A circuit's two contracts; all of it is public.

    Attributes:
        verifier: the generated verifier's address. verifier_codehash: its code hash (32 bytes).
        adapter: the adapter's address: the ``verifier`` of a job's terms.
        adapter_codehash: its code hash: the ``verifierCodehash`` of a job's terms.
        binding: ``fixed``, ``polycommit`` or ``hashed``.
        points: commitment points at a proof's head, 0 unless ``polycommit``.
        scale_bits: binary digits of the count output's fixed-point scale.
        vka, vka_digest: where the verifying key is and its digest, if ``verifier`` is the one all circuits share.
    """

    verifier: ChecksumAddress
    verifier_codehash: bytes
    adapter: ChecksumAddress
    adapter_codehash: bytes
    binding: str
    points: int
    scale_bits: int
    vka: ChecksumAddress | None = None
    vka_digest: bytes | None = None


def deploy_circuit(
    chain: Chain, signer: Signer, verifier: CompiledVerifier, *, binding: str, points: int, scale_bits: int
) -> CircuitDeployment:
    """Deploy a generated verifier and its adapter, and check that the chain stores exactly what was compiled.

    Raises:
        ResourceExceeded: the verifier is larger than a chain stores, or its deployment needs too much gas.
        CodeMismatch: the chain runs something else.
        Reverted, ChainError: the chain refused.
    """
    code = binding_code(binding)
    address, _ = chain.deploy(signer, verifier.abi, verifier.bytecode, step="verifier.deploy")
    require_code(chain, "the generated verifier", address, verifier.codehash)
    adapter = Halo2Adapter.deploy(
        chain,
        signer,
        verifier=address,
        codehash=verifier.codehash,
        binding=code,
        points=points,
        scale_bits=scale_bits,
    )
    return check_deployment(
        chain, adapter.address, verifier.codehash, binding=binding, points=points, scale_bits=scale_bits
    )


def expected_adapter_codehash(
    verifier_address: str, verifier_codehash: bytes, binding: str, points: int, scale_bits: int
) -> bytes:
    """Code hash of an honest adapter with these parameters, computed without any chain (32 bytes)."""
    return load("Halo2Adapter").runtime_codehash(
        {
            "halo2Verifier": checked_address(verifier_address),
            "halo2Codehash": verifier_codehash,
            "binding": binding_code(binding),
            "points": points,
            "scaleBits": scale_bits,
        }
    )


def check_deployment(
    chain: Chain, adapter_address: str, verifier_codehash: bytes, *, binding: str, points: int, scale_bits: int
) -> CircuitDeployment:
    """What a buyer runs on the seller's contracts: both must be what the buyer compiled itself.

    Statement: extcodehash(adapter) and extcodehash(adapter's verifier) equal our own build's. The verifier's address is
    read from the adapter's code, which its hash then binds. Nothing of the seller's is executed.

    Args:
        adapter_address: the ``verifier`` of the job's terms.
        verifier_codehash: of the verifier compiled from the circuit we rebuilt.
        binding, points, scale_bits: as our own circuit description has them.

    Raises:
        CodeMismatch: another circuit, other parameters, or not this project's adapter at all.
        ChainError: no contract there, or unreachable.
    """
    adapter = checked_address(adapter_address)
    word = immutable_word(load("Halo2Adapter"), "halo2Verifier", chain.code(adapter))
    verifier = checked_address(to_checksum_address(word[-20:]))
    expected = expected_adapter_codehash(verifier, verifier_codehash, binding, points, scale_bits)
    require_code(chain, "the verifier adapter", adapter, expected)
    require_code(chain, "the generated verifier", verifier, verifier_codehash)
    return CircuitDeployment(verifier, verifier_codehash, adapter, expected, binding, points, scale_bits)


def check_escrow(chain: Chain, escrow: AccuracyEscrow, *, registry: ModelRegistry) -> None:
    """Check that escrow and registry are this project's code, and that the escrow asks this registry.

    Cooldown and minimum window may be any; they are read from the code, which its hash then binds.

    Raises:
        CodeMismatch: one of them is not what its sources compile to.
        ChainError: no contract there, or unreachable.
    """
    _check_registry(chain, registry)
    money = load("AccuracyEscrow")
    min_window = immutable_word(money, "minWindow", chain.code(escrow.address))
    expected = money.runtime_codehash({"registry": registry.address, "minWindow": min_window})
    require_code(chain, "the accuracy escrow", escrow.address, expected)


def check_sampled_escrow(chain: Chain, escrow: SampledEscrow, *, registry: ModelRegistry) -> None:
    """The same for an escrow of protocol A' and the judge it made, whose address its code holds."""
    _check_registry(chain, registry)
    money = load("SampledEscrow")
    code = chain.code(escrow.address)
    min_window = immutable_word(money, "minWindow", code)
    judge = to_checksum_address(immutable_word(money, "judge", code)[-20:])
    expected = money.runtime_codehash({"registry": registry.address, "minWindow": min_window, "judge": judge})
    require_code(chain, "the sampled escrow", escrow.address, expected)
    require_code(chain, "the document judge", judge, load("DocumentJudge").runtime_codehash({}))


def settles_samples(chain: Chain, address: str) -> bool:
    """Whether the contract at ``address`` is this project's SampledEscrow, whatever its registry, judge and window."""
    money, code = load("SampledEscrow"), chain.code(address)
    words = {name: immutable_word(money, name, code) for name in ("registry", "judge", "minWindow")}
    addresses = {name: to_checksum_address(words[name][-20:]) for name in ("registry", "judge")}
    return keccak256(code) == money.runtime_codehash({**addresses, "minWindow": words["minWindow"]})


def _check_registry(chain: Chain, registry: ModelRegistry) -> None:
    kept = load("ModelRegistry")
    cooldown = immutable_word(kept, "cooldown", chain.code(registry.address))
    require_code(chain, "the model registry", registry.address, kept.runtime_codehash({"cooldown": cooldown}))


def binding_code(binding: str) -> int:
    """The contract's number of a weights binding. Raises InvalidInput for an unknown one."""
    if binding not in BINDING_CODES:
        raise InvalidInput(f"binding '{binding}' is not one of {', '.join(sorted(BINDING_CODES))}")
    return BINDING_CODES[binding]
