"""pytest plugin: runs the tests once, notes which checks refused something in which, and runs those again without.

A check that refuses nothing in any test can be removed unnoticed. One that does is switched off while the tests in
which it refused run again, the shortest first, until one fails. ``ASSAY_MUTATION`` names the file with what to do, and
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

from mutation.switches import FIRED, OFF, install

PLACE = Path(os.environ["ASSAY_MUTATION"])
ASKED: dict[str, Any] = json.loads(PLACE.read_text(encoding="utf-8"))
TRIES = 6
"""Tests run again for one check at most: each is one in which the check refused something."""

install(set(ASKED["files"]))
settings.register_profile("mutation", database=None, deadline=None, phases=(Phase.explicit, Phase.generate))
settings.load_profile("mutation")


class Campaign:
    """First all tests, then the checks one by one."""

    def __init__(self) -> None:
        self.fired: dict[str, list[tuple[float, pytest.Item]]] = {}
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
        for name in sorted(self.fired, key=lambda name: min(at for at, _ in self.fired[name])):
            if time.monotonic() - began > allowed:
                break
            self.outcome["checks"][name] = self._without(name)
            self._write()
        return True

    def _baseline(self, item: pytest.Item, following: pytest.Item) -> None:
        FIRED.clear()
        began = time.monotonic()
        passed = _passes(item, following)
        self.outcome["ran"] += 1
        if not passed:
            self.outcome["failed"].append(item.nodeid)
            return
        for name in FIRED:
            self.fired.setdefault(name, []).append((time.monotonic() - began, item))

    def _without(self, name: str) -> dict[str, Any]:
        """The test that fails without the check, or none."""
        tests = sorted(self.fired[name], key=lambda found: found[0])[:TRIES]
        OFF.add(name)
        try:
            for _, item in tests:
                item._initrequest()  # type: ignore[attr-defined]
                if not _passes(item, item):
                    return {"killed": True, "by": item.nodeid}
        finally:
            OFF.discard(name)
        return {"killed": False, "refused_in": len(self.fired[name]), "by": tests[0][1].nodeid}

    def _write(self) -> None:
        self.outcome["fired"] = sorted(self.fired)
        PLACE.write_text(json.dumps({**ASKED, "outcome": self.outcome}), encoding="utf-8")


def _passes(item: pytest.Item, following: pytest.Item) -> bool:
    reports = runtestprotocol(item, nextitem=following, log=False)
    return not any(report.failed for report in reports)


def pytest_configure(config: pytest.Config) -> None:
    """In place of pytest's own loop."""
    config.pluginmanager.register(Campaign(), "mutation-campaign")
