"""What a fuzz target is: a parser, valid bytes for it, and the functions of the product it stands for."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    Args:
        name: unique. run: parses bytes. seeds: valid bytes, at least one of which is accepted.
        covers: the product's functions it enters, as "package.module.function"; the inventory counts on them.
        mutate: another way to change a seed than ``mutate.mutate``, by name.
        unpacks: bytes of memory an input may take for each of its own, beside 64 MiB; more for archives of our own.
        slow: an input takes longer than about 20 ms, so the short runs give it fewer.
    """

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    covers: tuple[str, ...]
    mutate: str = "bytes"
    slow: bool = False
    unpacks: int = 50


@cache
def scratch() -> Path:
    """A folder for this process."""
    folder = tempfile.TemporaryDirectory(prefix="assay-fuzz-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def as_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A reader of files, as a parser of bytes."""

    def run(raw: bytes) -> object:
        path = scratch() / name
        path.write_bytes(raw)
        return read(path)

    return run


def golden(*names: str) -> Callable[[], list[bytes]]:
    """Files of tests/golden."""
    return lambda: [(GOLDEN / name).read_bytes() for name in names]


def section(position: int, *names: str) -> Callable[[], list[bytes]]:
    """A section of each of those files."""
    from fuzz.mutate import sections

    def found() -> list[bytes]:
        parts = [sections((GOLDEN / name).read_bytes()) for name in names]
        return [part[1][position][1] for part in parts if part is not None]

    return found
