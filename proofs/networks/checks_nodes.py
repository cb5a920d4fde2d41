"""What a node asks of the tensors it reads and of the shape it writes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from proofs.errors import InvalidInput
from proofs.networks.limits import MAX_AXIS, MAX_NUMBER, MAX_PAD, MAX_TERMS
from proofs.networks.network import Combination, Convolution, Maximum, Node, Reading, Shape3, Tensor, Term
from proofs.networks.readings import convolution_axes, last_read


def check_node(what: str, node: Node, tensors: Sequence[Tensor], index: int) -> None:
    """Check that node ``index`` can be computed, and writes the shape its tensor says. Raises InvalidInput."""
    if isinstance(node, Convolution):
        shape = _convolution(what, node, tensors, index)
    elif isinstance(node, Maximum):
        shape = _maximum(what, node, tensors, index)
    else:
        shape = _combination(what, node, tensors, index)
    found = tensors[index + 1].shape
    if shape != found:
        raise InvalidInput(f"{what}: gives shape {shape}; its tensor says {found}")


def macs(node: Node, tensors: Sequence[Tensor], out_shape: Shape3) -> int:
    """Multiplications, or values read, for one example."""
    if isinstance(node, Convolution):
        reads = tensors[node.source].shape[0] // node.groups * math.prod(node.kernel)
        return reads * math.prod(out_shape)
    terms = (node.first, node.second) if isinstance(node, Maximum) else node.terms
    area = out_shape[1] * out_shape[2]
    return sum(tensors[t.source].shape[0] * t.down.kernel * t.across.kernel * area for t in terms)


def _convolution(what: str, node: Convolution, tensors: Sequence[Tensor], index: int) -> Shape3:
    source = _source(what, node.source, tensors, index)
    channels = source.shape[0]
    if not 1 <= node.outputs <= MAX_AXIS:
        raise InvalidInput(f"{what}: {node.outputs} outputs; 1 to {MAX_AXIS} are possible")
    if node.groups < 1 or channels % node.groups or node.outputs % node.groups:
        raise InvalidInput(f"{what}: {node.groups} groups do not divide {channels} channels and {node.outputs} outputs")
    if len(node.kernel) != 2 or len(node.stride) != 2 or len(node.pads) != 4:
        raise InvalidInput(f"{what}: has two kernel extents, two strides and four pads")
    if not all(0 <= pad <= MAX_PAD for pad in node.pads):
        raise InvalidInput(f"{what}: pads {node.pads}; 0 to {MAX_PAD} are possible")
    if not all(1 <= number <= MAX_AXIS for number in (*node.kernel, *node.stride)):
        raise InvalidInput(f"{what}: kernel {node.kernel} and stride {node.stride} must be from 1 to {MAX_AXIS}")
    down, across = convolution_axes(node, source.shape)
    if down.out < 1 or across.out < 1:
        raise InvalidInput(f"{what}: its kernel {node.kernel} is larger than its padded input of shape {source.shape}")
    return node.outputs, down.out, across.out


def _combination(what: str, node: Combination, tensors: Sequence[Tensor], index: int) -> Shape3:
    if not 1 <= len(node.terms) <= MAX_TERMS:
        raise InvalidInput(f"{what}: {len(node.terms)} terms; 1 to {MAX_TERMS} are possible")
    if not 1 <= node.channels <= MAX_AXIS:
        raise InvalidInput(f"{what}: {node.channels} channels; 1 to {MAX_AXIS} are possible")
    for term in node.terms:
        shape = _term(what, term, tensors, index)
        if shape[1:] != (node.terms[0].down.out, node.terms[0].across.out):
            raise InvalidInput(f"{what}: its terms give heights and widths that differ")
        if term.channel < 0 or term.channel + shape[0] > node.channels:
            raise InvalidInput(
                f"{what}: {shape[0]} channels from channel {term.channel} on are not all among its {node.channels}"
            )
        if not 1 <= abs(term.multiplier) <= MAX_NUMBER:
            raise InvalidInput(f"{what}: a multiplier of {term.multiplier}; it must be a non-zero integer of 31 bits")
    return node.channels, node.terms[0].down.out, node.terms[0].across.out


def _maximum(what: str, node: Maximum, tensors: Sequence[Tensor], index: int) -> Shape3:
    first, second = (_term(what, term, tensors, index) for term in (node.first, node.second))
    if first != second:
        raise InvalidInput(f"{what}: compares shapes {first} and {second}")
    for term in (node.first, node.second):
        if (term.multiplier, term.channel, term.down.kernel, term.across.kernel) != (1, 0, 1, 1):
            raise InvalidInput(f"{what}: compares single values: multiplier 1, channel 0, kernels of 1")
    return first


def _term(what: str, term: Term, tensors: Sequence[Tensor], index: int) -> Shape3:
    channels, height, width = _source(what, term.source, tensors, index).shape
    for axis, reading, extent in (("down", term.down, height), ("across", term.across, width)):
        _reading(f"{what}, {axis}", reading, extent)
    return channels, term.down.out, term.across.out


def _reading(what: str, reading: Reading, extent: int) -> None:
    """Every window within ``MAX_PAD`` of the axis, and the first of them not beyond its end."""
    if not all(1 <= number <= MAX_AXIS for number in (reading.kernel, reading.stride, reading.out)):
        raise InvalidInput(f"{what}: kernel, stride and out must be from 1 to {MAX_AXIS}: {reading}")
    if not -extent < reading.before <= MAX_PAD or last_read(reading) >= extent + MAX_PAD:
        raise InvalidInput(f"{what}: reads too far beyond the edges of {extent} values: {reading}")


def _source(what: str, source: int, tensors: Sequence[Tensor], index: int) -> Tensor:
    if not 0 <= source <= index:
        raise InvalidInput(f"{what}: reads tensor {source}; only tensors 0 to {index} come before it")
    return tensors[source]
