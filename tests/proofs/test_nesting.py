"""Depth without parsing: brackets in strings do not count, and hostile depth never reaches the decoder."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.canonical import parse_canonical
from proofs.errors import MalformedProof
from proofs.nesting import nesting_depth, shallow_json
from protocols.canonical import decode_canonical
from protocols.errors import MessageRejected


@pytest.mark.parametrize(
    ("raw", "depth"),
    [(b"1", 0), (b"[]", 1), (b'{"a":[1,[2]]}', 3), (b'"[[["', 0), (b'["\\"[["]', 1), (b"]]][", 0), (b"[" * 50, 11)],
)
def test_depth(raw: bytes, depth: int) -> None:
    assert nesting_depth(raw, 10) == depth


@pytest.mark.parametrize("raw", [b"[" * 1_000_000, b'{"a":' * 200_000, b'[{"a":' * 100_000])
def test_hostile_depth_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedProof):
        parse_canonical(raw, "value")
    with pytest.raises(MessageRejected):
        decode_canonical(raw, "message", 1 << 22)


KEYS = st.text(alphabet='\\"[{', max_size=4)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='\\\\"[]{}a\u2200'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='\\\\"[{', max_size=4), inner, max_size=3)
    ),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(VALUES)
def test_depth_is_that_of_the_value(value: Any) -> None:
    for raw in (json.dumps(value).encode(), json.dumps(value, ensure_ascii=False, indent=1).encode()):
        assert nesting_depth(raw, 1000) == depth_of(value)
        assert shallow_json(raw, depth_of(value)) == value
        if depth_of(value):
            with pytest.raises(ValueError, match="nested deeper"):
                shallow_json(raw, depth_of(value) - 1)


@pytest.mark.parametrize("piece", [b'\\"', b'"', b"\\", b'"a', b"[]", b"a"])
def test_time_and_memory_grow_with_the_length(piece: bytes) -> None:
    raw = b'"' + piece * (1 << 18)
    tracemalloc.start()
    began = time.process_time()
    nesting_depth(raw, 10)
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 2 and peak < 100 * len(raw)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16", "utf-32"])
def test_quotation_marks_in_other_encodings_hide_no_depth(encoding: str) -> None:
    """U+2200 holds the byte of one, so that all that follows looks like a string to whoever counts bytes."""
    hostile = ('["\u2200",' + "[" * 200_000).encode(encoding)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        with pytest.raises(ValueError):
            shallow_json(hostile)
        with pytest.raises(MessageRejected):
            decode_canonical(hostile, "message", 1 << 22)
        with pytest.raises(MalformedProof):
            parse_canonical(hostile, "value")
    finally:
        sys.setrecursionlimit(limit)
