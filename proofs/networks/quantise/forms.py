"""Linear forms in integers: a convolution or combination rescaled to a scale of its output."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from proofs.errors import UnsupportedModel
from proofs.networks.graph import FloatCombination, FloatConvolution, FloatNode, FloatTerm
from proofs.networks.limits import ACCUMULATOR
from proofs.networks.network import Combination, Convolution, Reading, Shape3, Term
from proofs.networks.quantise.draft import Draft, Ends, Fitted, Trial, largest_shift
from proofs.networks.quantise.observe import Span, combination_span, convolution_span
from proofs.networks.weights import NodeWeights

SAME_SCALE = 1e-8
"""Relative difference up to which a multiplier counts as an integer and its node needs no rescale."""


def static_span(draft: Draft, node: FloatNode) -> Span:
    """Least and greatest real value of the form, its inputs anywhere in their levels."""
    op = node.op
    if isinstance(op, FloatConvolution):
        return convolution_span(op, _real(draft, op.source))
    if isinstance(op, FloatCombination):
        counts = [draft.tensors[draft.places[term.source]].shape[0] for term in op.terms]
        return combination_span(op, [_real(draft, term.source) for term in op.terms], counts)
    return _real(draft, op.source)


def fit_form(draft: Draft, node: FloatNode, scale: float, ends: Ends = (0, 0)) -> Fitted:
    """The node in integers, its q in units of ``scale``, with the largest shift its sums and its table's ends allow."""
    reach = max(map(abs, static_span(draft, node))) / scale
    most = largest_shift(reach, draft.cap)
    if isinstance(node.op, FloatConvolution):
        fitted = draft.fit(_convolution(draft, node.op, scale), most, node.name, ends)
        _warn_if_coarse(draft, node, node.op, fitted, ends)
        return fitted
    if isinstance(node.op, FloatCombination):
        exact = _exact(draft, node.op, scale)
        if exact is not None:
            return draft.fit(lambda _: (exact, None), 0, node.name, ends)
        return draft.fit(_combination(draft, node.op, node.shape, scale), most, node.name, ends)
    raise UnsupportedModel(f"{node.name}: a max pool is no linear form")


def _real(draft: Draft, source: int) -> Span:
    levels = draft.levels[draft.places[source]]
    return levels.scale * levels.low, levels.scale * levels.high


def _convolution(draft: Draft, op: FloatConvolution, scale: float) -> Trial:
    source = draft.places[op.source]
    ratio = draft.levels[source].scale / scale
    outputs, _, high, wide = op.weight.shape

    def trial(shift: int) -> tuple[Convolution, NodeWeights]:
        weight = _integers(op.weight * (ratio * 2.0**shift))
        bias = _integers(op.bias * (2.0**shift / scale))
        form = Convolution(source, outputs, (high, wide), op.stride, op.pads, op.groups, shift, 0)
        return form, NodeWeights(weight, bias)

    return trial


def _integers(values: NDArray[np.float64]) -> NDArray[np.int32]:
    """Rounded to int32. Values of 2^30 and more become 2^30, for which no shift is small enough."""
    limited: NDArray[np.float64] = np.clip(np.rint(values), -ACCUMULATOR, ACCUMULATOR)
    return limited.astype(np.int32)


def _combination(draft: Draft, op: FloatCombination, shape: Shape3, scale: float) -> Trial:
    def trial(shift: int) -> tuple[Combination, None]:
        multipliers = [ratio * 2.0**shift for ratio in _ratios(draft, op, scale)]
        terms = [
            _term(draft, term, shape, round(multiplier))
            for term, multiplier in zip(op.terms, multipliers, strict=True)
            if round(multiplier)
        ]
        return Combination(tuple(terms), shape[0], shift, 0), None

    if not any(round(ratio * 2.0**draft.cap) for ratio in _ratios(draft, op, scale)):
        raise UnsupportedModel("a sum whose multipliers all vanish at its output's scale: give it calibration inputs")
    return trial


def _exact(draft: Draft, op: FloatCombination, scale: float) -> Combination | None:
    """Without a rescale, where all scales fit: concatenations, pads, crops and sums on one grid."""
    ratios = _ratios(draft, op, scale)
    if not all(round(ratio) and math.isclose(ratio, round(ratio), rel_tol=SAME_SCALE) for ratio in ratios):
        return None
    terms = [_term(draft, term, op.shape, round(ratio)) for term, ratio in zip(op.terms, ratios, strict=True)]
    return Combination(tuple(terms), op.shape[0], 0, 0)


def _ratios(draft: Draft, op: FloatCombination, scale: float) -> list[float]:
    return [term.multiplier * draft.levels[draft.places[term.source]].scale / scale for term in op.terms]


def _term(draft: Draft, term: FloatTerm, shape: Shape3, multiplier: int) -> Term:
    readings = [Reading(term.kernel[a], term.stride[a], term.before[a], shape[1 + a]) for a in (0, 1)]
    return Term(draft.places[term.source], multiplier, readings[0], readings[1], term.channel)


def _warn_if_coarse(draft: Draft, node: FloatNode, op: FloatConvolution, fitted: Fitted, ends: Ends) -> None:
    """Rounding weights by up to 1/2 moves an output by some levels, root mean square: one part in 256 at most."""
    levels = draft.levels[draft.places[op.source]]
    terms = math.prod(op.weight.shape[1:])
    error = math.sqrt(terms / 12) * max(levels.high, -levels.low) / 2 / 2.0**fitted.node.shift
    if error > max(1, (ends[1] - ends[0]) / 256):
        draft.warnings.append(
            f"{node.name}: {terms} products a sum leave its weights a shift of {fitted.node.shift} only, "
            f"which may move outputs by {error:.1f} levels: fewer bits for activations would be more exact"
        )
