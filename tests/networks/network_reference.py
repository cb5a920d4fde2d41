"""An integer network in loops over Python integers, word for word as ``network.py`` describes it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.networks.network import Clamp, Combination, Convolution, Maximum, Network, Reading, Table, Term
from proofs.networks.weights import NodeWeights, Weights

Whole = NDArray[Any]


@dataclass(frozen=True)
class Reference:
    """Object arrays (C, H, W, B) of one node."""

    acc: Whole
    q: Whole
    rem: Whole
    y: Whole


def reference(network: Network, weights: Weights, x: Whole) -> list[Reference]:
    """Every node, for inputs (C, H, W, B)."""
    tensors, found = [np.array(x.astype(object))], []
    for index, node in enumerate(network.nodes):
        if isinstance(node, Convolution):
            acc = _convolution(node, weights[index], tensors[node.source])
        elif isinstance(node, Combination):
            acc = _combination(node, tensors)
        else:
            acc = read_term(node.first, tensors) - read_term(node.second, tensors)
        half = 2 ** (node.shift - 1) if node.shift else 0
        q = (acc + half) // 2**node.shift
        y = np.vectorize(lambda value, table=network.tables[node.table]: look_up(table, value), otypes=[object])(q)
        if isinstance(node, Maximum):
            y = y + read_term(node.second, tensors)
        found.append(Reference(acc, q, acc + half - q * 2**node.shift, y))
        tensors.append(y)
    return found


def look_up(table: Table, q: int) -> int:
    """y of a q that must be in the table."""
    if not table.low <= q <= table.high:
        raise KeyError(q)
    if isinstance(table, Clamp):
        return min(max(q, table.least), table.greatest)
    return table.values[q - table.low]


def read_term(term: Term, tensors: list[Whole]) -> Whole:
    """A term without its multiplier."""
    source = tensors[term.source]
    channels, _, _, batch = source.shape
    out = np.full((channels, term.down.out, term.across.out, batch), 0, dtype=object)
    for y, x in itertools.product(range(term.down.out), range(term.across.out)):
        for i, j in itertools.product(range(term.down.kernel), range(term.across.kernel)):
            out[:, y, x] += _at(source, term.down, term.across, y, x, i, j)
    return out


def _at(source: Whole, down: Reading, across: Reading, y: int, x: int, i: int, j: int) -> Whole:
    """All channels and examples at one place of a window."""
    row, column = down.stride * y + i - down.before, across.stride * x + j - across.before
    if 0 <= row < source.shape[1] and 0 <= column < source.shape[2]:
        return source[:, row, column]
    return source[:, 0, 0] * 0


def _combination(node: Combination, tensors: list[Whole]) -> Whole:
    first = node.terms[0]
    acc = np.full((node.channels, first.down.out, first.across.out, tensors[0].shape[3]), 0, dtype=object)
    for term in node.terms:
        part = read_term(term, tensors)
        acc[term.channel : term.channel + len(part)] += term.multiplier * part
    return acc


def _convolution(node: Convolution, hidden: NodeWeights, x: Whole) -> Whole:
    channels, height, width, batch = x.shape
    top, left, bottom, right = node.pads
    down = Reading(node.kernel[0], node.stride[0], top, (height + top + bottom - node.kernel[0]) // node.stride[0] + 1)
    across = Reading(
        node.kernel[1], node.stride[1], left, (width + left + right - node.kernel[1]) // node.stride[1] + 1
    )
    weight, bias = hidden.weight.astype(object), hidden.bias.astype(object)
    acc = np.full((node.outputs, down.out, across.out, batch), 0, dtype=object)
    each, depth = node.outputs // node.groups, channels // node.groups
    for o, y, z in itertools.product(range(node.outputs), range(down.out), range(across.out)):
        acc[o, y, z] += bias[o]
        for i, j in itertools.product(*map(range, node.kernel)):
            values = _at(x, down, across, y, z, i, j)[o // each * depth : (o // each + 1) * depth]
            acc[o, y, z] += weight[o, :, i, j] @ values
    return acc
