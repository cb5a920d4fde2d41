"""One anvil for all escrow tests, with registry, escrow and the golden circuit deployed; each test starts there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from golden_job import BUYER, DAY_S, DEPLOYER, ESCROW_ADDRESS, SELLER, STRANGER, GoldenJob, load_golden

from escrow.accuracy import AccuracyEscrow
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.deployment import CircuitDeployment, deploy_circuit
from escrow.dev_clock import restore, snapshot
from escrow.registry import ModelRegistry
from escrow.signers import UnlockedSigner
from escrow.solc import CompiledVerifier, compile_verifier
from protocols.accuracy.terms import AccuracyTerms


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
            "fee_recipient": self.chain.dev_signers()[3].address,
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


@pytest.fixture(scope="session")
def golden() -> GoldenJob:
    return load_golden()


@pytest.fixture(scope="session")
def compiled(golden: GoldenJob) -> CompiledVerifier:
    return compile_verifier(golden.source)


@pytest.fixture(scope="session")
def anvil() -> Iterator[Anvil]:
    with Anvil() as running:
        yield running


@pytest.fixture(scope="session")
def shared_stage(anvil: Anvil, golden: GoldenJob, compiled: CompiledVerifier) -> Stage:
    chain = Chain.connect(anvil.url)
    deployer = chain.dev_signers()[DEPLOYER]
    registry = ModelRegistry.deploy(chain, deployer, 7 * DAY_S)
    escrow = AccuracyEscrow.deploy(chain, deployer, registry.address, 60)
    assert escrow.address == ESCROW_ADDRESS
    circuit = deploy_circuit(
        chain,
        deployer,
        compiled,
        binding=golden.binding,
        points=golden.points,
        scale_bits=golden.scale_bits,
    )
    seller = chain.dev_signers()[SELLER]
    model_id, _ = registry.register(seller, *golden.digests, stake_wei=10**18)
    assert model_id == golden.model_id
    return Stage(chain, registry, escrow, circuit, compiled, golden)


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """The shared chain, put back to its starting point afterwards."""
    remembered = snapshot(shared_stage.chain)
    yield shared_stage
    restore(shared_stage.chain, remembered)
