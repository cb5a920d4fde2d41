"""The retrieval escrow through its client: every move, view, event and named refusal, with real proofs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from golden_job import DAY_S
from golden_search import FOUND, TOTAL, golden_corpus, note_of
from retrieval_stage import KEY, RetrievalStage

from escrow.dev_clock import advance_time, mine
from escrow.outputs_adapter import Halo2OutputsAdapter
from escrow.reverts import Reverted
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, StepOpening
from proofs.errors import ChainError
from proofs.halo2.tag import bound_tag
from protocols.retrieval.events import State
from protocols.retrieval.terms import Predicate, job_tag
from protocols.solidity import ZERO_ADDRESS

SAMPLE = {
    "predicate": Predicate.SAMPLE, "outputs": 0, "selected": 0, "scale_bits": 0,
    "verifier": ZERO_ADDRESS, "verifier_codehash": bytes(32), "cap": 1,
}  # fmt: skip


def refused(name: str):  # type: ignore[no-untyped-def]
    """The contract's refusal, by its name."""
    return pytest.raises(Reverted, match=rf"\b{name}\b")


def test_whole_job(search: RetrievalStage) -> None:
    first = search.chain.block_number() + 1
    job_id, terms, delivery = search.revealed_job()
    advance_time(search.chain, DAY_S)
    search.escrow.finalise(search.stranger, job_id)
    seen = search.escrow.snapshot(job_id)
    assert seen.terms == terms and seen.selected == (0, 2) and seen.batches_done == (0, 1)
    status = seen.status
    assert (status.state, status.matches, status.batches_verified) == (State.COMPLETED, 2, 2)
    assert (status.key, status.ciphertext_root, status.chunk_count) == (
        KEY, delivery.ciphertext_root, delivery.chunk_count,
    )  # fmt: skip
    assert status.tag == job_tag(search.chain.chain_id, search.escrow.address, terms)
    earned = terms.deposit + terms.base_fee + 2 * terms.price
    assert seen.owed == {terms.responder: earned, terms.requester: 0, terms.fee_recipient: 2 * terms.fee}
    events = search.escrow.job_events(job_id, first)
    named = [event.name for event in events if event.name != "Credited"]
    assert named == [
        "JobOpened", "JobAccepted", "BatchVerified", "BatchVerified", "JobProven", "Delivered", "Acknowledged",
        "KeyRevealed", "JobCompleted",
    ]  # fmt: skip
    assert events[2].arguments == {"jobId": job_id, "batchIndex": 0, "bits": 1, "matches": 1}
    search.escrow.fetch(search.responder, ZERO_ADDRESS)
    assert search.escrow.owed_in(ZERO_ADDRESS, terms.responder) == 0


def test_gas_is_accounted_by_step(search: RetrievalStage) -> None:
    before = len(search.chain.ledger.entries)
    search.revealed_job()
    steps = [line.step for line in search.chain.ledger.entries[before:]]
    moves = ["open", "accept", "submitBatch", "submitBatch", "deliver", "acknowledge", "reveal"]
    assert steps == [f"retrieval.{move}" for move in moves]


def test_adapter_says_what_it_accepts(search: RetrievalStage) -> None:
    """The very question the escrow asks, put to the adapter without a transaction."""
    terms, (proof, bits) = search.terms(), search.proof(0)
    tag = bound_tag(job_tag(search.chain.chain_id, search.escrow.address, terms), note_of(FOUND))
    adapter = Halo2OutputsAdapter(search.chain, search.deployed.adapter)
    one = 1 << terms.scale_bits
    selector = [one * (index == FOUND) for index in range(terms.outputs)]
    words = [one * (bits >> place & 1) for place in range(terms.batch)] + selector
    question = {"weights_commitment": terms.weights_commitment, "tag": tag, "tag_hash": proof.tag_hash}
    asked = {**question, "h": proof.opening.hashes, "proof": proof.proof}
    assert adapter.verify(**asked, outputs=words) and adapter.halo2_verifier() == search.deployed.verifier
    with refused("ProofRejected"):
        adapter.verify(**asked, outputs=[one - words[0], *words[1:]])
    with refused("BadShape"):
        adapter.verify(**asked, outputs=[])


def test_refusals_by_name(search: RetrievalStage) -> None:
    terms = search.terms()
    job_id, _ = search.escrow.open(search.requester, terms)
    with refused("TagUsed"):
        search.escrow.open(search.requester, replace(terms, cap=1))
    with refused("NotYourMove"):
        search.escrow.open(search.responder, replace(terms, nonce=99))
    with refused("NotYourMove"):
        search.escrow.accept(search.stranger, terms)
    with refused("TooEarly"):
        search.escrow.finalise(search.stranger, job_id)
    with refused("WrongState"):
        search.submit(job_id, 0)
    search.escrow.accept(search.responder, terms)
    proof, bits = search.proof(0)
    with refused("ProofRejected"):
        search.submit(job_id, 0, bits=bits ^ 1)
    with refused("ProofRejected"):
        search.submit(job_id, 0, note=bytes(32))
    with refused("BitsTooWide"):
        search.submit(job_id, 0, bits=bits | 4)
    with refused("WrongCorpusRoot"):
        search.submit(job_id, 1, proof=replace(proof, opening=replace(proof.opening, index=1)))
    search.submit(job_id, 0)
    with refused("BatchAlreadyVerified"):
        search.submit(job_id, 0)
    with refused("WrongPredicate"):
        search.escrow.draw(search.stranger, job_id)
    with pytest.raises(ChainError, match="knows no job"):
        search.escrow.terms(bytes(32))
    assert search.escrow.job(bytes(32)).state is State.NONE


def test_refusals_of_the_exchange(search: RetrievalStage) -> None:
    job_id, _ = search.proven_job()
    delivery = search.delivery(job_id)
    with refused("TooFewChunks"):
        search.escrow.deliver(search.responder, job_id, bytes(32), delivery.ciphertext_root, 1)
    search.deliver(job_id)
    with refused("WrongDelivery"):
        search.escrow.acknowledge(search.requester, job_id, bytes(32))
    search.escrow.acknowledge(search.requester, job_id, delivery.ciphertext_root)
    with refused("WrongKey"):
        search.escrow.reveal(search.responder, job_id, bytes(32))
    search.escrow.reveal(search.responder, job_id, KEY)
    parcel, other = delivery.parcels
    chunk = ChunkOpening(0, parcel.digests[0], parcel.tree.batch_path(0, 1))
    text = CipherOpening(0, parcel.ciphertexts[0], delivery.tree.batch_path(0, 1))
    with refused("ChunkIsHonest"):
        search.escrow.complain_decryption(search.stranger, job_id, parcel.opening, chunk, text)
    with refused("NotSelected"):
        search.escrow.complain_decryption(search.stranger, job_id, replace(parcel.opening, index=1), chunk, text)
    with refused("WrongDocument"):
        search.escrow.complain_decryption(search.stranger, job_id, replace(other.opening, index=0), chunk, text)
    with refused("WrongCiphertext"):
        search.escrow.complain_decryption(
            search.stranger, job_id, parcel.opening, chunk, replace(text, ciphertext=text.ciphertext[:-1] + b"\0")
        )
    view = StepOpening(0, golden_corpus().chunks([0])[0][0], parcel.tree.batch_path(0, 1))
    with refused("ViewIsHonest"):
        search.escrow.complain_view(search.stranger, job_id, parcel.opening, view, NO_STEP)
    assert search.escrow.job(job_id).state is State.REVEALED


def test_top_up_is_exact(search: RetrievalStage) -> None:
    job_id, terms = search.proven_job(cap=1)
    assert search.escrow.job(job_id).state is State.OVER_CAP
    with refused("WrongValue"):
        search.escrow.top_up(search.requester, terms, terms.price - 1)
    search.escrow.top_up(search.requester, terms, terms.price)
    status = search.escrow.job(job_id)
    assert (status.state, status.topped_up) == (State.PROVEN, terms.price)


def test_sample_is_drawn_from_a_later_block(search: RetrievalStage) -> None:
    terms = search.terms(**SAMPLE)
    job_id, _ = search.escrow.open(search.requester, terms)
    search.escrow.accept(search.responder, terms)
    with refused("DrawTooEarly"):
        search.escrow.draw(search.stranger, job_id)
    while search.chain.block_number() <= search.escrow.job(job_id).draw_block:
        mine(search.chain)
    search.escrow.draw(search.stranger, job_id)
    (drawn,) = search.escrow.selected(job_id, TOTAL)
    assert search.escrow.is_selected(job_id, drawn) and search.escrow.job(job_id).state is State.PROVEN
    assert search.escrow.snapshot(job_id).batches_done == ()
