"""Whole small models as exporters write them: channels last, open batch axes, functions in pieces, shared tensors."""

from __future__ import annotations

import numpy as np
import pytest
from onnx_builders import agree, kinds, model, node, normal


def test_channels_last_input_and_flatten() -> None:
    """As tf2onnx writes a Keras model: Transpose in, images in between, flattened with channels last."""
    nodes = [
        node("Mul", "x k", "s"), node("Transpose", "s", "t", perm=[0, 3, 1, 2]),
        node("Conv", "t w b", "c", auto_pad="SAME_UPPER", strides=[2, 2]), node("Relu", "c", "r"),
        node("MaxPool", "r", "m", kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", "m", "u", perm=[0, 2, 3, 1]), node("Reshape", "u to", "f"),
        node("MatMul", "f fw", "g"), node("Add", "g fb", "out"),
    ]  # fmt: skip
    stored = {
        "k": np.float32(1 / 255), "w": normal(5, 3, 3, 3), "b": normal(5), "to": np.array([-1, 5 * 2 * 3]),
        "fw": normal(30, 4), "fb": normal(4),
    }  # fmt: skip
    network = agree(model(nodes, ("N", 9, 12, 3), stored))
    assert (network.input_shape, network.model_shape, network.channels_last) == ((3, 9, 12), (9, 12, 3), True)
    assert kinds(network) == ["conv:clip", "max", "conv"]


def test_channels_last_between_layers() -> None:
    """Pads, sums, concatenations, numbers by channel and means on tensors whose channels are the last axis."""
    nodes = [
        node("Pad", "x p", "q"), node("Transpose", "q", "t", perm=[0, 3, 1, 2]), node("Conv", "t w", "c"),
        node("Transpose", "c", "u", perm=[0, 2, 3, 1]), node("Add", "u k", "a"), node("Relu", "a", "r"),
        node("Mul", "r k", "z"), node("Concat", "r z", "j", axis=3), node("Pad", "j p2", "j2"),
        node("ReduceMean", "j2", "m", axes=[1, 2], keepdims=0), node("Gemm", "m fw", "out"),
    ]  # fmt: skip
    stored = {
        "p": np.array([0, 1, 2, 0, 0, 1, 0, 0]), "w": normal(4, 3, 3, 3), "k": normal(4), "fw": normal(8, 3),
        "p2": np.array([0, 0, 1, 0, 0, 1, 0, 0]),
    }  # fmt: skip
    network = agree(model(nodes, ("N", 6, 7, 3), stored))
    assert network.channels_last


def test_a_flat_input_reshaped_to_an_image_is_an_image() -> None:
    nodes = [
        node("Reshape", "x to", "i"),
        node("Conv", "i w", "c"),
        node("Flatten", "c", "f"),
        node("Gemm", "f v", "out"),
    ]
    stored = {"to": np.array([-1, 2, 5, 6]), "w": normal(3, 2, 3, 3), "v": normal(36, 4)}
    network = agree(model(nodes, ("N", 60), stored))
    assert (network.input_shape, network.model_shape) == ((2, 5, 6), (60,))


def test_an_image_read_by_no_convolution_is_a_vector() -> None:
    stored = {"w": normal(60, 4), "m": normal(2, 5, 6)}
    nodes = [node("Sub", "x m", "s"), node("Flatten", "s", "f"), node("Gemm", "f w", "out")]
    network = agree(model(nodes, ("N", 2, 5, 6), stored))
    assert network.input_shape == (60, 1, 1)
    assert kinds(network) == ["conv"]


@pytest.mark.parametrize("batch", ["N", 1, 3])
def test_shape_arithmetic_of_an_open_or_fixed_batch(batch: int | str) -> None:
    nodes = [
        node("Conv", "x w", "c"), node("Shape", "c", "s"), node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n zeros", "u"), node("Concat", "u rest", "to", axis=0), node("Reshape", "c to", "f"),
        node("Gemm", "f v", "out"),
    ]  # fmt: skip
    stored = {
        "w": normal(3, 2, 3, 3), "zero": np.array(0), "zeros": np.array([0]), "rest": np.array([-1]),
        "v": normal(36, 4),
    }  # fmt: skip
    agree(model(nodes, (batch, 2, 5, 6), stored), 3 if batch == "N" else int(batch))


def test_weights_computed_from_stored_numbers() -> None:
    nodes = [
        node("Constant", "", "two", value_float=2.0), node("Mul", "w two", "w2"),
        node("Transpose", "w2", "wt", perm=[1, 0]),
        node("Sqrt", "v", "root"), node("Div", "b root", "bias"), node("Gemm", "x wt bias", "out"),
    ]  # fmt: skip
    agree(model(nodes, ("N", 6), {"w": normal(4, 6), "v": np.abs(normal(4)) + 1, "b": normal(4)}))


def test_nodes_without_effect_are_ignored() -> None:
    nodes = [node("Hardmax", "x", "e"), node("TopK", "e two", "f g"), node("Gemm", "x w", "out")]
    assert kinds(agree(model(nodes, ("N", 6), {"w": normal(6, 4), "two": np.array([2])}))) == ["conv"]


PIECES = {
    "silu": [node("Sigmoid", "c", "s"), node("Mul", "s c", "y")],
    "hardswish": [node("Add", "c three", "a"), node("Clip", "a zero six", "b"), node("Mul", "c b", "d"),
                  node("Div", "d six", "y")],
    "gelu": [node("Div", "c root", "a"), node("Erf", "a", "b"), node("Add", "b one", "d"),
             node("Mul", "c d", "e"), node("Mul", "e half", "y")],
    "mish": [node("Softplus", "c", "a"), node("Tanh", "a", "b"), node("Mul", "c b", "y")],
    "square": [node("Mul", "c c", "y")],
    "leakyrelu": [node("Mul", "c half", "a"), node("Max", "c a", "y")],
    "sigmoid": [node("Neg", "c", "a"), node("Exp", "a", "b"), node("Add", "b one", "d"), node("Reciprocal", "d", "y")],
}  # fmt: skip


@pytest.mark.parametrize("name", PIECES)
def test_functions_of_several_nodes(name: str) -> None:
    scalars = {"zero": 0.0, "one": 1.0, "three": 3.0, "six": 6.0, "half": 0.5, "root": np.sqrt(2)}
    stored = {key: np.float32(value) for key, value in scalars.items()}
    nodes = [node("Conv", "x w", "c"), *PIECES[name], node("Flatten", "y", "f"), node("Gemm", "f v", "out")]
    network = agree(model(nodes, ("N", 2, 5, 6), {"w": normal(3, 2, 3, 3), "v": normal(36, 4), **stored}))
    assert kinds(network) == [f"conv:{name}", "conv"]


def test_a_function_that_only_looks_like_a_square_is_refused_in_time() -> None:
    from proofs.errors import UnsupportedModel
    from proofs.networks.onnx_import import import_float

    nodes = [node("Clip", "x low high", "c"), node("Mul", "x c", "y"), node("Gemm", "y v", "out")]
    stored = {"low": np.float32(-20), "high": np.float32(20), "v": normal(6, 4)}
    with pytest.raises(UnsupportedModel, match="multiplies two computed tensors"):
        import_float(model(nodes, ("N", 6), stored))


def test_residual_blocks_keep_one_node_for_what_they_share() -> None:
    nodes = [
        node("Conv", "x w", "a"), node("Relu", "a", "r"), node("Conv", "r v", "b", pads=[1] * 4),
        node("BatchNormalization", "b s t m q", "n"), node("Add", "n r", "z"), node("Relu", "z", "y"),
        node("GlobalAveragePool", "y", "g"), node("Flatten", "g", "f"), node("Gemm", "f u", "out"),
    ]  # fmt: skip
    stored = {"w": normal(4, 3, 1, 1), "v": normal(4, 4, 3, 3), "u": normal(4, 3)}
    stored |= {"s": normal(4), "t": normal(4), "m": normal(4), "q": np.abs(normal(4)) + np.float32(0.5)}
    assert kinds(agree(model(nodes, ("N", 3, 6, 5), stored))) == ["conv:clip", "conv", "sum:clip", "sum", "conv"]


def test_a_dense_layer_over_the_last_axis() -> None:
    nodes = [
        node("MatMul", "x w", "a"), node("Add", "a b", "c"), node("Relu", "c", "d"), node("MatMul", "d v", "e"),
        node("Add", "e x", "g"), node("Flatten", "g", "f"), node("Gemm", "f u", "out"),
    ]  # fmt: skip
    stored = {"w": normal(6, 9), "b": normal(9), "v": normal(9, 6), "u": normal(30, 4)}
    network = agree(model(nodes, ("N", 5, 6), stored))
    assert (network.input_shape, network.channels_last) == ((6, 5, 1), True)
