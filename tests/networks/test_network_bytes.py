"""A network has one byte string; every other is refused, in words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_strategies import Sample, networks
from test_network_checks import NETWORK, WEIGHTS

from proofs.canonical import canonical_bytes
from proofs.container import pack, unpack
from proofs.errors import InvalidInput, MalformedProof
from proofs.networks.format import digest, from_bytes, to_bytes
from proofs.networks.format_weights import MAGIC, VERSION, WHAT, weights_from_bytes, weights_to_bytes
from proofs.networks.weights import NodeWeights

RAW = to_bytes(NETWORK)
SECTIONS = unpack(weights_to_bytes(NETWORK, WEIGHTS), MAGIC, VERSION, WHAT)
Sections = list[tuple[bytes, bytes]]


@given(networks())
@settings(max_examples=60, deadline=None)
def test_descriptions_and_weights_come_back(sample: Sample) -> None:
    network, weights, _ = sample
    raw = to_bytes(network)
    assert from_bytes(raw) == network
    assert to_bytes(from_bytes(raw)) == raw
    hidden = weights_to_bytes(network, weights)
    found = weights_from_bytes(hidden, network)
    assert weights_to_bytes(network, found) == hidden
    assert found.keys() == weights.keys()
    for index, values in weights.items():
        assert found[index].weight.dtype == found[index].bias.dtype == np.int32
        assert np.array_equal(found[index].weight, values.weight) and np.array_equal(found[index].bias, values.bias)


def test_the_digest_does_not_change() -> None:
    """Statements and commitments name networks by it."""
    assert digest(NETWORK).hex() == "b774291318b7b934755e71f52f36cfcb717eea7ca4fb513bd0ce4d3928e9d485"


def test_what_is_not_a_network_has_no_bytes() -> None:
    with pytest.raises(InvalidInput):
        to_bytes(type(NETWORK)(NETWORK.tensors[:-1], NETWORK.nodes, NETWORK.tables, "1", "1"))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every part of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inner for found in leaves(part, (*path, key)))]


def changed(path: tuple[Any, ...], value: Any) -> bytes:
    """The description with one part replaced; None for no part at all removes it."""
    whole = json.loads(RAW)
    if not path:
        return canonical_bytes(value)
    place = whole
    for key in path[:-1]:
        place = place[key]
    if value is DELETED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return canonical_bytes(whole)


DELETED = object()
ODD = (None, True, -1, 10**30, "x", "1" * 200, [], [[]], {}, {"kind": "clamp"}, {"kind": []})


def test_every_part_replaced_by_something_odd_is_refused_or_another_network() -> None:
    accepted = 0
    for path in leaves(json.loads(RAW)):
        for odd in (*ODD, *((DELETED,) if path else ())):
            raw = changed(path, odd)
            if raw == RAW:
                continue
            try:
                network = from_bytes(raw)
            except MalformedProof:
                continue
            accepted += 1
            assert to_bytes(network) == raw
    assert accepted < 60  # of more than 2,000: multipliers of -1 and the like


def test_extra_fields_are_refused() -> None:
    for path in leaves(json.loads(RAW)):
        place = json.loads(RAW)
        for key in path:
            place = place[key]
        if isinstance(place, dict):
            with pytest.raises(MalformedProof, match="unknown fields"):
                from_bytes(changed((*path, "zz"), 1))
        elif isinstance(place, list) and path[-1] not in ("nodes", "tables", "tensors", "values"):
            with pytest.raises(MalformedProof):
                from_bytes(changed(path, [*place, 1]))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(RAW) - 1))
    raw = RAW[:at] + data.draw(st.binary(max_size=3)) + RAW[at + data.draw(st.integers(0, 3)) :]
    try:
        assert to_bytes(from_bytes(raw)) == raw
    except MalformedProof:
        pass


@pytest.mark.parametrize(
    "path, count",
    [(("tensors",), 4098), (("nodes",), 4097), (("tables",), 4097), (("nodes", 2, "terms"), 1025), (("tensors", 0), 6)],
    ids=str,
)
def test_lists_are_cut_short_before_they_are_read(path: tuple[Any, ...], count: int) -> None:
    with pytest.raises(MalformedProof, match=f"a list of at most {count - 1} entries"):
        from_bytes(changed(path, [None] * count))


def test_long_descriptions_are_not_read() -> None:
    with pytest.raises(MalformedProof, match="at most 8388608 are read"):
        from_bytes(b"[" * ((8 << 20) + 1))


def test_scales_are_short() -> None:
    with pytest.raises(MalformedProof, match="at most 96 characters"):
        from_bytes(changed(("input_scale",), "0." + "1" * 95))


def test_another_version_is_refused() -> None:
    with pytest.raises(MalformedProof, match="version"):
        from_bytes(changed(("version",), 2))


# -- weights -----------------------------------------------------------------------------------------------------------
BIAS, WEIGHT = 1, 2


def section(place: int, payload: bytes) -> Sections:
    """The sections with one payload replaced."""
    return [(name, payload if i == place else old) for i, (name, old) in enumerate(SECTIONS)]


WIDE = np.frombuffer(SECTIONS[WEIGHT][1], "<i1").astype("<i2").tobytes()
BAD_SECTIONS: list[tuple[str, Sections]] = [
    ("sections must be", SECTIONS[1:]),
    ("sections must be", SECTIONS[:-1]),
    ("sections must be", [*SECTIONS, SECTIONS[-1]]),
    ("sections must be", [SECTIONS[0], SECTIONS[2], SECTIONS[1], *SECTIONS[3:]]),
    ("sections must be", []),
    ("another network", section(0, bytes(32))),
    ("another network", section(0, b"")),
    ("bytes of biases", section(BIAS, SECTIONS[BIAS][1][:-4])),
    ("bytes of biases", section(BIAS, b"")),
    ("a bias reaches", section(BIAS, (1 << 30).to_bytes(4, "little") * 4)),
    ("bytes of weights", section(WEIGHT, SECTIONS[WEIGHT][1][:-1])),
    ("bytes of weights", section(WEIGHT, b"")),
    ("would fit in fewer", section(WEIGHT, WIDE)),
]


@pytest.mark.parametrize("words, sections", BAD_SECTIONS, ids=lambda v: v[:16] if isinstance(v, str) else "")
def test_weights_in_another_form_are_refused(words: str, sections: Sections) -> None:
    with pytest.raises(MalformedProof, match=words):
        weights_from_bytes(pack(MAGIC, VERSION, sections), NETWORK)


@pytest.mark.parametrize("largest, width", [(127, 1), (128, 2), (-128, 1), (-129, 2), (32768, 4), (-(2**31), 4)])
def test_weights_take_the_fewest_bytes(largest: int, width: int) -> None:
    weight = WEIGHTS[0].weight.copy()
    weight[0, 0, 0, 0] = largest
    weights = {**WEIGHTS, 0: NodeWeights(weight, WEIGHTS[0].bias)}
    raw = weights_to_bytes(NETWORK, weights)
    assert len(unpack(raw, MAGIC, VERSION, WHAT)[WEIGHT][1]) == width * weight.size
    assert np.array_equal(weights_from_bytes(raw, NETWORK)[0].weight, weight)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_weights_never_raise_anything_else(data: st.DataObject) -> None:
    raw = pack(MAGIC, VERSION, SECTIONS)
    at = data.draw(st.integers(0, len(raw) - 1))
    raw = raw[:at] + data.draw(st.binary(max_size=3)) + raw[at + data.draw(st.integers(0, 3)) :]
    try:
        assert weights_to_bytes(NETWORK, weights_from_bytes(raw, NETWORK)) == raw
    except MalformedProof:
        pass
