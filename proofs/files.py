"""Writing files so that a crash leaves the old bytes or the new ones; secrets are readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from proofs.errors import InvalidInput

SECRET_MODE = 0o600
PUBLIC_MODE = 0o644


def write_atomic(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write ``content`` to ``path`` through a synced temporary file in the same folder; mode 0600 when ``secret``."""
    if path.is_dir() or not path.name:
        raise InvalidInput(f"cannot write {path}: it is a folder; name a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InvalidInput(f"cannot write {path}: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(SECRET_MODE if secret else PUBLIC_MODE)
        temporary.replace(path)
    except OSError as error:
        raise InvalidInput(f"cannot write {path}: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
