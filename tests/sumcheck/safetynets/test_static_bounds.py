"""Static bounds: nothing in the box exceeds them, they decide the fields exactly at the edge, and they are tight."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import networks_kit as kit
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_kit import chain, exact_tensors

from proofs.errors import UnsupportedModel
from proofs.sumcheck.fields.primes import BELOW_2_61, MERSENNE_61
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.bounds.intervals import exact_product
from proofs.sumcheck.safetynets.bounds.norm_bound import norm_limits
from proofs.sumcheck.safetynets.bounds.static_bound import ONE_PRIME, TWO_PRIMES, static_bound
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.onnx_import import import_onnx
from proofs.sumcheck.safetynets.scales.rounding import rounded

SEEDS = st.integers(0, 2**32)
MODELS = st.tuples(SEEDS, st.lists(st.sampled_from(kit.STEPS), max_size=5), st.tuples(*[st.integers(1, 5)] * 3))


def magnitudes(network: Network, x: np.ndarray) -> list[int]:
    """The largest size of any value of each tensor on these inputs."""
    return [int(np.abs(values).max()) for values in exact_tensors(network, x)]


def hard_inputs(network: Network, seed: int, rounds: int = 60) -> np.ndarray:
    """Inputs that drive the outputs far: corners of the box, each climbed by changing one value at a time."""
    rng = np.random.default_rng(seed)
    ends = np.array([network.input_low, network.input_high])
    rows = int(np.prod(network.input_shape))
    best = rng.choice(ends, (rows, 6))
    best[:, :2] = ends
    score = np.abs(exact_tensors(network, best)[-1]).max(axis=0)
    for _ in range(rounds):
        tried = best.copy()
        tried[rng.integers(0, rows, 6), range(6)] = rng.integers(ends[0], ends[1] + 1, 6)
        found = np.abs(exact_tensors(network, tried)[-1]).max(axis=0)
        better = found > score
        best[:, better], score[better] = tried[:, better], found[better]
    return best


@settings(max_examples=20, deadline=None)
@given(MODELS)
def test_nothing_exceeds_the_bound(model: Any) -> None:
    """Extremes found by search stay inside, in every tensor of random networks."""
    seed, steps, shape = model
    onnx_bytes, scales = kit.random_model(seed, steps, shape, 2)
    network = rounded(import_onnx(onnx_bytes), scales)
    found = magnitudes(network, hard_inputs(network, seed, 15))
    assert all(value <= bound for value, bound in zip(found, static_bound(network).magnitudes, strict=True))


def test_a_linear_bound_is_attained() -> None:
    """One layer's bound is the value at a corner of the box."""
    rng = np.random.default_rng(1)
    network = chain([Dense(rng.integers(-9, 10, (4, 6)), (3, -2, 100, 0), (6,))], -2, 5)
    corners = np.array(list(itertools.product([-2, 5], repeat=6))).T
    assert magnitudes(network, corners) == list(network.bounds.magnitudes)


def test_channels_are_bounded_apart() -> None:
    """A large channel is no burden on outputs that do not read it."""
    first = Convolution(np.array([[[[100]]], [[[1]]]]), (0, 0), (1, 2, 2))
    second = Convolution(np.array([[[[0]], [[3]]]]), (0,), (2, 2, 2))
    assert chain([first, second], 0, 7).bounds.magnitudes == (7, 700, 21)


def test_pads_count_as_zero() -> None:
    """Inputs between 2 and 3 under a kernel that can hang over the edge: zero is one of the values read."""
    layer = Convolution(np.ones((1, 1, 1, 2), int), (-6,), (1, 1, 2), (1, 1), (0, 1, 0, 0))
    network = chain([layer], 2, 3)
    assert network.bounds.magnitudes[1] == 6  # without zero: -6 + 2 + 2 = -2
    assert exact_tensors(network, np.array([[2], [2]]))[1].tolist() == [[-4], [-2]]


def test_bounds_never_lie_about_squares_of_negatives() -> None:
    """[-5, 2] squares to [0, 25], [2, 5] and [-5, -2] to [4, 25]."""
    for low, high in ((-5, 2), (2, 5), (-5, -2)):
        network = chain([Square((1,)), Dense(np.array([[-1]]), (25,), (1,))], low, high)
        assert network.bounds.magnitudes == (5, 25, 25 if low * high < 0 else 21)


# -- one prime, two, or none -----------------------------------------------------------------------------------------
def constant(value: int) -> Network:
    """A network whose output can reach just this value."""
    return chain([Dense(np.array([[1]]), (value - 1,), (1,))], 0, 1)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_edge_of_one_prime(sign: int) -> None:
    """(p - 1) / 2 = 2^60 - 1 takes one prime, 2^60 two."""
    assert ONE_PRIME == (MERSENNE_61 - 1) // 2 == 2**60 - 1
    small = chain([Dense(np.array([[sign]]), (sign * (ONE_PRIME - 1),), (1,))], 0, 1)
    large = chain([Dense(np.array([[sign]]), (sign * ONE_PRIME,), (1,))], 0, 1)
    assert (small.fields(), large.fields()) == (("m61",), ("m61", "m61b"))
    assert (small.fields("base"), large.fields("base")) == (("m61/base",), ("m61/base", "m61b/base"))


def test_the_edge_of_two_primes() -> None:
    """Beyond half their product a network is refused, with the layer, its bits and the way round."""
    assert TWO_PRIMES == (MERSENNE_61 * BELOW_2_61 - 1) // 2
    assert constant(TWO_PRIMES).fields() == ("m61", "m61b")
    with pytest.raises(UnsupportedModel, match=r"layer 1 \(dense\) can reach 121 bits.*smaller alpha"):
        constant(TWO_PRIMES + 1).fields()


def test_every_tensor_counts() -> None:
    """A large value inside takes two primes even where the outputs are small."""
    layers = [Dense(np.array([[1 << 30]]), (0,), (1,)), Square((1,)), Dense(np.array([[0]]), (1,), (1,))]
    assert chain(layers, 0, 1).bounds.magnitudes == (1, 2**30, 2**60, 1)
    assert chain(layers, 0, 1).fields() == ("m61", "m61b")


def test_bounding_stops() -> None:
    """A tower of squares is refused before its numbers fill the memory."""
    with pytest.raises(UnsupportedModel, match="can reach"):
        chain([Square((4,))] * 12, 0, 10**6).fields()


# -- the bound by norms ----------------------------------------------------------------------------------------------
def dense_chain(seed: int, widths: list[int], box: int, bias: int = 2, square_norm: int | None = None) -> Network:
    """Dense layers with squares between them."""
    rng = np.random.default_rng(seed)
    layers: list[Any] = []
    for before, after in itertools.pairwise(widths):
        offsets = tuple(int(v) for v in rng.integers(-bias, bias + 1, after))
        layers += [Dense(rng.integers(-3, 4, (after, before)), offsets, (before,)), Square((after,))]
    return chain(layers[:-1], -box, box, square_norm=square_norm)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.lists(st.integers(1, 5), min_size=2, max_size=4), st.integers(1, 40), st.integers(0, 5))
def test_norm_limits_hold(seed: int, widths: list[int], box: int, bias: int) -> None:
    """No value of any tensor is larger than its own limit, on inputs that search for it."""
    network = dense_chain(seed, widths, box, bias)
    x = hard_inputs(network, seed, 20)
    for values, limits in zip(exact_tensors(network, x)[1:], norm_limits(network), strict=True):
        assert limits is not None
        assert (np.abs(values).max(axis=1) <= limits).all()


def test_norm_limits_are_norms() -> None:
    """One layer's limit is the norm of its row times that of the input, rounded down."""
    network = chain([Dense(np.array([[3, 4], [1, 0]]), (0, 0), (2,))], -1, 1, square_norm=100)
    (limits,) = norm_limits(network)
    assert limits is not None and limits.tolist() == [int(5 * 2**0.5), 1]  # the box is smaller than the norm
    network = chain([Dense(np.array([[3, 4], [1, 0]]), (0, 0), (2,))], -50, 50, square_norm=100)
    (limits,) = norm_limits(network)
    assert limits is not None and limits.tolist() == [50, 10]


def test_a_declared_norm_saves_a_prime() -> None:
    """Wide layers of either sign: intervals say two primes, the norm of the input one."""
    widths = [400, 30, 30, 5]
    boxed = dense_chain(0, widths, 100, 0)
    assert len(boxed.fields()) == 2
    normed = dense_chain(0, widths, 100, 0, square_norm=100)
    assert normed.fields() == ("m61",)
    assert max(normed.bounds.bits) < max(boxed.bounds.bits) - 5


def test_norms_speak_of_chains_only() -> None:
    """With a sum of branches, or a convolution, intervals stand alone."""
    weight = np.full((4, 4), 1 << 30)
    nodes = (
        Node(Dense(weight, (0,) * 4, (4,)), (0,)),
        Node(Dense(weight, (0,) * 4, (4,)), (1,)),
        Node(Add((4,), (1, 1 << 20)), (2, 1)),
    )
    network = Network((4,), -1, 1, Fraction(1), (Fraction(1), Fraction(1 << 20)), nodes, 1)
    assert network.bounds.magnitudes == (1, 2**32, 2**64, 2**64 + 2**52)
    assert network.fields() == ("m61", "m61b")


# -- exact products --------------------------------------------------------------------------------------------------
@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 6), st.integers(1, 6), st.integers(1, 2**31 - 1), st.integers(0, 300))
def test_exact_product(seed: int, rows: int, columns: int, size: int, bits: int) -> None:
    """Limbs in floats give what Python integers give, for weights and values of any size."""
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-size, size + 1, (rows, columns))
    values = np.array([[int(v) << bits for v in row] for row in rng.integers(-(2**40), 2**40, (columns, 2))], object)
    assert (exact_product(matrix, values) == matrix.astype(object) @ values).all()


def test_exact_product_of_rows_too_heavy_for_limbs() -> None:
    """Rows whose weights sum to nearly 2^53 leave no bits for a limb."""
    matrix = np.full((1, 1 << 22), 2**31 - 1)
    values = np.full((1 << 22, 1), 3, object)
    assert exact_product(matrix, values).tolist() == [[3 * (2**31 - 1) << 22]]
