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
from proofs.files import write_atomic
from proofs.paths import data_dir
from proofs.wording import counted

KEY_BYTES = 32


def record_opened(test_set: TestSet) -> None:
    """Remember that every example of ``test_set`` is about to be opened to somebody; synced before it returns."""
    known = _known()
    fresh = [line for line in _digests(test_set) if line not in known]
    path = _folder() / "opened.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, "".join(f"{line}\n" for line in fresh).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
