"""Canonical JSON: one byte string per value, and nothing else parses."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs import canonical
from proofs.canonical import MAX_DEPTH, canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical
from proofs.errors import MalformedProof

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_round_trip(value: object) -> None:
    assert parse_canonical(canonical_bytes(value), "value") == value


@given(st.dictionaries(st.text(max_size=8), st.integers(), min_size=2, max_size=6))
def test_key_order_does_not_matter(value: dict[str, int]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert canonical_bytes(backwards) == canonical_bytes(value)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_parse_or_are_malformed(raw: bytes) -> None:
    try:
        value = parse_canonical(raw, "value")
    except MalformedProof:
        return
    assert canonical_bytes(value) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1 }', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"1.0", b"1e2", b"-0", b"01", b"NaN", b"Infinity", b"",
        b'"\xc3\xa9"', b'"\\u0041"', b"[1,]", b" 1", b"1\n", b"[" * 100_000, b'{"a":' * 50 + b"1" + b"}" * 50,
        b"9" * 5000,
    ],
)  # fmt: skip
def test_other_spellings_are_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedProof):
        parse_canonical(raw, "value")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["\\\\",', b'["\\"",', b'["[]",'])
def test_deep_documents_do_not_reach_the_recursive_parser(opening: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a raised recursion limit the parser would overflow the C stack: no exception, a dead process."""
    monkeypatch.setattr(json, "loads", lambda *_args, **_options: pytest.fail("parsed"))
    with pytest.raises(MalformedProof, match="nested deeper"):
        parse_canonical(opening * 200_000, "value")


def test_brackets_in_strings_are_not_nesting() -> None:
    value = {"a": "[" * 500, "\\": '"[[[', "b": ["]" * 50, '\\"{']}
    assert parse_canonical(canonical_bytes(value), "value") == value


def test_long_documents_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "MAX_BYTES", 10)
    assert parse_canonical(b'"12345678"', "value")
    with pytest.raises(MalformedProof, match="value has 11 bytes"):
        parse_canonical(b'"123456789"', "value")


def test_depth_is_bounded() -> None:
    def nested(depth: int) -> bytes:
        return json.dumps(eval("[" * depth + "]" * depth), separators=(",", ":")).encode()  # noqa: S307

    assert parse_canonical(nested(MAX_DEPTH), "value")
    with pytest.raises(MalformedProof):
        parse_canonical(nested(MAX_DEPTH + 2), "value")


@pytest.mark.parametrize("value", [1.0, float("nan"), b"x", {1: 2}, object(), {"a": {2.5}}])
def test_what_json_cannot_hold_exactly_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


@pytest.mark.parametrize("value", [True, "1", 1.0, None, -1, 11, [1]])
def test_expect_int(value: object) -> None:
    assert expect_int(10, 0, 10, "n") == 10
    with pytest.raises(MalformedProof, match="n must be"):
        expect_int(value, 0, 10, "n")


@pytest.mark.parametrize("value", ["0x0A", "0a0a", "0x0a0", "0x 0a", "0x0a0a", "0xzz", 10, None, "0X0a", "0x\u0660a"])
def test_expect_hex(value: object) -> None:
    assert expect_hex("0x0a", 1, "h") == b"\x0a"
    with pytest.raises(MalformedProof):
        expect_hex(value, 1, "h")


def test_expect_keys_names_what_is_missing_and_unknown() -> None:
    assert expect_keys({"a": 1}, {"a"}, "thing") == {"a": 1}
    with pytest.raises(MalformedProof, match=r"missing fields \['a'\] and unknown fields \['b'\]"):
        expect_keys({"b": 1}, {"a"}, "thing")
    with pytest.raises(MalformedProof):
        expect_keys([], set(), "thing")
