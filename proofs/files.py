"""Writing files so that a crash leaves the old bytes or the new ones; secrets are readable by their owner only."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from proofs.errors import InvalidInput

SECRET_MODE = 0o600
PUBLIC_MODE = 0o644
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_atomic(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write ``content`` to ``path`` through a synced temporary file in the same folder; mode 0600 when ``secret``."""
    require_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise unwritable(path, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(SECRET_MODE if secret else PUBLIC_MODE)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> InvalidInput:
    """The error for a file that cannot be written; where room is short, with the way on."""
    way = "; make room, then run the same command again" if error.errno in NO_ROOM else ""
    return InvalidInput(f"cannot write {path}: {error.strerror}{way}")


def require_replaceable(path: Path) -> None:
    """Refuse what a new file must not take the place of: folders, devices, sockets; and names no file can have.

    Raises:
        InvalidInput: saying which.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidInput(f"cannot write '{path}': {reason}") from None
    if not path.name or path.name == ".." or (mode is not None and stat.S_ISDIR(mode)):
        raise InvalidInput(f"cannot write '{path}': it is a folder; name a file")
    if mode is not None and not stat.S_ISREG(mode):
        raise InvalidInput(f"cannot write '{path}': it is no plain file, and would be replaced; name another")


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
