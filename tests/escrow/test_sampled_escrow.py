"""The sampled escrow through its client: moves, views and refusals with real proofs and real ciphertexts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from golden_job import DAY_S, GoldenJob
from helpers.chains import put_back
from sampled_stage import (
    FORMAT,
    MIN_WINDOW_S,
    REST_KEY,
    SAMPLE_KEY,
    SampledStage,
    mismatched,
    openable,
    prepare_sampled,
    texts,
)

from escrow.anvil import Anvil
from escrow.dev_clock import advance_time
from escrow.reverts import Reverted
from escrow.solc import CompiledVerifier
from proofs.commitment.delivery import Delivery
from proofs.commitment.examples_open import open_examples
from proofs.commitment.faults import ChunkFault, ViewFault
from proofs.errors import ChainError
from protocols.sampled.drawing import drawn, remaining
from protocols.sampled.endings import settle
from protocols.sampled.events import State
from protocols.sampled.terms import SampledTerms, job_tag

ENDINGS = (
    (State.PROVING, State.COMPLETED),
    (State.PROVING, State.REJECTED),
    (State.POSTED, State.REJECTED),
    (State.HANDED_OVER, State.SPOILED),
    (State.REVEALED, State.SPOILED),
    (State.SAMPLED, State.ABORTED),
    (State.POSTED, State.ABORTED),
    (State.OPEN, State.EXPIRED),
    (State.ACCEPTED, State.EXPIRED),
    (State.SAMPLED, State.EXPIRED),
)


@pytest.fixture(scope="module")
def shared_sampled(golden: GoldenJob, compiled: CompiledVerifier) -> Iterator[SampledStage]:
    with Anvil() as running:
        yield prepare_sampled(running.url, golden, compiled)


@pytest.fixture
def sampled(shared_sampled: SampledStage) -> Iterator[SampledStage]:
    """That chain, put back afterwards."""
    with put_back(shared_sampled.chain):
        yield shared_sampled


def refused(name: str):  # type: ignore[no-untyped-def]
    """The contract's refusal, by its name."""
    return pytest.raises(Reverted, match=rf"\b{name}\b")


def random_costs(seed: int) -> dict[str, int]:
    """Costs in order, and a fee."""
    rng = random.Random(seed)
    low, middle, high = sorted(rng.sample(range(1, 10**15), 3))
    return {"inference_cost": low, "proving_cost": middle, "example_cost": high, "fee": rng.randrange(10**9)}


# ---- whole jobs


def test_whole_job_with_real_proofs(sampled: SampledStage) -> None:
    first = sampled.chain.block_number() + 1
    terms = sampled.terms()
    job_id = sampled.bring(terms, State.PROVING)
    assert sampled.escrow.spent_examples(job_id, terms.total) == (0, 1)
    sampled.submit(job_id, 2)
    seen = sampled.escrow.snapshot(job_id)
    assert seen.terms == terms and seen.spent == (0, 1, 4, 5) and seen.aborts == 0
    assert (seen.status.state, seen.status.correct, seen.status.batches_verified) == (State.PROVING, 2, 1)
    assert seen.status.chunk_count == terms.total and seen.status.rest_key == bytes(32)
    assert seen.status.tag == sampled.escrow.job_tag(terms) == sampled.golden.tag
    sampled.submit(job_id, 1)
    assert sampled.escrow.job(job_id).state is State.COMPLETED
    named = [event.name for event in sampled.escrow.job_events(job_id, first) if event.name != "Credited"]
    moves = ["JobOpened", "JobAccepted", "HandedOver", "Proceeded", "Confirmed"]
    assert named == [*moves, "BatchVerified", "BatchVerified", "JobCompleted"]
    assert sampled.escrow.owed(terms.seller) == terms.bond + terms.payment
    sampled.escrow.withdraw(sampled.seller)
    assert sampled.escrow.owed(terms.seller) == 0


def test_refusals_of_proofs(sampled: SampledStage) -> None:
    job_id = sampled.bring(sampled.terms(), State.PROVING)
    with refused("ExampleSpent"):
        sampled.submit(job_id, 0)
    with refused("NoSuchExample"):
        sampled.submit(job_id, 1, indices=(3, 2))
    with refused("WrongDataRoot"):
        sampled.submit(job_id, 1, indices=(2, 4))
    with refused("WrongBatchSize"):
        sampled.submit(job_id, 1, indices=(2,))
    with refused("CountTooHigh"):
        sampled.submit(job_id, 1, count=3)
    for change in ({"count": 1}, {"note": bytes(32)}, {"tag_hash": 1}, {"proof": sampled.golden.batches[2].proof}):
        with refused("ProofRejected"):
            sampled.submit(job_id, 1, **change)
    sampled.submit(job_id, 1)
    with refused("ExampleSpent"):
        sampled.submit(job_id, 1)


def test_ciphertexts_posted_and_complained_about(sampled: SampledStage) -> None:
    """A buyer sends one corrupt ciphertext, posts it all, and loses everything to the opening made in Python."""
    terms = sampled.openable_terms()
    honest = sampled.delivery(openable(), sampled.escrow.job_id_of(terms))
    sent = corrupted(honest, 4)
    job_id = sampled.bring(terms, State.SAMPLED, sent)
    with refused("WrongKey"):
        sampled.escrow.post_ciphertext(sampled.buyer, job_id, REST_KEY, texts(sent))
    with refused("WrongCiphertexts"):
        sampled.escrow.post_ciphertext(sampled.buyer, job_id, SAMPLE_KEY, texts(honest))
    sampled.escrow.post_ciphertext(sampled.buyer, job_id, SAMPLE_KEY, texts(sent))
    assert sampled.escrow.job(job_id).sample_key == SAMPLE_KEY
    with refused("WrongDelivery"):
        sampled.escrow.proceed(sampled.seller, job_id, honest.ciphertext_root)
    sampled.escrow.proceed(sampled.seller, job_id, sent.ciphertext_root)
    with refused("WrongKey"):
        sampled.escrow.reveal_key(sampled.buyer, job_id, SAMPLE_KEY)
    sampled.escrow.reveal_key(sampled.buyer, job_id, REST_KEY)
    opened = open_examples(sent, FORMAT, remaining(terms, (0, 1)), job_id, sampled.escrow.job(job_id).rest_key)
    (fault,) = opened.faults
    assert isinstance(fault, ChunkFault) and fault.document.index == 4
    with refused("NotYourMove"):
        sampled.escrow.complain_decryption(sampled.buyer, job_id, fault.document, fault.chunk, fault.cipher)
    with refused("ExampleSpent"):
        wrong = replace(fault.document, index=1)
        sampled.escrow.complain_decryption(sampled.seller, job_id, wrong, fault.chunk, fault.cipher)
    sampled.escrow.complain_decryption(sampled.seller, job_id, fault.document, fault.chunk, fault.cipher)
    assert sampled.escrow.job(job_id).state is State.SPOILED
    assert sampled.escrow.owed(terms.seller) == 2 * terms.bond


def corrupted(delivery: Delivery, index: int) -> Delivery:
    """The delivery with one bit of an example's last ciphertext turned."""
    parcels = list(delivery.parcels)
    *kept, last = parcels[index].ciphertexts
    parcels[index] = replace(parcels[index], ciphertexts=(*kept, last[:-1] + bytes([last[-1] ^ 1])))
    return Delivery(tuple(parcels))


def test_honest_examples_stand(sampled: SampledStage) -> None:
    """Openings of a fault made up, against an honest hand-over."""
    terms = sampled.openable_terms()
    job_id = sampled.escrow.job_id_of(terms)
    honest, bad = sampled.delivery(openable(), job_id), sampled.delivery(mismatched(), job_id)
    sampled.bring(terms, State.REVEALED, honest)
    (fault,) = open_examples(corrupted(honest, 3), FORMAT, (2, 3, 4, 5), job_id, REST_KEY).faults
    assert isinstance(fault, ChunkFault)
    with refused("WrongCiphertext"):
        sampled.escrow.complain_decryption(sampled.seller, job_id, fault.document, fault.chunk, fault.cipher)
    parcel = honest.parcels[3]
    place = fault.cipher.position
    genuine = replace(
        fault.cipher, ciphertext=parcel.ciphertexts[fault.chunk.chunk], path=honest.tree.batch_path(place, 1)
    )
    with refused("ChunkIsHonest"):
        sampled.escrow.complain_decryption(sampled.seller, job_id, fault.document, fault.chunk, genuine)
    view = open_examples(bad, FORMAT, (2, 3, 4, 5), job_id, REST_KEY).faults[1]
    assert isinstance(view, ViewFault) and view.document.index == 3
    with refused("WrongDocument"):
        sampled.escrow.complain_view(sampled.seller, job_id, view.document, view.step, view.next)
    with refused("ViewIsHonest"):
        sampled.escrow.complain_view(sampled.seller, job_id, parcel.opening, view.step, view.next)
    sampled.escrow.confirm(sampled.seller, job_id)
    assert sampled.escrow.job(job_id).state is State.PROVING


def test_refusals_of_the_rest(sampled: SampledStage) -> None:
    terms = sampled.terms()
    job_id = sampled.bring(terms, State.OPEN)
    with refused("TagUsed"):
        sampled.escrow.open(sampled.buyer, replace(terms, target=1))
    with refused("TooEarly"):
        sampled.escrow.finalise(sampled.stranger, job_id)
    with refused("BadTerms"):
        sampled.escrow.open(sampled.buyer, replace(terms, nonce=9, key_window=MIN_WINDOW_S - 1))
    sampled.escrow.accept(sampled.seller, terms, sampled.seed(terms))
    with refused("BadChunkCount"):
        sampled.hand_over(job_id, bytes(32), terms.total + 1)
    sampled.hand_over(job_id, bytes(32), terms.total)
    sampled.escrow.abort(sampled.seller, job_id)
    assert sampled.escrow.aborts(terms.model_id) == 1
    after = replace(terms, nonce=2)
    sampled.escrow.open(sampled.buyer, after)
    with refused("TooManyAborts"):
        sampled.escrow.accept(sampled.seller, after, bytes(32))
    with pytest.raises(ChainError, match="knows no job"):
        sampled.escrow.terms(bytes(32))
    assert sampled.escrow.min_window() == MIN_WINDOW_S and sampled.escrow.registry() == sampled.registry.address
    assert sampled.chain.w3.eth.get_code(sampled.escrow.judge())  # type: ignore[arg-type]


# ---- what Python says beforehand


@pytest.mark.parametrize(("before", "ending"), ENDINGS, ids=lambda state: state.name)
def test_endings_amounts(sampled: SampledStage, before: State, ending: State) -> None:
    """Credits, over random costs, are those ``settle`` foretells, to the wei."""
    terms, delivery = sampled.terms(**random_costs(ENDINGS.index((before, ending)))), None
    if before in (State.POSTED, State.REVEALED):
        test_set = mismatched() if before is State.REVEALED else openable()
        terms = replace(terms, data_root=sampled.root_of(test_set))
        delivery = sampled.delivery(test_set, sampled.escrow.job_id_of(terms))
    job_id = sampled.bring(terms, before, delivery)
    end(sampled, job_id, ending, delivery)
    assert sampled.escrow.job(job_id).state is ending
    owed = {who: sampled.escrow.owed(who) for who in (terms.seller, terms.buyer, terms.fee_recipient)}
    credits = settle(terms, before, ending)
    assert {who: amount for who, amount in owed.items() if amount} == {c.who: c.amount for c in credits}
    assert sampled.chain.balance(sampled.escrow.address) == sum(owed.values())
    counted = ending is State.ABORTED or (before, ending) == (State.SAMPLED, State.EXPIRED)
    assert sampled.escrow.aborts(terms.model_id) == counted


def end(sampled: SampledStage, job_id: bytes, ending: State, delivery: Delivery | None) -> None:
    """The last move: a proof, a complaint, an abort, or nothing at all."""
    state = sampled.escrow.job(job_id).state
    if ending is State.COMPLETED:
        sampled.submit(job_id, 1)
        sampled.submit(job_id, 2)
    elif ending is State.ABORTED:
        sampled.escrow.abort(sampled.seller, job_id)
    elif state is State.REVEALED and delivery:
        fault = open_examples(delivery, FORMAT, (2, 3, 4, 5), job_id, REST_KEY).faults[0]
        assert isinstance(fault, ViewFault)
        sampled.escrow.complain_view(sampled.seller, job_id, fault.document, fault.step, fault.next)
    else:
        advance_time(sampled.chain, DAY_S)
        sampled.escrow.finalise(sampled.stranger, job_id)


def test_silence_after_the_key_is_consent(sampled: SampledStage) -> None:
    job_id = sampled.bring(sampled.terms(), State.REVEALED)
    advance_time(sampled.chain, DAY_S)
    sampled.escrow.finalise(sampled.stranger, job_id)
    assert sampled.escrow.job(job_id).state is State.PROVING


@pytest.mark.parametrize("seed", range(3))
def test_ids_amounts_and_draw(sampled: SampledStage, seed: int) -> None:
    """For random terms and seeds the contract has our tag, id and amounts, and draws what we draw."""
    rng = random.Random(seed)
    batch = 1 << rng.randrange(3)
    sample = batch * rng.randrange(1, 9)
    total = 2 * sample + batch * rng.randrange(300)
    sizes = {"batch": batch, "sample": sample, "total": total, "target": rng.randrange(1, total - sample)}
    costs = {name: value // 10**3 for name, value in random_costs(seed).items()}
    costs["inference_cost"] += 1
    costs["proving_cost"] += 2
    costs["example_cost"] += 3
    terms = sampled.terms(nonce=rng.getrandbits(256), data_root=rng.randbytes(32), **sizes, **costs)
    said = [sampled.escrow._read(name, terms.as_abi_tuple()) for name in ("jobTag", "jobIdOf", "amountsOf")]
    assert said[0] == job_tag(sampled.chain.chain_id, sampled.escrow.address, terms)
    assert said[1] == sampled.escrow.job_id_of(terms)
    assert tuple(said[2]) == (terms.deposit, terms.payment, terms.abort_fee)
    chosen = rng.randbytes(32)
    job_id, _ = sampled.escrow.open(sampled.buyer, terms)
    sampled.escrow.accept(sampled.seller, terms, chosen)
    found = drawn(terms, job_id, chosen)
    assert sampled.escrow.spent_examples(job_id, total) == found
    assert all(sampled.escrow.spent(job_id, index) for index in found[:3])
    assert not any(sampled.escrow.spent(job_id, index) for index in remaining(terms, found)[:3])


def test_moves_are_accounted_by_name(sampled: SampledStage) -> None:
    before = len(sampled.chain.ledger.entries)
    sampled.bring(sampled.terms(), State.PROVING)
    moves = ["open", "accept", "handOver", "proceed", "confirm"]
    assert [line.step for line in sampled.chain.ledger.entries[before:]] == [f"sampled.{move}" for move in moves]


def test_terms_of_another_contract_are_not_believed(sampled: SampledStage, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = sampled.terms()
    job_id = sampled.bring(terms, State.OPEN)
    other: SampledTerms = replace(terms, target=1)
    monkeypatch.setattr(type(sampled.escrow), "_read", lambda *_, **__: other.as_abi_tuple())
    with pytest.raises(ChainError, match="do not use it"):
        sampled.escrow.terms(job_id)
