"""The service's record as the party that acts on the chain reads it, while the service goes on writing it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assay.service.contests import hashed_row
from assay.service.store import FILE, read_answer, read_only, read_receipt
from escrow.parties.predictions.records import RecordedAnswer
from proofs.errors import InvalidInput
from protocols.predictions.answers import SignedReceipt


class ServiceRecord:
    """What the service in ``folder`` (its ``--data-dir``) has answered. Secret.

    Each method raises InvalidInput when there is a record that cannot be read; a service that has never run has none.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def answer(self, job_id: bytes, index: int) -> RecordedAnswer | None:
        """What was answered to question ``index``, None if nothing was."""
        if not self._path.exists():
            return None
        connection = read_only(self._path)
        try:
            found = read_answer(connection, job_id, index) if _begun(connection) else None
        except sqlite3.Error as error:
            raise self._unreadable(error) from None
        finally:
            connection.close()
        return None if found is None else RecordedAnswer(hashed_row(found), found.signed)

    def receipt(self, job_id: bytes) -> SignedReceipt | None:
        """The client's highest receipt."""
        if not self._path.exists():
            return None
        connection = read_only(self._path)
        try:
            return read_receipt(connection, job_id) if _begun(connection) else None
        except sqlite3.Error as error:
            raise self._unreadable(error) from None
        finally:
            connection.close()

    def _unreadable(self, error: sqlite3.Error) -> InvalidInput:
        return InvalidInput(f"cannot read the record {self._path}: {error}; name the folder of this service")


def _begun(connection: sqlite3.Connection) -> bool:
    """Whether the service has laid out its tables: a file it has only just made holds none."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0])
