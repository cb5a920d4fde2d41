"""What follows a linear form: a clamp in the output's levels, or a listed function over a finer grid of sums."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from proofs.networks.graph import Activation, FloatNode
from proofs.networks.network import Combination, Reading, Term
from proofs.networks.quantise.draft import Draft, Fitted, cut
from proofs.networks.quantise.forms import fit_form, static_span
from proofs.networks.quantise.functions import function
from proofs.networks.quantise.levels import clamp_ends, snapped
from proofs.networks.quantise.observe import Span
from proofs.networks.quantise.options import Levels
from proofs.networks.quantise.tables import Request

LISTED_BITS = 12
"""Entries of a listed table: 2^12 at most."""

OBSERVED_BITS = 9
"""Steps a listed function needs over the sums that really occur; else these are cut off and gridded first."""

ROUNDING = 4  # levels by which rounded weights may move the ends of a sum


def append_clamped(draft: Draft, node: FloatNode, levels: Levels) -> int:
    """The node with ReLU, ReLU6, saturation: y = clamp(q), q and y on the same scale."""
    least, greatest = clamp_ends(node.activation, levels)
    fitted = fit_form(draft, node, levels.scale, (least, greatest))
    request = cut(Request(0, 0, fitted.node.shift, least, greatest), fitted.low, fitted.high)
    given = node.activation
    own = given.kind == "clip"
    saturates = (
        not (own and given.low >= levels.scale * (least - 0.5)),
        not (own and given.high <= levels.scale * (greatest + 0.5)),
    )
    return draft.append(fitted, node.shape, replace(levels, low=least, high=greatest), request, node.name, saturates)


def append_listed(draft: Draft, node: FloatNode, levels: Levels, seen: Span) -> int:
    """The node with a named function, y = round(f(s_q q) / s_y), s_q a power of two so that nodes share tables.

    Where the sums that can occur are much wider than those that do, they are first cut to the latter's 12 bits.
    """
    static = max(map(abs, static_span(draft, node)))
    step = _power_of_two(max(static, 1e-9) / ((1 << (LISTED_BITS - 1)) - ROUNDING))
    if (seen[1] - seen[0]) / step < min(1 << OBSERVED_BITS, (1 << LISTED_BITS) / 8):
        grid = grid_of(seen)
        before = append_clamped(draft, replace(node, activation=Activation()), grid)
        whole = Term(before, 1, Reading.whole(node.shape[1]), Reading.whole(node.shape[2]))
        fitted = Fitted(Combination((whole,), node.shape[0], 0, 0), None, grid.low, grid.high)
        return _append_function(draft, node, fitted, grid.scale, levels)
    fitted = fit_form(draft, node, step)
    while max(fitted.high, -fitted.low) > 1 << (LISTED_BITS - 1):
        step *= 2
        fitted = fit_form(draft, node, step)
    return _append_function(draft, node, fitted, step, levels)


def append_function_of(draft: Draft, node: FloatNode, tensor: int, levels: Levels) -> int:
    """The node's activation of a tensor that is there already, entry by entry."""
    source = draft.levels[tensor]
    whole = Term(tensor, 1, Reading.whole(node.shape[1]), Reading.whole(node.shape[2]))
    fitted = Fitted(Combination((whole,), node.shape[0], 0, 0), None, source.low, source.high)
    return _append_function(draft, node, fitted, source.scale, levels)


def grid_of(seen: Span) -> Levels:
    """At most 2^12 levels over the sums that occur, ends and scale powers of two."""
    low, high = min(seen[0], 0.0), max(seen[1], 0.0)
    step = _power_of_two(max(high - low, 1e-9) / (1 << LISTED_BITS))
    while _ceiling(-low / step) + _ceiling(high / step) > 1 << LISTED_BITS:
        step *= 2
    return Levels(step, -_ceiling(-low / step), max(_ceiling(high / step) - 1, 0), "function")


@dataclass(frozen=True, slots=True)
class _Listing:
    """The entries of a function's table."""

    activation: Activation
    step: float
    levels: Levels

    def __call__(self, low: int, high: int) -> tuple[int, ...]:
        values = _real(self.activation, self.step, low, high) / self.levels.scale
        return tuple(int(v) for v in np.clip(np.floor(values + 0.5), self.levels.low, self.levels.high))


def _real(activation: Activation, step: float, low: int, high: int) -> np.ndarray:
    points = step * np.arange(low, high + 1, dtype=np.float64)
    if activation.kind == "identity":
        return points
    if activation.kind == "clip":
        return np.clip(points, activation.low, activation.high)
    return np.asarray(function(activation)(points))


def _append_function(draft: Draft, node: FloatNode, fitted: Fitted, step: float, levels: Levels) -> int:
    listing = _Listing(node.activation, step, levels)
    request = Request(fitted.low, fitted.high, fitted.node.shift, key=("listed", listing), listing=listing)
    return draft.append(fitted, node.shape, levels, request, node.name)


def _power_of_two(value: float) -> float:
    return snapped(2.0 ** math.ceil(math.log2(value)))


def _ceiling(count: float) -> int:
    """The least power of two that is no less; 0 for 0."""
    return 1 << (math.ceil(count) - 1).bit_length() if count > 0 else 0
