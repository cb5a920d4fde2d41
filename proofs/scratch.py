"""Private working folders for secrets: removed when done, and swept up later if a kill left them behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from proofs.errors import InvalidInput
from proofs.files import unwritable
from proofs.paths import cache_dir


@contextmanager
def secret_folder() -> Iterator[Path]:
    """A new folder of mode 0700, removed at the end; folders of processes that are gone are removed first."""
    root = cache_dir() / "scratch"
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=f"{_owner()}-", dir=root))
    except OSError as error:
        raise InvalidInput(f"cannot make a working folder in {root}: {error.strerror}") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_scratch(path: Path, content: bytes) -> None:
    """A file in a working folder, which nobody reads after a crash. Raises InvalidInput: it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise unwritable(path, error) from None


def _owner() -> str:
    """This process, told from a later one with the same number by the second it began."""
    process = psutil.Process()
    return f"{process.pid}.{int(process.create_time())}"


def _sweep(root: Path) -> None:
    for folder in root.iterdir():
        if not _alive(folder.name.partition("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(owner: str) -> bool:
    number, _, began = owner.partition(".")
    try:
        return int(psutil.Process(int(number)).create_time()) == int(began)
    except (psutil.Error, ValueError):
        return False
