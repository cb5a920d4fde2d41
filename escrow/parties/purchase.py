"""What a requester keeps of a purchase: the delivery as it came, and the documents once they are readable."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery
from proofs.commitment.delivery_open import FormFault, Opened, open_delivery
from proofs.corpus_import.payload import check_payload
from proofs.errors import InvalidInput, MalformedProof
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


def keep_documents(folder: Path, opened: Opened, corpus: CorpusCommitment) -> list[str]:
    """Write each document's payload and view; returns what a buyer must know and no contract looks at.

    Files are named by the documents' numbers: ``00000012.payload`` as it was sold, ``00000012.npy`` the view.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    warnings = [f"document {f.index}: {f.why}" for f in opened.faults if isinstance(f, FormFault)]
    for index, document in sorted(opened.documents.items()):
        view = io.BytesIO()
        np.save(view, document.view, allow_pickle=False)
        write_atomic(folder / f"{index:08d}.payload", document.payload, secret=True)
        write_atomic(folder / f"{index:08d}.npy", view.getvalue(), secret=True)
        differs = check_payload(document, corpus.recipe, corpus.format)
        if differs is not None:
            warnings.append(f"document {index}: {differs}")
    return warnings
