"""A chain with a retrieval escrow and the golden search's circuit on it: real proofs, made once for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

from golden_job import BUYER, DAY_S, DEPLOYER, FEE_RECIPIENT, SELLER, STRANGER
from golden_search import (
    BATCH,
    FOUND,
    NONCE,
    RETRIEVAL_ADDRESS,
    SCALE_BITS,
    TOTAL,
    VIEW,
    GoldenSearch,
    golden_corpus,
    load_search,
    note_of,
)

from escrow.chain import Chain
from escrow.retrieval import RetrievalEscrow
from escrow.sending import Receipt
from escrow.signers import UnlockedSigner
from escrow.solc import CompiledVerifier, compile_verifier
from escrow.task_deployment import TaskDeployment, deploy_task
from proofs.commitment.cipher import key_hash
from proofs.commitment.delivery import Delivery, build_delivery
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsProof
from protocols.retrieval.terms import WINDOW_FIELDS, Predicate, RetrievalTerms
from protocols.solidity import ZERO_ADDRESS

MIN_WINDOW_S = 60
KEY = bytes([7]) * 32


@dataclass(frozen=True)
class RetrievalStage:
    """Everything that stands ready for a job, and the moves of an honest one."""

    chain: Chain
    escrow: RetrievalEscrow
    golden: GoldenSearch
    compiled: CompiledVerifier
    circuit: TaskCircuit
    deployed: TaskDeployment

    def signer(self, place: int) -> UnlockedSigner:
        return self.chain.dev_signers()[place]

    @property
    def requester(self) -> UnlockedSigner:
        return self.signer(BUYER)

    @property
    def responder(self) -> UnlockedSigner:
        return self.signer(SELLER)

    @property
    def stranger(self) -> UnlockedSigner:
        return self.signer(STRANGER)

    def terms(self, **changes: Any) -> RetrievalTerms:
        """The golden search's terms for this deployment."""
        terms = RetrievalTerms(
            requester=self.requester.address,
            responder=self.responder.address,
            model_id=self.golden.model_id,
            weights_commitment=self.golden.weights_commitment,
            nonce=NONCE,
            corpus_root=golden_corpus().commitment.root,
            format_digest=VIEW.digest,
            total=TOTAL,
            batch=BATCH,
            predicate=Predicate.CLASS,
            outputs=self.golden.outputs,
            selected=FOUND,
            threshold=0,
            scale_bits=SCALE_BITS,
            verifier=self.deployed.adapter,
            verifier_codehash=self.deployed.adapter_codehash,
            srs_digest=self.golden.srs_digest,
            token=ZERO_ADDRESS,
            proving_cost=10**14,
            base_fee=10**15,
            price=3 * 10**14,
            cap=2,
            deposit=5 * 10**15,
            fee=10**13,
            fee_recipient=self.signer(FEE_RECIPIENT).address,
            **dict.fromkeys(WINDOW_FIELDS, DAY_S),
        )
        return replace(terms, **changes)

    def proof(self, index: int) -> tuple[OutputsProof, int]:
        """The golden proof of a batch, and the bits it shows."""
        found = self.golden.searches[FOUND][index]
        return OutputsProof(golden_corpus().opening(index), found.tag_hash, (), found.proof), found.bits

    def submit(self, job_id: bytes, index: int, **changes: Any) -> Receipt:
        """Submit a golden proof with some arguments replaced."""
        proof, bits = self.proof(index)
        chosen = {"proof": proof, "bits": bits, "note": note_of(FOUND), **changes}
        return self.escrow.submit_batch(self.stranger, job_id, **chosen)

    def proven_job(self, **changes: Any) -> tuple[bytes, RetrievalTerms]:
        """A job in which everything is proven."""
        terms = self.terms(**changes)
        job_id, _ = self.escrow.open(self.requester, terms)
        self.escrow.accept(self.responder, terms)
        for index in range(terms.batches):
            self.submit(job_id, index)
        return job_id, terms

    def delivery(self, job_id: bytes) -> Delivery:
        """What was sold, encrypted under ``KEY``."""
        return build_delivery(golden_corpus(), (0, 2), job_id, KEY)

    def deliver(self, job_id: bytes, delivery: Delivery | None = None) -> Delivery:
        """Commit to a delivery, the honest one if none is given."""
        chosen = delivery or self.delivery(job_id)
        hashed = key_hash(job_id, bytes.fromhex(self.responder.address[2:]), KEY)
        self.escrow.deliver(self.responder, job_id, hashed, chosen.ciphertext_root, chosen.chunk_count)
        return chosen

    def revealed_job(self, **changes: Any) -> tuple[bytes, RetrievalTerms, Delivery]:
        """A job whose key is on chain."""
        job_id, terms = self.proven_job(**changes)
        delivery = self.deliver(job_id)
        self.escrow.acknowledge(self.requester, job_id, delivery.ciphertext_root)
        self.escrow.reveal(self.responder, job_id, KEY)
        return job_id, terms, delivery


def prepare_retrieval(url: str) -> RetrievalStage:
    """Deploy everything on a fresh anvil, at the address the golden tag was made for."""
    chain, golden = Chain.connect(url), load_search()
    deployer = chain.dev_signers()[DEPLOYER]
    escrow = RetrievalEscrow.deploy(chain, deployer, MIN_WINDOW_S)
    assert escrow.address == RETRIEVAL_ADDRESS
    compiled = compile_verifier(golden.source)
    circuit = cast(TaskCircuit, SimpleNamespace(binding=golden.binding, points=golden.points))
    return RetrievalStage(chain, escrow, golden, compiled, circuit, deploy_task(chain, deployer, compiled, circuit))
