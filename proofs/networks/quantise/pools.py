"""A max pool as a chain of two-entry maxima: along the width, then along the height."""

from __future__ import annotations

from dataclasses import replace

from proofs.errors import UnsupportedModel
from proofs.networks.graph import FloatMaxPool, FloatNode
from proofs.networks.network import Combination, Maximum, Reading, Shape3, Term
from proofs.networks.quantise.draft import Draft, Fitted
from proofs.networks.quantise.tables import Request
from proofs.networks.ranges import term_range
from proofs.networks.readings import reads_beyond


def append_max_pool(draft: Draft, node: FloatNode, op: FloatMaxPool) -> int:
    """Add the pool's nodes; returns the tensor with its output, on its input's levels.

    Raises:
        UnsupportedModel: windows beyond the edges, which read zeros, over values that may be negative.
    """
    source = draft.places[op.source]
    channels, height, _ = draft.tensors[source].shape
    across = [Reading(1, op.stride[1], op.pads[1] - j, node.shape[2]) for j in range(op.kernel[1])]
    down = [Reading(1, op.stride[0], op.pads[0] - i, node.shape[1]) for i in range(op.kernel[0])]
    _check_pads(draft, node.name, source, down, across)
    for axis, readings in ((1, across), (0, down)):
        rows, shape = (Reading.whole(height), (channels, height, node.shape[2])) if axis else (None, node.shape)
        places = [
            (rows, reading) if rows is not None else (reading, Reading.whole(node.shape[2])) for reading in readings
        ]
        source = _reduce(draft, source, places, shape, node.name)
    return source


def _reduce(draft: Draft, source: int, places: list[tuple[Reading, Reading]], shape: Shape3, name: str) -> int:
    """The maximum of a tensor read at several places."""
    whole = draft.tensors[source].shape
    if len(places) == 1:
        down, across = places[0]
        if (down, across) == (Reading.whole(whole[1]), Reading.whole(whole[2])):
            return source
        return _every(draft, Term(source, 1, down, across), shape, name)
    best = Term(source, 1, *places[0])
    for place in places[1:]:
        found = _larger(draft, best, Term(source, 1, *place), shape, name)
        best = Term(found, 1, Reading.whole(shape[1]), Reading.whole(shape[2]))
    return best.source


def _larger(draft: Draft, first: Term, second: Term, shape: Shape3, name: str) -> int:
    lows, highs = zip(*(term_range(draft.tensors, term) for term in (first, second)), strict=True)
    levels = replace(draft.levels[second.source], low=min(lows), high=max(highs), origin="source")
    width = 1 << (levels.high - levels.low).bit_length()
    request = Request(-width, width - 1, 0, 0, width - 1, ("relu", width))
    return draft.append(Fitted(Maximum(first, second, 0), None, -width, width - 1), shape, levels, request, name)


def _every(draft: Draft, term: Term, shape: Shape3, name: str) -> int:
    """A kernel of one with a stride only picks values."""
    levels = draft.levels[term.source]
    fitted = Fitted(Combination((term,), shape[0], 0, 0), None, levels.low, levels.high)
    request = Request(levels.low, levels.high, 0, levels.low, levels.high)
    return draft.append(fitted, shape, levels, request, name)


def _check_pads(draft: Draft, name: str, source: int, down: list[Reading], across: list[Reading]) -> None:
    """Pads are minus infinity in the model and zero here: the same to a maximum of values that are never negative."""
    tensor = draft.tensors[source]
    beyond = any(
        reads_beyond(reading, extent)
        for readings, extent in ((down, tensor.shape[1]), (across, tensor.shape[2]))
        for reading in readings
    )
    if beyond and tensor.low < 0:
        raise UnsupportedModel(
            f"{name}: a max pool with pads over values that may be negative; "
            "put a ReLU before it, or pool without pads (pads=0, ceil_mode=0)"
        )
