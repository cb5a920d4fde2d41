"""Structured reference strings: made by neither party, pinned by digest, exactly as large as the circuit.

Whoever makes one can forge proofs under it. ``assay ceremony --insecure`` makes one for tests, in a third party's
name; a ceremony's file comes by path with its sha-256. Both land in the cache under their digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from proofs.errors import InvalidInput, MissingArtifact
from proofs.files import write_atomic
from proofs.halo2.runner import Progress, run_job
from proofs.paths import cache_dir

INSECURE = "insecure"
CEREMONY = "ceremony"
MAX_LOGROWS = 26


@dataclass(frozen=True, slots=True)
class Srs:
    """A reference string on disk: 2^logrows powers, its sha-256, and whether a public ceremony made it."""

    path: Path
    logrows: int
    digest: bytes
    origin: str


def folder() -> Path:
    """Where reference strings are kept."""
    return cache_dir() / "srs"


def make_insecure(logrows: int, progress: Progress | None = None) -> Srs:
    """Draw a new reference string here: for tests only, since this machine could forge every proof under it."""
    _check_logrows(logrows)
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".draft-{logrows}-{os.getpid()}"
    try:
        run_job("ceremony", {"srs": str(draft), "logrows": logrows}, progress=progress)
        return _adopt(draft, logrows, INSECURE)
    finally:
        draft.unlink(missing_ok=True)


def import_file(path: Path, sha256: str) -> Srs:
    """Take a ceremony's file, whose sha-256 must be ``sha256`` (hex). Raises InvalidInput."""
    if not path.is_file():
        raise MissingArtifact(f"reference string: {path} does not exist")
    found = _digest(path).hex()
    if found != sha256.lower().removeprefix("0x"):
        raise InvalidInput(
            f"reference string: {path} has sha-256 {found}, not {sha256}; fetch the ceremony's file again"
        )
    with path.open("rb") as stream:
        logrows = int.from_bytes(stream.read(4), "little")
    _check_logrows(logrows)
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".draft-import-{logrows}-{os.getpid()}"
    try:
        shutil.copyfile(path, draft)
        return _adopt(draft, logrows, CEREMONY)
    finally:
        draft.unlink(missing_ok=True)


def find(logrows: int, digest: bytes | None = None) -> Srs:
    """The reference string of exactly ``logrows``, with ``digest`` if one is pinned, its file checked against it.

    Ceremonies come first. Raises MissingArtifact.
    """
    known = [srs for srs in listing() if srs.logrows == logrows and digest in (None, srs.digest)]
    for srs in sorted(known, key=lambda srs: (srs.origin != CEREMONY, srs.path.stat().st_mtime)):
        if _digest(srs.path) == srs.digest:
            return srs
    wanted = f"with sha-256 {digest.hex()} " if digest else ""
    raise MissingArtifact(
        f"no reference string for 2^{logrows} rows {wanted}in {folder()}: import a ceremony's file with "
        f"`assay ceremony --import FILE --sha256 HEX`, or, for tests only, let a third party run "
        f"`assay ceremony --insecure {logrows}`"
    )


def listing() -> list[Srs]:
    """Every reference string in the cache; one whose note or file is unreadable is left out."""
    return [srs for note in sorted(folder().glob("*.json")) if (srs := _read_note(note)) is not None]


def _read_note(note: Path) -> Srs | None:
    try:
        fields = json.loads(note.read_text())
        path = note.with_suffix(".srs")
        srs = Srs(path, int(fields["logrows"]), bytes.fromhex(fields["sha256"]), str(fields["origin"]))
        return srs if path.is_file() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _adopt(draft: Path, logrows: int, origin: str) -> Srs:
    digest = _digest(draft)
    path = folder() / f"{logrows}-{digest.hex()[:16]}.srs"
    draft.replace(path)
    note = {"logrows": logrows, "sha256": digest.hex(), "origin": origin}
    write_atomic(path.with_suffix(".json"), json.dumps(note).encode())
    return Srs(path, logrows, digest, origin)


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _check_logrows(logrows: int) -> None:
    if not 1 <= logrows <= MAX_LOGROWS:
        raise InvalidInput(f"2^{logrows} rows is out of range: 1 to {MAX_LOGROWS}")
