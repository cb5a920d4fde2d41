"""A float network made an integer one: scales into the weights, zero points away, every rescale a shift."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.networks.bounds import Bound, check_bounds
from proofs.networks.checks import check_network
from proofs.networks.graph import FloatMaxPool, FloatNetwork, FloatNode
from proofs.networks.network import Combination, Listed, Maximum, Network, Tensor
from proofs.networks.quantise.activations import append_clamped, append_function_of, append_listed
from proofs.networks.quantise.draft import Draft
from proofs.networks.quantise.forms import static_span
from proofs.networks.quantise.functions import is_clamp
from proofs.networks.quantise.levels import LEAST_SCALE, decimal, input_levels, node_levels, snapped
from proofs.networks.quantise.observe import Span, Spans, calibrated, propagated
from proofs.networks.quantise.options import Levels, NodeScale, Options, ScaleReport
from proofs.networks.quantise.pools import append_max_pool
from proofs.networks.quantise.tables import share
from proofs.networks.weights import Weights
from proofs.wording import counted

LEAST_CAP, USUAL_CAP = 10, 16
"""Larger shifts than 16 cost table rows and gain nothing: rounded weights move an output by far less than a level."""

SPARED_BITS = 1
"""The table of 2^k rows is at most about half the activations of one example."""

SUM_BITS = 2
"""Rounding residual sums to 8 bits is most of what parts an integer MobileNetV2 from the float one."""

LEAST_LOGIT_BITS = 12

LOGIT_SLACKS = (1.001, 1.01, 1.05, 1.2, 1.5, 2.0)  # room for what rounding weights adds to the widest logit


def quantise(
    network: FloatNetwork, calibration: NDArray[np.generic] | None, options: Options | None = None
) -> tuple[Network, Weights, ScaleReport]:
    """The integer network that computes what a float network does, up to rounding.

    Statement: with scales s_x of a node's input and s_y of its output, w = round(w_real s_x 2^k / s_y) and
    b = round(b_real 2^k / s_y), k as large as keeps |acc| < 2^30 for every input within range.

    Args:
        network: an importer's.
        calibration: real inputs (N, ...) of the model's own shape, from which ranges are taken where the file states
            no grid; None propagates ranges instead, from the input's.

    Returns:
        The network, checked; its weights (secret); what was chosen, and warnings.

    Raises:
        InvalidInput: unusable calibration or options. UnsupportedModel: nothing in integers does what a node does.
    """
    options = options or Options()
    spans, warnings = _spans(network, calibration, options)
    origin = "propagation" if calibration is None else "calibration"
    first = input_levels(network, spans, options, origin)
    levels = node_levels(network, spans, first, options, origin, _sum_bits(network, options))
    draft = Draft(
        cap=shift_cap(network, options, levels),
        tensors=[Tensor(network.input_shape, first.low, first.high)],
        levels=[first],
        warnings=warnings,
    )
    for index, node in enumerate(network.nodes):
        last = index == len(network.nodes) - 1
        draft.places.append(_append(draft, node, levels[index], spans.before[index], options if last else None))
    return _finished(draft)


def shift_cap(network: FloatNetwork, options: Options, levels: Sequence[Levels]) -> int:
    """No shift is larger: the proof of a rescale by k needs a table of 2^k rows, which activations should outnumber.

    Propagated ranges make weights small beside their outputs' levels, so all 16 bits are left to those.
    """
    if options.largest_shift is not None:
        return options.largest_shift
    if any(chosen.origin == "propagation" for chosen in levels[:-1]):
        return USUAL_CAP
    return min(USUAL_CAP, max(LEAST_CAP, _size_bits(network) - SPARED_BITS))


def _size_bits(network: FloatNetwork) -> int:
    """Bits that count the activations of one example."""
    return math.ceil(math.log2(sum(math.prod(node.shape) for node in network.nodes)))


def _sum_bits(network: FloatNetwork, options: Options) -> int:
    """Their tables have some 2^15 rows at two bits more."""
    if options.sum_bits is not None:
        return options.sum_bits
    return min(SUM_BITS, 16 - options.bits) if _size_bits(network) > USUAL_CAP + SPARED_BITS else 0


def _spans(network: FloatNetwork, calibration: NDArray[np.generic] | None, options: Options) -> tuple[Spans, list[str]]:
    if calibration is not None:
        return calibrated(network, calibration, options), []
    given, grid = options.input_range, network.input_grid
    if grid is not None:
        given = grid.scale * grid.low, grid.scale * grid.high
    if given is None:
        raise InvalidInput(
            "the file does not say how its tensors are quantised: give calibration inputs (--calibrate DATA.npz)"
        )
    unknown = [node.name for node in network.nodes[:-1] if node.grid is None and not isinstance(node.op, FloatMaxPool)]
    warnings = []
    if unknown:
        warnings.append(
            f"{counted(len(unknown), 'tensor')} ({unknown[0]}{', ...' if len(unknown) > 1 else ''}) of ranges bounded "
            "from the input's, far wider than what occurs, which costs accuracy: give calibration inputs"
        )
    return propagated(network, given), warnings


def _append(draft: Draft, node: FloatNode, levels: Levels, seen: Span, last: Options | None) -> int:
    """Add a float node; ``last`` are the options if its outputs are the logits."""
    if isinstance(node.op, FloatMaxPool):
        pooled = append_max_pool(draft, node, node.op)
        return pooled if node.activation.kind == "identity" else append_function_of(draft, node, pooled, levels)
    if not is_clamp(node.activation):
        return append_listed(draft, node, levels, seen)
    return append_clamped(draft, node, levels) if last is None else _append_logits(draft, node, last)


def _append_logits(draft: Draft, node: FloatNode, options: Options) -> int:
    """The last node on the finest scale on which no logit within its static bound saturates.

    Ties between classes are then rare. Its table has 2^bits rows, so bits follow the shift's cap in small networks.
    """
    bits = min(options.logit_bits, max(LEAST_LOGIT_BITS, draft.cap))
    top = (1 << (bits - 1)) - 1
    reach = max(top * LEAST_SCALE, *map(abs, static_span(draft, node)))
    for slack in LOGIT_SLACKS:
        trial = Draft(draft.cap, list(draft.tensors), list(draft.levels), list(draft.places))
        levels = Levels(snapped(reach * slack / top), -top, top, "logits")
        place = append_clamped(trial, node, levels)
        request = trial.requests[-1]
        if -top <= request.low and request.high <= top:
            return append_clamped(draft, node, levels)
    raise UnsupportedModel(f"{node.name}: its logits cannot be scaled to {bits} bits (tensor {place})")


def _finished(draft: Draft) -> tuple[Network, Weights, ScaleReport]:
    """Tables chosen, everything checked."""
    tables, places = share(draft.requests)
    nodes = tuple(replace(node, table=place) for node, place in zip(draft.nodes, places, strict=True))
    tensors = list(draft.tensors)
    for index, node in enumerate(nodes):
        table = tables[node.table]
        if isinstance(table, Listed):
            tensors[index + 1] = replace(tensors[index + 1], low=min(table.values), high=max(table.values))
    network = Network(tuple(tensors), nodes, tables, decimal(draft.levels[0].scale), decimal(draft.levels[-1].scale))
    check_network(network)
    return network, draft.weights, _report(draft, network, check_bounds(network, draft.weights))


def _report(draft: Draft, network: Network, bounds: tuple[Bound, ...]) -> ScaleReport:
    nodes = []
    for index, (node, bound) in enumerate(zip(network.nodes, bounds, strict=True)):
        if index in draft.weights:
            largest = int(np.abs(draft.weights[index].weight.astype(np.int64)).max())
        else:
            largest = 1 if isinstance(node, Maximum) else _largest_multiplier(node)
        reach = max(bound.high, -bound.low)
        nodes.append(
            NodeScale(
                draft.names[index],
                draft.levels[index + 1],
                node.shift,
                largest.bit_length(),
                reach.bit_length(),
                node.table,
                *draft.saturates[index],
            )
        )
    shifts = {node.shift for node in network.nodes if node.shift}
    return ScaleReport(
        input=draft.levels[0],
        nodes=tuple(nodes),
        table_rows=sum(table.rows for table in network.tables),
        range_rows=sum(1 << shift for shift in shifts),
        activations=sum(math.prod(tensor.shape) for tensor in network.tensors[1:]),
        warnings=tuple(draft.warnings),
    )


def _largest_multiplier(node: object) -> int:
    return max(abs(term.multiplier) for term in node.terms) if isinstance(node, Combination) else 0
