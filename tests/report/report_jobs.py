"""Jobs on a chain that reports are written about, each walked to its end, or not."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from eth_account.signers.local import LocalAccount
from golden_job import BUYER, DAY_S, DEPLOYER, FEE_RECIPIENT, SELLER
from golden_stage import Stage
from report_kit import HALO2
from retrieval_stage import RetrievalStage

from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_time
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.listing import RoundListing
from escrow.predictions import PredictionEscrow
from escrow.sampled import SampledEscrow
from escrow.signers import UnlockedSigner
from proofs.commitment.cipher import key_hash
from proofs.commitment.model import ModelCommitment
from proofs.encoding import keccak256
from protocols.eip712 import Domain
from protocols.predictions.answers import sign_answer, sign_receipt
from protocols.predictions.signing import RoundSigner
from protocols.predictions.terms import PredictionTerms
from protocols.sampled.terms import TERMS_FIELDS as SAMPLED_FIELDS
from protocols.sampled.terms import SampledTerms
from protocols.solidity import ZERO_ADDRESS

ACCEPTS_ALL = bytes.fromhex("600160005260206000f3") + bytes(24)
"""Code of a verifier that answers true to everything, longer than what escrows take for an account in disguise."""
OUTPUTS = (3, -1)
MODEL = ModelCommitment.from_bytes((HALO2 / "model.commit").read_bytes())
"""The golden bundle's, so that one page can be about the bundle and a round."""


@dataclass(frozen=True)
class Played:
    """A chain with one escrow and its jobs by the name of how they ended."""

    chain: Chain
    escrow: Any
    jobs: dict[str, bytes]
    listing: bytes = b""

    def place(self, name: str) -> tuple[str, ...]:
        """The options that name a job."""
        return "--rpc", self.chain.url, "--escrow", str(self.escrow.address), "--job", "0x" + self.jobs[name].hex()


def play_accuracy(stage: Stage) -> Played:
    """Completed by golden proofs (the seller's money fetched), rejected, aborted, expired, and running."""
    chain, escrow = stage.chain, stage.escrow
    completed, terms = stage.proving_job()
    for index in range(terms.batches):
        stage.submit(completed, index)
    escrow.withdraw(stage.seller)
    rejected, _ = stage.proving_job(nonce=2)
    aborted = escrow.open(stage.buyer, stage.terms(nonce=3, max_aborts=9))[0]
    escrow.accept(stage.seller, stage.terms(nonce=3, max_aborts=9), b"\x05" * 32)
    escrow.hand_over(stage.buyer, aborted, b"\x06" * 32)
    escrow.abort(stage.seller, aborted)
    expired, _ = escrow.open(stage.buyer, stage.terms(nonce=4))
    advance_time(chain, DAY_S)
    for job in (rejected, expired):
        escrow.finalise(stage.stranger, job)
    running, _ = stage.proving_job(nonce=5, max_aborts=9)
    return Played(
        chain,
        escrow,
        {"completed": completed, "rejected": rejected, "aborted": aborted, "expired": expired, "running": running},
    )


def play_sampled(stage: Stage) -> Played:
    """Aborted after the look; rejected for proving nothing once the key was revealed; spoiled, for the key was not."""
    chain, registry = stage.chain, stage.registry
    escrow = SampledEscrow.deploy(chain, chain.dev_signers()[DEPLOYER], registry.address, 60)
    jobs = {}
    for nonce, name in enumerate(("aborted", "rejected", "spoiled")):
        terms = _sampled_terms(stage, nonce)
        job_id, _ = escrow.open(stage.buyer, terms)
        escrow.accept(stage.seller, terms, bytes([nonce]) * 32)
        buyer = bytes.fromhex(terms.buyer[2:])
        hashes = [key_hash(job_id, buyer, bytes([number]) * 32) for number in (1, 2)]
        escrow.hand_over(stage.buyer, job_id, b"\x11" * 32, terms.total, *hashes)
        if name != "aborted":
            escrow.proceed(stage.seller, job_id, b"\x11" * 32)
        jobs[name] = job_id
    escrow.reveal_key(stage.buyer, jobs["rejected"], bytes([2]) * 32)
    escrow.abort(stage.seller, jobs["aborted"])
    advance_time(chain, DAY_S)
    escrow.finalise(stage.stranger, jobs["spoiled"])
    escrow.finalise(stage.stranger, jobs["rejected"])  # silence after the key is consent: now it has to prove
    advance_time(chain, DAY_S)
    escrow.finalise(stage.buyer, jobs["rejected"])
    return Played(chain, escrow, jobs)


def _sampled_terms(stage: Stage, nonce: int) -> SampledTerms:
    """The golden audit's terms, with one batch for the look."""
    audit = stage.terms(nonce=nonce, max_aborts=9)
    shared = {name: getattr(audit, name) for name, _ in SAMPLED_FIELDS if hasattr(audit, name)}
    return SampledTerms(**{**shared, "sample": audit.batch, "target": 3, "key_window": DAY_S, "complain_window": DAY_S})


def play_retrieval(stage: RetrievalStage) -> Played:
    """Completed after the key was revealed, and one whose responder fell silent with the key."""
    completed, _, _ = stage.revealed_job()
    advance_time(stage.chain, DAY_S)
    stage.escrow.finalise(stage.stranger, completed)
    running, _ = stage.escrow.open(stage.requester, stage.terms(nonce=7))
    proofless = dict.fromkeys(("outputs", "selected", "threshold", "scale_bits"), 0)
    nothing = {"verifier": ZERO_ADDRESS, "verifier_codehash": bytes(32), "srs_digest": bytes(32)}
    sampled = stage.terms(nonce=8, predicate=2, cap=1, batch=1, **proofless, **nothing)
    drawn, _ = stage.escrow.open(stage.requester, sampled)
    stage.escrow.accept(stage.responder, sampled)
    for _ in range(3):
        advance_time(stage.chain, 1)
    stage.escrow.draw(stage.stranger, drawn)
    advance_time(stage.chain, DAY_S)
    stage.escrow.finalise(stage.stranger, drawn)
    return Played(stage.chain, stage.escrow, {"completed": completed, "running": running, "undelivered": drawn})


def play_rounds(url: str) -> Played:
    """Completed with a contest proven and a receipt collected, and rejected for a contest left open."""
    chain = Chain.connect(url)
    signers = chain.dev_signers()
    escrow = PredictionEscrow.deploy(chain, signers[DEPLOYER], 60)
    verifier = _deployed(chain, signers[DEPLOYER], ACCEPTS_ALL)
    jobs = {}
    for name, nonce in (("completed", 1), ("rejected", 2)):
        terms = _round_terms(chain, verifier, nonce)
        job_id, _ = escrow.open(signers[BUYER], terms)
        escrow.accept(signers[SELLER], terms)
        domain = Domain(chain.chain_id, escrow.address)
        answer = sign_answer(RoundSigner(_key(chain, SELLER), domain), job_id, 1, 77, OUTPUTS)
        escrow.contest(signers[BUYER], job_id, answer)
        if name == "completed":
            escrow.prove_answer(
                signers[SELLER], job_id, 1, note=bytes(32), tag_hash=5, outputs=OUTPUTS, proof=b"\x01" * 8
            )
        receipt = sign_receipt(RoundSigner(_key(chain, BUYER), domain), job_id, 3)
        escrow.collect(signers[SELLER], job_id, 3, receipt.signature)
        jobs[name] = job_id
    advance_time(chain, 3 * DAY_S)
    escrow.finalise(signers[SELLER], jobs["completed"])
    escrow.finalise(signers[BUYER], jobs["rejected"])
    listing = RoundListing(
        chain.chain_id, str(escrow.address), verifier, MODEL, Prices(proving_cost=1, price=1, max_deposit=1)
    )
    return Played(chain, escrow, jobs, listing.to_bytes())


def _key(chain: Chain, place: int) -> LocalAccount:
    return dev_account(chain, place).account


def _deployed(chain: Chain, signer: UnlockedSigner, code: bytes) -> str:
    """A contract with this very code."""
    creation = bytes.fromhex(f"60{len(code):02x}600c60003960{len(code):02x}6000f3") + code
    return str(chain.deploy(signer, [], creation, step="test.verifier")[0])


def _round_terms(chain: Chain, verifier: str, nonce: int) -> PredictionTerms:
    people = chain.dev_signers()
    word = sha256(b"of nothing").digest()
    return PredictionTerms(
        client=people[BUYER].address,
        provider=people[SELLER].address,
        model_id=MODEL.model_id,
        weights_commitment=word,
        nonce=nonce,
        format_digest=word,
        round=4,
        contests=2,
        outputs=len(OUTPUTS),
        verifier=verifier,
        verifier_codehash=keccak256(ACCEPTS_ALL),
        srs_digest=word,
        token=ZERO_ADDRESS,
        proving_cost=10**13,
        answer_price=10**14,
        beta=3,
        fee=10**12,
        fee_recipient=people[FEE_RECIPIENT].address,
        accept_window=DAY_S,
        round_window=DAY_S,
        prove_window=DAY_S,
    )
