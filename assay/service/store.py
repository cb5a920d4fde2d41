"""The provider's record: every answer it ever signed, on disk before it leaves.

One SQLite file in write-ahead mode with ``synchronous=FULL``: a transaction that returned survives a killed process
and a power cut. The folder is locked, so that no two services answer the same round from it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.files import SECRET_MODE, sync_folder
from protocols.predictions.answers import SignedAnswer, SignedReceipt, parse_answer, parse_receipt

FILE = "answers.sqlite"
SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE answers (
  job BLOB NOT NULL, place INTEGER NOT NULL, x BLOB NOT NULL, salt BLOB NOT NULL, h BLOB NOT NULL, signed BLOB NOT NULL,
  PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipts (job BLOB PRIMARY KEY, answered INTEGER NOT NULL, signed BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer with all it takes to prove it: raw input (features,), salt limbs, and the signed statement. Secret."""

    raw: NDArray[np.int64]
    salt: NDArray[np.int64]
    signed: SignedAnswer


class AnswerStore:
    """The open record of one service; used by one thread after construction.

    Args:
        folder: private folder of the service, made if absent.

    Raises:
        InvalidInput: not accessible, in use by another service, or not such a record.
    """

    def __init__(self, folder: Path) -> None:
        self._lock, self._folder = locked(folder), folder
        try:
            self._connection = open_database(folder / FILE, _SCHEMA)
        except BaseException:
            os.close(self._lock)
            raise

    def used(self, job_id: bytes) -> dict[int, int]:
        """Index and hash of every answer of a job. Raises InvalidInput."""
        with readable(self._folder):
            rows = self._connection.execute("SELECT place, h FROM answers WHERE job = ?", (job_id,))
            return {place: int.from_bytes(h, "big") for place, h in rows}

    def answer(self, job_id: bytes, index: int) -> StoredAnswer | None:
        """One answer as it was given, None if there was none."""
        return read_answer(self._connection, job_id, index)

    def receipt(self, job_id: bytes) -> SignedReceipt | None:
        """The highest receipt of a job. Raises InvalidInput."""
        with readable(self._folder):
            return read_receipt(self._connection, job_id)

    def commit(self, answers: Iterable[StoredAnswer], receipts: Iterable[SignedReceipt]) -> None:
        """Write answers (each index once) and receipts in one transaction, on disk when this returns.

        Raises:
            sqlite3.Error: nothing of it was written; the record must not be used any further.
        """
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", map(_row, answers))
            self._connection.executemany(
                "INSERT INTO receipts VALUES (?, ?, ?) ON CONFLICT (job) DO UPDATE SET answered = excluded.answered, "
                "signed = excluded.signed WHERE excluded.answered > receipts.answered",
                ((item.receipt.job_id, item.receipt.answered, item.to_json()) for item in receipts),
            )

    def close(self) -> None:
        """Release file and lock; closing twice is harmless."""
        if self._lock >= 0:
            self._connection.close()
            os.close(self._lock)
            self._lock = -1


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Say of a damaged record what it is. Raises InvalidInput."""
    try:
        yield
    except sqlite3.Error as error:
        raise InvalidInput(f"the record in {folder} cannot be used: {error}; restore it from a copy") from None


def open_database(path: Path, schema: str) -> sqlite3.Connection:
    """A durable SQLite file of mode 0600 with ``schema``. Raises InvalidInput."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, SECRET_MODE))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(f"BEGIN; {schema} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif version != SCHEMA_VERSION:
            connection.close()
            raise InvalidInput(f"{path} was written by another version of Assay (record version {version})")
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise InvalidInput(f"cannot use {path} as a record: {error}; choose another folder") from None
    return connection


def read_only(path: Path) -> sqlite3.Connection:
    """An existing record opened for reading, beside its owner. Raises InvalidInput."""
    try:
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    except sqlite3.Error as error:
        raise InvalidInput(f"cannot read the record {path}: {error}; name the service's folder") from None


def read_answer(connection: sqlite3.Connection, job_id: bytes, index: int) -> StoredAnswer | None:
    """One answer from an open record, None if it was never given."""
    query = "SELECT x, salt, signed FROM answers WHERE job = ? AND place = ?"
    row = connection.execute(query, (job_id, index)).fetchone()
    if row is None:
        return None
    return StoredAnswer(_integers(row[0]), _integers(row[1]), parse_answer(row[2]))


def read_receipt(connection: sqlite3.Connection, job_id: bytes) -> SignedReceipt | None:
    """The highest receipt of a job from an open record, None if there is none."""
    row = connection.execute("SELECT signed FROM receipts WHERE job = ?", (job_id,)).fetchone()
    return None if row is None else parse_receipt(row[0])


def _row(item: StoredAnswer) -> tuple[object, ...]:
    answer = item.signed.answer
    x, salt = (array.astype("<i4").tobytes() for array in (item.raw, item.salt))
    return answer.job_id, answer.index, x, salt, answer.h.to_bytes(32, "big"), item.signed.to_json()


def _integers(raw: bytes) -> NDArray[np.int64]:
    return np.frombuffer(raw, dtype="<i4").astype(np.int64)


def private_folder(folder: Path) -> None:
    """Make ``folder`` if it is absent. Raises InvalidInput."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"cannot use the folder {folder}: {error.strerror}; choose another") from None


def locked(folder: Path, name: str = "lock", owner: str = "service") -> int:
    """Descriptor of the folder's lock file, held until closed. Raises InvalidInput."""
    private_folder(folder)
    try:
        lock = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, SECRET_MODE)
    except OSError as error:
        raise InvalidInput(f"cannot use the folder {folder}: {error.strerror}; choose another") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise InvalidInput(f"{folder} is in use by another {owner}; stop that one first") from None
    return lock
