"""What the client keeps about the proof of a round, in the round's folder: the proof itself, and the draw it made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.container import read_file
from proofs.errors import AssayError, InvalidInput, MalformedProof
from proofs.files import write_atomic
from protocols.predictions.round_proof import MAX_ROUND_PROOF_BYTES
from protocols.predictions.terms import MAX_ROUND

PROOF, CHECKED = "round.proof", "round-check.json"
_KEYS = {"job_id", "drawn", "contested"}
_MAX_BYTES = 16 * MAX_ROUND


@dataclass(frozen=True, slots=True)
class CheckNote:
    """What an earlier look at the round's proof led to.

    Args:
        drawn: answers drawn at random, None before a draw: it is made once. contested: all it wrote to the contests.
    """

    job_id: bytes
    drawn: tuple[int, ...] | None = None
    contested: tuple[int, ...] = ()

    def save(self, folder: Path) -> None:
        """Write it; on disk when this returns."""
        drawn = None if self.drawn is None else list(self.drawn)
        content = {"job_id": to_hex(self.job_id), "drawn": drawn, "contested": list(self.contested)}
        write_atomic(folder / CHECKED, canonical_bytes(content), secret=True)

    @classmethod
    def load(cls, folder: Path, job_id: bytes) -> CheckNote:
        """What was written, or a note of nothing. Raises InvalidInput: damaged, or of another round."""
        path = folder / CHECKED
        if not path.exists():
            return cls(job_id)
        try:
            fields = expect_keys(parse_canonical(read_file(path, "note", _MAX_BYTES), "note"), _KEYS, "note")
            found = cls(
                expect_hex(fields["job_id"], 32, "note: job_id"),
                None if fields["drawn"] is None else _indices(fields["drawn"]),
                _indices(fields["contested"]),
            )
        except MalformedProof as error:
            raise InvalidInput(f"{path} is damaged: {error}; remove it, and the draw is made again") from None
        if found.job_id != job_id:
            raise InvalidInput(f"{path} is of another round; name this round's folder")
        return found


def kept_proof(folder: Path) -> bytes | None:
    """The verified proof of an earlier look, if there is one; to be verified again."""
    try:
        return read_file(folder / PROOF, "round proof", MAX_ROUND_PROOF_BYTES)
    except AssayError:
        return None


def keep_proof(folder: Path, raw: bytes) -> None:
    """Keep a verified proof, mode 0600: it shows all answers, and in integrity mode equations in model and inputs."""
    write_atomic(folder / PROOF, raw, secret=True)


def _indices(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise MalformedProof("note: indices must be a list")
    return tuple(expect_int(index, 0, MAX_ROUND - 1, "note: index") for index in value)
