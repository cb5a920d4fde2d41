"""The integers that stand for a tensor: its scale and its levels, zero at the integer 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from proofs.errors import InvalidInput
from proofs.networks.graph import Activation, FloatCombination, FloatMaxPool, FloatNetwork, FloatNode, Grid
from proofs.networks.limits import VALUE_HIGH, VALUE_LOW
from proofs.networks.quantise.observe import Span, Spans
from proofs.networks.quantise.options import Levels, Options

SCALE_DIGITS = 10
LEAST_SCALE, GREATEST_SCALE = 1e-12, 1e12
SUM_BITS = 14
"""Levels of an average pool up to which it is kept as a sum, at the price of a table of as many rows."""

KEPT = ("sum", "source")
"""Origins of levels that follow from other tensors'."""

PROPAGATED_BITS = 12
"""Propagated ranges are wider than what occurs, so their tensors need finer levels; their tables stay small."""

SLACK = 1e-9  # more than the decimal rounds a scale down


def decimal(scale: float) -> str:
    """A scale as the canonical decimal string of a network's description."""
    return format(Decimal(f"{scale:.{SCALE_DIGITS}g}").normalize(), "f")


def snapped(scale: float) -> float:
    """The nearest scale a decimal of ten digits writes, so that a description states exactly what was used."""
    if not LEAST_SCALE <= scale <= GREATEST_SCALE:
        raise InvalidInput(f"a tensor's scale would be {scale:.3g}: rescale the network or the inputs")
    return float(decimal(scale))


def from_grid(grid: Grid) -> Levels:
    """A file's own levels."""
    return Levels(snapped(grid.scale), grid.low, grid.high, "file")


def from_span(span: Span, bits: int, origin: str) -> Levels:
    """2^bits levels over a real range, which is widened to hold 0."""
    low, high = min(span[0], 0.0), max(span[1], 0.0)
    if not np.isfinite([low, high]).all():
        raise InvalidInput("a tensor's values overflow or are NaN: the float network is broken for these inputs")
    steps = (1 << bits) - 1
    widest = max((high - low) / steps, high / VALUE_HIGH, low / VALUE_LOW)
    scale = snapped(max(widest * (1 + SLACK), LEAST_SCALE) if widest else 1.0)
    least = round(low / scale)
    return Levels(scale, least, min(least + steps, VALUE_HIGH), origin)


def input_levels(network: FloatNetwork, spans: Spans, options: Options, origin: str) -> Levels:
    """The input's levels: the file's, else those of the range given, else those of the range seen."""
    if network.input_grid is not None:
        return from_grid(network.input_grid)
    given = options.input_range
    return from_span(given or spans.input, options.bits, "given" if given else origin)


def node_levels(
    network: FloatNetwork, spans: Spans, first: Levels, options: Options, origin: str, sum_bits: int
) -> list[Levels]:
    """Each node's levels; the last node's are provisional, for its own rule comes when its bound is known.

    Args:
        sum_bits: bits more for signed tensors without an activation.
    """
    found = [first]
    bits = max(options.bits, PROPAGATED_BITS) if origin == "propagation" else options.bits
    for node, seen in zip(network.nodes, spans.after, strict=True):
        whole = exact_sum(node, found)
        source = copied(node)
        if source is not None:
            found.append(replace(found[source], origin="source"))
        elif whole is not None:
            found.append(whole)
        elif node.grid is not None:
            found.append(from_grid(node.grid))
        else:
            found.append(from_span(seen, bits, origin))
        if node.activation.kind == "identity" and found[-1].low < 0 and found[-1].origin not in KEPT:
            found[-1] = finer(found[-1], sum_bits)
    return _follow_sources(network, [first, *shared_saturation(network, found[1:])])


def copied(node: FloatNode) -> int | None:
    """The tensor whose levels a node keeps: max pools, pads and crops that no grid of the file's own follows."""
    if node.activation.kind != "identity":
        return None
    if isinstance(node.op, FloatMaxPool):
        return node.op.source
    if isinstance(node.op, FloatCombination) and len(node.op.terms) == 1 and node.grid is None:
        term = node.op.terms[0]
        return term.source if term.kernel == (1, 1) and term.multiplier == 1 else None
    return None


def finer(levels: Levels, bits: int) -> Levels:
    """The same real range with 2^bits levels for each, as far as 16 bits go."""
    while bits and not VALUE_LOW >> bits <= levels.low <= levels.high < (VALUE_HIGH + 1) >> bits:
        bits -= 1
    low, high = levels.low << bits, ((levels.high + 1) << bits) - 1
    return Levels(snapped(levels.scale / (1 << bits)), low, high, levels.origin)


def exact_sum(node: FloatNode, levels: Sequence[Levels]) -> Levels | None:
    """An average or sum pool's own levels where few enough: every sum of its input's, so that nothing is rounded."""
    op = node.op
    if not isinstance(op, FloatCombination) or len(op.terms) != 1 or node.activation.kind != "identity":
        return None
    term, count = op.terms[0], math.prod(op.terms[0].kernel)
    source = levels[term.source]
    if count == 1 or term.multiplier <= 0 or count * max(source.high, -source.low) >= 1 << SUM_BITS:
        return None
    low, high = count * min(source.low, 0), count * max(source.high, 0)
    return Levels(snapped(source.scale * term.multiplier), low, high, "sum")


def shared_saturation(network: FloatNetwork, levels: list[Levels]) -> list[Levels]:
    """Signed tensors that differ only in where they saturate get one pair of ends, the widest.

    So they share a table, and the zero points of a file's tensors stay out of the public description.
    """
    plain = [
        index
        for index, node in enumerate(network.nodes[:-1])
        if node.activation.kind == "identity" and levels[index].low < 0 and levels[index].origin not in KEPT
    ]
    groups: dict[int, list[int]] = {}
    for index in plain:
        groups.setdefault(levels[index].bits, []).append(index)
    wide = list(levels)
    for indices in groups.values():
        low, high = min(levels[i].low for i in indices), max(levels[i].high for i in indices)
        for index in indices:
            wide[index] = replace(levels[index], low=low, high=high)
    return wide


def _follow_sources(network: FloatNetwork, levels: list[Levels]) -> list[Levels]:
    """Copies and sums of tensors that saturate elsewhere now; levels of all tensors, the input's first."""
    for index, node in enumerate(network.nodes, start=1):
        source = copied(node)
        if source is not None:
            levels[index] = replace(levels[source], origin="source")
        elif levels[index].origin == "sum":
            levels[index] = exact_sum(node, levels) or levels[index]
    return levels[1:]


def clamp_ends(activation: Activation, levels: Levels) -> tuple[int, int]:
    """Least and greatest level an activation that cuts off leaves, saturation included."""
    ends: Sequence[float] = (activation.low, activation.high) if activation.kind == "clip" else (-np.inf, np.inf)
    low, high = (
        levels.low if end == -np.inf else levels.high if end == np.inf else round(end / levels.scale) for end in ends
    )
    least = min(max(low, levels.low), levels.high)
    return least, max(min(high, levels.high), least)
