"""A chain with a sampled escrow at the golden jobs' address, so that their proofs count in it as they are.

The golden tag binds escrow address, parties, model and nonce, and nothing else of a job's terms. Two of the six golden
examples are the sample, the proofs of the other four pay. Openings need another test set, made here without a circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from golden_job import BUYER, DAY_S, DEPLOYER, ESCROW_ADDRESS, FEE_RECIPIENT, NONCE, SELLER, STRANGER, GoldenJob

from escrow.chain import Chain
from escrow.deployment import CircuitDeployment, deploy_circuit
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from escrow.sending import Receipt
from escrow.signers import UnlockedSigner
from escrow.solc import CompiledVerifier
from proofs.commitment.chunks import climb
from proofs.commitment.cipher import key_hash
from proofs.commitment.delivery import Delivery
from proofs.commitment.examples import OpenableTestSet, encrypted
from proofs.commitment.examples_open import with_paths
from proofs.commitment.input_format import InputFormat
from proofs.commitment.merkle import Tree, leaf_digest
from proofs.commitment.test_set import TestSet, data_root
from proofs.poseidon import hash_rows
from protocols.sampled.drawing import drawn
from protocols.sampled.events import State
from protocols.sampled.terms import WINDOW_FIELDS, SampledTerms

MIN_WINDOW_S = 60
STAKE_WEI = 10**18
SAMPLE_KEY, REST_KEY = bytes([5]) * 32, bytes([7]) * 32
FORMAT = InputFormat(shape=(40,), scale_bits=7, classes=3, batch=2)
TOTAL = 6


@cache
def openable() -> OpenableTestSet:
    """Six examples of two view steps each; nobody proves on them."""
    rng = np.random.default_rng(5)
    raw = rng.integers(-128, 129, size=(TOTAL, *FORMAT.shape))
    labels, salts = rng.integers(0, 3, size=TOTAL), rng.integers(0, 2**16, size=(TOTAL, 8))
    return OpenableTestSet.of(TestSet(FORMAT, raw, labels, salts, tuple(hash_rows(FORMAT.rows(raw, labels, salts)))))


def mismatched() -> OpenableTestSet:
    """The same rows under hashes they do not have."""
    honest = openable()
    return replace(honest, hashes=tuple(value ^ 1 for value in honest.hashes))


@dataclass(frozen=True)
class SampledStage:
    """Everything that stands ready for a job, and the moves of honest parties."""

    chain: Chain
    registry: ModelRegistry
    escrow: SampledEscrow
    circuit: CircuitDeployment
    golden: GoldenJob

    def signer(self, place: int) -> UnlockedSigner:
        return self.chain.dev_signers()[place]

    @property
    def buyer(self) -> UnlockedSigner:
        return self.signer(BUYER)

    @property
    def seller(self) -> UnlockedSigner:
        return self.signer(SELLER)

    @property
    def stranger(self) -> UnlockedSigner:
        return self.signer(STRANGER)

    def terms(self, **changes: object) -> SampledTerms:
        """Terms over the golden test set; its last four examples are all right."""
        fields: dict[str, object] = {
            "buyer": self.buyer.address,
            "seller": self.seller.address,
            "model_id": self.golden.model_id,
            "nonce": NONCE,
            "data_root": self.golden.data_root,
            "format_digest": self.golden.format_digest,
            "total": self.golden.total,
            "batch": self.golden.batch,
            "sample": 2,
            "target": 4,
            "verifier": self.circuit.adapter,
            "verifier_codehash": self.circuit.adapter_codehash,
            "srs_digest": self.golden.srs_digest,
            "example_cost": 3 * 10**15,
            "proving_cost": 2 * 10**15,
            "inference_cost": 10**15,
            "fee": 10**16,
            "fee_recipient": self.signer(FEE_RECIPIENT).address,
            "min_stake": STAKE_WEI,
            "max_aborts": 0,
            **dict.fromkeys(WINDOW_FIELDS, DAY_S),
        }
        return SampledTerms(**{**fields, **changes})  # type: ignore[arg-type]

    def openable_terms(self, **changes: object) -> SampledTerms:
        """Terms over the test set that can be opened, in the golden model's format."""
        return self.terms(data_root=self.root_of(openable()), **changes)

    def root_of(self, test_set: OpenableTestSet) -> bytes:
        """The data root of a test set under the golden model's format digest."""
        return data_root(TOTAL, self.golden.format_digest, test_set.tree.root)

    def seed(self, terms: SampledTerms, wanted: tuple[int, ...] = (0, 1)) -> bytes:
        """A seed that draws exactly these examples."""
        job_id = self.escrow.job_id_of(terms)
        seeds = (number.to_bytes(32, "big") for number in range(10_000))
        return next(seed for seed in seeds if drawn(terms, job_id, seed) == wanted)

    def delivery(self, test_set: OpenableTestSet, job_id: bytes, sample: Sequence[int] = (0, 1)) -> Delivery:
        """All examples encrypted, with their paths."""
        sent = encrypted(test_set, sample, job_id, SAMPLE_KEY, REST_KEY)
        return with_paths(sent, FORMAT, TOTAL, data_root(TOTAL, FORMAT.digest, test_set.tree.root))

    def hand_over(self, job_id: bytes, root: bytes, count: int) -> Receipt:
        """State the hand-over of ciphertexts under the two keys."""
        hashes = [key_hash(job_id, bytes.fromhex(self.buyer.address[2:]), key) for key in (SAMPLE_KEY, REST_KEY)]
        return self.escrow.hand_over(self.buyer, job_id, root, count, *hashes)

    def bring(self, terms: SampledTerms, state: State, delivery: Delivery | None = None) -> bytes:
        """A job brought to a state before its ending; examples 0 and 1 are drawn."""
        job_id, _ = self.escrow.open(self.buyer, terms)
        root, count = (delivery.ciphertext_root, delivery.chunk_count) if delivery else (bytes(32), terms.total)
        if state >= State.ACCEPTED:
            self.escrow.accept(self.seller, terms, self.seed(terms))
        if state >= State.SAMPLED:
            self.hand_over(job_id, root, count)
        if state is State.POSTED and delivery:
            self.escrow.post_ciphertext(self.buyer, job_id, SAMPLE_KEY, texts(delivery))
        if state >= State.HANDED_OVER:
            self.escrow.proceed(self.seller, job_id, root)
        if state is State.REVEALED:
            self.escrow.reveal_key(self.buyer, job_id, REST_KEY)
        if state is State.PROVING:
            self.escrow.confirm(self.seller, job_id)
        return job_id

    def submit(self, job_id: bytes, number: int, **changes: object) -> Receipt:
        """Submit the golden proof of examples 2 * number and the one after it, with some arguments replaced."""
        batch, tree = self.golden.batches[number], golden_tree(self.golden)
        indices = (2 * number, 2 * number + 1)
        arguments: dict[str, object] = {
            "indices": indices,
            "h": batch.h,
            "payload_roots": batch.payload_roots,
            "paths": [tree.batch_path(index, 1) for index in indices],
            "note": self.golden.note,
            "tag_hash": batch.tag_hash,
            "count": batch.count,
            "proof": batch.proof,
        }
        return self.escrow.submit_batch(self.stranger, job_id, **{**arguments, **changes})  # type: ignore[arg-type]


def texts(delivery: Delivery) -> list[bytes]:
    """All ciphertexts in order."""
    return [text for parcel in delivery.parcels for text in parcel.ciphertexts]


def golden_tree(golden: GoldenJob) -> Tree:
    """The golden test set's tree, from its batches' leaves."""
    pairs = [pair for batch in golden.batches for pair in zip(batch.h, batch.payload_roots, strict=True)]
    leaves = [leaf_digest(index, h, root) for index, (h, root) in enumerate(pairs)]
    tree = Tree.over(leaves, 1)
    assert all(climb(leaf, index, tree.batch_path(index, 1)) == tree.root for index, leaf in enumerate(leaves))
    return tree


def prepare_sampled(url: str, golden: GoldenJob, compiled: CompiledVerifier) -> SampledStage:
    """Deploy everything on a fresh anvil, at the address the golden tags were made for."""
    chain = Chain.connect(url)
    signers = chain.dev_signers()
    registry = ModelRegistry.deploy(chain, signers[DEPLOYER], 7 * DAY_S)
    escrow = SampledEscrow.deploy(chain, signers[DEPLOYER], registry.address, MIN_WINDOW_S)
    assert escrow.address == ESCROW_ADDRESS
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
    return SampledStage(chain, registry, escrow, circuit, golden)
