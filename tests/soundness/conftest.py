"""Attacks in both modes: those with many parameters all run hidden in long runs, the first of each in every run."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the hidden variants behind a test's first as slow: what refuses them is the same walk as in the open."""
    seen: set[object] = set()
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if parameters.get("case") != "hidden":
            continue
        function = getattr(item, "function", None)
        if function in seen:
            item.add_marker(pytest.mark.slow)
        seen.add(function)
