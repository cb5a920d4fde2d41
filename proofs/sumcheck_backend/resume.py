"""Finished shards of unfinished work: kept in the cache, so that the same command goes on where it was stopped."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path

from proofs.canonical import canonical_bytes
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.paths import cache_dir
from proofs.statements.sumcheck import SumcheckStatement

_NAME = "shard-{:05d}"
_NONCE = "nonce"
NONCE_BYTES = 32
_DIGITS = 7


def kept_proof(statement: SumcheckStatement, index: int) -> bytes | None:
    """A shard's proof from earlier work under the same statement, or None. To be verified before it is used."""
    try:
        return (_folder(statement) / _NAME.format(index)).read_bytes()
    except OSError:
        return None


def keep_proof(statement: SumcheckStatement, index: int, proof: bytes) -> None:
    """Keep a shard's finished proof; the folder is its owner's alone."""
    _make_folder(statement)
    write_atomic(_folder(statement) / _NAME.format(index), proof, secret=True)


def nonce_of(statement: SumcheckStatement) -> bytes:
    """32 secret random bytes of this work: those of the interrupted work that goes on, else new ones.

    Every pad of the work's proofs follows from them. Work that goes on sends the same messages as before under the
    same pads; work that is done is forgotten, and the next under the same statement has other pads.

    Raises:
        InvalidInput: they cannot be kept.
    """
    place = _folder(statement) / _NONCE
    try:
        kept = place.read_bytes()
    except OSError:
        kept = b""
    if len(kept) == NONCE_BYTES:
        return kept
    _make_folder(statement)
    nonce = secrets.token_bytes(NONCE_BYTES)
    write_atomic(place, nonce, secret=True)
    return nonce


def forget(statement: SumcheckStatement) -> None:
    """Remove what was kept for a statement, the nonce first: its bundle is written.

    Raises:
        InvalidInput: the nonce cannot be removed, so that the next run would repeat this one.
    """
    place = _folder(statement) / _NONCE
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(
            f"cannot remove {place}: {error.strerror}; remove it, or the next run goes on with it"
        ) from None
    shutil.rmtree(_folder(statement), ignore_errors=True)
    _size_file_of(statement).unlink(missing_ok=True)


def kept_size(protocol: str, model: bytes, data: bytes, context: bytes) -> int | None:
    """Examples a proof in earlier, unfinished work on the same, whatever memory was free then."""
    try:
        text = _size_file(protocol, model, data, context).read_text()
    except (OSError, UnicodeDecodeError):
        return None
    size = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    return size or None


def keep_size(statement: SumcheckStatement) -> None:
    """Remember how many examples a proof of this work has: another number would be another statement."""
    write_atomic(_size_file_of(statement), str(statement.shard).encode(), secret=True)


def _make_folder(statement: SumcheckStatement) -> None:
    folder = _folder(statement)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InvalidInput(f"cannot keep finished proofs in {folder}: {error.strerror}") from None


def _folder(statement: SumcheckStatement) -> Path:
    return cache_dir() / "sumcheck" / statement.digest.hex()


def _size_file_of(statement: SumcheckStatement) -> Path:
    return _size_file(statement.protocol, statement.model, statement.data, statement.context)


def _size_file(protocol: str, model: bytes, data: bytes, context: bytes) -> Path:
    subject = canonical_bytes([protocol, model.hex(), data.hex(), context.hex()])
    return cache_dir() / "sumcheck" / f"{hashlib.sha256(subject).hexdigest()}.size"
