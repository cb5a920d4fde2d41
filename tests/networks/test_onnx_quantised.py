"""QuantizeLinear and DequantizeLinear: the file's own levels, and models onnxruntime quantised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx_builders import kinds, model, node, normal, runtime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from proofs.errors import UnsupportedModel
from proofs.networks.graph import Grid
from proofs.networks.onnx_import import import_float, run_float


def pair(source: str, scale: str, zero: str) -> list[onnx.NodeProto]:
    """Q and DQ of a tensor; the result is the tensor's name with '_q'."""
    return [
        node("QuantizeLinear", f"{source} {scale} {zero}", f"{source}_i"),
        node("DequantizeLinear", f"{source}_i {scale} {zero}", f"{source}_q"),
    ]


SCALES = {"s": np.float32(0.05), "z": np.uint8(120), "s2": np.float32(0.1), "z2": np.int8(-128)}


def test_pairs_become_grids_without_zero_points() -> None:
    nodes = [
        *pair("x", "s", "z"), node("DequantizeLinear", "w ws wz", "wf", axis=0), node("Conv", "x_q wf", "c"),
        node("Relu", "c", "r"), *pair("r", "s2", "z2"), node("MaxPool", "r_q", "m", kernel_shape=[2, 2]),
        *pair("m", "s2", "z2"), node("Flatten", "m_q", "f"), node("Gemm", "f v", "out"),
    ]  # fmt: skip
    stored = {
        **SCALES, "w": np.arange(-9, 9, dtype=np.int8).reshape(2, 1, 3, 3), "v": normal(2 * 3 * 3, 4),
        "ws": np.array([0.1037, 0.2113], np.float32), "wz": np.array([1, -2], np.int8),
    }  # fmt: skip
    onnx_bytes = model(nodes, ("N", 1, 6, 6), stored)
    network = import_float(onnx_bytes)
    assert kinds(network) == ["conv:clip", "max", "conv"]
    scale = float(SCALES["s"])
    assert network.input_grid == Grid(scale, -120, 135)
    grid = Grid(float(SCALES["s2"]), 0, 255)
    assert [one.grid for one in network.nodes] == [grid, grid, None]
    weight = (np.arange(-9, 9).reshape(2, 9) - [[1], [-2]]) * np.float32([[0.1037], [0.2113]])
    assert np.allclose(network.nodes[0].op.weight.reshape(2, 9), weight)
    x = normal(4, 1, 6, 6)
    assert np.abs(run_float(network, x) - runtime(onnx_bytes, x)).max() < 1e-4
    assert np.abs(run_float(network, x, on_grids=False) - runtime(onnx_bytes, x)).max() > 1e-3


def test_an_activation_after_a_grid_is_not_taken_into_the_node() -> None:
    nodes = [node("Gemm", "x v", "c"), *pair("c", "s", "z"), node("Relu", "c_q", "r"), node("Gemm", "r w", "out")]
    onnx_bytes = model(nodes, ("N", 6), {**SCALES, "v": normal(6, 5), "w": normal(5, 3)})
    network = import_float(onnx_bytes)
    assert kinds(network) == ["conv", "sum:clip", "conv"]
    x = normal(5, 6)
    assert np.abs(run_float(network, x) - runtime(onnx_bytes, x)).max() < 1e-4


def test_a_second_grid_is_a_node_of_its_own() -> None:
    nodes = [node("Gemm", "x v", "c"), *pair("c", "s", "z"), *pair("c_q", "s2", "z2"), node("Gemm", "c_q_q w", "out")]
    network = import_float(model(nodes, ("N", 6), {**SCALES, "v": normal(6, 5), "w": normal(5, 3)}))
    assert kinds(network) == ["conv", "sum", "conv"]
    assert [one.grid is None for one in network.nodes] == [False, False, True]


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ([node("QuantizeLinear", "x s z", "i"), node("DequantizeLinear", "i s2 z", "q")], "not those of the Quantize"),
        ([node("QuantizeLinear", "x many zeros", "i", axis=1), node("DequantizeLinear", "i many zeros", "q")], "scale"),
        ([node("QuantizeLinear", "x s z", "i"), node("Relu", "i", "q")], "integers of a QuantizeLinear"),
    ],
)
def test_pairs_that_are_none(nodes: list[onnx.NodeProto], reason: str) -> None:
    many = {"many": np.full(6, 0.1, np.float32), "zeros": np.zeros(6, np.uint8)}
    with pytest.raises(UnsupportedModel, match=reason):
        import_float(model([*nodes, node("Gemm", "q v", "out")], ("N", 6), {**SCALES, **many, "v": normal(6, 3)}))


class _Reader(CalibrationDataReader):
    def __init__(self, x: np.ndarray) -> None:
        self.rest = iter([{"x": row[None]} for row in x])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.rest, None)


@pytest.mark.parametrize("per_channel", [False, True])
def test_models_onnxruntime_quantised(tmp_path: Path, per_channel: bool) -> None:
    nodes = [
        node("Conv", "x w b", "c", pads=[1] * 4), node("Relu", "c", "r"),
        node("MaxPool", "r", "p", kernel_shape=[2, 2]),
        node("Conv", "p v a", "d"), node("Relu", "d", "e"), node("GlobalAveragePool", "e", "g"),
        node("Flatten", "g", "f"), node("Gemm", "f u t", "out"),
    ]  # fmt: skip
    stored = {
        "w": normal(4, 2, 3, 3), "b": normal(4), "v": normal(6, 4, 3, 3), "a": normal(6), "u": normal(6, 5),
        "t": normal(5),
    }  # fmt: skip
    x = normal(40, 2, 8, 8)
    plain, quantised = tmp_path / "plain.onnx", tmp_path / "quantised.onnx"
    plain.write_bytes(model(nodes, ("N", 2, 8, 8), stored))
    quantize_static(
        plain, quantised, _Reader(x), quant_format=QuantFormat.QDQ, per_channel=per_channel,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    )  # fmt: skip
    network = import_float(quantised.read_bytes())
    assert kinds(network) == ["conv", "max", "conv", "sum", "conv"]  # the grids from 0 up are the ReLUs
    assert network.input_grid is not None
    assert all(one.grid is not None for one in network.nodes)
    expected, found = runtime(quantised.read_bytes(), x), run_float(network, x)
    step = network.nodes[-1].grid.scale if network.nodes[-1].grid else 0.0
    assert np.abs(found - expected).max() <= 2 * step + 1e-6  # a tie rounded otherwise in float32
    assert np.mean(np.abs(found - expected) > 1e-4) < 0.05


def test_functions_of_several_nodes_are_recognised_between_grids() -> None:
    nodes = [
        node("Gemm", "x v", "c"), *pair("c", "s2", "z2"), node("Sigmoid", "c_q", "a"), *pair("a", "s3", "z3"),
        node("Mul", "c_q a_q", "y"), *pair("y", "s2", "z3"), node("Gemm", "y_q w", "out"), node("Softmax", "out", "p"),
        *pair("p", "s3", "z3"),
    ]  # fmt: skip
    levels = {**SCALES, "z2": np.int8(3), "s3": np.float32(1 / 256), "z3": np.uint8(0)}
    stored = {**levels, "v": normal(6, 5), "w": normal(5, 3)}
    network = import_float(model(nodes, ("N", 6), stored))
    assert kinds(network) == ["conv", "sum:silu", "conv"]
    scale = float(SCALES["s2"])
    assert [one.grid for one in network.nodes] == [Grid(scale, -131, 124), Grid(scale, 0, 255), None]
