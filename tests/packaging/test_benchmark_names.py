"""The benchmarks of committed networks time functions by name: all of them must be there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
pytest.importorskip("numba")

from benchmarks.committed.cases import CASES, GROWTH
from benchmarks.committed.parts import PARTS, _found, timed_parts


@pytest.mark.parametrize("function", sorted(name for names in PARTS.values() for name in names))
def test_timed_functions_exist(function: str) -> None:
    owner, name = _found(function)
    assert callable(getattr(owner, name, None))


def test_timing_leaves_everything_as_it_was() -> None:
    functions = [_found(function) for names in PARTS.values() for function in names]
    before = [getattr(owner, name) for owner, name in functions]
    with timed_parts():
        assert all(getattr(owner, name) is not was for (owner, name), was in zip(functions, before, strict=True))
    assert [getattr(owner, name) for owner, name in functions] == before


def test_rows_are_distinct_and_growth_is_of_rows() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert set(GROWTH) <= set(names)
