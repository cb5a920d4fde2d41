"""The integer networks' arithmetic: exact outputs, a static bound that holds and is reached, rounding without loss."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from examples.safetynets.export import metadata, real_layers, to_onnx
from examples.safetynets.integers import (
    IntegerNetwork,
    Linear,
    exact_product,
    linear_ends,
    logits,
    scales,
    square_ends,
    static_bound,
    whole_bias,
)

POOL_AREA = 4


def convolutional(seed: int, *, alpha: int = 7) -> IntegerNetwork:
    """A CNN of the committed shape with fewer channels."""
    draw = np.random.default_rng(seed)
    sizes = [(3, 1, 5, 5), (4, 3, 5, 5), (5, 64)]
    layers = [Linear(draw.integers(-4, 5, size), tuple(draw.integers(-99, 99, size[0]).tolist()), 8) for size in sizes]
    return IntegerNetwork(tuple(layers), alpha, 0, alpha)


def dense(seed: int, widths: tuple[int, ...], *, reach: int = 3) -> IntegerNetwork:
    """A stack of dense layers with inputs -reach..reach."""
    draw = np.random.default_rng(seed)
    layers = [
        Linear(draw.integers(-2, 3, (out, into)), tuple(draw.integers(-9, 10, out).tolist()), 2)
        for into, out in itertools.pairwise(widths)
    ]
    return IntegerNetwork(tuple(layers), reach, -reach, reach)


def plain_logits(network: IntegerNetwork, image: np.ndarray) -> list[int]:
    """The convolutional network by its definition, in Python integers."""
    value = image.tolist()
    for layer in network.layers[:-1]:
        value = [plain_channel(value, kernel, bias) for kernel, bias in zip(layer.weights, layer.bias, strict=True)]
    flat = [entry for channel in value for row in channel for entry in row]
    last = network.layers[-1]
    return [
        b + sum(int(w) * v for w, v in zip(row, flat, strict=True))
        for row, b in zip(last.weights, last.bias, strict=True)
    ]


def plain_channel(value: list[list[list[int]]], kernel: np.ndarray, bias: int) -> list[list[int]]:
    """One output channel: convolve, square, sum four."""
    weights, reach = kernel.tolist(), kernel.shape[-1]
    side = len(value[0]) - reach + 1
    terms = list(itertools.product(range(len(value)), range(reach), range(reach)))

    def squared(y: int, x: int) -> int:
        return (bias + sum(weights[c][i][j] * value[c][y + i][x + j] for c, i, j in terms)) ** 2

    half = range(0, side - 1, 2)
    return [[sum(squared(y + i, x + j) for i in (0, 1) for j in (0, 1)) for x in half] for y in half]


def test_convolutional_outputs_equal_the_definition() -> None:
    network = convolutional(1)
    images = np.random.default_rng(2).integers(0, 8, (2, 1, 28, 28))
    found = logits(network, images)
    assert [list(row) for row in found] == [plain_logits(network, image) for image in images]


def test_dense_outputs_beyond_64_bits_are_exact() -> None:
    network = dense(3, (30, 40, 40, 40, 4), reach=1000)
    values = np.random.default_rng(4).integers(-1000, 1001, (6, 30))
    value = values.astype(object)
    for index, layer in enumerate(network.layers):
        value = value @ layer.weights.T.astype(object) + np.array(layer.bias, object)
        value = value if index == 3 else value * value
    assert max(abs(entry) for entry in value.flat) > 2**100
    assert np.array_equal(logits(network, values), value)


@pytest.mark.parametrize("bits", [10, 40, 53, 54, 70, 110])
def test_products_at_every_width(bits: int) -> None:
    draw = np.random.default_rng(bits)
    values = np.array(
        [[int(v) << max(0, bits - 30) for v in row] for row in draw.integers(-(2**30), 2**30, (5, 9))], object
    )
    weights = draw.integers(-9, 10, (4, 9))
    bias = np.array([1 - 2**bits, 0, 1, 2**bits], object)
    assert np.array_equal(exact_product(values, weights, bias), values @ weights.T.astype(object) + bias)


def test_too_wide_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="smaller limbs"):
        exact_product(np.ones((1, 1), np.int64), np.array([[2**31]]), np.zeros(1, object))


def test_one_linear_map_reaches_its_ends() -> None:
    layer = Linear(np.array([[2, -3, 0], [-1, -1, 5]]), (7, -2), 1)
    lows, highs = np.array([-1, 0, 2], object), np.array([4, 1, 3], object)
    corners = itertools.product(*zip(lows, highs, strict=True))
    outputs = np.array([layer.weights.astype(object) @ np.array(c, object) + np.array(layer.bias) for c in corners])
    found = linear_ends(layer, lows, highs)
    assert list(found[0]) == list(outputs.min(0))
    assert list(found[1]) == list(outputs.max(0))


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-3, 2, (0, 9)), (2, 5, (4, 25)), (-5, -2, (4, 25)), (0, 3, (0, 9))]
)
def test_ends_of_squares(low: int, high: int, expected: tuple[int, int]) -> None:
    least, most = square_ends(np.array([low], object), np.array([high], object), POOL_AREA)
    assert (least[0], most[0]) == (POOL_AREA * expected[0], POOL_AREA * expected[1])


@pytest.mark.parametrize("seed", range(5))
def test_no_input_exceeds_the_static_bound(seed: int) -> None:
    network = dense(seed, (4, 5, 3, 2), reach=1)
    everything = np.array(list(itertools.product((-1, 0, 1), repeat=4)))
    assert np.abs(logits(network, everything)).max() <= static_bound(network)


def test_the_static_bound_is_reached() -> None:
    layers = (Linear(np.array([[1, 1]]), (0,), 1), Linear(np.array([[3]]), (5,), 1))
    network = IntegerNetwork(layers, 1, 0, 7)
    assert static_bound(network) == 3 * 14**2 + 5
    assert logits(network, np.array([[7, 7]]))[0, 0] == 3 * 14**2 + 5


def test_inputs_are_rounded_half_up_and_clipped() -> None:
    network = dense(0, (1, 1), reach=3)
    assert network.inputs(np.array([-2.0, -0.5, 0.0, 1 / 6, 0.49, 1.0, 9.0])).tolist() == [-3, -1, 0, 1, 1, 3, 3]


def test_biases_take_the_scale_of_their_preactivation() -> None:
    network = convolutional(5)
    assert scales(network.layers, 7) == [56, 4 * 56**2 * 8, 4 * (4 * 56**2 * 8) ** 2 * 8]
    assert whole_bias(np.array([0.5, -0.25], np.float32), 2**70) == (2**69, -(2**68))


def test_rounding_the_exported_network_gives_the_integers_back() -> None:
    network = convolutional(6)
    for layer, real, scale in zip(network.layers, real_layers(network), scales(network.layers, 7), strict=True):
        assert np.array_equal(np.rint(real.weights.astype(np.float64) * layer.beta), layer.weights)
        assert whole_bias(real.bias, scale) == layer.bias


def test_exported_model_states_its_scales() -> None:
    network = convolutional(7)
    stated = metadata(network)
    model = to_onnx(real_layers(network), "small", "square", stated)
    assert {entry.key: entry.value for entry in model.metadata_props} == stated
    assert stated["assay.betas"] == "[8, 8, 8]"
