"""A chain with registry, escrow and a golden circuit on it: where every test with real proofs starts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golden_job import BUYER, DAY_S, DEPLOYER, ESCROW_ADDRESS, FEE_RECIPIENT, SELLER, STRANGER, GoldenJob

from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.deployment import CircuitDeployment, deploy_circuit
from escrow.registry import ModelRegistry
from escrow.signers import UnlockedSigner
from escrow.solc import CompiledVerifier
from protocols.accuracy.terms import AccuracyTerms

MIN_WINDOW_S = 60
STAKE_WEI = 10**18


@dataclass(frozen=True)
class Stage:
    """A chain on which everything stands ready for a job."""

    chain: Chain
    registry: ModelRegistry
    escrow: AccuracyEscrow
    circuit: CircuitDeployment
    compiled: CompiledVerifier
    golden: GoldenJob

    @property
    def buyer(self) -> UnlockedSigner:
        return self.chain.dev_signers()[BUYER]

    @property
    def seller(self) -> UnlockedSigner:
        return self.chain.dev_signers()[SELLER]

    @property
    def stranger(self) -> UnlockedSigner:
        return self.chain.dev_signers()[STRANGER]

    def terms(self, **changes: object) -> AccuracyTerms:
        """The golden job's terms for this deployment."""
        fields = {
            "verifier": self.circuit.adapter,
            "verifier_codehash": self.circuit.adapter_codehash,
            "fee_recipient": self.chain.dev_signers()[FEE_RECIPIENT].address,
        }
        return self.golden.terms(**{**fields, **changes})

    def proving_job(self, **changes: object) -> tuple[bytes, AccuracyTerms]:
        """A job walked to the state Proving."""
        terms = self.terms(**changes)
        job_id, _ = self.escrow.open(self.buyer, terms)
        self.escrow.accept(self.seller, terms, bytes(32))
        self.escrow.hand_over(self.buyer, job_id, b"\x11" * 32)
        self.escrow.proceed(self.seller, job_id)
        return job_id, terms

    def submit(self, job_id: bytes, number: int, **changes: object) -> int:
        """Submit the golden proof of batch ``number`` with some arguments replaced; returns the gas used."""
        batch = self.golden.batches[number]
        arguments: dict[str, object] = {
            "h": batch.h,
            "payload_roots": batch.payload_roots,
            "path": batch.path,
            "note": self.golden.note,
            "tag_hash": batch.tag_hash,
            "count": batch.count,
            "proof": batch.proof,
        }
        place = int(changes.pop("index", number))  # type: ignore[call-overload]
        return self.escrow.submit_batch(self.seller, job_id, place, **{**arguments, **changes}).gas_used  # type: ignore[arg-type]

    def with_golden(self, golden: GoldenJob, compiled: CompiledVerifier) -> Stage:
        """Registry and escrow as they are, with another golden circuit deployed and its model registered."""
        return replace(
            self, golden=golden, compiled=compiled, circuit=_deployed(self.chain, self.registry, golden, compiled)
        )


def prepare(url: str, golden: GoldenJob, compiled: CompiledVerifier) -> Stage:
    """Deploy everything on a fresh anvil, at the addresses the golden tags were made for."""
    chain = Chain.connect(url)
    deployer = chain.dev_signers()[DEPLOYER]
    registry = ModelRegistry.deploy(chain, deployer, 7 * DAY_S)
    escrow = AccuracyEscrow.deploy(chain, deployer, registry.address, MIN_WINDOW_S)
    assert escrow.address == ESCROW_ADDRESS
    circuit = _deployed(chain, registry, golden, compiled)
    return Stage(chain, registry, escrow, circuit, compiled, golden)


def _deployed(
    chain: Chain, registry: ModelRegistry, golden: GoldenJob, compiled: CompiledVerifier
) -> CircuitDeployment:
    signers = chain.dev_signers()
    circuit = deploy_circuit(
        chain,
        signers[DEPLOYER],
        compiled,
        binding=golden.binding,
        points=golden.points,
        scale_bits=golden.scale_bits,
    )
    model_id, _ = registry.register(signers[SELLER], *golden.digests, stake_wei=STAKE_WEI)
    assert model_id == golden.model_id
    return circuit
