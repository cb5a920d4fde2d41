"""Running networks: every kind of number is exact, for any batch, and outputs recombine at their extremes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import networks_kit as kit
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_kit import chain, exact_tensors

from proofs.errors import InvalidInput
from proofs.sumcheck.fields import PlainField, field, prime
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.bounds.static_bound import ONE_PRIME, TWO_PRIMES
from proofs.sumcheck.safetynets.execution import exact_steps
from proofs.sumcheck.safetynets.execution.exact_linear import ExactLinear
from proofs.sumcheck.safetynets.execution.exact_steps import plan
from proofs.sumcheck.safetynets.execution.execute import (
    Execution,
    execute,
    execute_all,
    integer_outputs,
    needed_tensors,
    signed_outputs,
)
from proofs.sumcheck.safetynets.execution.numbers import Kind, Span
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.onnx_import import import_onnx
from proofs.sumcheck.safetynets.scales.rounding import rounded

SEEDS = st.integers(0, 2**32)
FIELDS = [field("m61", "plain"), field("m61b", "plain"), PlainField("127", prime(127), 2)]


def assert_exact(network: Network, x: np.ndarray) -> None:
    """Every tensor modulo every prime is the integers' residue, whether or not it is kept for a prover."""
    expected = exact_tensors(network, x)
    every = range(len(expected))
    for found, over in zip(execute_all(network, FIELDS, x, keep=every), FIELDS, strict=True):
        assert found.total == x.shape[1] and found.field == over.name
        for tensor in every:
            assert found.tensors[tensor].dtype == over.dtype
            assert (found.tensors[tensor] == expected[tensor] % over.scalars.p).all(), tensor


def inputs(network: Network, total: int, seed: int) -> np.ndarray:
    """Random integers of the box, its ends among them."""
    rng = np.random.default_rng(seed)
    x = rng.integers(network.input_low, network.input_high + 1, (int(np.prod(network.input_shape)), total))
    x[:, 0] = network.input_high
    return x


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.lists(st.sampled_from(kit.STEPS), max_size=6), st.tuples(*[st.integers(1, 5)] * 3), st.integers(1, 6))
def test_random_networks(seed: int, steps: list[str], shape: tuple[int, int, int], total: int) -> None:
    """Each tensor of each random model."""
    network = rounded(*_read(*kit.random_model(seed, steps, shape, 2)))
    assert_exact(network, inputs(network, total, seed))


def _read(onnx_bytes: bytes, scales: Any) -> tuple[Any, Any]:
    return import_onnx(onnx_bytes), scales


def heavy(sizes: Sequence[int], seed: int = 0) -> Network:
    """Convolution, square, pool, convolution, square, dense with weights of these sizes."""
    rng = np.random.default_rng(seed)

    def weight(size: int, *shape: int) -> np.ndarray:
        return rng.integers(-size, size + 1, shape)

    def bias(size: int, count: int) -> tuple[int, ...]:
        return tuple(int(v) * size for v in rng.integers(-3, 4, count))

    layers = [
        Convolution(weight(sizes[0], 4, 1, 3, 2), bias(sizes[0], 4), (2, 7, 6), (2, 1), (1, 0, 0, 1), 2),
        Square((4, 3, 6)),
        SumPool((4, 3, 6), (2, 3), (1, 2), (0, 1, 1, 0)),
        Convolution(weight(sizes[1], 3, 4, 2, 2), bias(sizes[1] ** 3, 3), (4, 3, 3)),
        Square((3, 2, 2)),
        Reshape((3, 2, 2), (2, 6)),
        Dense(weight(sizes[2], 5, 12), bias(sizes[2] ** 5, 5), (2, 6)),
    ]
    return chain(layers, -3, 4)


KINDS = {
    (1, 1, 1): ("single", "single"),
    (3, 4, 4): ("single", "double"),
    (40, 5, 9): ("single", "integer"),
    (400, 50, 2000): ("double", "residue"),
    (4000, 9, 9): ("double", "residue"),
    (2**31 - 1, 3, 3): ("residue", "residue"),
    (1, 2**31 - 1, 1): ("residue", "residue"),
}


@pytest.mark.parametrize("sizes", KINDS)
def test_every_kind_of_number(sizes: tuple[int, int, int]) -> None:
    """Single and double precision, limbs in 64-bit integers, residues: all of them exact."""
    network = heavy(sizes)
    kinds = {kind.value for kind in plan(network).kinds}
    assert set(KINDS[sizes]) <= kinds
    assert_exact(network, inputs(network, 7, 3))


@pytest.mark.parametrize(
    ("factor", "box", "kind"),
    [(3, 9, Kind.SINGLE), (2**20, 90, Kind.DOUBLE), (2**30, 2**29, Kind.INTEGER), (2**30, 2**31 - 1, Kind.RESIDUE)],
)
def test_adds_of_every_kind(factor: int, box: int, kind: Kind) -> None:
    """factor x - x^2 in floats, in 64-bit integers, and modulo the primes."""
    nodes = (Node(Square((4,)), (0,)), Node(Add((4,), (-1, factor)), (1, 0)))
    network = Network((4,), -box, box, Fraction(factor), (), nodes)
    assert plan(network).kinds[-1] is kind
    assert_exact(network, inputs(network, 5, 1))


@pytest.mark.parametrize("total", [1, 2, 3, 1025])
def test_any_batch(total: int) -> None:
    """One example, and numbers that chunks do not divide."""
    network = heavy((3, 4, 4))
    x = inputs(network, total, total)
    outputs = integer_outputs(network, x)
    expected = exact_tensors(network, x[:, [0, -1]])[-1].T
    assert outputs.shape == (total, 5)
    assert (outputs[[0, -1]] == expected).all()
    if total > 3:
        assert (outputs[500] == integer_outputs(network, x[:, [500]])[0]).all()


def test_ten_thousand_examples() -> None:
    """A whole test set at once gives what its parts give."""
    network = heavy((40, 5, 9))
    x = inputs(network, 10_000, 2)
    outputs = integer_outputs(network, x)
    parts = [integer_outputs(network, x[:, start : start + 1700]) for start in range(0, 10_000, 1700)]
    np.testing.assert_array_equal(outputs, np.concatenate(parts))


def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of one example give the same residues as one large chunk."""
    network, again = heavy((40, 5, 9)), heavy((40, 5, 9))
    x = inputs(network, 50, 5)
    whole = execute(network, FIELDS[0], x, keep=range(8))
    monkeypatch.setattr(exact_steps, "CHUNK_BYTES", 1)
    assert plan(again).chunk == 1
    for tensor, values in execute(again, FIELDS[0], x, keep=range(8)).tensors.items():
        np.testing.assert_array_equal(values, whole.tensors[tensor])


def test_what_is_kept_for_the_prover() -> None:
    """The inputs of squares, the outputs of linear layers, the first term of an Add, and the outputs; nothing else."""
    network = heavy((1, 1, 1))
    assert needed_tensors(network) == {1, 4, 7}
    assert set(execute(network, FIELDS[0], inputs(network, 2, 0)).tensors) == {1, 4, 7}
    nodes = (Node(Square((4,)), (0,)), Node(Add((4,), (1, 5)), (1, 0)))
    assert needed_tensors(Network((4,), 0, 1, Fraction(5), (), nodes)) == {0, 1, 2}


def test_fast_kernels_agree() -> None:
    """Compiled kernels give the residues that NumPy's do."""
    pytest.importorskip("numba")
    network = heavy((4000, 9, 9))
    x = inputs(network, 9, 4)
    for name in ("m61", "m61b"):
        plain, fast = (execute(network, field(name, kernels), x) for kernels in ("plain", "fast"))
        for tensor, values in plain.tensors.items():
            np.testing.assert_array_equal(values, fast.tensors[tensor])


# -- limbs -----------------------------------------------------------------------------------------------------------
@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 59), st.integers(0, 30), st.integers(1, 40))
def test_limbs_are_exact(seed: int, source_bits: int, weight_bits: int, columns: int) -> None:
    """Products of any widths whose result fits 60 bits, at the extremes of both."""
    rng = np.random.default_rng(seed)
    source, size = (1 << source_bits) - 1, (1 << weight_bits) - 1
    weight = rng.choice([-size, 0, size], (3, columns))
    x = rng.choice([-source, -1, 0, 1, source], (columns, 4))
    reach = int(np.abs(weight).sum(axis=1).max()) * source
    expected = weight.astype(object) @ x.astype(object)
    largest = int(np.abs(expected).max())
    if largest > 2**60 - 23:
        return
    layer = Dense(weight, (0, 0, 0), (columns,))
    span = Span(largest, reach, int(np.abs(weight).sum(axis=1).max()))
    prepared = ExactLinear.prepare(layer, source, span)
    assert (prepared.run(x.astype(span.kind.dtype)).astype(object) == expected).all()


def test_biases_that_only_cancel() -> None:
    """A bias beyond 64 bits whose sums are small: nothing is lost on the way."""
    huge = 2**80
    layer = Dense(np.array([[2**31 - 1] * 2]), (-huge,), (2,))
    values = huge // (2 * (2**31 - 1))
    span = Span(2**40, 2 * huge, 2**32 - 2)
    prepared = ExactLinear.prepare(layer, values + 1, span)
    x = np.array([[values], [values]])
    expected = 2 * values * (2**31 - 1) - huge
    assert prepared.run(x).tolist() == [[expected]]


# -- outputs ---------------------------------------------------------------------------------------------------------
def recombined(values: list[int], names: Sequence[str] = ("m61", "m61b")) -> list[int]:
    """Integers, reduced modulo each prime, and back."""
    network = chain([Dense(np.ones((len(values), 1), int), (0,) * len(values), (1,))])
    runs = []
    for name in names:
        over = field(name, "plain")
        residues = np.array([[value % over.scalars.p] for value in values], np.uint64)
        runs.append(Execution(over.name, over.scalars.p, 1, {1: residues}, 1))
    return [int(value) for value in signed_outputs(network, runs)[0]]


def test_recombination_at_the_extremes() -> None:
    """Both ends of the range of one prime and of two, and what is next to zero."""
    for limit, names in ((ONE_PRIME, ("m61",)), (TWO_PRIMES, ("m61", "m61b"))):
        values = [limit, -limit, limit - 1, 1 - limit, 0, 1, -1, ONE_PRIME, -ONE_PRIME]
        assert recombined(values, names) == values
    assert recombined([TWO_PRIMES + 1]) == [-TWO_PRIMES]  # beyond it, another integer: why bounds are checked


@given(st.lists(st.integers(-TWO_PRIMES, TWO_PRIMES), min_size=1, max_size=5))
def test_recombination(values: list[int]) -> None:
    """Any integers, in either order of the primes."""
    assert recombined(values) == recombined(values, ("m61b", "m61")) == values


def test_outputs_at_the_edge_of_the_bounds() -> None:
    """Networks that reach the ends of one prime's range and of two primes' give these very integers."""
    for limit in (ONE_PRIME, TWO_PRIMES):
        for sign in (1, -1):
            network = chain([Dense(np.array([[sign]]), (sign * (limit - 1),), (1,))], 0, 1)
            outputs = integer_outputs(network, np.array([[0, 1]]))
            assert [int(value) for value in outputs[:, 0]] == [sign * (limit - 1), sign * limit]
            assert outputs.dtype == (np.int64 if limit == ONE_PRIME else object)


def test_outputs_of_different_runs_are_refused() -> None:
    """Nothing, or other examples."""
    network = heavy((1, 1, 1))
    first = execute(network, FIELDS[0], inputs(network, 2, 0))
    second = execute(network, FIELDS[1], inputs(network, 3, 0))
    for runs in ([], [first, second]):
        with pytest.raises(InvalidInput, match="same examples"):
            signed_outputs(network, runs)


@pytest.mark.parametrize("spoil", ["high", "low", "rows", "empty", "float", "axes"])
def test_inputs_outside_the_box_are_refused(spoil: str) -> None:
    """The bounds say nothing about them."""
    network = heavy((1, 1, 1))
    x = inputs(network, 4, 0)
    wrong = {
        "high": np.where(np.arange(4) == 2, 5, x), "low": np.where(np.arange(4) == 3, -4, x), "rows": x[1:],
        "empty": x[:, :0], "float": x.astype(float), "axes": x[0],
    }[spoil]  # fmt: skip
    with pytest.raises(InvalidInput):
        execute(network, FIELDS[0], wrong)
    assert len(list(itertools.chain(*execute(network, FIELDS[0], x).tensors[7]))) == 20
