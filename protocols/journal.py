"""An append-only, crash-safe journal: what a party did and learned, so that a killed process resumes where it was.

Layout: one canonical JSON object a line, ``{"body":{..},"digest":"0x..","kind":"..","prev":"0x..","seq":".."}``, and a
newline. ``digest`` is keccak256 of the object without it; ``prev`` is the digest of the line before, and for the first
line a digest of the journal's identity, so that a journal of another job or party is not taken for this one. Every line
is on disk (fsync) before ``append`` returns.

A crash in the middle of an append leaves a last line without newline: it was never acknowledged and is dropped. Any
other damage is an error that names the line; nothing is repaired silently. Whole lines cut off the end can't be seen
here: keep the file as safe as the key.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from proofs.encoding import abi_digest, domain, keccak256
from protocols.canonical import JsonValue, decode_canonical, encode_canonical
from protocols.errors import JournalError, MessageRejected

MAX_LINE_BYTES = 1 << 20
_KEYS = {"body", "digest", "kind", "prev", "seq"}
_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal line: its number from 0, its kind (lower case, dashes) and its body."""

    sequence: int
    kind: str
    body: dict[str, JsonValue]


def genesis(identity: bytes) -> bytes:
    """The hash the first line points back to; ``identity`` says whose journal of what this is, e.g. role and job id."""
    return abi_digest(["bytes32", "bytes"], [domain("assay/journal/v1"), identity])


def parse_journal(raw: bytes, identity: bytes, name: str) -> tuple[list[Entry], bytes, int]:
    """Parse journal bytes.

    Args:
        raw: the file's bytes. identity: as given when it was created. name: for error messages.

    Returns:
        The entries, the hash the next line must point back to, and the number of bytes that are whole lines.

    Raises:
        JournalError: a line that is damaged, out of sequence or does not follow the one before.
    """
    entries: list[Entry] = []
    previous, kept = genesis(identity), 0
    whole = raw[: raw.rfind(b"\n") + 1]
    for text in whole.split(b"\n")[:-1]:
        entry, previous = _parse_line(text, previous, len(entries), name)
        entries.append(entry)
        kept += len(text) + 1
    return entries, previous, kept


def _parse_line(line: bytes, previous: bytes, sequence: int, name: str) -> tuple[Entry, bytes]:
    """One whole line (without its newline), checked against its digest, number and predecessor; and its digest."""
    where = f"{name}, line {sequence + 1}"
    advice = "restore it from a backup, or start a new one and settle the job by its deadlines"
    try:
        content = decode_canonical(line, where, MAX_LINE_BYTES)
    except MessageRejected as error:
        raise JournalError(f"{where} is damaged ({error.check}); {advice}") from error
    body, kind = content.get("body"), content.get("kind")
    if set(content) != _KEYS or not isinstance(body, dict) or not isinstance(kind, str):
        raise JournalError(f"{where} has not the fields of a journal line; {advice}")
    claimed = content.pop("digest")
    digest = keccak256(encode_canonical(content))
    if claimed != "0x" + digest.hex():
        raise JournalError(f"{where} is damaged (digest); {advice}")
    if content["seq"] != str(sequence):
        raise JournalError(f"{where} carries number {content['seq']!r:.30}, expected {sequence}; {advice}")
    if content["prev"] != "0x" + previous.hex():
        raise JournalError(f"{where} does not follow the line before it, or belongs to another journal; {advice}")
    return Entry(sequence, kind, body), digest


def read_journal(path: Path, identity: bytes) -> list[Entry]:
    """Entries of a journal without locking or changing it, e.g. for a report while its owner runs.

    Raises:
        JournalError: damaged or unreadable.
    """
    try:
        return parse_journal(path.read_bytes(), identity, str(path))[0]
    except OSError as error:
        raise JournalError(
            f"cannot read the journal {path}: {error.strerror}; check the path and its rights"
        ) from error


class Journal:
    """A journal open for writing, locked against every other process until ``close``.

    Args:
        path: the file; created with mode 0600 when absent, in a folder that exists.
        identity: whose journal of what this is; a file with another identity is refused.

    Raises:
        JournalError: held by another process, damaged, of another identity, or not accessible.
    """

    def __init__(self, path: Path, identity: bytes) -> None:
        self.path = path
        self._file = _open_locked(path)
        try:
            raw = _read_all(self._file)
            self._entries, self._previous, self._length = parse_journal(raw, identity, str(path))
            if len(raw) != self._length:  # the torn last line of a crash
                os.ftruncate(self._file, self._length)
            os.fsync(self._file)
            _sync_folder(path.parent)
        except OSError as error:
            self.close()
            raise self._unwritable(error) from error
        except BaseException:
            self.close()
            raise

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    def append(self, kind: str, body: Mapping[str, JsonValue]) -> Entry:
        """Write one entry and wait until it is on disk.

        Args:
            kind: lower-case letters, digits and dashes. body: strings, booleans, lists and objects only.

        Raises:
            JournalError: a bad kind or body, an entry that is too long, a closed journal, or a disk that refuses.
        """
        if self._file < 0:
            raise JournalError(f"the journal {self.path} is closed; open it again")
        if not _KIND.fullmatch(kind):
            raise JournalError(f"journal kind {kind!r} must be a lower-case word with dashes")
        line, entry, digest = self._line(kind, body)
        self._write(line)
        self._entries.append(entry)
        self._previous, self._length = digest, self._length + len(line)
        return entry

    def close(self) -> None:
        """Release the file and its lock; closing twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _line(self, kind: str, body: Mapping[str, JsonValue]) -> tuple[bytes, Entry, bytes]:
        """The bytes of one line, proven readable before anything is written; the entry and digest they stand for."""
        sequence = len(self._entries)
        prev = "0x" + self._previous.hex()
        content: dict[str, JsonValue] = {"body": {**body}, "kind": kind, "prev": prev, "seq": str(sequence)}
        try:
            content["digest"] = "0x" + keccak256(encode_canonical(content)).hex()
            line = encode_canonical(content)
        except (TypeError, ValueError) as error:
            raise JournalError(f"journal entry {kind!r} is not plain JSON: {error}") from error
        entry, digest = _parse_line(line, self._previous, sequence, str(self.path))
        if entry.body != body:
            raise JournalError(f"journal entry {kind!r} does not survive JSON; use strings as keys")
        return line + b"\n", entry, digest

    def _write(self, line: bytes) -> None:
        """Append ``line`` and fsync; a failed write is taken back, or else the journal is closed for good."""
        try:
            written = 0
            while written < len(line):
                written += os.pwrite(self._file, line[written:], self._length + written)
            os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):  # what stays is a torn last line, and opening the journal drops it
                os.ftruncate(self._file, self._length)
            self.close()
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> JournalError:
        return JournalError(f"cannot write the journal {self.path}: {error.strerror}; make room, then resume")


def _open_locked(path: Path) -> int:
    """Descriptor of the journal file with an exclusive lock on it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise JournalError(
            f"cannot open the journal {path}: {error.strerror}; check the path and its rights"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise JournalError(f"the journal {path} is in use by another process; stop that one first") from error
    return descriptor


def _read_all(descriptor: int) -> bytes:
    """The whole file from its start."""
    parts = []
    offset = 0
    while part := os.pread(descriptor, 1 << 20, offset):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)


def _sync_folder(folder: Path) -> None:
    """Make a newly created file's name durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
