"""The client's record of a round: each input with its salt before it is sent, each answer once it has been checked.

Salts are drawn once and kept, so that after a crash the same question is asked again and the same answer comes.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.service.round import Round
from assay.service.store import open_database
from proofs.errors import InvalidInput
from proofs.poseidon import hash_rows
from protocols.predictions.answers import SignedAnswer, parse_answer

FILE = "round.sqlite"
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
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = open_database(folder / FILE, _SCHEMA)
        self._connection.execute("INSERT OR IGNORE INTO round VALUES (0, ?, ?)", (of.job_id, of.to_bytes()))
        if self._connection.execute("SELECT job FROM round").fetchone()[0] != of.job_id:
            self.close()
            raise InvalidInput(f"{folder} holds the record of another round; name an empty folder for this one")
        self._round = of

    def put_questions(self, raw: NDArray[np.int64]) -> None:
        """Record raw inputs (N, features) under indices 0..N-1, new ones with fresh salts.

        Raises:
            InvalidInput: more than the round has, or another input than before at some index.
        """
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
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO questions VALUES (?, ?, ?, ?)", rows)

    def questions(self, *, unanswered: bool = False) -> list[Asked]:
        """All questions in order, or those still without an answer."""
        query = "SELECT place, x, salt, h FROM questions"
        if unanswered:
            query += " WHERE place NOT IN (SELECT place FROM answers)"
        rows = self._connection.execute(query + " ORDER BY place")
        return [Asked(place, _integers(x), _integers(salt), int.from_bytes(h, "big")) for place, x, salt, h in rows]

    def question(self, index: int) -> Asked:
        """One question. Raises InvalidInput when it was never put."""
        row = self._connection.execute("SELECT x, salt, h FROM questions WHERE place = ?", (index,)).fetchone()
        if row is None:
            raise InvalidInput(f"there is no question {index} in the record of this round")
        return Asked(index, _integers(row[0]), _integers(row[1]), int.from_bytes(row[2], "big"))

    def answered(self) -> frozenset[int]:
        """Indices with an answer."""
        return frozenset(place for (place,) in self._connection.execute("SELECT place FROM answers"))

    def answer(self, index: int) -> SignedAnswer:
        """One answer. Raises InvalidInput when there is none."""
        row = self._connection.execute("SELECT signed FROM answers WHERE place = ?", (index,)).fetchone()
        if row is None:
            raise InvalidInput(f"there is no answer {index} in the record of this round")
        return parse_answer(row[0])

    def put_answers(self, answers: Iterable[SignedAnswer]) -> None:
        """Record checked answers, on disk when this returns."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            rows = ((item.answer.index, item.to_json()) for item in answers)
            self._connection.executemany("INSERT INTO answers VALUES (?, ?)", rows)

    def answers(self) -> dict[int, SignedAnswer]:
        """Every answer by index."""
        rows = self._connection.execute("SELECT place, signed FROM answers ORDER BY place")
        return {place: parse_answer(signed) for place, signed in rows}

    def close(self) -> None:
        """Release the file."""
        try:
            self._connection.close()
        except sqlite3.Error as error:
            raise InvalidInput(f"the record could not be closed: {error}") from None


def _bytes(values: NDArray[np.generic]) -> bytes:
    return values.astype("<i4").tobytes()


def _integers(raw: bytes) -> NDArray[np.int64]:
    return np.frombuffer(raw, dtype="<i4").astype(np.int64)
