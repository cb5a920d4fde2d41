"""Two sides of a job with folders of their own, an office between them, and lines that can be cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from two_sides import Sides


@pytest.fixture
def sides(tmp_path: Path) -> Sides:
    return Sides(tmp_path)
