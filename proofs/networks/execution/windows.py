"""Nodes that treat every channel alone: depthwise convolutions, combinations, maxima; in 32-bit integers."""

from __future__ import annotations

import numpy as np

from proofs.networks.execution.kernels import Int32, Loops
from proofs.networks.network import Convolution, Reading, Term
from proofs.networks.readings import convolution_axes
from proofs.networks.weights import NodeWeights


def depthwise(loops: Loops, node: Convolution, hidden: NodeWeights, x: Int32, out: Int32) -> None:
    """Accumulators of a convolution whose groups are single channels: fills ``out``."""
    down, across = convolution_axes(node, (x.shape[0], x.shape[1], x.shape[2]))
    weights = np.ascontiguousarray(hidden.weight[:, 0])
    _add(loops, out, x, weights, np.ascontiguousarray(hidden.bias), down, across, True)


def add_term(loops: Loops, term: Term, multiplier: int, x: Int32, out: Int32, fresh: bool) -> None:
    """Add a term's windows to its channels of ``out``, or write them if that is ``fresh``."""
    part = out[term.channel : term.channel + x.shape[0]]
    weights = np.full((x.shape[0], term.down.kernel, term.across.kernel), multiplier, np.int32)
    _add(loops, part, x, weights, np.zeros(x.shape[0], np.int32), term.down, term.across, fresh)


def _add(
    loops: Loops, out: Int32, x: Int32, weights: Int32, start: Int32, down: Reading, across: Reading, fresh: bool
) -> None:
    outputs, out_height, out_width, batch = out.shape
    channels, height, width, _ = x.shape
    places = (down.stride, down.before, across.stride, across.before)
    axes = np.array([out_height, out_width, height, width, batch, outputs // channels, *places], np.int64)
    flat_out, flat_x = out.reshape(outputs * out_height, -1), x.reshape(channels * height, -1)

    def work(first: int, last: int) -> None:
        loops.add_windows(flat_out, flat_x, weights, start, axes, fresh, (first, last))

    loops.share(work, len(flat_out), out.size * weights[0].size // 4)
