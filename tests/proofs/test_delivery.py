"""Deliveries: honest ones open, and every way to cheat ends in the openings of a complaint a contract will uphold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.dishonest_corpus import (
    FORMAT,
    JOB,
    KEY,
    KEY_HASH,
    RESPONDER,
    VIEW_CHEATS,
    StepChange,
    delivery_of,
    documents,
    forged,
    honest_corpus,
    state_of,
    with_chunks,
    with_element,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.commitment import cipher
from proofs.commitment.chunks import STEP_HEAD, chunk_digest, climb, document_root
from proofs.commitment.corpus import Corpus
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery, build_delivery
from proofs.commitment.delivery_check import check_delivery
from proofs.commitment.delivery_open import ChunkFault, FormFault, Opened, ViewFault, open_delivery
from proofs.commitment.merkle import leaf_digest
from proofs.commitment.openings import NO_STEP, ChunkOpening, DocumentOpening, StepOpening
from proofs.errors import InvalidInput, RejectedProof
from proofs.poseidon import absorb, hash_elements
from proofs.poseidon.constants import FIELD

SELECTED = [1, 3, 5]
CORPUS = honest_corpus()


def received(delivery: Delivery, corpus: Corpus, selected: list[int]) -> Opened:
    """What a requester does: parse, check, then open."""
    parsed = Delivery.from_bytes(delivery.to_bytes())
    assert parsed == delivery
    check_delivery(parsed, corpus.commitment, selected, delivery.ciphertext_root, delivery.chunk_count)
    return open_delivery(parsed, corpus.commitment, JOB, RESPONDER, KEY, KEY_HASH)


def require_document(opening: DocumentOpening, commitment: CorpusCommitment) -> None:
    """As the contract opens a document."""
    sizes = (opening.payload_bytes, opening.view_steps, opening.payload_chunks)
    leaf = leaf_digest(opening.index, opening.h, document_root(*sizes, opening.chunks_root))
    assert len(opening.path) == commitment.depth
    assert climb(leaf, opening.index, opening.path) == commitment.tree_root


def require_chunk(opening: DocumentOpening, chunk: ChunkOpening | StepOpening) -> None:
    """As the contract opens a chunk of it."""
    digest = chunk.digest if isinstance(chunk, ChunkOpening) else chunk_digest(chunk.content)
    assert len(chunk.path) == (opening.view_steps + opening.payload_chunks - 1).bit_length()
    assert climb(digest, chunk.chunk, chunk.path) == opening.chunks_root


def upheld(fault: object, commitment: CorpusCommitment, delivery: Delivery) -> bool:
    """The contract's verdict on a complaint, from the fault's openings alone."""
    assert isinstance(fault, ChunkFault | ViewFault)
    require_document(fault.document, commitment)
    if isinstance(fault, ChunkFault):
        require_chunk(fault.document, fault.chunk)
        leaf = cipher.cipher_leaf(fault.document.index, fault.chunk.chunk, fault.cipher.ciphertext)
        tree = climb(leaf, fault.cipher.position, fault.cipher.path)
        assert cipher.ciphertext_root(delivery.chunk_count, tree) == delivery.ciphertext_root
        plain = cipher.crypt(KEY, JOB, fault.document.index, fault.chunk.chunk, fault.cipher.ciphertext)
        return chunk_digest(plain) != fault.chunk.digest
    require_chunk(fault.document, fault.step)
    last = fault.step.chunk + 1 == fault.document.view_steps
    state = state_of(fault.step.content)
    if not last:
        assert fault.next.chunk == fault.step.chunk + 1
        require_chunk(fault.document, fault.next)
    if max(state) >= FIELD or (fault.step.chunk == 0 and state != (0, 1 << 64)):
        return True
    reached = absorb(state, np.frombuffer(fault.step.content[STEP_HEAD:], ">i4").tolist())
    return reached[0] != fault.document.h if last else reached != state_of(fault.next.content)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 5), min_size=1))
def test_honest_deliveries_open_to_the_documents(chosen: set[int]) -> None:
    selected = sorted(chosen)
    opened = received(build_delivery(CORPUS, selected, JOB, KEY), CORPUS, selected)
    assert not opened.faults and opened.complaint is None and sorted(opened.documents) == selected
    for index in selected:
        assert opened.documents[index].payload == documents()[index].payload
        assert (opened.documents[index].view == documents()[index].view).all()
        assert opened.documents[index].view.dtype == np.uint8


@pytest.mark.parametrize(("index", "number"), [(1, 0), (1, 2), (3, 1), (3, 3), (5, 0), (5, 2)])
@pytest.mark.parametrize("place", [0, 15, 16, -1])
def test_swapped_ciphertext(index: int, number: int, place: int) -> None:
    """Any byte of any chunk, salt included."""
    honest = build_delivery(CORPUS, SELECTED, JOB, KEY)
    parcels = []
    for parcel in honest.parcels:
        texts = list(parcel.ciphertexts)
        if parcel.index == index:
            text = bytearray(texts[number])
            text[place] ^= 0x80
            texts[number] = bytes(text)
        parcels.append(replace(parcel, ciphertexts=tuple(texts)))
    delivery = Delivery(tuple(parcels))
    opened = received(delivery, CORPUS, SELECTED)
    (fault,) = opened.faults
    assert isinstance(fault, ChunkFault) and opened.complaint is fault
    assert (fault.document.index, fault.chunk.chunk) == (index, number)
    assert upheld(fault, CORPUS.commitment, delivery)
    assert sorted(opened.documents) == [i for i in SELECTED if i != index]


def test_ciphertexts_of_two_documents_exchanged() -> None:
    honest = build_delivery(CORPUS, [3, 4], JOB, KEY)
    one, two = honest.parcels
    first = (two.ciphertexts[0], *one.ciphertexts[1:])
    second = (one.ciphertexts[0], *two.ciphertexts[1:])
    delivery = Delivery((replace(one, ciphertexts=first), replace(two, ciphertexts=second)))
    opened = received(delivery, CORPUS, [3, 4])
    assert [type(fault) for fault in opened.faults] == [ChunkFault, ChunkFault] and not opened.documents
    assert all(upheld(fault, CORPUS.commitment, delivery) for fault in opened.faults)


@pytest.mark.parametrize(("number", "change", "kind", "step"), VIEW_CHEATS)
def test_views_that_are_not_what_was_hashed(number: int, change: StepChange, kind: str, step: int) -> None:
    corpus, delivery = forged(3, number, change)
    opened = received(delivery, corpus, SELECTED)
    (fault,) = opened.faults
    assert isinstance(fault, ViewFault) and fault.kind == kind and fault.step.chunk == step
    assert fault.document.index == 3 and (fault.next == NO_STEP) == (step == 1)
    assert upheld(fault, corpus.commitment, delivery)
    assert sorted(opened.documents) == [1, 5]


def test_another_hash_than_the_views() -> None:
    (own,) = CORPUS.chunks([1])
    corpus = with_chunks(CORPUS, {1: own}, {1: 12345})
    delivery = delivery_of(corpus, SELECTED, {})
    (fault,) = received(delivery, corpus, SELECTED).faults
    assert isinstance(fault, ViewFault) and fault.kind == "hash" and upheld(fault, corpus.commitment, delivery)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, 1, "element 0"),
        (35, -4, "element 35"),
        (2, 256 << 2, "element 2"),
        (36, -1, "salt"),
        (43, 1 << 16, "salt"),
    ],
)
def test_views_of_no_form_are_reported_without_a_complaint(place: int, value: int, words: str) -> None:
    """Hashed and committed consistently, but not what a view format allows: only the buyer notices."""
    index = 1
    row = CORPUS.rows[index].copy()
    row[place] = value
    salts = CORPUS.salts
    limbs = CORPUS.rows[:, FORMAT.features :].copy()
    limbs[index] = row[FORMAT.features :]
    raw = CORPUS.raw.copy()
    raw[index] = row[: FORMAT.features]
    odd = replace(CORPUS, raw=raw)
    odd.__dict__["rows"] = FORMAT.rows(raw, limbs)
    (own,) = odd.chunks([index])
    corpus = with_chunks(odd, {index: own}, {index: hash_elements(row.tolist())})
    opened = received(delivery_of(corpus, SELECTED, {index: own}), corpus, SELECTED)
    (fault,) = opened.faults
    assert salts is corpus.salts and isinstance(fault, FormFault) and fault.index == index and words in fault.why
    assert opened.complaint is None and sorted(opened.documents) == [3, 5]


def test_a_complaint_comes_before_other_faults() -> None:
    corpus, delivery = forged(3, 1, lambda s: with_element(s, 0, 4))
    one = delivery.parcels[0]
    damaged = replace(one, ciphertexts=(one.ciphertexts[0][:-1] + b"\0", *one.ciphertexts[1:]))
    delivery = Delivery((damaged, *delivery.parcels[1:]))
    opened = received(delivery, corpus, SELECTED)
    assert [type(fault) for fault in opened.faults] == [ChunkFault, ViewFault]
    assert opened.complaint is opened.faults[0]


def test_honest_openings_do_not_uphold() -> None:
    """The judge in this file is not a rubber stamp."""
    delivery = build_delivery(CORPUS, SELECTED, JOB, KEY)
    parcel, (chunks,) = delivery.parcels[1], CORPUS.chunks([3])
    steps = [StepOpening(n, chunks[n], parcel.tree.batch_path(n, 1)) for n in (0, 1)]
    assert not upheld(ViewFault("", parcel.opening, steps[0], steps[1]), CORPUS.commitment, delivery)
    assert not upheld(ViewFault("", parcel.opening, steps[1], NO_STEP), CORPUS.commitment, delivery)


@pytest.mark.parametrize(
    ("key", "job", "responder", "error"),
    [
        (bytes(32), JOB, RESPONDER, RejectedProof),
        (KEY, bytes(32), RESPONDER, RejectedProof),
        (KEY, JOB, bytes(20), RejectedProof),
        (KEY[:31], JOB, RESPONDER, InvalidInput),
        (KEY + b"\0", JOB, RESPONDER, InvalidInput),
        (b"", JOB, RESPONDER, InvalidInput),
        (KEY, JOB[:31], RESPONDER, InvalidInput),
        (KEY, JOB, RESPONDER + b"\0", InvalidInput),
    ],
)
def test_other_keys(key: bytes, job: bytes, responder: bytes, error: type[Exception]) -> None:
    delivery = build_delivery(CORPUS, SELECTED, JOB, KEY)
    with pytest.raises(error):
        open_delivery(delivery, CORPUS.commitment, job, responder, key, KEY_HASH)


@pytest.mark.parametrize("selected", [[], [3, 1], [1, 1], [-1], [6], [0, 7]])
def test_what_cannot_be_delivered(selected: list[int]) -> None:
    with pytest.raises(InvalidInput, match="strictly ascending"):
        build_delivery(CORPUS, selected, JOB, KEY)


def test_opening_needs_the_check_first() -> None:
    parcel = build_delivery(CORPUS, [3], JOB, KEY).parcels[0]
    for broken in (
        replace(parcel, ciphertexts=(parcel.ciphertexts[0][:-1], *parcel.ciphertexts[1:])),
        replace(parcel, ciphertexts=parcel.ciphertexts[:-1]),
        replace(parcel, digests=parcel.digests[:-1]),
        replace(parcel, payload_bytes=1 << 63),
    ):
        with pytest.raises(InvalidInput, match="check_delivery"):
            open_delivery(Delivery((broken,)), CORPUS.commitment, JOB, RESPONDER, KEY, KEY_HASH)


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.integers(0, 1 << 31), st.integers(0, 1 << 31))
def test_encryption_is_its_own_inverse_and_separates_places(text: bytes, key: bytes, doc: int, chunk: int) -> None:
    sealed = cipher.crypt(key, JOB, doc, chunk, text)
    assert len(sealed) == len(text) and cipher.crypt(key, JOB, doc, chunk, sealed) == text
    if len(text) >= 16:
        others = {
            cipher.crypt(key, JOB, doc, chunk + 1, text),
            cipher.crypt(key, JOB, doc + 1, chunk, text),
            cipher.crypt(key, KEY, doc, chunk, text),
            cipher.crypt(key[:-1] + bytes([key[-1] ^ 1]), JOB, doc, chunk, text),
        }
        assert sealed not in others and len(others) == 4


def test_fresh_keys_differ() -> None:
    assert len({cipher.fresh_key() for _ in range(10)}) == 10 and len(cipher.fresh_key()) == 32


def test_a_large_payload_in_one_delivery() -> None:
    """Places of ciphertexts beyond the first document's are counted from the start of the delivery."""
    delivery = build_delivery(CORPUS, [0, 4], JOB, KEY)
    last = delivery.parcels[1]
    damaged = replace(last, ciphertexts=(*last.ciphertexts[:-1], bytes(len(last.ciphertexts[-1]))))
    delivery = Delivery((delivery.parcels[0], damaged))
    (fault,) = received(delivery, CORPUS, [0, 4]).faults
    assert isinstance(fault, ChunkFault) and fault.cipher.position == delivery.chunk_count - 1
    assert upheld(fault, CORPUS.commitment, delivery)
