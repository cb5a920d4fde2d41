"""What can be wrong with committed, encrypted documents once their key is known, shown so that a contract can decide.

A document is one of a corpus or an example of a test set that can be opened: a hashed tensor cut into view steps, and
payload chunks behind them. Everything here takes decrypted chunks of the lengths their layout asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from proofs.commitment import cipher
from proofs.commitment.chunks import chunk_digest, parse_step
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, DocumentOpening, StepOpening
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


class Place(NamedTuple):
    """A decrypted document and where its ciphertexts begin. The chunks are secret."""

    parcel: Parcel
    first: int
    chunks: tuple[bytes, ...]


def decrypted(delivery: Delivery, job_id: bytes, key_of: Callable[[int], bytes | None]) -> list[Place]:
    """The documents of a delivery in clear, without those ``key_of`` (by document number) has no key for."""
    places, first = [], 0
    for parcel in delivery.parcels:
        key = key_of(parcel.index)
        if key is not None:
            texts = enumerate(parcel.ciphertexts)
            chunks = tuple(cipher.crypt(key, job_id, parcel.index, chunk, text) for chunk, text in texts)
            places.append(Place(parcel, first, chunks))
        first += len(parcel.ciphertexts)
    return places


def chunk_fault(delivery: Delivery, place: Place) -> ChunkFault | None:
    """The first chunk that is not the committed one."""
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


def sound_views(places: Sequence[Place], width: int, steps: int) -> list[bool]:
    """For each document whether its view steps are the sponge over their elements up to h; all hashed in one go.

    Args:
        width: elements of the hashed tensor. steps: view steps it is cut into.
    """
    parsed = [[parse_step(chunk) for chunk in place.chunks[:steps]] for place in places]
    rows = np.array([[e for step in document for e in step.elements] for document in parsed], dtype=np.int64)
    answers = states_of_rows(rows.reshape(len(places), width))
    return [
        (digest, states) == (place.parcel.hash, [step.state for step in document])
        for place, document, (digest, states) in zip(places, parsed, answers, strict=True)
    ]


def view_fault(place: Place, steps: int) -> ViewFault | None:
    """The first of ``steps`` steps that is malformed, begins wrongly, or does not lead to the next state or to h."""
    parcel = place.parcel
    for number in range(steps):
        kind = _wrong(place, steps, number)
        if kind is not None:
            last = number + 1 == steps
            following = NO_STEP if last else _step(place, number + 1)
            return ViewFault(kind, parcel.opening, _step(place, number), following)
    return None


def _wrong(place: Place, steps: int, number: int) -> str | None:
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


def _step(place: Place, number: int) -> StepOpening:
    return StepOpening(number, place.chunks[number], place.parcel.tree.batch_path(number, 1))
