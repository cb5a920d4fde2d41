"""What a dispute over an answer needs, on either side; whoever talks to the chain builds on these two functions.

The client contests with the provider's own signed statement (``Evidence``); the provider proves from the input, salt
and outputs it recorded (``StoredAnswer``), with the hashed row the circuit takes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.service.store import FILE, StoredAnswer, read_answer, read_only
from proofs.canonical import canonical_bytes, expect_hex, expect_keys, parse_canonical
from proofs.errors import AssayError, InvalidInput, MalformedProof, MissingArtifact
from proofs.files import write_atomic
from protocols.canonical import decode_canonical, encode_canonical
from protocols.predictions.answers import MAX_ANSWER_BYTES, SignedAnswer, parse_answer


@dataclass(frozen=True, slots=True)
class Evidence:
    """A client's file of answers to contest, in order: public once used, as the statements go on chain.

    Args:
        job_id: the job. answers: each with its outputs and the provider's signature.
    """

    job_id: bytes
    answers: tuple[SignedAnswer, ...]

    def to_bytes(self) -> bytes:
        """The canonical file."""
        items = [decode_canonical(item.to_json(), "answer", MAX_ANSWER_BYTES) for item in self.answers]
        return canonical_bytes({"answers": items, "job_id": "0x" + self.job_id.hex()})

    @classmethod
    def from_bytes(cls, raw: bytes) -> Evidence:
        """Parse such a file; signatures are the escrow's to check. Raises MalformedProof or MessageRejected."""
        fields = expect_keys(parse_canonical(raw, "evidence"), {"answers", "job_id"}, "evidence")
        if not isinstance(fields["answers"], list):
            raise MalformedProof("evidence: answers must be a list")
        answers = tuple(parse_answer(encode_canonical(item)) for item in fields["answers"])
        job_ids = {item.answer.job_id for item in answers} | {expect_hex(fields["job_id"], 32, "evidence: job_id")}
        if len(job_ids) != 1:
            raise InvalidInput("the evidence mixes answers of several jobs; write it again with `assay client ask`")
        return cls(job_ids.pop(), answers)


def write_contests(path: Path, job_id: bytes, answers: Sequence[SignedAnswer]) -> None:
    """Write the file of contests; with none, remove the one an earlier run left at ``path``. Raises InvalidInput."""
    if answers:
        write_atomic(path, Evidence(job_id, tuple(answers)).to_bytes())
        return
    try:
        Evidence.from_bytes(path.read_bytes())
        path.unlink()
    except (OSError, AssayError):
        return  # nothing there, or no file of contests: not ours to remove


def recorded_answer(folder: Path, job_id: bytes, index: int) -> StoredAnswer:
    """What the provider recorded for a contested index, read beside a running service. Secret.

    Raises:
        MissingArtifact: this service never answered that index: the signature is not its own, or the record is lost.
        InvalidInput: the record cannot be read.
    """
    connection = read_only(folder / FILE)
    try:
        found = read_answer(connection, job_id, index)
    except sqlite3.Error as error:
        raise InvalidInput(f"cannot read the record in {folder}: {error}") from None
    finally:
        connection.close()
    if found is None:
        raise MissingArtifact(f"{folder} holds no answer {index} of job 0x{job_id.hex()}; name the service's folder")
    return found


def hashed_row(stored: StoredAnswer) -> NDArray[np.int64]:
    """The circuit's input tensor [raw, salt] (width,); its Poseidon hash is the signed h."""
    return np.concatenate([stored.raw, stored.salt])
