"""Workers of these tests can import them."""

from __future__ import annotations

import pytest
from worker_kit import python_path


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of the tests on every child's path."""
    monkeypatch.setenv("PYTHONPATH", python_path())
