"""The message channel between two parties: numbered byte messages each way. First transport: a shared local folder.

A transport is not trusted for anything but delivery: whoever can write to it can drop or garble messages, and sealing
and signatures turn that into refused messages and missed deadlines, never into wrong ones.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path
from typing import Protocol

from proofs.errors import InvalidInput
from proofs.files import sync_folder
from protocols.errors import MessageRejected
from protocols.sealing import Direction

MAX_MESSAGE_BYTES = 1 << 20
MAX_MESSAGES = 1 << 20
_FILE_NAME = re.compile(r"([0-9]{8})\.msg")


class Channel(Protocol):
    """Numbered messages both ways, delivered at most once per number; the numbers of each direction start at 0."""

    def send(self, sequence: int, payload: bytes) -> None:
        """Deliver ``payload`` under ``sequence``; repeating a delivery with equal bytes changes nothing."""

    def receive(self, sequence: int) -> bytes | None:
        """The other side's message ``sequence``, or None when it has not come yet. Untrusted."""

    def sent(self) -> int:
        """How many consecutive messages, from 0, this side has delivered: where to resume after a crash."""

    def sent_payload(self, sequence: int) -> bytes | None:
        """This side's own message as delivered, to continue an interrupted hand-over. As untrusted as the transport."""


class DirectoryChannel:
    """A channel in a local folder both processes can reach: ``root/<direction>/<8 digits>.msg``.

    Messages appear by an atomic rename of a fully written and synced file. Only names of that exact form are ever
    opened; anything else in the folder, links, folders and pipes included, is ignored or refused.

    Making one touches no disk: whoever spoils the folder must not keep a party from moves that the chain alone decides.
    Only InvalidInput and MessageRejected leave it, whatever lies there.

    Args:
        root: the folder of this conversation (one per job). outgoing: the direction this side sends in.
        max_bytes: longest message sent or read.
    """

    def __init__(self, root: Path, outgoing: Direction, max_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._out, self._in = root / outgoing, root / outgoing.opposite
        self._max_bytes = max_bytes

    def open(self) -> None:
        """Make the folders, or see that they can be used; sending does it by itself.

        Raises:
            InvalidInput: one can't be made, or is a link.
        """
        for folder in (self._out, self._in):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise InvalidInput(
                    f"cannot use {folder} as a channel: {error.strerror}; choose another folder"
                ) from error
            if os.path.islink(folder):
                raise InvalidInput(f"{folder} is a link; a channel folder must be a real one")

    def send(self, sequence: int, payload: bytes) -> None:
        """Write message ``sequence``: the next number, or one already delivered with these very bytes.

        Raises:
            InvalidInput: too long, out of order, already delivered with other bytes, or a folder that refuses.
        """
        self.open()
        if len(payload) > self._max_bytes:
            raise InvalidInput(f"message {sequence} has {len(payload)} bytes, the channel takes {self._max_bytes}")
        count = self.sent()
        if 0 <= sequence < count:
            if self.sent_payload(sequence) != payload:
                raise InvalidInput(f"message {sequence} was already sent with other content; continue at {count}")
            return
        if sequence != count or count >= MAX_MESSAGES:
            raise InvalidInput(f"message {sequence} is out of order; the next one is {count}")
        self.append(sequence, payload)

    def append(self, sequence: int, payload: bytes, *, settled: bool = True) -> None:
        """Write message ``sequence``, known to be the next one: nothing is counted. Raises InvalidInput.

        Args:
            settled: it survives a power cut; otherwise only once the caller has synced the folder.
        """
        self.open()
        try:
            _write_atomically(self._out, file_name(sequence), payload, settled)
        except OSError as error:
            raise InvalidInput(
                f"cannot write to the channel {self._out}: {error.strerror}; make room, resume"
            ) from error

    def receive(self, sequence: int) -> bytes | None:
        """Read message ``sequence`` of the other side; None until it is there.

        Raises:
            MessageRejected: not a plain file, too long, or unreadable; check ``"channel"`` when it is the folder's
                fault and says nothing about the message.
        """
        return self._read(self._in, sequence)

    def sent(self) -> int:
        """Number of consecutive messages already delivered. Raises InvalidInput when the folder can't be read."""
        try:
            names = os.listdir(self._out)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise InvalidInput(f"cannot read the channel {self._out}: {error.strerror}; restore the folder") from error
        present = {int(match[1]) for name in names if (match := _FILE_NAME.fullmatch(name))}
        count = 0
        while count in present:
            count += 1
        return count

    def sent_payload(self, sequence: int) -> bytes | None:
        """One's own message as it lies in the folder."""
        return self._read(self._out, sequence)

    def _read(self, folder: Path, sequence: int) -> bytes | None:
        """One message file, opened without following links or blocking on pipes."""
        if not 0 <= sequence < MAX_MESSAGES:
            raise InvalidInput(f"message number {sequence} is out of range 0 to {MAX_MESSAGES - 1}")
        path = folder / file_name(sequence)
        if os.path.islink(folder):
            raise MessageRejected("channel", f"{folder} is a link; a channel folder must be a real one")
        try:
            return self._content(path)
        except FileNotFoundError:
            return None
        except (NotADirectoryError, PermissionError) as error:
            raise MessageRejected("channel", f"{path} cannot be read ({error.strerror}); restore the folder") from error
        except OSError as error:
            raise MessageRejected("file", f"{path} cannot be read as a message ({error.strerror})") from error

    def _content(self, path: Path) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise MessageRejected("file", f"{path} is not a plain file; remove it")
        with os.fdopen(descriptor, "rb") as file:
            payload = file.read(self._max_bytes + 1)
        if len(payload) > self._max_bytes:
            raise MessageRejected("size", f"{path} is longer than {self._max_bytes} bytes; it is not read")
        return payload


def file_name(sequence: int) -> str:
    """The only name message ``sequence`` can have."""
    return f"{sequence:08d}.msg"


def _write_atomically(folder: Path, name: str, payload: bytes, settled: bool) -> None:
    """Write, sync and rename, so that a reader sees the whole message or none, and a power cut loses none."""
    temporary = folder / f".{secrets.token_hex(8)}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(descriptor)
        os.rename(temporary, folder / name)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if settled:
        sync_folder(folder)
