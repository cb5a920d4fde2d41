"""After the key: the documents, or the openings that prove the delivery wrong.

Three things can be wrong. A chunk decrypts to something else than was committed (``ChunkFault``), or a committed view
is not what h was made from (``ViewFault``): a contract decides both. Or the committed view is no view of its format
(``FormFault``): nothing on chain is about that, it says that the corpus was made dishonestly or by other software.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from proofs.commitment import cipher
from proofs.commitment.chunks import chunk_digest, parse_step, payload_of
from proofs.commitment.corpus import Document
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, DocumentOpening, StepOpening
from proofs.commitment.view_format import MAX_SALT, ViewFormat
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.poseidon import states_of_rows
from proofs.poseidon.constants import FIELD
from proofs.poseidon.sponge import absorb, initial_state


@dataclass(frozen=True, slots=True)
class ChunkFault:
    """A ciphertext that decrypts to another chunk than the committed one: the openings ``complainDecryption`` takes."""

    document: DocumentOpening
    chunk: ChunkOpening
    cipher: CipherOpening


@dataclass(frozen=True, slots=True)
class ViewFault:
    """A view step that does not lead where it must: the openings ``complainView`` takes.

    ``kind`` is ``field`` (a state outside the field), ``first-state``, ``next-state`` or ``hash``. Lengths cannot be
    wrong here: ciphertexts of other lengths got no receipt, and then no chunk of another length was committed either.
    """

    kind: str
    document: DocumentOpening
    step: StepOpening
    next: StepOpening


@dataclass(frozen=True, slots=True)
class FormFault:
    """A document committed in a form that no view has. No contract hears about it."""

    index: int
    why: str


Fault = ChunkFault | ViewFault | FormFault


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opened: documents by number, and for every other document the first fault found in it."""

    documents: dict[int, Document] = field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def complaint(self) -> ChunkFault | ViewFault | None:
        """A fault that a contract will act on, if there is one."""
        return next((fault for fault in self.faults if not isinstance(fault, FormFault)), None)


class _Place(NamedTuple):
    """A decrypted document and where its ciphertexts begin."""

    parcel: Parcel
    first: int
    chunks: tuple[bytes, ...]


def open_delivery(
    delivery: Delivery, commitment: CorpusCommitment, job_id: bytes, responder: bytes, key: bytes, key_hash: bytes
) -> Opened:
    """Decrypt a delivery that has passed ``check_delivery``, and look at every byte.

    Args:
        job_id: 32 bytes.
        responder: its 20-byte address.
        key: as revealed, 32 bytes.
        key_hash: as committed to before the receipt.

    Raises:
        RejectedProof: 'key' (not the key committed to).
        InvalidInput: key, job id or address of a wrong length; a delivery of other lengths than its layout says.
    """
    if any(parcel.odd_chunk(commitment.format.width) is not None for parcel in delivery.parcels):
        raise InvalidInput("the delivery has not passed check_delivery: its chunks have other lengths than they must")
    if cipher.key_hash(job_id, responder, key) != key_hash:
        raise RejectedProof("key", "the key is not the one whose hash was committed to")
    view_format = commitment.format
    places = _decrypted(delivery, job_id, key)
    damaged = [fault for place in places if (fault := _chunk_fault(delivery, place))]
    hidden = {fault.document.index for fault in damaged}
    whole = [place for place in places if place.parcel.index not in hidden]
    documents: dict[int, Document] = {}
    faults: list[Fault] = list(damaged)
    for place, sound in zip(whole, _sound_views(whole, view_format), strict=True):
        result = (None if sound else _view_fault(place, view_format)) or _document(place, view_format)
        if isinstance(result, Document):
            documents[place.parcel.index] = result
        else:
            faults.append(result)
    return Opened(documents, tuple(faults))


def _decrypted(delivery: Delivery, job_id: bytes, key: bytes) -> list[_Place]:
    places, first = [], 0
    for parcel in delivery.parcels:
        texts = enumerate(parcel.ciphertexts)
        chunks = tuple(cipher.crypt(key, job_id, parcel.index, chunk, text) for chunk, text in texts)
        places.append(_Place(parcel, first, chunks))
        first += len(chunks)
    return places


def _chunk_fault(delivery: Delivery, place: _Place) -> ChunkFault | None:
    parcel = place.parcel
    for number, (chunk, digest) in enumerate(zip(place.chunks, parcel.digests, strict=True)):
        if chunk_digest(chunk) != digest:
            position = place.first + number
            return ChunkFault(
                parcel.opening,
                ChunkOpening(number, digest, parcel.tree.batch_path(number, 1)),
                CipherOpening(position, parcel.ciphertexts[number], delivery.tree.batch_path(position, 1)),
            )
    return None


def _sound_views(places: list[_Place], view_format: ViewFormat) -> list[bool]:
    """For each document whether its view steps are the sponge over their elements up to h; all hashed in one go."""
    steps = [[parse_step(chunk) for chunk in place.chunks[: view_format.steps]] for place in places]
    rows = np.array([[e for step in document for e in step.elements] for document in steps], dtype=np.int64)
    answers = states_of_rows(rows.reshape(len(places), view_format.width))
    return [
        (digest, states) == (place.parcel.hash, [step.state for step in document])
        for place, document, (digest, states) in zip(places, steps, answers, strict=True)
    ]


def _view_fault(place: _Place, view_format: ViewFormat) -> ViewFault | None:
    """The first step that is malformed, begins wrongly, or does not lead to the next state or to h."""
    parcel = place.parcel
    for number in range(view_format.steps):
        kind = _wrong(place, view_format.steps, number)
        if kind is not None:
            last = number + 1 == view_format.steps
            following = NO_STEP if last else _step(place, number + 1)
            return ViewFault(kind, parcel.opening, _step(place, number), following)
    return None


def _wrong(place: _Place, steps: int, number: int) -> str | None:
    """What is wrong with view step ``number``, in the order in which the contract looks."""
    step = parse_step(place.chunks[number])
    if max(step.state) >= FIELD:
        return "field"
    if number == 0 and step.state != initial_state():
        return "first-state"
    reached = absorb(step.state, step.elements)
    if number + 1 == steps:
        return None if reached[0] == place.parcel.hash else "hash"
    return None if reached == parse_step(place.chunks[number + 1]).state else "next-state"


def _step(place: _Place, number: int) -> StepOpening:
    return StepOpening(number, place.chunks[number], place.parcel.tree.batch_path(number, 1))


def _document(place: _Place, view_format: ViewFormat) -> Document | FormFault:
    steps = view_format.steps
    parsed = [parse_step(chunk) for chunk in place.chunks[:steps]]
    row = np.array([element for step in parsed for element in step.elements], dtype=np.int64)
    raw, salt = row[: view_format.features], row[view_format.features :]
    if salt.min() < 0 or salt.max() > MAX_SALT:
        return FormFault(place.parcel.index, f"a salt limb lies outside 0..{MAX_SALT}")
    try:
        view = view_format.view_of(raw[None])[0]
    except MalformedProof as error:
        return FormFault(place.parcel.index, str(error))
    return Document(payload_of(place.chunks[steps:]), view)
