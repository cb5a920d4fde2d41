"""The client's record of a round: each input with its salt before it is sent, each answer once it has been checked.

Salts are drawn once and kept, so that after a crash the same question is asked again and the same answer comes.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.service.round import Round
from assay.service.store import locked, open_database, private_folder, readable
from proofs.errors import InvalidInput
from proofs.poseidon import hash_rows
from protocols.predictions.answers import SignedAnswer, parse_answer

FILE = "round.sqlite"
LOCK = "asking.lock"
_SCHEMA = """
CREATE TABLE round (only INTEGER PRIMARY KEY CHECK (only = 0), job BLOB NOT NULL, file BLOB NOT NULL) STRICT;
CREATE TABLE questions (place INTEGER PRIMARY KEY, x BLOB NOT NULL, salt BLOB NOT NULL, h BLOB NOT NULL) STRICT;
CREATE TABLE answers (place INTEGER PRIMARY KEY REFERENCES questions (place), signed BLOB NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as recorded: index, raw input (features,), salt limbs and their hash. Secret."""

    index: int
    raw: NDArray[np.int64]
    salt: NDArray[np.int64]
    h: int


class ClientRecord:
    """The open record of one round.

    Args:
        folder: private folder of this round, made if absent.

    Raises:
        InvalidInput: not accessible, or the record of another round.
    """

    def __init__(self, folder: Path, of: Round) -> None:
        private_folder(folder)
        self._connection = open_database(folder / FILE, _SCHEMA)
        self._folder, self._lock = folder, -1
        try:
            with self._changed() as connection:
                connection.execute("INSERT OR IGNORE INTO round VALUES (0, ?, ?)", (of.job_id, of.to_bytes()))
            kept = self._rows("SELECT job FROM round")[0][0]
        except InvalidInput:
            self.close()
            raise
        if kept != of.job_id:
            self.close()
            raise InvalidInput(f"{folder} holds the record of another round; name an empty folder for this one")
        self._round = of

    def put_questions(self, raw: NDArray[np.int64]) -> None:
        """Record raw inputs (N, features) under indices 0..N-1, new ones with fresh salts.

        Whoever calls this is about to ask, and is the only one to until the record is closed.

        Raises:
            InvalidInput: more than the round has, another input than before at some index, or somebody else asks.
        """
        if self._lock < 0:
            self._lock = locked(self._folder, LOCK, "client that asks")
        known = {asked.index: asked for asked in self.questions()}
        if len(raw) > self._round.terms.round:
            raise InvalidInput(f"{len(raw)} inputs are more than the round's {self._round.terms.round} questions")
        for index, asked in known.items():
            if index >= len(raw) or (asked.raw != raw[index]).any():
                raise InvalidInput(f"input {index} is not the one asked before; give the same data to go on")
        fresh = [index for index in range(len(raw)) if index not in known]
        if not fresh:
            return
        limbs = self._round.view.salt_limbs
        salts = np.frombuffer(secrets.token_bytes(2 * limbs * len(fresh)), dtype="<u2").reshape(-1, limbs)
        hashes = hash_rows(self._round.view.rows(raw[fresh], salts.astype(np.int64)))
        rows = (
            (index, _bytes(raw[index]), _bytes(salt), h.to_bytes(32, "big"))
            for index, salt, h in zip(fresh, salts, hashes, strict=True)
        )
        with self._changed() as connection:
            connection.executemany("INSERT INTO questions VALUES (?, ?, ?, ?)", rows)

    def questions(self, *, unanswered: bool = False) -> list[Asked]:
        """All questions in order, or those still without an answer."""
        query = "SELECT place, x, salt, h FROM questions"
        if unanswered:
            query += " WHERE place NOT IN (SELECT place FROM answers)"
        rows = self._rows(query + " ORDER BY place")
        return [Asked(place, _integers(x), _integers(salt), int.from_bytes(h, "big")) for place, x, salt, h in rows]

    def question(self, index: int) -> Asked:
        """One question. Raises InvalidInput when it was never put."""
        rows = self._rows("SELECT x, salt, h FROM questions WHERE place = ?", index)
        if not rows:
            raise InvalidInput(f"there is no question {index} in the record of this round")
        x, salt, h = rows[0]
        return Asked(index, _integers(x), _integers(salt), int.from_bytes(h, "big"))

    def answered(self) -> frozenset[int]:
        """Indices with an answer."""
        return frozenset(place for (place,) in self._rows("SELECT place FROM answers"))

    def answer(self, index: int) -> SignedAnswer:
        """One answer. Raises InvalidInput when there is none."""
        rows = self._rows("SELECT signed FROM answers WHERE place = ?", index)
        if not rows:
            raise InvalidInput(f"there is no answer {index} in the record of this round")
        return parse_answer(rows[0][0])

    def put_answers(self, answers: Iterable[SignedAnswer]) -> None:
        """Record checked answers, on disk when this returns."""
        with self._changed() as connection:
            rows = ((item.answer.index, item.to_json()) for item in answers)
            connection.executemany("INSERT INTO answers VALUES (?, ?)", rows)

    def answers(self) -> dict[int, SignedAnswer]:
        """Every answer by index."""
        rows = self._rows("SELECT place, signed FROM answers ORDER BY place")
        return {place: parse_answer(signed) for place, signed in rows}

    def close(self) -> None:
        """Release file and lock."""
        with readable(self._folder):
            self._connection.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with readable(self._folder):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _changed(self) -> Iterator[sqlite3.Connection]:
        """A transaction, on disk when it ends."""
        with readable(self._folder), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection


def _bytes(values: NDArray[np.generic]) -> bytes:
    return values.astype("<i4").tobytes()


def _integers(raw: bytes) -> NDArray[np.int64]:
    return np.frombuffer(raw, dtype="<i4").astype(np.int64)
