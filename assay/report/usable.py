"""Whether the commitments a proof is checked against are commitments at all, and of the proof's backend.

A file that is not says nothing about the proof: it gets an error and no page, and not a page that says REJECTED.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assay.commands.verify import Trusted
from proofs.bundle import AccuracyBundle
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSetCommitment
from proofs.container import read_file
from proofs.errors import InvalidInput, MalformedProof
from proofs.read_bundle import AnyBundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment

Parser = Callable[[bytes], object]


def require_usable(bundle: AnyBundle | None, trusted: Trusted) -> None:
    """Check the named files' kinds; of a proof that does not parse (None) nothing is known, and nothing is checked.

    Raises:
        InvalidInput: a file is no commitment, or is one of another backend or kind than the proof is about.
        MissingArtifact: there is no such file.
    """
    if bundle is None or isinstance(bundle, SafetyNetsBundle):
        return
    committed, examples, backend = _parsers(bundle)
    _require(trusted.commit, "--commit", f"model commitment of backend '{backend}'", committed)
    kind = "test-set commitment" if isinstance(bundle, AccuracyBundle) else "data commitment"
    _require(trusted.data_commit, "--data-commit", f"{kind} of backend '{backend}'", examples)


def _parsers(bundle: AnyBundle) -> tuple[Parser, Parser, str]:
    if isinstance(bundle, SumcheckBundle):
        return NetworkCommitment.from_bytes, DataCommitment.from_bytes, "sumcheck"
    data = TestSetCommitment if isinstance(bundle, AccuracyBundle) else CorpusCommitment
    return ModelCommitment.from_bytes, data.from_bytes, "halo2"


def _require(path: Path | None, option: str, wanted: str, parse: Parser) -> None:
    if path is None:
        return
    try:
        parse(read_file(path, wanted))
    except MalformedProof as error:
        raise InvalidInput(
            f"{option} {path} is no {wanted}, which this proof is about ({error}); give the file that was committed"
        ) from None
