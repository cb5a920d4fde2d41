"""Nodes and tables as JSON objects.

{"kind": "convolution", "groups", "kernel", "outputs", "pads", "shift", "source", "stride", "table"}
{"kind": "combination", "channels", "shift", "table", "terms": [term, ...]}
{"kind": "maximum", "first": term, "second": term, "table"}
term: [source, multiplier, kernel, stride, before, out down, the same four across, channel]
{"kind": "clamp", "greatest", "high", "least", "low"},  {"kind": "listed", "low", "values"}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proofs.canonical import expect_int, expect_keys
from proofs.errors import MalformedProof
from proofs.networks.format_numbers import integers, items
from proofs.networks.limits import MAX_LISTED, MAX_NUMBER, MAX_TERMS
from proofs.networks.network import (
    Clamp,
    Combination,
    Convolution,
    Listed,
    Maximum,
    Node,
    Reading,
    Table,
    Term,
)

Object = dict[str, Any]
_CLAMP = ("low", "high", "least", "greatest")
_PLAIN = ("groups", "outputs", "shift", "source", "table")
_LISTS = {"kernel": 2, "stride": 2, "pads": 4}


def describe_table(table: Table) -> Object:
    """A table as an object."""
    if isinstance(table, Clamp):
        return {"kind": "clamp", **{name: int(getattr(table, name)) for name in _CLAMP}}
    return {"kind": "listed", "low": int(table.low), "values": [int(value) for value in table.values]}


def read_table(value: object, what: str) -> Table:
    """The table an object describes. Raises MalformedProof."""
    if _kind(value, what, ("clamp", "listed")) == "clamp":
        found = expect_keys(value, {"kind", *_CLAMP}, what)
        return Clamp(**{name: _number(found[name], f"{what}: {name}") for name in _CLAMP})
    found = expect_keys(value, {"kind", "low", "values"}, what)
    values = items(found["values"], MAX_LISTED, f"{what}: values")
    return Listed(
        _number(found["low"], f"{what}: low"), tuple(_number(entry, f"{what}: an entry of values") for entry in values)
    )


def describe_node(node: Node) -> Object:
    """A node as an object."""
    if isinstance(node, Convolution):
        numbers = {name: int(getattr(node, name)) for name in _PLAIN}
        return {"kind": "convolution", **numbers, **{name: [int(v) for v in getattr(node, name)] for name in _LISTS}}
    if isinstance(node, Combination):
        terms = [_describe_term(term) for term in node.terms]
        shift, table, channels = int(node.shift), int(node.table), int(node.channels)
        return {"kind": "combination", "channels": channels, "shift": shift, "table": table, "terms": terms}
    first, second = _describe_term(node.first), _describe_term(node.second)
    return {"kind": "maximum", "first": first, "second": second, "table": int(node.table)}


def read_node(value: object, what: str) -> Node:
    """The node an object describes; whether it can be computed is for ``check_network``. Raises MalformedProof."""
    return _READERS[_kind(value, what, tuple(_READERS))](value, what)


def _convolution(value: object, what: str) -> Node:
    found = expect_keys(value, {"kind", *_PLAIN, *_LISTS}, what)
    numbers: Object = {name: _number(found[name], f"{what}: {name}") for name in _PLAIN}
    lists: Object = {
        name: integers(found[name], count, -MAX_NUMBER, MAX_NUMBER, f"{what}: {name}") for name, count in _LISTS.items()
    }
    return Convolution(**numbers, **lists)


def _combination(value: object, what: str) -> Node:
    found = expect_keys(value, {"kind", "channels", "shift", "table", "terms"}, what)
    terms = tuple(_read_term(term, what) for term in items(found["terms"], MAX_TERMS, f"{what}: terms"))
    channels, shift, table = (_number(found[name], f"{what}: {name}") for name in ("channels", "shift", "table"))
    return Combination(terms, channels, shift, table)


def _maximum(value: object, what: str) -> Node:
    found = expect_keys(value, {"kind", "first", "second", "table"}, what)
    first, second = (_read_term(found[name], what) for name in ("first", "second"))
    return Maximum(first, second, _number(found["table"], f"{what}: table"))


_READERS: dict[str, Callable[[object, str], Node]] = {
    "convolution": _convolution,
    "combination": _combination,
    "maximum": _maximum,
}


def _describe_term(term: Term) -> list[int]:
    axes = [v for axis in (term.down, term.across) for v in (axis.kernel, axis.stride, axis.before, axis.out)]
    return [int(v) for v in (term.source, term.multiplier, *axes, term.channel)]


def _read_term(value: object, what: str) -> Term:
    found = integers(value, 11, -MAX_NUMBER, MAX_NUMBER, f"{what}: a term")
    return Term(found[0], found[1], Reading(*found[2:6]), Reading(*found[6:10]), found[10])


def _kind(value: object, what: str, kinds: tuple[str, ...]) -> str:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind not in kinds:
        raise MalformedProof(f"{what} must be an object whose kind is one of {', '.join(kinds)}")
    return str(kind)


def _number(value: object, what: str) -> int:
    return expect_int(value, -MAX_NUMBER, MAX_NUMBER, what)
