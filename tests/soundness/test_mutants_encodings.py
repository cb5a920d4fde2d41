"""Refusals of encodings that another check behind them, or Python itself, would have hidden the loss of."""

from __future__ import annotations

from functools import reduce

import pytest

from proofs.canonical import MAX_DEPTH, canonical_bytes
from proofs.container import pack, unpack
from proofs.errors import MalformedProof


@pytest.mark.parametrize("value", [[1.5], [[1.5]], {"a": 1.5}, {"a": {"b": 1.5}}, {"a": [1.5]}, [{"a": 1.5}]])
def test_floats_inside_have_no_canonical_form(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


@pytest.mark.parametrize("value", [{1: "a"}, [{1: "a"}], {"a": {True: "a"}}])
def test_what_json_would_change_silently(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


def test_own_documents_are_not_nested_deeper_than_they_are_read() -> None:
    deepest: object = reduce(lambda inner, _: [inner], range(MAX_DEPTH), 0)
    canonical_bytes(deepest)
    for deeper in ([deepest], {"a": deepest}):
        with pytest.raises((ValueError, TypeError)):
            canonical_bytes(deeper)


def test_a_section_longer_than_its_file_is_named() -> None:
    raw = pack(b"ASSAYXXX", 1, [(b"HEAD", b"content")])
    with pytest.raises(MalformedProof, match=r"truncated: section b'HEAD' announces 7 bytes"):
        unpack(raw[:-1], b"ASSAYXXX", 1, "file")
