"""How often a commitment may be opened: a count on disk that a crash can only make larger.

Every opening gives something away, so each is written down and synced before the work that leaks begins. A proof that
was begun and never finished has been spent; nothing refunds it. Shared by every backend.

A job on chain reserves what it may need before a deposit hangs on it, and others leave that alone until it is over.
Reservations are lines ``{"job": hex, "number": n}`` in a file beside the journal; the last line of a job counts, 0 is
its release. What is spent ``under`` a job carries its id and is taken off its reservation.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.errors import BudgetSpent, InvalidInput
from proofs.files import sync_folder
from proofs.nesting import shallow_json
from proofs.paths import data_dir
from proofs.wording import counted

_JOB: ContextVar[str | None] = ContextVar("job", default=None)
"""The job that openings are spent under, in hex."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The opening budget of one commitment on this machine.

    Args:
        commitment: 32 bytes: a weights commitment, or the root of a committed matrix.
        limit: openings its mask can hide.
        subject: the commitment, and way: the next step where nothing is left, both for people.
    """

    commitment: bytes
    limit: int
    subject: str = "this model commitment"
    way: str = "Commit the model again with a larger --proofs (a new mask, a new commitment, a new model id)"

    @property
    def path(self) -> Path:
        """The journal: one line per opening, named after the commitment."""
        return data_dir() / "budgets" / f"{self.commitment.hex()}.jsonl"

    @property
    def spent(self) -> int:
        """Openings written down so far; a line torn by a crash counts as one."""
        return len(_lines(self.path))

    @property
    def reservations(self) -> Path:
        """What jobs have reserved."""
        return self.path.with_suffix(".reserved")

    @property
    def left(self) -> int:
        """Openings that remain, those reserved for other jobs than the present one left out."""
        return self._left(_JOB.get())

    def left_for(self, job_id: bytes) -> int:
        """Openings that remain for one job, its own reservation included."""
        return self._left(job_id.hex())

    def require(self, openings: int) -> None:
        """Raise BudgetSpent unless ``openings`` more remain: called before any work."""
        self._require(openings, _JOB.get())

    def reserve(self, job_id: bytes, number: int) -> None:
        """Keep ``number`` openings for a job, counted from its beginning; again for the same job changes nothing.

        Raises:
            BudgetSpent: fewer remain that no other job has reserved.
        """
        job = job_id.hex()
        with self._locked():
            if self._reserved().get(job, 0) < number:
                self._require(number - self._spent_under()[job], job)
                self._write_reservation(job, number)

    def release(self, job_id: bytes) -> None:
        """A job is over: what it has not spent is free again."""
        with self._locked():
            if self._reserved().get(job_id.hex()):
                self._write_reservation(job_id.hex(), 0)

    @contextmanager
    def under(self, job_id: bytes) -> Iterator[None]:
        """Openings spent inside count against the job's reservation."""
        token = _JOB.set(job_id.hex())
        try:
            yield
        finally:
            _JOB.reset(token)

    def _left(self, job: str | None) -> int:
        spent, reserved = self._spent_under(), self._reserved()
        held = sum(max(number - spent[name], 0) for name, number in reserved.items() if name != job)
        return max(self.limit - self.spent - held, 0)

    def _spent_under(self) -> Counter[str]:
        """Openings by the job they were spent under."""
        return Counter(str(entry["job"]) for entry in _entries(self.path) if "job" in entry)

    def _reserved(self) -> dict[str, int]:
        """The last number of every job; a line torn by a crash was never promised to anybody."""
        found = _entries(self.reservations)
        return {str(e["job"]): e["number"] for e in found if isinstance(e.get("number"), int) and "job" in e}

    def _write_reservation(self, job: str, number: int) -> None:
        """Called under the lock."""
        try:
            descriptor = os.open(self.reservations, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            self._append(descriptor, json.dumps({"job": job, "number": number}, separators=(",", ":")))
        finally:
            os.close(descriptor)

    def _require(self, openings: int, job: str | None) -> None:
        left = self._left(job)
        if openings > left:
            held = self.limit - self.spent - left
            others = f" and {held} reserved for other jobs" if held > 0 else ""
            more = f"{openings} more {'is' if openings == 1 else 'are'} needed"
            raise BudgetSpent(
                f"{self.subject} may make {counted(self.limit, 'proof')}, {self.spent} spent{others}; {more}, {left} "
                f"left. {self.way}"
            )

    def spend(self, purpose: str, openings: int = 1) -> None:
        """Write down openings, one line each, and sync them to disk before anything is opened.

        Raises:
            BudgetSpent: fewer are left; none is spent then. InvalidInput: they cannot be written; some may be spent.
        """
        with self._locked() as descriptor:
            self._write_down(descriptor, purpose, openings)

    def spend_once(self, kind: str, purpose: str, openings: int = 1) -> bool:
        """Spend for the only thing of its kind there may be; False where the same was paid for before.

        Raises:
            BudgetSpent: something else of the kind was paid for. As ``spend``.
        """
        line = f"{kind}: {purpose}"[:200]
        with self._locked() as descriptor:
            paid = {str(entry.get("purpose")) for entry in _entries(self.path)}
            of_kind = sorted(before for before in paid if before.startswith(f"{kind}: "))
            if of_kind == [line]:
                return False
            if of_kind:
                raise BudgetSpent(f"{self.subject} has spent its one {of_kind[0]}; there is no second")
            self._write_down(descriptor, line, openings)
        return True

    def _write_down(self, descriptor: int, purpose: str, openings: int) -> None:
        """Called under the lock."""
        if openings < 1:
            raise ValueError(f"{openings} openings cannot be spent")
        self.require(openings)
        job = _JOB.get()
        content = {"at": int(time.time()), "purpose": purpose[:200]} | ({} if job is None else {"job": job})
        self._append(descriptor, "\n".join([json.dumps(content, separators=(",", ":"))] * openings))

    def _append(self, descriptor: int, text: str) -> None:
        """Write and sync; a first line also syncs the folder, or a power cut could take the whole journal away."""
        try:
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            line = (("\n" if torn else "") + text + "\n").encode()
            if os.write(descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
            sync_folder(self.path.parent)
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> InvalidInput:
        return InvalidInput(
            f"cannot write the proof budget {self.path}: {error.strerror}; no proof is made without writing it down "
            "first"
        )

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file that are whole."""
    for line in _lines(path):
        try:
            entry = shallow_json(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield entry


def _lines(path: Path) -> list[bytes]:
    """A journal's lines; none where there is no journal. Raises InvalidInput: there is one, and it cannot be read."""
    try:
        return path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InvalidInput(f"cannot read the proof budget {path}: {error.strerror}; it counts what is spent") from None
