"""A network whose description contradicts itself, or asks for too much, is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from network_builder import Builder
from network_strategies import Sample, networks

from proofs.errors import InvalidInput
from proofs.networks import checks
from proofs.networks.bounds import check_bounds, node_bound
from proofs.networks.checks import check_network
from proofs.networks.checks_weights import check_weights, weight_shape
from proofs.networks.network import Clamp, Combination, Convolution, Listed, Maximum, Network, Reading, Tensor, Term
from proofs.networks.weights import NodeWeights, Weights

CONVOLUTION, MAXIMUM, COMBINATION, LISTED, LAST = range(5)


def sample() -> tuple[Network, Weights]:
    """One node of each kind, a listed table, a dense layer."""
    builder = Builder((2, 5, 6), -8, 7)
    weight = np.arange(4 * 2 * 3 * 3).reshape(4, 2, 3, 3) % 7 - 3
    builder.convolution(weight, np.arange(4), (2, 1), (1, 1, 0, 1), 1, 1, (0, 63))
    whole, half = Reading.whole(6), Reading(1, 2, 0, 2)
    builder.maximum(Term(1, 1, half, whole), Term(1, 1, Reading(1, 2, 1, 2), whole))
    builder.combination([Term(2, 2, Reading.whole(2), whole), Term(1, -1, half, whole, 2)], 6, 1)
    builder.combination([Term(3, 1, Reading.whole(2), whole)], 6, 4, lambda q: q * q)
    builder.dense(np.ones((3, 72)), np.ones(3), 5)
    return builder.build()


NETWORK, WEIGHTS = sample()


def node(index: int, **changes: Any) -> Network:
    """The sample with one node changed."""
    nodes = list(NETWORK.nodes)
    nodes[index] = replace(nodes[index], **changes)
    return replace(NETWORK, nodes=tuple(nodes))


def term(place: int, **changes: Any) -> Network:
    """The sample with a term of its combination changed."""
    combination = NETWORK.nodes[COMBINATION]
    assert isinstance(combination, Combination)
    terms = list(combination.terms)
    terms[place] = replace(terms[place], **changes)
    return node(COMBINATION, terms=tuple(terms))


def first(**changes: Any) -> Network:
    """The sample with the first term of its maximum changed."""
    maximum = NETWORK.nodes[MAXIMUM]
    assert isinstance(maximum, Maximum)
    return node(MAXIMUM, first=replace(maximum.first, **changes))


def tensor(index: int, **changes: Any) -> Network:
    """The sample with one tensor changed."""
    tensors = list(NETWORK.tensors)
    tensors[index] = replace(tensors[index], **changes)
    return replace(NETWORK, tensors=tuple(tensors))


def table(index: int, **changes: Any) -> Network:
    """The sample with one table changed."""
    tables = list(NETWORK.tables)
    tables[index] = replace(tables[index], **changes)
    return replace(NETWORK, tables=tuple(tables))


def relu(**changes: Any) -> Network:
    """The sample with the table of its maximum changed."""
    return table(NETWORK.nodes[MAXIMUM].table, **changes)


def full_range() -> tuple[Clamp | Listed, ...]:
    """Accumulators 2^30 - 1 and -2^30 would both be legal: one number modulo p, two answers."""
    return (Clamp(-(1 << 12), (1 << 12) - 1, 0, 63), *NETWORK.tables[1:])


def listed_relu() -> Listed:
    """The right values, but not as a clamp."""
    clamp = NETWORK.tables[1]
    return Listed(clamp.low, tuple(max(0, q) for q in range(clamp.low, clamp.high + 1)))


def many_terms() -> Network:
    """A thousand for each of more nodes than that leaves room for."""
    combination = Combination((Term(2, 2, Reading.whole(2), Reading.whole(6)),) * 1024, 4, 0, 0)
    return replace(NETWORK, nodes=(combination,) * 33, tensors=NETWORK.tensors[:1] * 34)


def many_values() -> Network:
    """Each tensor within its limit, all together not."""
    big = Tensor((1 << 10, 1 << 8, 1 << 8), 0, 0)
    return replace(NETWORK, tensors=(big,) * 5 + NETWORK.tensors[5:])


def much_work() -> Network:
    """Window sums of 2^13 values each, 2^26 of them a node."""
    reading = Reading(1 << 13, 1, 1 << 12, 1 << 13)
    shape = (1, 1 << 13, 1 << 13)
    node = Combination((Term(0, 1, reading, reading, 0),), 1, 0, 0)
    last = Combination((Term(1, 1, Reading(1, 1, 0, 1), Reading(1, 1, 0, 1), 0),), 1, 0, 0)
    tensors = (Tensor(shape, 0, 0), Tensor(shape, 0, 0), Tensor((1, 1, 1), 0, 0))
    return Network(tensors, (node, last), (Clamp(0, 0, 0, 0),), "1", "1")


READ = Reading.whole(2)
WIDE = Reading.whole(6)
CHANGES: list[tuple[str, Callable[[], Network]]] = [
    # counts
    ("0 nodes", lambda: replace(NETWORK, nodes=(), tensors=NETWORK.tensors[:1])),
    ("5 tensors for 5 nodes", lambda: replace(NETWORK, tensors=NETWORK.tensors[:-1])),
    ("7 tensors for 5 nodes", lambda: replace(NETWORK, tensors=(*NETWORK.tensors, NETWORK.tensors[-1]))),
    ("4097 nodes", lambda: replace(NETWORK, nodes=NETWORK.nodes[:1] * 4097)),
    ("4097 tables", lambda: replace(NETWORK, tables=NETWORK.tables[:1] * 4097)),
    ("entries in listed tables", lambda: replace(NETWORK, tables=(*NETWORK.tables, Listed(0, (0,) * (1 << 20))))),
    ("terms of combinations", many_terms),
    # tensors
    ("tensor 0: three extents", lambda: tensor(0, shape=(2, 5, 0))),
    ("tensor 0: three extents", lambda: tensor(0, shape=(2, 5))),
    ("tensor 0: three extents", lambda: tensor(0, shape=(2, 5, 1 << 18))),
    ("holds more than", lambda: tensor(0, shape=(1, 1 << 14, 1 << 13))),
    ("not a range of 16 bits", lambda: tensor(0, low=8)),
    ("not a range of 16 bits", lambda: tensor(0, low=-(1 << 15) - 1)),
    ("not a range of 16 bits", lambda: tensor(0, high=1 << 15)),
    ("tensors hold", many_values),
    ("weights and biases", lambda: node(CONVOLUTION, outputs=1 << 20, kernel=(3, 30))),
    # tables
    ("table 0 is empty", lambda: table(0, low=5, high=4)),
    ("table 3 is empty", lambda: table(3, values=())),
    ("exceeds 31 bits", lambda: table(0, low=-(1 << 31))),
    ("exceeds 31 bits", lambda: table(0, high=1 << 31)),
    ("table 0 clamps to", lambda: table(0, least=64)),
    ("table 0 clamps to", lambda: table(0, greatest=1 << 31)),
    ("table 0 clamps to", lambda: table(0, least=-(1 << 31))),
    ("lists a value", lambda: table(3, values=(1 << 15,))),
    # every node
    ("a shift of -1", lambda: node(CONVOLUTION, shift=-1)),
    ("a shift of 19", lambda: node(CONVOLUTION, shift=19)),
    ("no table 5", lambda: node(CONVOLUTION, table=5)),
    ("no table -1", lambda: node(CONVOLUTION, table=-1)),
    ("exceed 2\\^31 - 1", lambda: replace(node(CONVOLUTION, shift=18), tables=full_range())),
    ("tensor says 1 to 63", lambda: tensor(1, low=1)),
    ("tensor says 0 to 64", lambda: tensor(1, high=64)),
    ("tensor says 0 to 64", lambda: tensor(2, high=64)),
    ("tensor says -1 to 63", lambda: tensor(2, low=-1)),
    ("its tensor says \\(5, 3, 6\\)", lambda: tensor(1, shape=(5, 3, 6))),
    ("its tensor says \\(4, 4, 6\\)", lambda: tensor(1, shape=(4, 4, 6))),
    # convolutions
    ("node 0 \\(convolution\\): reads tensor 1", lambda: node(CONVOLUTION, source=1)),
    ("reads tensor -1", lambda: node(CONVOLUTION, source=-1)),
    ("reads tensor 5; only tensors 0 to 4", lambda: node(LAST, source=5)),
    ("0 outputs", lambda: node(CONVOLUTION, outputs=0)),
    ("131073 outputs", lambda: node(CONVOLUTION, outputs=(1 << 17) + 1)),
    ("0 groups", lambda: node(CONVOLUTION, groups=0)),
    ("4 groups do not divide", lambda: node(CONVOLUTION, groups=4)),
    ("2 groups do not divide", lambda: node(CONVOLUTION, groups=2, outputs=5)),
    ("two kernel extents", lambda: node(CONVOLUTION, kernel=(3,))),
    ("two kernel extents", lambda: node(CONVOLUTION, stride=(3, 1, 1))),
    ("two kernel extents", lambda: node(CONVOLUTION, pads=(1, 1))),
    ("pads", lambda: node(CONVOLUTION, pads=(1, 1, -1, 1))),
    ("pads", lambda: node(CONVOLUTION, pads=(1, 1, 4097, 1))),
    ("kernel \\(0, 3\\)", lambda: node(CONVOLUTION, kernel=(0, 3))),
    ("stride \\(1, 0\\)", lambda: node(CONVOLUTION, stride=(1, 0))),
    ("is larger than its padded input", lambda: node(CONVOLUTION, kernel=(7, 3))),
    ("is larger than its padded input", lambda: node(CONVOLUTION, kernel=(3, 9))),
    ("tensor says", lambda: node(CONVOLUTION, pads=(1, 1, 1, 1), stride=(1, 1))),
    # combinations
    ("0 terms", lambda: node(COMBINATION, terms=())),
    ("1025 terms", lambda: node(COMBINATION, terms=(Term(2, 2, READ, WIDE),) * 1025)),
    ("0 channels", lambda: node(COMBINATION, channels=0)),
    ("131073 channels", lambda: node(COMBINATION, channels=(1 << 17) + 1)),
    ("reads tensor 3", lambda: term(0, source=3)),
    ("differ", lambda: term(1, down=Reading.whole(3))),
    ("differ", lambda: term(1, across=Reading.whole(5))),
    ("4 channels from channel 3 on", lambda: term(1, channel=3)),
    ("4 channels from channel -1 on", lambda: term(1, channel=-1)),
    ("multiplier of 0", lambda: term(0, multiplier=0)),
    ("multiplier of 2147483648", lambda: term(0, multiplier=1 << 31)),
    ("multiplier of -2147483648", lambda: term(0, multiplier=-(1 << 31))),
    ("down: kernel, stride and out", lambda: term(0, down=Reading(0, 1, 0, 2))),
    ("down: kernel, stride and out", lambda: term(0, down=Reading(1, 0, 0, 2))),
    ("across: kernel, stride and out", lambda: term(0, across=Reading(1, 1, 0, 0))),
    ("reads too far", lambda: term(0, down=Reading(1, 1, -2, 2))),
    ("reads too far", lambda: term(0, down=Reading(1, 1, 4097, 2))),
    ("reads too far", lambda: term(0, across=Reading(1, 1 << 12, 0, 6))),
    # maxima
    ("compares shapes", lambda: first(down=Reading(1, 1, 0, 3))),
    ("compares shapes", lambda: first(source=0, down=READ)),
    ("compares single values", lambda: first(multiplier=2)),
    ("compares single values", lambda: first(channel=1)),
    ("compares single values", lambda: first(down=Reading(2, 2, 0, 2))),
    ("compares single values", lambda: first(across=Reading(2, 1, 0, 6))),
    ("must be relu", lambda: relu(least=-1)),
    ("must be relu", lambda: relu(greatest=62)),
    ("must be relu", lambda: relu(low=-62)),
    ("must be relu", lambda: relu(high=62, greatest=62)),
    ("must be relu", lambda: replace(NETWORK, tables=(NETWORK.tables[0], listed_relu(), *NETWORK.tables[2:]))),
    # the whole
    ("multiplications an example", much_work),
    ("last tensor holds the logits", lambda: replace(NETWORK, nodes=NETWORK.nodes[:-1], tensors=NETWORK.tensors[:-1])),
    *[
        ("scale is a positive decimal", lambda text=text, name=name: replace(NETWORK, **{name: text}))
        for text in ("0", "-1", "1.0", "01", ".5", "1e-3", "", "0.10", "nan", "1.", "1" * 21, "0.5\n", "٣")
        for name in ("input_scale", "output_scale")
    ],
]  # fmt: skip


@pytest.mark.parametrize("words, change", CHANGES, ids=lambda value: value[:24] if isinstance(value, str) else "")
def test_contradictions_are_refused(words: str, change: Callable[[], Network]) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_network(change())


def test_the_sample_is_a_network() -> None:
    check_network(NETWORK)
    check_bounds(NETWORK, WEIGHTS)
    kinds = {type(n) for n in NETWORK.nodes}
    assert kinds == {Convolution, Combination, Maximum}


def test_the_largest_table_for_each_shift_is_accepted() -> None:
    tables = (Clamp(-(1 << 12), (1 << 12) - 2, 0, 63), *NETWORK.tables[1:])  # (2^13 - 1) 2^18 = 2^31 - 2^18
    check_network(replace(node(CONVOLUTION, shift=18), tables=tables))


def test_limits_are_what_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same descriptions are fine where the limit is higher, so that it alone refuses them."""
    monkeypatch.setattr(checks, "MAX_MACS", 1 << 60)
    check_network(much_work())


@given(networks())
@settings(max_examples=60, deadline=None)
def test_networks_of_the_strategy_pass(sample: Sample) -> None:
    network, weights, _ = sample
    check_network(network)
    check_bounds(network, weights)


HIDDEN = WEIGHTS[CONVOLUTION]
BAD_WEIGHTS: list[tuple[str, Weights]] = [
    ("weights are given for nodes \\[4\\]", {LAST: WEIGHTS[LAST]}),
    ("weights are given for nodes", {**WEIGHTS, COMBINATION: HIDDEN}),
    ("int32", {**WEIGHTS, CONVOLUTION: NodeWeights(HIDDEN.weight.astype(np.int64), HIDDEN.bias)}),  # type: ignore[arg-type]
    ("int32", {**WEIGHTS, CONVOLUTION: NodeWeights(HIDDEN.weight, HIDDEN.bias.astype(np.int16))}),  # type: ignore[arg-type]
    ("weights of shape", {**WEIGHTS, CONVOLUTION: NodeWeights(HIDDEN.weight[:, :1], HIDDEN.bias)}),
    ("biases \\(3,\\)", {**WEIGHTS, CONVOLUTION: NodeWeights(HIDDEN.weight, HIDDEN.bias[:3])}),
    ("a bias reaches", {**WEIGHTS, CONVOLUTION: NodeWeights(HIDDEN.weight, HIDDEN.bias + np.int32(1 << 30))}),
    ("a bias reaches", {**WEIGHTS, CONVOLUTION: NodeWeights(HIDDEN.weight, HIDDEN.bias - np.int32(1 << 30))}),
]


@pytest.mark.parametrize("words, weights", BAD_WEIGHTS, ids=lambda value: value[:16] if isinstance(value, str) else "")
def test_weights_of_another_network_are_refused(words: str, weights: Weights) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_weights(NETWORK, weights)


def test_only_convolutions_have_weights() -> None:
    assert weight_shape(NETWORK, LAST) == (3, 6, 2, 6)
    with pytest.raises(InvalidInput, match="node 2 \\(combination\\) has no weights"):
        weight_shape(NETWORK, COMBINATION)
    with pytest.raises(InvalidInput, match="has no weights"):
        node_bound(NETWORK.nodes[CONVOLUTION], NETWORK.tensors, None)
