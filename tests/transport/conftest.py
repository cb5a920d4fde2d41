"""Two sides of a job with folders of their own, an office between them, and lines that can be cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from two_sides import Sides


@pytest.fixture
def sides(tmp_path: Path) -> Sides:
    return Sides(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def nothing_synced() -> Iterator[None]:
    """No power is cut here, and syncing thousands of files takes minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
