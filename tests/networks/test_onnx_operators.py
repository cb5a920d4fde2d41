"""Every operator that is read, one small network each, against onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx_builders import agree, kinds, model, node, normal

IMAGE = ("N", 4, 9, 8)
END = [node("Flatten", "y", "flat"), node("Gemm", "flat fw fb", "out", transB=1)]


def ended(nodes: list[Any], features: int, constants: dict[str, np.ndarray] | None = None, **more: Any) -> bytes:
    """The nodes, which write 'y', then a classifier."""
    stored = {"fw": normal(3, features), "fb": normal(3), **(constants or {})}
    return model([*nodes, *END], more.pop("shape", IMAGE), stored, **more)


CONVOLUTIONS = [
    ({"kernel_shape": [3, 3]}, (6, 4, 3, 3), 6 * 7 * 6),
    ({"pads": [1, 0, 2, 1], "strides": [2, 1]}, (6, 4, 3, 2), 6 * 5 * 8),
    ({"group": 2, "pads": [1, 1, 1, 1]}, (6, 2, 3, 3), 6 * 9 * 8),
    ({"group": 4, "strides": [2, 2]}, (8, 1, 3, 3), 8 * 4 * 3),
    ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, (5, 4, 3, 3), 5 * 5 * 4),
    ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, (5, 4, 2, 2), 5 * 5 * 4),
    ({"auto_pad": "VALID"}, (5, 4, 3, 3), 5 * 7 * 6),
    ({"dilations": [2, 3], "pads": [2, 2, 2, 2]}, (5, 4, 2, 2), 5 * 11 * 9),
]


@pytest.mark.parametrize(("attributes", "weight", "features"), CONVOLUTIONS)
def test_convolutions(attributes: dict[str, Any], weight: tuple[int, ...], features: int) -> None:
    stored = {"w": normal(*weight), "b": normal(weight[0])}
    network = agree(ended([node("Conv", "x w b", "y", **attributes)], features, stored))
    assert kinds(network) == ["conv", "conv"]


POOLS = [
    ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}, 4 * 4 * 4),
    ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}, 4 * 5 * 4),
    ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 3], "ceil_mode": 1}, 4 * 4 * 3),
    ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}, 4 * 5 * 4),
    ("AveragePool", {"kernel_shape": [2, 3], "strides": [2, 2]}, 4 * 4 * 3),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}, 4 * 9 * 8),
    ("AveragePool", {"kernel_shape": [3, 2], "strides": [3, 2], "ceil_mode": 1}, 4 * 3 * 4),
    ("AveragePool", {"kernel_shape": [11, 3], "pads": [1, 0, 1, 0]}, 4 * 6),
    ("AveragePool", {"kernel_shape": [10, 3], "pads": [0, 0, 1, 0]}, 4 * 6),
    ("GlobalAveragePool", {}, 4),
    ("GlobalMaxPool", {}, 4),
    ("ReduceMean", {"axes": [2, 3], "keepdims": 0}, 4),
    ("ReduceMean", {"axes": [-1]}, 4 * 9),
    ("ReduceMax", {"axes": [2, 3]}, 4),
]


@pytest.mark.parametrize(("op", "attributes", "features"), POOLS)
def test_pools(op: str, attributes: dict[str, Any], features: int) -> None:
    network = agree(ended([node(op, "x", "y", **attributes)], features))
    assert kinds(network) == ["max" if "Max" in op else "sum", "conv"]


def test_reduce_sum_takes_its_axes_as_an_input() -> None:
    agree(ended([node("ReduceSum", "x axes", "y")], 4 * 8, {"axes": np.array([2])}))


ACTIVATIONS = [
    ("Relu", {}), ("Sigmoid", {}), ("Tanh", {}), ("HardSwish", {}), ("HardSigmoid", {"alpha": 0.3, "beta": 0.4}),
    ("Elu", {"alpha": 0.7}), ("Selu", {}), ("Celu", {"alpha": 1.5}), ("Softplus", {}), ("Softsign", {}),
    ("LeakyRelu", {"alpha": 0.2}), ("Mish", {}), ("Erf", {}), ("Abs", {}), ("Gelu", {}),
    ("Gelu", {"approximate": "tanh"}),
]  # fmt: skip


@pytest.mark.parametrize(("op", "attributes"), ACTIVATIONS)
def test_activations_join_the_convolution_before(op: str, attributes: dict[str, Any]) -> None:
    nodes = [node("Conv", "x w", "c"), node(op, "c", "y", **attributes)]
    network = agree(ended(nodes, 5 * 72, {"w": normal(5, 4, 1, 1)}, opset=20))
    assert len(network.nodes) == 2
    assert network.nodes[0].activation.kind != "identity"


def test_an_activation_of_a_shared_tensor_is_a_node_of_its_own() -> None:
    nodes = [node("Conv", "x w", "c"), node("Relu", "c", "r"), node("Add", "c r", "y")]
    assert kinds(agree(ended(nodes, 5 * 72, {"w": normal(5, 4, 1, 1)}))) == ["conv", "sum:clip", "sum", "conv"]


def test_a_sum_takes_its_activation_in() -> None:
    nodes = [node("Conv", "x w", "c"), node("Add", "c x", "s"), node("Relu", "s", "y")]
    assert kinds(agree(ended(nodes, 4 * 72, {"w": normal(4, 4, 1, 1)}))) == ["conv", "sum:clip", "conv"]


def test_a_clip_after_a_max_pool_is_taken_before_it() -> None:
    nodes = [node("Conv", "x w", "c"), node("MaxPool", "c", "m", kernel_shape=[2, 2]), node("Relu", "m", "y")]
    assert kinds(agree(ended(nodes, 4 * 56, {"w": normal(4, 4, 1, 1)}))) == ["conv:clip", "max", "conv"]


def test_a_function_that_falls_stays_after_its_max_pool() -> None:
    nodes = [node("Conv", "x w", "c"), node("MaxPool", "c", "m", kernel_shape=[2, 2]), node("Abs", "m", "y")]
    assert kinds(agree(ended(nodes, 4 * 56, {"w": normal(4, 4, 1, 1)}))) == ["conv", "max", "sum:abs", "conv"]


@pytest.mark.parametrize("opset", [8, 11, 17])
def test_clip_states_its_ends_in_either_way(opset: int) -> None:
    ends = {"low": np.float32(-0.5), "high": np.float32(6)}
    clip = node("Clip", "c", "y", min=-0.5, max=6.0) if opset < 11 else node("Clip", "c low high", "y")
    stored = {"w": normal(5, 4, 1, 1), **(ends if opset >= 11 else {})}
    network = agree(ended([node("Conv", "x w", "c"), clip], 360, stored, opset=opset))
    assert (network.nodes[0].activation.low, network.nodes[0].activation.high) == (-0.5, 6)


def test_clips_after_one_another_are_one() -> None:
    nodes = [node("Conv", "x w", "c"), node("Relu", "c", "r"), node("Min", "r six", "m"), node("Max", "two m", "y")]
    stored = {"w": normal(5, 4, 1, 1), "six": np.float32(6), "two": np.float32([2])}
    network = agree(ended(nodes, 360, stored))
    assert (network.nodes[0].activation.low, network.nodes[0].activation.high) == (2, 6)


CONSTANTS = [
    ("Add", "c k", (1, 5, 1, 1)), ("Add", "k c", (5, 1, 1)), ("Sub", "c k", (5, 1, 1)), ("Sub", "k c", (1,)),
    ("Mul", "c k", (5, 1, 1)), ("Mul", "k c", ()), ("Div", "c k", (1, 5, 1, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("op", "inputs", "shape"), CONSTANTS)
@pytest.mark.parametrize("shared", [False, True])
def test_stored_numbers(op: str, inputs: str, shape: tuple[int, ...], shared: bool) -> None:
    nodes = [node("Conv", "x w b", "c"), node(op, inputs, "d" if shared else "y")]
    nodes += [node("Add", "d c", "y")] if shared else []
    network = agree(ended(nodes, 360, {"w": normal(5, 4, 1, 1), "b": normal(5), "k": normal(*shape) + np.float32(3)}))
    assert kinds(network) == (["conv", "conv", "sum", "conv"] if shared else ["conv", "conv"])


def test_batch_normalisation_is_folded_or_a_depthwise_layer() -> None:
    numbers = {"s": normal(5), "t": normal(5), "m": normal(5), "v": np.abs(normal(5)) + np.float32(0.5)}
    norm = node("BatchNormalization", "c s t m v", "y", epsilon=1e-3)
    folded = agree(ended([node("Conv", "x w", "c"), norm], 360, {"w": normal(5, 4, 1, 1), **numbers}))
    assert kinds(folded) == ["conv", "conv"]
    nodes = [node("Conv", "x w", "d"), node("Relu", "d", "c"), norm, node("Relu", "y", "z"), node("Conv", "z w2", "y2")]
    nodes += [node("Flatten", "y2", "flat"), END[1]]
    stored = {"w": normal(5, 4, 1, 1), "w2": normal(2, 5, 9, 8), "fw": normal(3, 2), "fb": normal(3), **numbers}
    assert kinds(agree(model(nodes, IMAGE, stored))) == ["conv:clip", "conv:clip", "conv", "conv"]


def test_a_scale_before_a_convolution_is_folded_into_it_only_where_pads_stay_zero() -> None:
    k = {"k": normal(4, 1, 1), "l": normal(4, 1, 1), "w": normal(5, 4, 3, 3)}
    scale, shift = node("Mul", "x k", "s"), node("Sub", "s l", "t")
    assert kinds(agree(ended([scale, node("Conv", "s w", "y", pads=[1] * 4)], 360, k))) == ["conv", "conv"]
    assert kinds(agree(ended([scale, shift, node("Conv", "t w", "y")], 5 * 42, k))) == ["conv", "conv"]
    assert kinds(agree(ended([scale, shift, node("Conv", "t w", "y", pads=[1] * 4)], 360, k))) == ["conv"] * 3


def test_sums_differences_and_means_of_tensors() -> None:
    stored = {"w": normal(4, 4, 1, 1), "v": normal(4, 4, 1, 1)}
    nodes = [node("Conv", "x w", "a"), node("Conv", "x v", "b"), node("Sub", "a b", "c"), node("Sum", "a b c x", "d")]
    network = agree(ended([*nodes, node("Mean", "d x", "e"), node("Add", "e e", "y")], 288, stored))
    assert kinds(network)[-1] == "conv"


def test_one_value_a_channel_is_added_everywhere() -> None:
    agree(ended([node("GlobalAveragePool", "x", "g"), node("Add", "g x", "y")], 288))


@pytest.mark.parametrize(("axis", "sides"), [(1, (8, 9, 8)), (2, (4, 18, 8)), (-1, (4, 9, 16))])
def test_concatenations(axis: int, sides: tuple[int, int, int]) -> None:
    nodes = [node("Relu", "x", "r"), node("Concat", "r x", "c", axis=axis), node("Conv", "c w", "y")]
    agree(ended(nodes, 3 * sides[1] * sides[2], {"w": normal(3, sides[0], 1, 1)}))


def test_concatenations_of_concatenations_are_one_node() -> None:
    nodes = [node("Relu", "x", "r"), node("Concat", "r x", "c", axis=1), node("Concat", "r c x", "y", axis=1)]
    assert kinds(agree(ended(nodes, 16 * 72))) == ["sum:clip", "sum", "conv"]


def test_pads_are_taken_into_the_convolution() -> None:
    stored = {"p": np.array([0, 0, 1, 2, 0, 0, 3, 0]), "w": normal(5, 4, 3, 3)}
    network = agree(ended([node("Pad", "x p", "q"), node("Conv", "q w", "y")], 5 * 11 * 8, stored))
    assert kinds(network) == ["conv", "conv"]
    nodes = [node("Pad", "x p", "q"), node("MaxPool", "q", "y", kernel_shape=[2, 2])]
    assert kinds(agree(ended(nodes, 4 * 12 * 9, {"p": stored["p"]}))) == ["sum", "max", "conv"]


def test_crops_and_steps() -> None:
    stored = {
        "s": np.array([1, -7]), "e": np.array([8, 99]), "a": np.array([2, 3]), "t": np.array([3, 2]),
        "w": normal(3, 4, 2, 2),
    }  # fmt: skip
    agree(ended([node("Slice", "x s e a t", "c"), node("Conv", "c w", "y")], 3 * 2 * 3, stored))
    agree(ended([node("Slice", "x s e a t", "y")], 4 * 3 * 4, {k: v for k, v in stored.items() if k != "w"}))


def test_channels_split_shuffled_and_picked() -> None:
    nodes = [
        node("Conv", "x w", "c"), node("Reshape", "c five", "f"), node("Transpose", "f", "g", perm=[0, 2, 1, 3, 4]),
        node("Reshape", "g four", "h"), node("Split", "h", "i j", axis=1), node("Conv", "i v", "k", group=3),
        node("Gather", "j pick", "l", axis=1), node("Add", "k l", "y"),
    ]  # fmt: skip
    stored = {
        "w": normal(6, 4, 1, 1), "v": normal(3, 1, 1, 1), "pick": np.array([2, 0, -2]),
        "five": np.array([-1, 2, 3, 9, 8]), "four": np.array([0, 6, 9, 8]),
    }  # fmt: skip
    agree(ended(nodes, 3 * 72, stored))


def test_one_axis_convolutions_and_pools() -> None:
    nodes = [
        node("Conv", "x w", "c", pads=[2, 1], strides=[2]), node("Relu", "c", "r"),
        node("MaxPool", "r", "m", kernel_shape=[2], strides=[2]), node("AveragePool", "m", "y", kernel_shape=[3]),
    ]  # fmt: skip
    agree(ended(nodes, 5 * 3, {"w": normal(5, 4, 3)}, shape=("N", 4, 20)))


def test_gemm_with_factors_and_bare_matmul() -> None:
    nodes = [node("Gemm", "x w b", "g", alpha=0.5, beta=2.0), node("Relu", "g", "r"), node("MatMul", "r v", "m")]
    stored = {"w": normal(6, 5), "b": normal(1, 5), "v": normal(5, 3), "c": normal(3)}
    assert kinds(agree(model([*nodes, node("Add", "m c", "out")], ("N", 6), stored))) == ["conv:clip", "conv"]


def test_layout_operators_cost_nothing() -> None:
    nodes = [
        node("Identity", "x", "i"), node("Dropout", "i", "d"), node("Unsqueeze", "d ax", "u"),
        node("Squeeze", "u ax", "s"), node("Cast", "s", "t", to=1), node("Reshape", "t to", "r"),
        node("Gemm", "r w", "out"),
    ]  # fmt: skip
    stored = {"ax": np.array([1]), "to": np.array([-1, 288]), "w": normal(288, 3)}
    assert kinds(agree(model(nodes, IMAGE, stored))) == ["conv"]
