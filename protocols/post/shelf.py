"""One direction of one job on disk, as a ``DirectoryChannel`` keeps it: how far it goes, and messages by the batch."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from proofs.errors import InvalidInput
from proofs.files import sync_folder
from protocols.channel import DirectoryChannel, file_name
from protocols.errors import MessageRejected
from protocols.post.quota import FILE_BYTES
from protocols.post.refusal import Kind, PostRefused
from protocols.post.wire import MAX_CARRIED, MAX_CARRIED_BYTES
from protocols.sealing import Direction


class Shelf:
    """The messages of ``direction`` in the job's folder under ``root``; one holder at a time writes to it.

    It counts on from where it last stood, as a channel's messages are never taken away, and anew if they were.
    """

    def __init__(self, root: Path, job_id: bytes, direction: Direction) -> None:
        self.folder = root / job_id.hex() / direction
        self._writer = DirectoryChannel(root / job_id.hex(), direction)
        self._count = 0
        self._bytes: int | None = None
        self._unsettled = False

    def count(self) -> int:
        """How many consecutive messages there are, from 0."""
        if self._count and not self._there(self._count - 1):
            self._count, self._bytes = 0, None
        while self._there(self._count):
            self._count += 1
        return self._count

    def held_bytes(self) -> int:
        """Bytes of all files here, and ``FILE_BYTES`` for each."""
        if self._bytes is None:
            try:
                sizes = [entry.stat(follow_symlinks=False).st_size for entry in os.scandir(self.folder)]
                self._bytes = sum(sizes) + FILE_BYTES * len(sizes)
            except FileNotFoundError:
                self._bytes = 0
        return self._bytes

    def batch(self, first: int, most_bytes: int = MAX_CARRIED_BYTES) -> tuple[bytes, ...]:
        """The messages from ``first`` on that fit into ``most_bytes``, at least one if there is one."""
        found: list[bytes] = []
        room = min(most_bytes, MAX_CARRIED_BYTES)
        while len(found) < MAX_CARRIED and first + len(found) < self.count():
            message = self.message(first + len(found))
            if message is None or (found and len(message) > room):
                break
            found.append(message)
            room -= len(message)
        return tuple(found)

    def message(self, number: int) -> bytes | None:
        """One message, None if it can't be read."""
        try:
            return self._writer.sent_payload(number)
        except MessageRejected:
            return None

    def place(self, number: int, message: bytes) -> bool:
        """Put message ``number`` here, to survive a power cut once ``settle`` returns; False if it was here already.

        Raises:
            PostRefused: others before it are missing, or another message has the number. InvalidInput: the disk fails.
        """
        count = self.count()
        if number > count:
            raise PostRefused(Kind.OUT_OF_ORDER)
        if number < count:
            if self.message(number) != message:
                raise PostRefused(Kind.CONFLICT, f"the other side sends another message under number {number}")
            return False
        held = self.held_bytes()
        self._writer.append(number, message, settled=False)
        self._count, self._bytes, self._unsettled = number + 1, held + len(message) + FILE_BYTES, True
        return True

    def settle(self) -> None:
        """All that was placed here survives a power cut. Raises InvalidInput when the disk fails."""
        if not self._unsettled:
            return
        try:
            sync_folder(self.folder)
            self._unsettled = False
        except OSError as error:
            raise InvalidInput(f"cannot sync {self.folder}: {error.strerror}; make room, resume") from error

    def _there(self, number: int) -> bool:
        try:
            return stat.S_ISREG(os.lstat(self.folder / file_name(number)).st_mode)
        except OSError:
            return False
