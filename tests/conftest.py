"""Shared by every test: a home of its own for the session, so that nothing of the user's is read or written.

``ASSAY_TEST_HOME=/some/folder`` keeps that home between sessions (keys and proofs are then reused), for developing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def assay_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``ASSAY_HOME`` for the session: caches, budgets and records live there."""
    kept = os.environ.get("ASSAY_TEST_HOME")
    home = Path(kept) if kept else tmp_path_factory.mktemp("assay-home")
    before = os.environ.get("ASSAY_HOME")
    os.environ["ASSAY_HOME"] = str(home)
    os.environ.setdefault("ASSAY_PROVER_TIMEOUT_S", "300")
    yield home
    if before is None:
        del os.environ["ASSAY_HOME"]
    else:
        os.environ["ASSAY_HOME"] = before
