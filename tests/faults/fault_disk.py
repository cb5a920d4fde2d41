"""A disk that is full: as errors of the calls that write, at a chosen one of them, and as a real file system."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FILLER = "filler"


@dataclass
class Room:
    """Which call that needs room finds none; those after it find some again.

    Args:
        number: of the call. below: only calls about files here count.
    """

    number: int
    below: Path
    calls: list[str] = field(default_factory=list)

    def need(self, what: str, path: object) -> bool:
        """Count a call; whether there is no room for it."""
        if not str(path).startswith(str(self.below)):
            return False
        self.calls.append(f"{what} {path}")
        return len(self.calls) - 1 == self.number


@contextmanager
def without_room(room: Room) -> Iterator[None]:
    """Making files and folders, writing, syncing and renaming fail where ``room`` says so."""
    mine, real = threading.get_ident(), {name: getattr(os, name) for name in ("open", "mkdir", "write", "pwrite")}
    real |= {name: getattr(os, name) for name in ("fsync", "rename", "replace")}

    def wrap(name: str, path_of: Callable[..., object], *, needs: Callable[..., bool] = lambda *_: True) -> None:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            counts = threading.get_ident() == mine and needs(*arguments)
            if counts and room.need(name, path_of(*arguments)):
                if name in ("write", "pwrite"):  # half of it still fits
                    real[name](arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2], *arguments[2:])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real[name](*arguments, **options)

        patch.setattr(os, name, wrapped)

    with pytest.MonkeyPatch.context() as patch:
        wrap("open", lambda path, *_: path, needs=lambda _, flags, *__: bool(flags & os.O_CREAT))
        wrap("mkdir", lambda path, *_: path)
        for name in ("write", "pwrite", "fsync"):
            wrap(name, lambda descriptor, *_: _opened(descriptor))
        for name in ("rename", "replace"):
            wrap(name, lambda _, target: target)
        yield


def _opened(descriptor: int) -> str:
    with suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    return ""


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own at ``folder``; skips where one cannot be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", str(folder)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small file system takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """No room is left inside."""
    filler = disk / FILLER
    with filler.open("wb", buffering=0) as stream, suppress(OSError):
        for size in (1 << 16, 1 << 12, 1):
            with suppress(OSError):
                while stream.write(b"\0" * size) == size:
                    pass
    try:
        yield
    finally:
        filler.unlink()
