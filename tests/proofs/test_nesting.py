"""Depth without parsing: brackets in strings do not count, and hostile depth never reaches the decoder."""

from __future__ import annotations

import pytest

from proofs.canonical import parse_canonical
from proofs.errors import MalformedProof
from proofs.nesting import nesting_depth
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
