"""What a requester keeps of a purchase: the delivery as it came, and the documents once they are readable."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proofs.commitment.chunks import payload_of
from proofs.commitment.cipher import crypt
from proofs.commitment.corpus import Document
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery
from proofs.commitment.delivery_open import FormFault, Opened, open_delivery
from proofs.corpus_import.payload import check_payload
from proofs.errors import AssayError, InvalidInput, MalformedProof
from proofs.files import write_atomic

DELIVERY = "delivery.assay"


def write_delivery(home: Path, delivery: Delivery) -> None:
    """Keep a delivery, readable by its owner only: a receipt is a promise to hold it."""
    write_atomic(home / DELIVERY, delivery.to_bytes(), secret=True)


def kept_delivery(home: Path) -> Delivery:
    """The delivery as kept. Raises InvalidInput when it is gone or damaged."""
    path = home / DELIVERY
    try:
        return Delivery.from_bytes(path.read_bytes())
    except (OSError, MalformedProof) as error:
        raise InvalidInput(f"cannot read the delivery {path}: {error}; restore the state folder") from None


def opened_by_key(
    delivery: Delivery, corpus: CorpusCommitment, responder: str, job_id: bytes, key: bytes, key_hash: bytes
) -> Opened:
    """Every document of a kept delivery, or what is wrong with it. Raises RejectedProof for another key."""
    return open_delivery(delivery, corpus, job_id, bytes.fromhex(responder[2:]), key, key_hash)


def unfit_payloads(
    delivery: Delivery, opened: Opened, corpus: CorpusCommitment, job_id: bytes, key: bytes
) -> dict[int, bytes]:
    """The payloads of documents whose view has no view's form: as committed and paid for, so they are kept as well."""
    wanted = {fault.index for fault in opened.faults if isinstance(fault, FormFault)}
    found = {}
    for parcel in (parcel for parcel in delivery.parcels if parcel.index in wanted):
        chunks = enumerate(parcel.ciphertexts)
        plain = [crypt(key, job_id, parcel.index, number, text) for number, text in chunks]
        found[parcel.index] = payload_of(plain[corpus.format.steps :])
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of keeping documents: warnings in words, how many were written, and whether that is all of them."""

    warnings: tuple[str, ...]
    count: int
    complete: bool


def keep_documents(folder: Path, opened: Opened, corpus: CorpusCommitment, unfit: Mapping[int, bytes]) -> Kept:
    """Write each document's payload and view, and collect what a buyer must know and no contract looks at.

    Files are named by the documents' numbers: ``00000012.payload`` as it was sold, ``00000012.npy`` the view. May be
    repeated after a crash. What fails with one document is a warning that names it, and no obstacle to the others.

    Args:
        unfit: payloads of documents whose view has no view's form.
    """
    warnings = [f"document {f.index}: {f.why}" for f in opened.faults if isinstance(f, FormFault)]
    written = 0
    for index in sorted({*opened.documents, *unfit}):
        document = opened.documents.get(index)
        try:
            _write(folder, index, unfit[index] if document is None else document.payload, document)
            written += 1
        except (AssayError, OSError) as error:
            warnings.append(f"document {index} is not kept, make room and run this again: {error}")
        differs = None if document is None else _checked(document, corpus)
        if differs is not None:
            warnings.append(f"document {index}: {differs}")
    return Kept(tuple(warnings), written, written == len({*opened.documents, *unfit}))


def _write(folder: Path, index: int, payload: bytes, document: Document | None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomic(folder / f"{index:08d}.payload", payload, secret=True)
    if document is not None:
        view = io.BytesIO()
        np.save(view, document.view, allow_pickle=False)
        write_atomic(folder / f"{index:08d}.npy", view.getvalue(), secret=True)


def _checked(document: Document, corpus: CorpusCommitment) -> str | None:
    """Why the view does not follow from the payload, which a stranger made to be read by an importer."""
    try:
        return check_payload(document, corpus.recipe, corpus.format)
    except Exception as error:  # noqa: BLE001 - whatever a decoder trips over concerns this document and no other
        return f"the payload cannot be read ({type(error).__name__}: {str(error)[:200]})"
