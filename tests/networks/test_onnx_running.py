"""The reference runner and what it lets an observer see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx_builders import model, node, normal

from proofs.errors import InvalidInput
from proofs.networks.onnx_import import Ranges, Spread, check_integer, import_float, run_float

NODES = [
    node("Conv", "x w b", "c", pads=[1] * 4), node("Relu", "c", "r"), node("MaxPool", "r", "m", kernel_shape=[2, 2]),
    node("Flatten", "m", "f"), node("Gemm", "f v", "out"),
]  # fmt: skip
BYTES = model(NODES, ("N", 2, 6, 6), {"w": normal(3, 2, 3, 3), "b": normal(3), "v": normal(75, 4)})


def test_chunks_change_nothing_and_the_observer_sees_every_tensor() -> None:
    network = import_float(BYTES)
    x = normal(11, 2, 6, 6)
    seen: dict[int, list[np.ndarray]] = {}
    whole = run_float(network, x, observe=lambda tensor, linear, out: seen.setdefault(tensor, []).append(out))
    assert [len(chunks) for chunks in seen.values()] == [1, 1, 1, 1]
    ranges = Ranges()
    small = run_float(network, x, observe=ranges, chunk_bytes=1)
    assert np.allclose(whole, small, atol=1e-12)
    for tensor, (out,) in seen.items():
        spread = ranges.output[tensor]
        assert (spread.low, spread.high, spread.count) == pytest.approx((out.min(), out.max(), out.size))
        exact = np.percentile(out, 99, method="inverted_cdf")
        assert abs(spread.percentile(99) - exact) <= spread.reach / 512
    assert ranges.linear[1].low < 0 == ranges.output[1].low
    assert run_float(network, x[:0]).shape == (0, 4)


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), min_size=1, max_size=6))
def test_spreads_are_those_of_all_numbers_seen(chunks: list[list[float]]) -> None:
    spread = Spread()
    for chunk in chunks:
        spread.see(np.array(chunk))
    every = np.concatenate([np.array(chunk) for chunk in chunks])
    assert (spread.low, spread.high, spread.count) == (every.min(), every.max(), every.size)
    assert int(spread.bins.sum()) == every.size
    for percent in (1, 50, 99.9, 100):
        edge = spread.percentile(percent)
        assert (every <= edge + 1e-9).mean() * 100 >= percent - 1e-9
    assert spread.percentile(100) == every.max()


@pytest.mark.parametrize(
    "x", [np.zeros((3, 2, 6)), np.zeros((3, 2, 6, 5)), np.full((1, 2, 6, 6), np.nan), np.array(["a"])]
)
def test_inputs_that_do_not_fit(x: np.ndarray) -> None:
    with pytest.raises(InvalidInput):
        run_float(import_float(BYTES), x)


def test_the_check_counts_what_is_committed_and_multiplied() -> None:
    report = check_integer(BYTES)
    assert report.require() is report
    assert (report.input_shape, report.classes) == ((2, 6, 6), 4)
    assert report.parameters == 3 * 2 * 9 + 3 + 75 * 4 + 4
    assert report.macs == 36 * 3 * 18 + 75 * 4
