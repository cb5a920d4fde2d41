"""Every target with a few mutants of a fixed seed; in long runs with many."""

from __future__ import annotations

import pytest

from fuzz.campaign import fuzz
from fuzz.target import Target
from fuzz.targets import TARGETS

SEED = 1
NAMED = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


@NAMED
def test_mutants_end_in_errors_of_ours(target: Target, assay_home: object) -> None:
    found = fuzz(target, SEED, executions=1 if target.slow else 12, trace=False)
    assert not found.faults and found.executions


@pytest.mark.slow
@NAMED
def test_many_mutants_end_in_errors_of_ours(target: Target, assay_home: object) -> None:
    assert not fuzz(target, SEED + 1, executions=2_000, seconds=4).faults
