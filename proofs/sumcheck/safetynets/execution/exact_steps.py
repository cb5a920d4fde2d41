"""A network as a list of steps on exact integers: everything before values outgrow 60 bits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.execution.exact_linear import ExactLinear
from proofs.sumcheck.safetynets.execution.numbers import Kind, Numbers, Span, kinds, spans
from proofs.sumcheck.safetynets.network import Layer, Network, Node

Run = Callable[[Sequence[Numbers]], Numbers]
CHUNK_BYTES = 1 << 22
"""What the input and output of any layer but dense ones may take for a chunk of examples, so that they stay in cache;
measured on CNN-2-Quad, where 1 to 8 MiB are equally fast."""
MAX_CHUNK = 1024
"""Examples at a time in any case: enough for dense layers, which are fastest on many columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One node: from the columns of the tensors it reads to those it writes."""

    tensor: int
    inputs: tuple[int, ...]
    run: Run


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How to run a network.

    Args:
        kinds: of every tensor. steps: the nodes whose outputs are exact integers, in order.
        residues: the tensors left to be computed modulo a prime. chunk: examples to run at a time.
    """

    kinds: tuple[Kind, ...]
    steps: tuple[Step, ...]
    residues: tuple[int, ...]
    chunk: int


@lru_cache(maxsize=2)
def plan(network: Network) -> Plan:
    """Choose the numbers of every tensor by its static bound, and prepare the weights; kept for the next batch."""
    found = spans(network)
    held = kinds(network, found)
    magnitudes = network.bounds.magnitudes
    whole = [i for i in range(1, len(held)) if held[i] is not Kind.RESIDUE]
    steps = [_step(i, network.nodes[i - 1], magnitudes[network.nodes[i - 1].inputs[0]], found[i]) for i in whole]
    rest = tuple(i for i in range(1, len(held)) if held[i] is Kind.RESIDUE)
    widest = max((_bytes_an_example(network.nodes[i - 1].layer, held[i]) for i in whole), default=1)
    return Plan(held, tuple(steps), rest, min(MAX_CHUNK, max(1, CHUNK_BYTES // widest)))


def run(steps: Sequence[Step], x: Numbers, keep: frozenset[int]) -> dict[int, Numbers]:
    """Run the steps on columns (R, n); returns the tensors to keep that they write, and forgets others early."""
    last_use = {tensor: step.tensor for step in steps for tensor in step.inputs}
    tensors = {0: x}
    for step in steps:
        tensors[step.tensor] = step.run([tensors[i] for i in step.inputs])
        for tensor in step.inputs:
            if last_use[tensor] == step.tensor and tensor not in keep:
                tensors.pop(tensor, None)
    return {tensor: values for tensor, values in tensors.items() if tensor in keep}


def _step(tensor: int, node: Node, source: int, span: Span) -> Step:
    layer = node.layer
    if isinstance(layer, Dense | Convolution):
        prepared = ExactLinear.prepare(layer, source, span)
        return Step(tensor, node.inputs, lambda x: prepared.run(x[0]))
    if isinstance(layer, Square):
        return Step(tensor, node.inputs, lambda x: np.square(x[0].astype(span.kind.dtype, copy=False)))
    if isinstance(layer, SumPool):
        return Step(tensor, node.inputs, lambda x: sum_windows(layer, x[0].astype(span.kind.dtype, copy=False)))
    if isinstance(layer, Add):
        return Step(tensor, node.inputs, lambda x: _sum(layer, x, span.kind))
    return Step(tensor, node.inputs, lambda x: x[0])


def sum_windows(layer: SumPool, x: Numbers) -> Numbers:
    """Window sums of columns (R_in, n): (R_out, n), in the dtype of x."""
    images = x.reshape(*layer.in_shape, -1)
    out = np.zeros((*layer.out_shape, images.shape[3]), x.dtype)
    down, across = layer.down, layer.across
    for i in range(down.kernel):
        to_rows, from_rows = down.reach(i)
        for j in range(across.kernel):
            to_columns, from_columns = across.reach(j)
            out[:, to_rows, to_columns] += images[:, from_rows, from_columns]
    return out.reshape(-1, images.shape[3])


def _sum(layer: Add, inputs: Sequence[Numbers], kind: Kind) -> Numbers:
    """m1 a + m2 b; int64 may wrap on the way."""
    a, b = (x.astype(kind.dtype, copy=False) for x in inputs)
    m1, m2 = (kind.dtype.type(m) for m in layer.multipliers)
    return np.asarray(m1 * a + m2 * b)


def _bytes_an_example(layer: Layer, kind: Kind) -> int:
    """What a layer's input and output take for one example; little where more examples do no harm."""
    if isinstance(layer, Dense | Reshape) or len(layer.in_shape) == 1:
        return 1
    return kind.dtype.itemsize * sum(math.prod(shape) for shape in (layer.in_shape, layer.out_shape))
