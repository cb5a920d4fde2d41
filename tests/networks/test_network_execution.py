"""Executions are exact: the same integers as loops over Python's, whatever the kernels, blocks and chunks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from network_builder import Builder
from network_reference import reference
from network_samples import inputs, lenet, mobilenet
from network_strategies import Sample, networks
from numpy.typing import NDArray

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.networks.execution import Clamped, Execution, count_clamped, execute, execution_bytes, linear, logits
from proofs.networks.execution.kernels import Kernels, loops
from proofs.networks.execution.memory import live_values
from proofs.networks.network import Network, Reading, Term
from proofs.networks.weights import NodeWeights, Weights

TWINS = pytest.mark.parametrize("kernels", ["plain", "fast"])


def agree(network: Network, weights: Weights, x: NDArray[np.int32], kernels: Kernels) -> Execution:
    """Run, and compare with the reference."""
    found = execute(network, weights, x, kernels)
    for node, run, expected in zip(network.nodes, found.nodes, reference(network, weights, x), strict=True):
        assert run.q.dtype == run.y.dtype == np.int32
        assert np.array_equal(run.q, expected.q) and np.array_equal(run.y, expected.y)
        assert (run.rem is None) == (node.shift == 0)
        if run.rem is not None:
            assert run.rem.dtype == np.int32 and np.array_equal(run.rem, expected.rem)
    return found


@TWINS
@given(networks())
@settings(max_examples=70, deadline=None)
def test_random_networks(kernels: Kernels, sample: Sample) -> None:
    network, weights, x = sample
    found = agree(network, weights, x, kernels)
    assert np.array_equal(logits(network, weights, x, kernels, chunk_bytes=1), found.logits)
    assert found.batch == x.shape[3]
    kept = [found.x, *(a for run in found.nodes for a in (run.q, run.rem, run.y) if a is not None)]
    assert sum(array.nbytes for array in kept) == execution_bytes(network, found.batch)


@TWINS
@given(networks(kinds=("convolution", "dense", "depthwise")))
@settings(max_examples=30, deadline=None)
def test_blocks_of_any_size_make_no_difference(kernels: Kernels, sample: Sample) -> None:
    network, weights, x = sample
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear, "BLOCK_BYTES", 1)
        patch.setattr(linear, "LEAST_COLUMNS", 1)
        patch.setattr(linear, "LEAST_OUTPUTS", 1)
        agree(network, weights, x, kernels)


@TWINS
def test_large_tensors_are_shared_among_threads(kernels: Kernels) -> None:
    """Large enough for several blocks and for every loop to be cut up; single and double precision."""
    rng = np.random.default_rng(5)
    builder = Builder((4, 18, 18))
    builder.convolution(rng.integers(-9, 10, (64, 4, 3, 3)), rng.integers(-99, 99, 64), shift=4, function=(0, 255))
    builder.convolution(rng.integers(-999, 999, (64, 1, 3, 3)), None, (1, 2), (1, 1, 1, 1), 64, 10)
    builder.convolution(rng.integers(-(2**14), 2**14, (96, 64, 1, 1)), shift=16, function=lambda q: q % 251)
    whole = Reading.whole(builder.tensors[-1].shape[1]), Reading.whole(builder.tensors[-1].shape[2])
    builder.combination([Term(builder.last, 3, *whole), Term(2, -1, *whole, 32)], 96, 2)
    builder.max_pool(2, 2)
    builder.dense(rng.integers(-99, 100, (70, int(np.prod(builder.tensors[-1].shape)))), shift=12)
    network, weights = builder.build()
    x = inputs(network, 40)
    found = execute(network, weights, x, kernels)
    few = agree(network, weights, np.ascontiguousarray(x[..., 20:21]), kernels)
    for run, expected in zip(found.nodes, few.nodes, strict=True):
        assert np.array_equal(run.q[..., 20:21], expected.q) and np.array_equal(run.y[..., 20:21], expected.y)
    parts = [execute(network, weights, x[..., i : i + 8], kernels).logits for i in range(0, 40, 8)]
    assert np.array_equal(np.concatenate(parts), found.logits)


@TWINS
def test_halves_go_up_also_for_negatives(kernels: Kernels) -> None:
    builder = Builder((1, 1, 1), -16, 15)
    builder.dense(np.array([[1]]), shift=2)
    network, weights = builder.build()
    x = np.arange(-16, 16, dtype=np.int32).reshape(1, 1, 1, 32)
    found = agree(network, weights, x, kernels).nodes[0]
    assert found.q[0, 0, 0, [10, 14, 18, 22]].tolist() == [-1, 0, 1, 2]  # -6, -2, 2, 6 quarters


@TWINS
@pytest.mark.parametrize("reach", [1 << 24, (1 << 24) + 1, (1 << 30) - 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_sums_as_large_as_single_precision_and_accumulators_allow(kernels: Kernels, reach: int, sign: int) -> None:
    builder = Builder((3, 1, 1), 0, 1)
    weight = sign * np.array([[reach // 2, reach - reach // 2 - 1, 1]])
    builder.dense(weight, shift=12, function=(-(1 << 15), (1 << 15) - 1))
    agree(*builder.build(), np.ones((3, 1, 1, 1), np.int32), kernels)


@TWINS
@pytest.mark.parametrize("groups", [1, 2])
def test_sums_that_cancel_are_exact(kernels: Kernels, groups: int) -> None:
    """Products of 2^32 and more, in both arithmetics; the accumulators are small."""
    builder = Builder((2, 1, 2), 20, 21)
    large = 1 << 28
    weight = np.tile(np.array([large, -large]), (2, 2 // groups, 1, 1))
    builder.convolution(weight, groups=groups, shift=18)
    network, weights = builder.build()
    agree(network, weights, inputs(network, 3), kernels)


@TWINS
def test_the_samples_run(kernels: Kernels) -> None:
    network, weights = lenet()
    x = inputs(network, 2)
    assert np.array_equal(logits(network, weights, x, kernels), agree(network, weights, x, kernels).logits)
    network, weights = mobilenet(32, classes=10)
    x = inputs(network, 3)
    assert np.array_equal(logits(network, weights, x, kernels), execute(network, weights, x, "plain").logits)


def test_progress_is_told() -> None:
    network, weights = lenet()
    x, told = inputs(network, 5), list[tuple[int, int]]()
    execute(network, weights, x, progress=lambda done, total: told.append((done, total)))
    assert told == [(i + 1, len(network.nodes)) for i in range(len(network.nodes))]
    told.clear()
    logits(
        network,
        weights,
        x,
        progress=lambda done, total: told.append((done, total)),
        chunk_bytes=8 * live_values(network),
    )
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_tensors_alive_at_one_time() -> None:
    """Input and two outputs; the first convolution's accumulators are the most."""
    network, _ = lenet()
    assert live_values(network) == 784 + 2 * 6 * 24 * 24


def test_inputs_of_any_integers_in_range() -> None:
    network, weights = lenet()
    x = inputs(network, 3)
    expected = execute(network, weights, x).logits
    for dtype in (np.uint8, np.int64):
        assert np.array_equal(execute(network, weights, np.asfortranarray(x.astype(dtype))).logits, expected)
        assert np.array_equal(logits(network, weights, x.astype(dtype)), expected)
    assert expected.dtype == np.int64 and expected.shape == (3, 10)


@pytest.mark.parametrize("run", [execute, logits], ids=["execute", "logits"])
def test_other_inputs_and_networks_are_refused(run: object) -> None:
    assert callable(run)
    network, weights = lenet()
    x = inputs(network, 2)
    for bad, words in (
        (x[..., 0], "takes inputs of shape"),
        (x[:, :27], "takes inputs of shape"),
        (x[..., :0], "takes inputs of shape"),
        (x.astype(np.float32), "takes integers"),
        (x - 1 - x.min(), "inputs from -1"),
        (x + 256 - x.max(), "inputs from"),
    ):
        with pytest.raises(InvalidInput, match=words):
            run(network, weights, bad)
    with pytest.raises(InvalidInput, match="weights are given"):
        run(network, {}, x)
    with pytest.raises(InvalidInput, match="scale"):
        run(replace(network, input_scale="0"), weights, x)
    heavy = {**weights, 0: NodeWeights(weights[0].weight * np.int32(1 << 20), weights[0].bias)}
    with pytest.raises(UnsupportedModel, match="accumulators"):
        run(network, heavy, x)
    narrow = (replace(network.tables[0], low=0, least=0), *network.tables[1:])
    with pytest.raises(InvalidInput, match="q may be"):
        run(replace(network, tables=narrow), weights, x)


def test_clamped_values_are_counted() -> None:
    builder = Builder((1, 1, 1), -10, 10)
    builder.dense(np.array([[1]]), function=(-3, 8))
    builder.dense(np.array([[1]]), function=lambda q: 0 * q)
    network, weights = builder.build()
    x = np.array([-10, -4, -3, 0, 8, 9, 5], np.int32).reshape(1, 1, 1, 7)
    assert count_clamped(network, execute(network, weights, x)) == (Clamped(2, 1, 7), Clamped(0, 0, 7))


def test_a_maximum_clamps_nothing() -> None:
    builder = Builder((1, 2, 1), -10, 10)
    one = Reading(1, 1, 0, 1)
    builder.maximum(Term(0, 1, one, one), Term(0, 1, Reading(1, 1, -1, 1), one))
    network, weights = builder.build()
    found = execute(network, weights, np.array([-5, 4], np.int32).reshape(1, 2, 1, 1))
    assert found.nodes[0].q.item() == -9 and found.logits.item() == 4
    assert count_clamped(network, found) == (Clamped(0, 0, 1),)


def test_kernels_have_names() -> None:
    with pytest.raises(ValueError, match="choose auto, fast or plain"):
        loops("quick")  # type: ignore[arg-type]


def test_the_plain_twin_needs_no_compiler() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from proofs.networks.execution import execute\n"
        "from proofs.networks.execution.kernels import loops\n"
        "print(loops('auto').__name__)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith(".plain")
