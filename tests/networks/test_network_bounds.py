"""Static bounds hold for every input, are reached where they can be, and refuse what would leave its table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from network_builder import Builder
from network_reference import reference
from network_strategies import Sample, networks

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.networks.bounds import check_bounds, node_bound, required_range
from proofs.networks.network import Clamp, Network, Reading, Tensor, Term
from proofs.networks.weights import NodeWeights, Weights


@given(networks())
@settings(max_examples=60, deadline=None)
def test_no_accumulator_is_beyond_its_bound(sample: Sample) -> None:
    network, weights, x = sample
    ranges = required_range(network, weights)
    for index, found in enumerate(reference(network, weights, x)):
        bound = node_bound(network.nodes[index], network.tensors, weights.get(index))
        assert bound.low <= found.acc.min() and found.acc.max() <= bound.high
        assert ranges[index][0] <= found.q.min() and found.q.max() <= ranges[index][1]
        tensor = network.out_tensor(index)
        assert tensor.low <= found.y.min() and found.y.max() <= tensor.high


def one(weight: list[int], bias: int = 0, low: int = -8, high: int = 7, shift: int = 0) -> tuple[Network, Weights]:
    """A dense layer of one output."""
    builder = Builder((len(weight), 1, 1), low, high)
    builder.dense(np.array([weight]), np.array([bias]), shift)
    return builder.build()


def test_a_convolutions_bound_is_reached() -> None:
    network, weights = one([3, -5, 0], 11, -8, 7)
    bound = check_bounds(network, weights)[0]
    assert (bound.low, bound.high, bound.reach, bound.channel) == (11 - 24 - 35, 11 + 21 + 40, 11 + 64, 0)
    for x, expected in (((-8, 7, 0), bound.low), ((7, -8, 0), bound.high)):
        assert reference(network, weights, np.array(x).reshape(3, 1, 1, 1))[0].acc.item() == expected


def test_zero_counts_only_where_a_window_reads_beyond_the_edges() -> None:
    for pads, expected in (((0, 0, 0, 0), (6, 8)), ((0, 0, 0, 1), (0, 8)), ((1, 0, 0, 0), (0, 8))):
        builder = Builder((1, 3, 3), 3, 4)
        builder.convolution(np.full((1, 1, 1, 1), 2), pads=pads)
        bound = node_bound(builder.nodes[0], builder.tensors, builder.weights[0])
        assert (bound.low, bound.high) == expected


def test_a_combinations_bound_counts_every_channel_alone() -> None:
    builder = Builder((2, 2, 2), -3, 5)
    whole, pool = Reading.whole(1), Reading(2, 1, 0, 1)
    builder.combination([Term(0, 2, pool, pool), Term(0, -7, whole, whole, 1)], 4)
    bound = node_bound(builder.nodes[0], builder.tensors, None)
    assert (bound.low, bound.high) == (-24 - 35, 40 + 21)  # channel 1 has both terms
    assert (bound.reach, bound.channel) == (40 + 35, 1)


def test_accumulators_of_2_to_the_30_are_refused() -> None:
    weight = (1 << 30) // 8
    for bias, low in ((0, -8), (-1, -8)):
        network, weights = one([weight // 2] * 2, 0, low, 7, 18)
        weights = {0: NodeWeights(weights[0].weight, np.array([bias], np.int32))}
        with pytest.raises(
            UnsupportedModel, match="node 0 \\(convolution\\), output channel 0: accumulators may reach"
        ):
            required_range(network, weights)
    network, weights = one([weight // 2] * 2, 1, -8, 7, 18)
    assert required_range(network, weights)[0][0] == -(1 << 12)


def test_the_channel_at_fault_is_named() -> None:
    network, _ = one([1, 1], 0, 0, 7, 18)
    weight = np.array([[1, 1], [1 << 28, 1 << 28], [1, 1]], np.int32).reshape(3, 2, 1, 1)
    node = replace(network.nodes[0], outputs=3)
    tensors = (network.tensors[0], replace(network.tensors[1], shape=(3, 1, 1)))
    with pytest.raises(UnsupportedModel, match="output channel 1"):
        required_range(
            replace(network, nodes=(node,), tensors=tensors), {0: NodeWeights(weight, np.zeros(3, np.int32))}
        )


def test_sums_that_cancel_beyond_doubles_are_refused() -> None:
    builder = Builder((1 << 9, 1, 1), 32767, 32767)
    signs = np.where(np.arange(1 << 9) % 2, 1, -1)
    builder.dense((signs * ((1 << 31) - 1))[None], shift=18)
    with pytest.raises(UnsupportedModel, match="partial sums"):
        check_bounds(*builder.build())


@pytest.mark.parametrize("change", [{"low": -5}, {"high": 4}])
def test_a_table_too_small_is_refused(change: dict[str, int]) -> None:
    network, weights = one([3, -5], 0, -8, 7, 4)  # acc from -59 to 61: q from -4 (-3.7) to 4
    low, high = required_range(network, weights)[0]
    assert (low, high) == (-4, 4)
    exact = Clamp(low, high, -128, 127)
    check_bounds(replace(network, tables=(exact,)), weights)
    wide, narrow = replace(exact, low=-5), replace(exact, low=-3)
    if "high" in change:
        wide, narrow = replace(exact, high=5), replace(exact, high=3)
    check_bounds(replace(network, tables=(wide,)), weights)
    with pytest.raises(InvalidInput, match="q may be from -4 to 4, but table 0 holds"):
        check_bounds(replace(network, tables=(narrow,)), weights)


def test_a_maximums_bound_is_the_difference_of_its_terms() -> None:
    builder = Builder((1, 4, 1), 2, 9)
    step = Reading(1, 1, 0, 1)
    builder.maximum(Term(0, 1, step, step), Term(0, 1, Reading(1, 1, 1, 1), step))  # the second reads beyond
    network, weights = builder.build()
    assert required_range(network, weights) == ((-7, 9),)
    assert network.tensors[1] == Tensor((1, 1, 1), 0, 9)
