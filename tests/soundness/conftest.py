"""Attacks in both modes: in the hidden one each of them once, since what refuses it is the same walk as in the open."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with many parameters whose fixture ``case`` is hidden, keep the first."""
    seen: set[object] = set()
    dropped = []
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if parameters.get("case") != "hidden":
            continue
        function = getattr(item, "function", None)
        dropped += [item] if function in seen else []
        seen.add(function)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]
