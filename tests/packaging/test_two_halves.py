"""The two halves of the suite, together, are the suite."""

from __future__ import annotations

import runpy
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_test_is_in_one_half() -> None:
    """No test file lies outside both halves, and no folder in both."""
    script = runpy.run_path(str(TESTS / "two_halves.py"))
    first, second = script["halves"]()
    assert {path.name for path in first} == set(script["FIRST"])
    assert not set(first) & set(second)
    for file in TESTS.rglob("test_*.py"):
        assert any(place == file or place in file.parents for place in (*first, *second)), file
