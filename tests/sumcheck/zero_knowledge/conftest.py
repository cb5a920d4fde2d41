"""Transcripts of a tiny instance, made once: they are what takes time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from zk_kit import QUERIES
from zk_leaks import telling_columns
from zk_samples import Samples


@pytest.fixture(scope="session")
def samples() -> Samples:
    """Under challenges that ask for columns which misplaced blocks would not mask."""
    return Samples(*telling_columns(length=4, queries=QUERIES))
