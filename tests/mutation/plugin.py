"""pytest plugin: runs the tests once, notes which checks refused something in which, and runs those again without.

A refusal that happens in no test can be removed unnoticed. One that does is switched off while the tests in
which it happened run again, the shortest first, until one fails. ``ASSAY_MUTATION`` names the file with what to do, and
gets the outcome; it is written as it grows.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from mutation.switches import FIRED, OFF, REACHED, install

PLACE = Path(os.environ["ASSAY_MUTATION"])
ASKED: dict[str, Any] = json.loads(PLACE.read_text(encoding="utf-8"))
TRIES = 6
"""Tests run again for one check at most of those in which it refused something."""
CALLS = 100
"""And of those that only call it: what it demands may be refused later, by another check."""

install(set(ASKED["files"]))
settings.register_profile("mutation", database=None, deadline=None, phases=(Phase.explicit, Phase.generate))
settings.load_profile("mutation")


class Campaign:
    """First all tests, then the checks one by one."""

    def __init__(self) -> None:
        self.fired: dict[str, list[tuple[float, pytest.Item]]] = {}
        self.reached: dict[str, list[tuple[float, pytest.Item]]] = {}
        self.outcome: dict[str, Any] = {"failed": [], "ran": 0, "checks": {}, "whole": False}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or session.config.option.collectonly:
            return False
        began, allowed = time.monotonic(), ASKED["seconds"]
        items = session.items
        for item, following in zip(items, [*items[1:], None], strict=True):
            if time.monotonic() - began > allowed * ASKED["share"]:
                break
            self._baseline(item, following or item)
        else:
            self.outcome["whole"] = True
        self._write()
        both = {name: self._again(name) for name in self._names() - set(ASKED["known"])}
        for name in sorted(both, key=lambda name: both[name][0][0]):
            if time.monotonic() - began > allowed:
                break
            self.outcome["checks"][name] = self._without(name, [item for _, item in both[name]])
            self._write()
        return True

    def _baseline(self, item: pytest.Item, following: pytest.Item) -> None:
        FIRED.clear()
        REACHED.clear()
        began = time.monotonic()
        passed = _passes(item, following)
        self.outcome["ran"] += 1
        if not passed:
            self.outcome["failed"].append(item.nodeid)
            return
        took = time.monotonic() - began
        for name in FIRED:
            self.fired.setdefault(name, []).append((took, item))
        for name in REACHED - FIRED:
            self.reached.setdefault(name, []).append((took, item))

    def _names(self) -> set[str]:
        return self.fired.keys() | self.reached.keys()

    def _again(self, name: str) -> list[tuple[float, pytest.Item]]:
        """The tests that may tell, the shortest first: those in which it refused something, then those that call it."""
        known = ((self.fired.get(name, []), TRIES), (self.reached.get(name, []), CALLS))
        return [found for tests, most in known for found in sorted(tests, key=lambda found: found[0])[:most]]

    def _without(self, name: str, tests: list[pytest.Item]) -> dict[str, Any]:
        """The test that fails without the check, or none."""
        OFF.add(name)
        try:
            for item in tests:
                item._initrequest()  # type: ignore[attr-defined]
                if not _passes(item, item):
                    return {"killed": True, "by": item.nodeid}
        finally:
            OFF.discard(name)
        return {"killed": False, "refused_in": len(self.fired.get(name, [])), "by": tests[0].nodeid}

    def _write(self) -> None:
        self.outcome["fired"] = sorted(self._names())
        PLACE.write_text(json.dumps({**ASKED, "outcome": self.outcome}), encoding="utf-8")


def _passes(item: pytest.Item, following: pytest.Item) -> bool:
    reports = runtestprotocol(item, nextitem=following, log=False)
    return not any(report.failed for report in reports)


def pytest_configure(config: pytest.Config) -> None:
    """In place of pytest's own loop."""
    config.pluginmanager.register(Campaign(), "mutation-campaign")
