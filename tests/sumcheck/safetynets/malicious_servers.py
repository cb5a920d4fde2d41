"""Small networks, an honest server, and servers that cheat, each with the honest prover's own code on wrong values.

A round omits what follows from the claim, so a cheat that runs the honest rounds on tables of its own is consistent up
to the equations the client discharges: it is the strongest a server can do without luck in a challenge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields import Field, field
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets import noninteractive
from proofs.sumcheck.safetynets.execution.execute import Execution, execute, execute_all, signed_outputs
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.prover import prove
from proofs.sumcheck.transcript import run_prover

STATEMENT = b"what is proven, by its digests"
TOTAL = 21


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sends back: outputs (N, K) and a proof."""

    outputs: NDArray[Any]
    proof: bytes


def cnn(seed: int = 1, channels: int = 3) -> Network:
    """Convolution, square, pool, strided convolution with pads on one side, square, dense: odd extents everywhere."""
    rng = np.random.default_rng(seed)
    first = Convolution(rng.integers(-2, 3, (channels, 1, 3, 3)), tuple(range(1, channels + 1)), (1, 12, 12))
    second = Convolution(
        rng.integers(-1, 2, (5, channels, 3, 3)), (1, 2, 3, 4, 5), (channels, 5, 5), (2, 2), (0, 0, 1, 1)
    )
    last = Dense(rng.integers(-3, 4, (3, 20)), (7, 0, -7), (5, 2, 2))
    layers = [
        first,
        Square((channels, 10, 10)),
        SumPool((channels, 10, 10), (2, 2), (2, 2)),
        second,
        Square((5, 2, 2)),
        last,
    ]
    nodes = tuple(Node(layer, (index,)) for index, layer in enumerate(layers))
    return Network((1, 12, 12), -3, 3, Fraction(1), (Fraction(1),) * 3, nodes)


def residual() -> Network:
    """A sum of two branches, two linear layers in a row, and a pool whose windows overlap."""
    rng = np.random.default_rng(7)
    layers: list[tuple[Any, tuple[int, ...]]] = [
        (Dense(rng.integers(-2, 3, (12, 8)), tuple(range(12)), (8,)), (0,)),
        (Square((12,)), (1,)),
        (Dense(rng.integers(-2, 3, (12, 12)), (1,) * 12, (12,)), (2,)),
        (Add((12,), (2, 3)), (2, 3)),
        (Dense(rng.integers(-2, 3, (3, 12)), (0, 1, 2), (12,)), (4,)),
    ]
    nodes = tuple(Node(layer, inputs) for layer, inputs in layers)
    return Network((8,), -3, 3, Fraction(1), (Fraction(1), Fraction(2, 3), Fraction(1)), nodes)


def two_primes() -> Network:
    """Three squares of large weights: values of 100 bits."""
    rng = np.random.default_rng(3)
    layers: list[Any] = []
    for width in (9, 10, 11):
        before = 7 if not layers else width - 1
        layers += [Dense(rng.integers(-9, 10, (width, before)), (5,) * width, (before,)), Square((width,))]
    layers.append(Dense(rng.integers(-9, 10, (4, 11)), (1 << 90, 0, -5, 1), (11,)))
    nodes = tuple(Node(layer, (index,)) for index, layer in enumerate(layers))
    return Network((7,), -7, 7, Fraction(1), (Fraction(1),) * 4, nodes)


def inputs_of(network: Network, total: int = TOTAL, seed: int = 5) -> Integers:
    """Integer inputs (R, N) within the network's box."""
    shape = (int(np.prod(network.input_shape)), total)
    return np.random.default_rng(seed).integers(network.input_low, network.input_high + 1, shape)


def fields_of(network: Network) -> list[Field]:
    """The plain twins of a network's fields."""
    return noninteractive.fields_of(network, "plain")


def honest(network: Network, x: Integers, statement: bytes = STATEMENT) -> Answer:
    """What an honest server answers."""
    fields = fields_of(network)
    executions = execute_all(network, fields, x)
    outputs = signed_outputs(network, executions)
    return Answer(outputs, noninteractive.prove(network, x, outputs, executions, fields, statement))


def check(network: Network, x: Integers, answer: Answer, statement: bytes = STATEMENT) -> None:
    """The client."""
    noninteractive.verify(network, x, answer.outputs, statement, answer.proof, "plain")


def with_layer(network: Network, index: int, layer: Any) -> Network:
    """The network with another layer in place of node ``index``."""
    nodes = list(network.nodes)
    nodes[index] = replace(nodes[index], layer=layer)
    return Network(
        network.input_shape, network.input_low, network.input_high, network.alpha, network.betas, tuple(nodes)
    )


def posing_as(network: Network, other: Network, x: Integers) -> Answer:
    """Run ``other`` and prove it in a conversation that names ``network``: the server that swaps models."""
    fields = fields_of(network)
    executions = [execute(other, f, x) for f in fields]
    return prove_tables(network, other, x, signed_outputs(other, executions), executions, fields)


def prove_tables(
    network: Network,
    other: Network,
    x: Integers,
    outputs: NDArray[Any],
    executions: list[Execution],
    fields: list[Field],
) -> Answer:
    """The honest rounds of ``other`` over tables of any content, with the transcript the client expects."""
    branches = [(prove(other, f, e), f.scalars) for f, e in zip(fields, executions, strict=True)]
    transcript = noninteractive._transcript(network, x, outputs, fields, STATEMENT)
    return Answer(outputs, run_prover(branches, transcript)[0])


def squares_skipped(network: Network, index: int, x: Integers) -> Answer:
    """The square at node ``index`` left out: what follows reads its input, and the server claims the outputs of that.

    The prover's tables hold what a square reads, so the lie is told at the layers after it.
    """
    f = field(network.fields()[0], "plain")
    head = execute(network, f, x, keep=range(len(network.nodes) + 1)).tensors
    rest = [Node(node.layer, tuple(i - index - 1 for i in node.inputs)) for node in network.nodes[index + 1 :]]
    tail_of = Network(
        network.shapes[index + 1], -(1 << 20), 1 << 20, Fraction(1), network.betas[-_linear(rest) :], tuple(rest)
    )
    tail = execute(tail_of, f, f.to_signed(head[index]), keep=range(len(rest) + 1)).tensors
    tensors = {i: head[i] for i in range(index + 1)} | {i + index + 1: tail[i] for i in tail}
    execution = Execution(f.name, f.scalars.p, x.shape[1], tensors, len(network.nodes))
    return prove_tables(network, network, x, signed_outputs(network, [execution]), [execution], [f])


def _linear(nodes: list[Node]) -> int:
    return sum(isinstance(node.layer, Dense | Convolution) for node in nodes)


def garbage_in_pads(network: Network, x: Integers, wrong: int = 1) -> Answer:
    """Every table's batch padded to its power of two with garbage, and the honest rounds run over all of it.

    Args:
        wrong: what is added to the first output that is claimed.
    """
    f = fields_of(network)[0]
    honest_run = execute(network, f, x)
    total = x.shape[1]
    padded_total = 1 << (total - 1).bit_length()
    rng = np.random.default_rng(11)
    tensors = {}
    for i, values in honest_run.tensors.items():
        garbage = rng.integers(0, f.scalars.p, (values.shape[0], padded_total - total), dtype=np.uint64)
        tensors[i] = np.concatenate([values, garbage.astype(f.dtype)], axis=1)
    execution = Execution(f.name, f.scalars.p, padded_total, tensors, honest_run.output)
    outputs = signed_outputs(network, [honest_run])
    outputs[0, 0] += wrong
    return prove_tables(network, network, x, outputs, [execution], [f])
