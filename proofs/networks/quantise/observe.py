"""Real ranges of a float network's values: seen in calibration, or propagated from the input's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.networks.graph import FloatCombination, FloatConvolution, FloatMaxPool, FloatNetwork, FloatNode
from proofs.networks.quantise.floating import arrange, evaluate
from proofs.networks.quantise.functions import image
from proofs.networks.quantise.options import Options

BATCH_VALUES = 1 << 24  # of the largest tensor at a time
SAMPLED = 1 << 18  # values a percentile looks at
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spans:
    """Real ranges: of the input, and of each node's value before and after its activation."""

    input: Span
    before: tuple[Span, ...]
    after: tuple[Span, ...]


def calibrated(network: FloatNetwork, x: NDArray[np.generic], options: Options) -> Spans:
    """Ranges over calibration inputs (N, ...), real values as the model takes them.

    With a percentile, each is the mean over batches of the batch's own, from a regular sample of its values.
    """
    _check(network, x)
    largest = max(math.prod(node.shape) for node in network.nodes)
    step = max(1, min(64, BATCH_VALUES // max(largest, math.prod(network.input_shape))))
    seen: list[list[Span]] = []
    for start in range(0, len(x), step):
        inputs = arrange(network, x[start : start + step]).astype(np.float32)
        found = [span(inputs, None)]  # the input's own range is never cut
        for node, (_, before, after) in zip(network.nodes, evaluate(network, inputs), strict=True):
            found.append(span(before, options.percentile))
            found.append(found[-1] if node.activation.kind == "identity" else span(after, options.percentile))
        seen.append(found)
    spans = [_merged([batch[place] for batch in seen], options, place) for place in range(len(seen[0]))]
    return Spans(spans[0], tuple(spans[1::2]), tuple(spans[2::2]))


def _merged(spans: list[Span], options: Options, place: int) -> Span:
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    if options.percentile is None or place == 0:
        return min(lows), max(highs)
    return math.fsum(lows) / len(lows), math.fsum(highs) / len(highs)


def span(values: NDArray[np.float32], percentile: float | None) -> Span:
    """Least and greatest of some values, or of the share of them a percentile keeps."""
    if percentile is None:
        return float(values.min()), float(values.max())
    flat = values.reshape(-1)
    flat = flat[:: max(1, flat.size // SAMPLED)]
    low, high = np.percentile(flat, [100 - percentile, percentile])
    return float(low), float(high)


def propagated(network: FloatNetwork, given: Span) -> Spans:
    """Ranges no input within ``given`` can leave, each node's from those before it: safe, and far too wide in depth."""
    held: list[Span] = [given]
    before: list[Span] = []
    for node in network.nodes:
        before.append(_linear_span(network, node, held))
        after = image(node.activation, *before[-1])
        if node.grid is not None:  # saturates there
            ends = node.grid.scale * node.grid.low, node.grid.scale * node.grid.high
            after = (min(max(after[0], ends[0]), ends[1]), min(max(after[1], ends[0]), ends[1]))
        held.append(after)
    return Spans(given, tuple(before), tuple(held[1:]))


def _linear_span(network: FloatNetwork, node: FloatNode, held: list[Span]) -> Span:
    op = node.op
    if isinstance(op, FloatMaxPool):
        return held[op.source]
    if isinstance(op, FloatConvolution):
        return convolution_span(op, held[op.source])
    return combination_span(
        op, [held[term.source] for term in op.terms], [channels_of(network, t.source) for t in op.terms]
    )


def convolution_span(op: FloatConvolution, given: Span) -> Span:
    """Least and greatest sum a convolution can give, windows beyond the edges (zero) included."""
    low, high = min(given[0], 0.0), max(given[1], 0.0)
    flat = op.weight.reshape(len(op.weight), -1).astype(np.float64)
    positive, negative = np.maximum(flat, 0).sum(1), np.minimum(flat, 0).sum(1)
    least, greatest = op.bias + positive * low + negative * high, op.bias + positive * high + negative * low
    return float(least.min()), float(greatest.max())


def channels_of(network: FloatNetwork, tensor: int) -> int:
    """Channels of a tensor, 0 being the input."""
    return network.input_shape[0] if tensor == 0 else network.nodes[tensor - 1].shape[0]


def combination_span(op: FloatCombination, given: list[Span], counts: list[int]) -> Span:
    """Least and greatest sum of a combination over all channels; terms that do not meet in a channel do not add.

    Args:
        given, counts: each term's range and its number of channels.
    """
    least, greatest = np.zeros(op.shape[0]), np.zeros(op.shape[0])
    for term, (low, high), count in zip(op.terms, given, counts, strict=True):
        whole = term.multiplier * math.prod(term.kernel)
        ends = sorted((whole * min(low, 0.0), whole * max(high, 0.0)))
        rows = slice(term.channel, term.channel + count)
        least[rows] += ends[0]
        greatest[rows] += ends[1]
    return float(least.min()), float(greatest.max())


def _check(network: FloatNetwork, x: NDArray[np.generic]) -> None:
    wanted = math.prod(network.input_shape)
    if len(x) == 0 or x[0].size != wanted:
        raise InvalidInput(
            f"calibration inputs have shape {x.shape}: give at least one, each of shape {network.model_shape}"
        )
    if not np.isfinite(np.asarray(x, np.float64)).all():
        raise InvalidInput("calibration inputs hold NaN or infinite values: remove them")
