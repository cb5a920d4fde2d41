"""How often a commitment may be opened: a count on disk that a crash can only make larger.

Every opening gives something away, so each is written down and synced before the work that leaks begins. A proof that
was begun and never finished has been spent; nothing refunds it. Shared by every backend.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proofs.errors import BudgetSpent, InvalidInput
from proofs.files import sync_folder
from proofs.paths import data_dir


@dataclass(frozen=True, slots=True)
class Budget:
    """The opening budget of one weights commitment on this machine.

    Args:
        commitment: 32-byte weights commitment.
        limit: openings its mask can hide.
    """

    commitment: bytes
    limit: int

    @property
    def path(self) -> Path:
        """The journal: one line per opening, named after the commitment."""
        return data_dir() / "budgets" / f"{self.commitment.hex()}.jsonl"

    @property
    def spent(self) -> int:
        """Openings written down so far; a line torn by a crash counts as one."""
        return len(self.path.read_bytes().splitlines()) if self.path.exists() else 0

    @property
    def left(self) -> int:
        """Openings that remain."""
        return max(self.limit - self.spent, 0)

    def require(self, openings: int) -> None:
        """Raise BudgetSpent unless ``openings`` more remain: called before any work."""
        if openings > self.left:
            raise BudgetSpent(
                f"this model commitment may make {self.limit} proofs and {self.spent} are spent; {openings} more are "
                "needed. Commit the model again with a larger --proofs (a new mask, a new commitment, a new model id)"
            )

    def spend(self, purpose: str) -> None:
        """Write down one opening and sync it to disk. Raises BudgetSpent when none is left."""
        with self._locked() as descriptor:
            self.require(1)
            line = json.dumps({"at": int(time.time()), "purpose": purpose[:200]}, separators=(",", ":"))
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            self._append(descriptor, (("\n" if torn else "") + line + "\n").encode())

    def _append(self, descriptor: int, line: bytes) -> None:
        """Write and sync; a first line also syncs the folder, or a power cut could take the whole journal away."""
        try:
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
