"""Verifying a bundle through ``assay verify``'s own code, and keeping what it found for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from assay.commands.verify import Trusted, require_trusted, verify_against
from assay.output import Output
from assay.reference_string import NONE, origin_of
from assay.report.usable import require_usable
from proofs.container import read_file
from proofs.errors import AssayError, InvalidInput, MalformedProof, RejectedProof
from proofs.read_bundle import AnyBundle, read_bundle
from proofs.sheets import Sheet, sheet_of
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.model_commitment import NetworkCommitment

MALFORMED = "well-formed bytes"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that went into a report: its role (``proof``, ``--commit`` and so on), name and sha-256."""

    role: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Examined:
    """One bundle and the verdict on it.

    Args:
        files: the bundle first, then all it was checked against.
        bundle: None where its bytes do not parse. sheet: None unless accepted: a rejected proof states nothing.
        facts: the JSON document of ``assay verify``; empty unless accepted.
        failure: what was raised, None where the proof was accepted.
        receipt: of a committed network, how it compared with the float model; the committer's word.
    """

    files: tuple[NamedFile, ...]
    bundle: AnyBundle | None
    sheet: Sheet | None
    facts: Mapping[str, Any]
    failure: AssayError | None
    receipt: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether every check passed."""
        return self.failure is None

    @property
    def failed_check(self) -> str:
        """Short name of the check that failed."""
        return self.failure.check if isinstance(self.failure, RejectedProof) else MALFORMED


@dataclass(frozen=True, slots=True)
class Kept(Output):
    """An ``Output`` that keeps the document and says nothing: all of it is in the document, or on the sheet."""

    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, style: str | None = None) -> None:
        """Nothing."""

    def table(self, title: str, columns: list[str], rows: list[list[str]]) -> None:
        """Nothing."""

    def document(self, fields: Mapping[str, Any]) -> None:
        """Keep the result."""
        self.facts.update(fields)


def examine(proof: Path, trusted: Trusted) -> Examined:
    """Verify ``proof``. A rejected or malformed one is an answer here, not an error.

    Raises:
        AssayError: what keeps ``assay verify`` from a verdict: files or options that cannot be used.
    """
    require_trusted(trusted)
    files = _files(proof, trusted)
    require_usable(_parsed(proof), trusted)
    kept = Kept()
    try:
        verify_against(kept, proof, trusted)
        bundle = read_bundle(read_file(proof, "proof bundle"))
        sheet = sheet_of(bundle, NONE if isinstance(bundle, SumcheckBundle) else origin_of(bundle))
    except (RejectedProof, MalformedProof) as failure:
        return Examined(files, _parsed(proof), None, {}, failure)
    if _files(proof, trusted) != files:
        raise InvalidInput(f"{proof}, or a file it was checked against, changed meanwhile; run the command again")
    return Examined(files, bundle, sheet, kept.facts, None, _receipt(bundle, trusted.commit))


def _receipt(bundle: AnyBundle, commit: Path | None) -> Mapping[str, Any]:
    """The fidelity receipt in a committed network's commitment, if there is one."""
    if not isinstance(bundle, SumcheckBundle) or commit is None:
        return {}
    receipt = NetworkCommitment.from_bytes(read_file(commit, "model commitment")).receipt_json
    return receipt if isinstance(receipt, dict) else {}


def _parsed(proof: Path) -> AnyBundle | None:
    try:
        return read_bundle(read_file(proof, "proof bundle"))
    except MalformedProof:
        return None


def _files(proof: Path, trusted: Trusted) -> tuple[NamedFile, ...]:
    named = (
        ("proof", proof),
        ("--commit", trusted.commit),
        ("--data-commit", trusted.data_commit),
        ("--data", trusted.data),
        ("--model", trusted.model),
    )
    return tuple(_named(role, path) for role, path in named if path is not None)


def _named(role: str, path: Path) -> NamedFile:
    return NamedFile(role, path.name, sha256(read_file(path, "file")).hexdigest())
