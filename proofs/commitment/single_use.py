"""Test sets are single use: an example once opened to anybody may be known to every later seller.

The buyer's machine remembers a keyed digest of each example it has handed over, and refuses to commit it again.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from proofs.commitment.test_set import TestSet
from proofs.errors import InvalidInput
from proofs.files import sync_folder, unwritable, write_atomic
from proofs.paths import data_dir
from proofs.wording import counted

KEY_BYTES = 32


def record_opened(test_set: TestSet) -> None:
    """Remember that every example of ``test_set`` is about to be opened to somebody; synced before it returns."""
    known = _known()
    fresh = [line for line in _digests(test_set) if line not in known]
    path = _folder() / "opened.txt"
    try:
        _append(path, fresh)
    except OSError as error:
        raise unwritable(path, error) from None


def require_unused(test_set: TestSet) -> None:
    """Raise InvalidInput when an example has been opened before, naming the first."""
    known = _known()
    used = [index for index, line in enumerate(_digests(test_set)) if line in known]
    if used:
        raise InvalidInput(
            f"this test set has {counted(len(used), 'example')} (first: {used[0]}) already opened to a seller, who may "
            "have trained on what it saw or shared it; a score then proves little. Use fresh examples, or say "
            "--allow-reuse"
        )


def _append(path: Path, lines: list[str]) -> None:
    """All of them, on disk. A line torn by a crash or a full disk is closed first, lest it swallow the next one."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        content = ("\n" if torn else "").encode() + "".join(f"{line}\n" for line in lines).encode()
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
        sync_folder(path.parent)
    finally:
        os.close(descriptor)


def _digests(test_set: TestSet) -> list[str]:
    key = _key()
    return [hmac.new(key, row.tobytes(), "sha256").hexdigest() for row in test_set.raw]


def _known() -> set[str]:
    path = _folder() / "opened.txt"
    return set(path.read_text().split()) if path.exists() else set()


def _key() -> bytes:
    path = _folder() / "key"
    if not path.exists():
        write_atomic(path, secrets.token_bytes(KEY_BYTES), secret=True)
    return path.read_bytes()


def _folder() -> Path:
    folder = data_dir() / "opened-examples"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder
