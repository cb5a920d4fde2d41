"""A parser without a target fails here; so does a target that does not enter what it says it covers."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import FrameType

import pytest

from fuzz.inventory import INSIDE, ROOT, parsers
from fuzz.target import Target
from fuzz.targets import TARGETS
from proofs.errors import AssayError

COVERED = {name for target in TARGETS for name in target.covers}
EXEMPT = [name for names in INSIDE.values() for name in names]


def test_every_parser_has_a_target() -> None:
    found = set(parsers())
    missing = sorted(found - COVERED - set(EXEMPT))
    assert not missing, f"give these a target in tests/fuzz, or a reason in tests/fuzz/inventory.py: {missing}"


def test_nothing_is_listed_that_is_gone() -> None:
    gone = sorted((COVERED | set(EXEMPT)) - set(parsers()) - set(_others()))
    assert not gone, f"these are no parsers any more: {gone}"
    assert not COVERED & set(EXEMPT) and len(EXEMPT) == len(set(EXEMPT))


def test_names_differ() -> None:
    assert len({target.name for target in TARGETS}) == len(TARGETS)


@pytest.mark.parametrize("target", [t for t in TARGETS if t.covers], ids=lambda target: target.name)
def test_targets_enter_what_they_cover(target: Target, assay_home: object) -> None:
    entered: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(ROOT)):
            module = code.co_filename.removeprefix(f"{ROOT}/").removesuffix(".py").replace("/", ".")
            entered.add(f"{module}.{code.co_qualname}")

    seeds = target.seeds()
    sys.setprofile(note)
    try:
        for raw in seeds:
            if set(target.covers) <= entered:
                break
            with suppress(AssayError):
                target.run(raw)
    finally:
        sys.setprofile(None)
    assert set(target.covers) <= entered


def _others() -> list[str]:
    """Covered functions whose names do not say that they parse."""
    return ["proofs.sumcheck_backend.workers.frames.read_frame"]
