"""Chains with finished and running jobs, made once: the golden jobs of tests/escrow, and a round without a prover."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "escrow"))  # where the golden jobs are kept

from golden_job import load_golden
from golden_stage import Stage, prepare
from report_jobs import Played, play_accuracy, play_retrieval, play_rounds, play_sampled
from report_kit import HALO2
from retrieval_stage import prepare_retrieval

from escrow.anvil import Anvil
from escrow.solc import compile_verifier
from proofs.halo2 import srs


@pytest.fixture(scope="session")
def audit_stage(assay_home: object) -> Iterator[Stage]:
    """A chain with the golden model on it."""
    golden = load_golden()
    with Anvil() as anvil:
        yield prepare(anvil.url, golden, compile_verifier(golden.source))


@pytest.fixture(scope="session")
def audits(audit_stage: Stage) -> Played:
    """Audits with real proofs: completed, rejected, aborted, and one that runs."""
    return play_accuracy(audit_stage)


@pytest.fixture(scope="session")
def looks(audits: Played, audit_stage: Stage) -> Played:
    """Sampled audits of the same model, on the same chain, without proofs: aborted, rejected, spoiled."""
    return play_sampled(audit_stage)


@pytest.fixture(scope="session")
def searches(assay_home: object) -> Iterator[Played]:
    """Retrievals with real proofs: completed, and upheld against the responder."""
    with Anvil() as anvil:
        yield play_retrieval(prepare_retrieval(anvil.url))


@pytest.fixture(scope="session")
def rounds(assay_home: object) -> Iterator[Played]:
    """Prediction rounds whose verifier accepts everything: completed with a contest, and rejected."""
    with Anvil() as anvil:
        yield play_rounds(anvil.url)


@pytest.fixture
def golden_string(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own with the golden bundle's reference string."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    digest = json.loads((HALO2 / "facts.json").read_text())["srs_sha256"]
    srs.import_file(HALO2 / "reference.srs", digest)
