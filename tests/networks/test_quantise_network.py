"""Quantised networks against the float networks they come from: each op, each shape of it, calibrated or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proofs.errors import UnsupportedModel
from proofs.networks.execution import execute
from proofs.networks.graph import (
    Activation,
    FloatCombination,
    FloatConvolution,
    FloatMaxPool,
    FloatNetwork,
    FloatNode,
    FloatOp,
    FloatTerm,
    Grid,
)
from proofs.networks.network import Combination, Listed, Maximum, Shape3
from proofs.networks.quantise import Options, ScaleReport, integer_inputs, quantise
from proofs.networks.quantise.floating import logits

RELU, RELU6 = Activation("clip", 0.0), Activation("clip", 0.0, 6.0)
SHAPE: Shape3 = (4, 6, 5)
RANDOM = np.random.default_rng(7)


def convolution(source: int, channels: int, outputs: int, kernel: tuple[int, int], **more: object) -> FloatConvolution:
    groups = int(more.get("groups", 1))  # type: ignore[call-overload]
    weight = RANDOM.normal(size=(outputs, channels // groups, *kernel)) / np.sqrt(channels * kernel[0] * kernel[1])
    stride, pads = more.get("stride", (1, 1)), more.get("pads", (0, 0, 0, 0))
    return FloatConvolution(source, weight, RANDOM.normal(size=outputs) / 4, stride, pads, groups)  # type: ignore[arg-type]


def chain(*steps: tuple[FloatOp, Activation, Shape3], head: bool = True, shape: Shape3 = SHAPE) -> FloatNetwork:
    """A network of these steps, with a dense layer of three classes at its end."""
    nodes = [FloatNode(op, act, out, None, f"n{i}") for i, (op, act, out) in enumerate(steps)]
    if head:
        last = nodes[-1].shape if nodes else shape
        op = convolution(len(nodes), last[0], 3, (last[1], last[2]))
        nodes.append(FloatNode(op, Activation(), (3, 1, 1), None, "head"))
    return FloatNetwork(shape, shape, False, None, tuple(nodes))


def error(network: FloatNetwork, options: Options | None = None, low: float = -1.0) -> tuple[float, ScaleReport]:
    """Largest difference of a logit, in shares of the logits' range."""
    x = RANDOM.uniform(low, 1, size=(64, *network.input_shape))
    integer, weights, report = quantise(network, x, options)
    run = execute(integer, weights, integer_inputs(network, integer, x).x, kernels="plain")
    wanted = logits(network, x)
    return float(np.abs(run.logits * float(integer.output_scale) - wanted).max() / np.ptp(wanted)), report


CASES: dict[str, tuple[tuple[FloatOp, Activation, Shape3], ...]] = {
    "dense": (),
    "same convolution": ((convolution(0, 4, 8, (3, 3), pads=(1, 1, 1, 1)), RELU, (8, 6, 5)),),
    "stride and one-sided pads": ((convolution(0, 4, 8, (3, 3), stride=(2, 2), pads=(0, 1, 1, 1)), RELU6, (8, 3, 3)),),
    "depthwise": ((convolution(0, 4, 4, (3, 3), groups=4, pads=(1, 1, 1, 1)), RELU, SHAPE),),
    "groups": ((convolution(0, 4, 6, (1, 3), groups=2), RELU, (6, 6, 3)),),
    "residual": (
        (convolution(0, 4, 4, (1, 1)), RELU, SHAPE),
        (convolution(1, 4, 4, (1, 1)), Activation(), SHAPE),
        (FloatCombination((FloatTerm(1, 1.0), FloatTerm(2, -0.3)), SHAPE), Activation(), SHAPE),
    ),
    "concatenation": (
        (convolution(0, 4, 2, (1, 1)), RELU, (2, 6, 5)),
        (
            FloatCombination((FloatTerm(0, 1.0), FloatTerm(1, 1.0, channel=4)), (6, 6, 5)),
            Activation(),
            (6, 6, 5),
        ),
    ),
    "average pool": ((FloatCombination((FloatTerm(0, 0.25, (2, 2), (2, 2)),), (4, 3, 2)), Activation(), (4, 3, 2)),),
    "average pool with pads": (
        (FloatCombination((FloatTerm(0, 0.25, (2, 2), (1, 1), (1, 1)),), (4, 7, 6)), Activation(), (4, 7, 6)),
    ),
    "crop": ((FloatCombination((FloatTerm(0, 1.0, before=(-1, -2)),), (4, 4, 2)), Activation(), (4, 4, 2)),),
    "max pool": ((FloatMaxPool(0, (2, 2), (2, 2), (0, 0, 0, 0)), Activation(), (4, 3, 2)),),
    "overlapping max pool": ((FloatMaxPool(0, (3, 3), (2, 1), (0, 0, 0, 0)), Activation(), (4, 2, 3)),),
    "max pool of a row": ((FloatMaxPool(0, (1, 5), (2, 1), (0, 0, 0, 0)), Activation(), (4, 3, 1)),),
    "max pool that only picks": ((FloatMaxPool(0, (1, 1), (2, 2), (0, 0, 0, 0)), Activation(), (4, 3, 3)),),
    "max pool, then a function": ((FloatMaxPool(0, (2, 2), (2, 2), (0, 0, 0, 0)), Activation("tanh"), (4, 3, 2)),),
    "padded max pool": (
        (convolution(0, 4, 4, (1, 1)), RELU, SHAPE),
        (FloatMaxPool(1, (3, 3), (2, 2), (1, 1, 0, 1)), Activation(), (4, 3, 3)),
    ),
    **{
        kind: ((convolution(0, 4, 8, (3, 3)), Activation(kind, parameters=parameters), (8, 4, 3)),)
        for kind, parameters in {
            "sigmoid": (),
            "tanh": (),
            "hardswish": (),
            "hardsigmoid": (0.2, 0.5),
            "silu": (),
            "gelu": (),
            "elu": (1.0,),
            "leakyrelu": (0.1,),
            "square": (),
        }.items()
    },
}


@pytest.mark.parametrize("name", list(CASES))
def test_close_to_the_float_network(name: str) -> None:
    wrong, report = error(chain(*CASES[name]))
    assert wrong < 0.02
    assert not report.warnings


@pytest.mark.parametrize("name", ["same convolution", "residual", "concatenation", "average pool", "max pool", "silu"])
def test_more_bits_are_closer(name: str) -> None:
    wrong, _ = error(chain(*CASES[name]), Options(bits=11, largest_shift=18))
    assert wrong < 0.004


@pytest.mark.parametrize("name", ["dense", "same convolution", "residual", "sigmoid", "padded max pool"])
def test_ranges_without_calibration(name: str) -> None:
    network = chain(*CASES[name])
    integer, weights, report = quantise(network, None, Options(input_range=(-1, 1)))
    x = RANDOM.uniform(-1, 1, size=(16, *SHAPE))
    run = execute(integer, weights, integer_inputs(network, integer, x).x, kernels="plain")
    wanted = logits(network, x)
    assert np.abs(run.logits * float(integer.output_scale) - wanted).max() < 0.03 * np.ptp(wanted)
    assert bool(report.warnings) == (name != "dense")


def test_the_files_grid_is_kept_and_residual_sums_get_finer_on_request() -> None:
    grid, signed = Grid(0.05, 0, 255), Grid(0.031, -120, 135)
    network = chain(*CASES["residual"])
    nodes = [replace(n, grid=g) for n, g in zip(network.nodes, (grid, signed, signed, None), strict=True)]
    network = replace(network, input_grid=Grid(0.01, -128, 127), nodes=tuple(nodes))
    integer, _, report = quantise(network, None)
    assert integer.input_scale == "0.01"
    assert [n.levels.scale for n in report.nodes[:3]] == [0.05, 0.031, 0.031]
    assert [(t.low, t.high) for t in integer.tensors[:3]] == [(-128, 127), (0, 255), (-120, 135)]
    _, _, finer = quantise(network, None, Options(sum_bits=2))
    assert [n.levels.scale for n in finer.nodes[:3]] == [0.05, 0.00775, 0.00775]


def test_equal_scales_are_added_without_rounding() -> None:
    network = chain(*CASES["residual"])
    both = FloatCombination((FloatTerm(1, 1.0), FloatTerm(2, 1.0)), SHAPE)
    grids = (Grid(0.05, 0, 255), Grid(0.05, -128, 127), Grid(0.05, -128, 127), None)
    nodes = [replace(n, grid=g) for n, g in zip(network.nodes, grids, strict=True)]
    nodes[2] = replace(nodes[2], op=both)
    integer, _, _ = quantise(replace(network, input_grid=Grid(0.01, -128, 127), nodes=tuple(nodes)), None)
    node = integer.nodes[2]
    assert isinstance(node, Combination)
    assert (node.shift, [term.multiplier for term in node.terms]) == (0, [1, 1])


def test_a_max_pool_is_a_chain_along_both_axes() -> None:
    integer, _, report = quantise(chain(*CASES["overlapping max pool"]), np.ones((1, *SHAPE)))
    assert [type(node) for node in integer.nodes[:4]] == [Maximum] * 4
    assert [tensor.shape for tensor in integer.tensors[1:5]] == [(4, 6, 3), (4, 6, 3), (4, 2, 3), (4, 2, 3)]
    assert {node.levels.origin for node in report.nodes[:4]} == {"source"}


def test_padded_max_pools_of_signed_values_are_refused() -> None:
    network = chain((FloatMaxPool(0, (3, 3), (2, 2), (1, 1, 1, 1)), Activation(), (4, 3, 3)))
    with pytest.raises(UnsupportedModel, match="put a ReLU before it"):
        quantise(network, -np.ones((1, *SHAPE)))
    quantise(network, np.ones((1, *SHAPE)))


def test_unknown_functions_are_refused() -> None:
    with pytest.raises(UnsupportedModel, match="'bessel' has no table"):
        quantise(chain((convolution(0, 4, 4, (1, 1)), Activation("bessel"), SHAPE)), np.ones((1, *SHAPE)))


def test_functions_of_wide_sums_are_gridded_where_values_occur() -> None:
    op = convolution(0, 4, 8, (6, 5))
    wide = replace(op, weight=np.sign(op.weight) * 40)
    x = np.full((8, *SHAPE), 0.5)
    x[:, :, ::2] = -0.5
    integer, _, report = quantise(chain((wide, Activation("sigmoid"), (8, 1, 1))), x, Options(input_range=(-1, 1)))
    tables = [table for table in integer.tables if isinstance(table, Listed)]
    assert all(table.rows <= 1 << 12 for table in tables)
    assert [node.name for node in report.nodes][:2] == ["n0", "n0"]


def test_functions_share_one_table() -> None:
    step = (convolution(0, 4, 4, (1, 1)), Activation("sigmoid"), SHAPE)
    grid = Grid(1 / 255, 0, 255)
    network = chain(step, (replace(step[0], source=1), step[1], SHAPE))
    nodes = tuple(replace(node, grid=grid) if i < 2 else node for i, node in enumerate(network.nodes))
    integer, _, _ = quantise(replace(network, nodes=nodes), RANDOM.uniform(0, 1, size=(4, *SHAPE)))
    assert sum(isinstance(table, Listed) for table in integer.tables) <= 2
    assert all(table.rows <= 1 << 12 for table in integer.tables if isinstance(table, Listed))


def test_channels_last_inputs() -> None:
    network = chain(*CASES["same convolution"])
    x = RANDOM.uniform(-1, 1, size=(5, *SHAPE))
    turned = replace(network, model_shape=(6, 5, 4), channels_last=True)
    integer = quantise(network, x)[0]
    assert quantise(turned, x.transpose(0, 2, 3, 1))[0] == integer
    placed = [integer_inputs(n, integer, v).x for n, v in ((network, x), (turned, x.transpose(0, 2, 3, 1)))]
    assert np.array_equal(*placed)


def test_a_percentile_cuts_rare_values_off() -> None:
    network = chain(*CASES["same convolution"])
    x = RANDOM.uniform(-1, 1, size=(32, *SHAPE))
    x[0] *= 50
    tight, loose = (quantise(network, x, Options(percentile=p))[2].nodes[0].levels for p in (99.0, None))
    assert tight.scale < loose.scale / 3


def test_sums_too_large_for_any_shift_are_refused() -> None:
    op = convolution(0, 4, 2, (6, 5))
    huge = replace(op, weight=np.full_like(op.weight, 1e6), bias=np.zeros(2))
    nodes = (
        FloatNode(huge, Activation(), (2, 1, 1), Grid(1e-3, -128, 127), "huge"),
        FloatNode(convolution(1, 2, 3, (1, 1)), Activation(), (3, 1, 1), None, "head"),
    )
    with pytest.raises(UnsupportedModel, match="huge: its sums are too large"):
        quantise(FloatNetwork(SHAPE, SHAPE, False, Grid(0.01, -128, 127), nodes), None)


def test_the_report_counts_rows_and_bits() -> None:
    integer, weights, report = quantise(chain(*CASES["residual"]), np.ones((1, *SHAPE)))
    assert report.table_rows == sum(table.rows for table in integer.tables)
    assert report.range_rows == sum({1 << node.shift for node in integer.nodes if node.shift})
    assert report.rows == report.table_rows + report.range_rows
    for index, hidden in weights.items():
        assert int(np.abs(hidden.weight).max()).bit_length() == report.nodes[index].weight_bits
    assert max(node.accumulator_bits for node in report.nodes) <= 30
    assert [(node.cuts_low, node.cuts_high) for node in report.nodes[:2]] == [(False, True), (True, True)]


def test_coarse_weights_are_warned_of() -> None:
    network = chain(head=True, shape=(512, 1, 1))
    x = RANDOM.uniform(0, 1, size=(4, 512, 1, 1))
    assert not quantise(network, x)[2].warnings
    found = quantise(network, x, Options(largest_shift=4, logit_bits=8))[2].warnings
    assert len(found) == 1
    assert "head: 512 products a sum leave its weights a shift of 4" in found[0]


@pytest.mark.parametrize("source", [0, 1])
def test_average_pools_of_finer_sums_stay_exact(source: int) -> None:
    pool = FloatCombination((FloatTerm(source, 0.25, (2, 2), (2, 2)),), (4, 3, 2))
    network = chain((convolution(0, 4, 4, (1, 1)), Activation(), SHAPE), (pool, Activation(), (4, 3, 2)))
    x = RANDOM.uniform(-1, 1, size=(4, *SHAPE))
    integer, _, report = quantise(network, x, Options(sum_bits=3))
    node = integer.nodes[1]
    assert isinstance(node, Combination)
    assert (node.shift, node.terms[0].multiplier) == (0, 1)
    read = integer.tensors[source]
    assert (integer.tensors[2].low, integer.tensors[2].high) == (4 * read.low, 4 * read.high)
    assert report.nodes[0].levels.bits == 11
