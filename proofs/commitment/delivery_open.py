"""After the key: the documents, or the openings that prove the delivery wrong.

Three things can be wrong. A chunk decrypts to something else than was committed (``ChunkFault``), or a committed view
is not what h was made from (``ViewFault``): a contract decides both. Or the committed view is no view of its format
(``FormFault``): nothing on chain is about that, it says that the corpus was made dishonestly or by other software.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from proofs.commitment import cipher
from proofs.commitment.chunks import parse_step, payload_of
from proofs.commitment.corpus import Document
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery
from proofs.commitment.faults import ChunkFault, Place, ViewFault, chunk_fault, decrypted, sound_views, view_fault
from proofs.commitment.view_format import MAX_SALT, ViewFormat
from proofs.errors import InvalidInput, MalformedProof, RejectedProof

__all__ = ["ChunkFault", "Fault", "FormFault", "Opened", "ViewFault", "open_delivery"]


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
    places = decrypted(delivery, job_id, lambda _: key)
    damaged = [fault for place in places if (fault := chunk_fault(delivery, place))]
    hidden = {fault.document.index for fault in damaged}
    whole = [place for place in places if place.parcel.index not in hidden]
    documents: dict[int, Document] = {}
    faults: list[Fault] = list(damaged)
    steps = view_format.steps
    for place, sound in zip(whole, sound_views(whole, view_format.width, steps), strict=True):
        result = (None if sound else view_fault(place, steps)) or _document(place, view_format)
        if isinstance(result, Document):
            documents[place.parcel.index] = result
        else:
            faults.append(result)
    return Opened(documents, tuple(faults))


def _document(place: Place, view_format: ViewFormat) -> Document | FormFault:
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
