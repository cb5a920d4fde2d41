"""Nodes taken into their readers, and those that nothing needs left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from proofs.networks.graph import FloatCombination, FloatConvolution, FloatNode, FloatOp, FloatTerm
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.builder import IDENTITY, sources

PLAIN = (1, 1)


def moved(op: FloatOp, tensors: Mapping[int, int]) -> FloatOp:
    """The op, reading other tensors."""
    if isinstance(op, FloatCombination):
        return replace(op, terms=tuple(replace(term, source=tensors[term.source]) for term in op.terms))
    return replace(op, source=tensors[op.source])


def tidied(nodes: list[FloatNode], input_shape: Shape3, output: int) -> tuple[FloatNode, ...]:
    """What ``output`` needs, as few nodes as may be; its node is the last."""
    kept = list(nodes)
    readers = _readers(kept, output)
    for tensor in range(1, output + 1):
        node = kept[tensor - 1]
        if isinstance(node.op, FloatConvolution):
            kept[tensor - 1] = replace(node, op=_without_pads(kept, input_shape, node.op))
        elif isinstance(node.op, FloatCombination):
            kept[tensor - 1] = replace(node, op=_joined(kept, node.op, readers))
    readers = _readers(kept, output)
    for tensor in range(output - 1, 0, -1):
        _fold_forward(kept, tensor, readers)
    return _renumbered(kept, output)


def _needed(nodes: list[FloatNode], output: int) -> set[int]:
    needed = {output}
    for tensor in range(output, 0, -1):
        if tensor in needed:
            needed.update(sources(nodes[tensor - 1].op))
    return needed


def _readers(nodes: list[FloatNode], output: int) -> dict[int, list[int]]:
    """Which nodes' tensors are computed from each tensor; one entry for each reading."""
    found: dict[int, list[int]] = {}
    for tensor in sorted(_needed(nodes, output) - {0}):
        for source in sources(nodes[tensor - 1].op):
            found.setdefault(source, []).append(tensor)
    return found


def _renumbered(nodes: list[FloatNode], output: int) -> tuple[FloatNode, ...]:
    needed = sorted(_needed(nodes, output) - {0})
    tensors = {0: 0, **{tensor: i for i, tensor in enumerate(needed, 1)}}
    return tuple(replace(nodes[tensor - 1], op=moved(nodes[tensor - 1].op, tensors)) for tensor in needed)


def _bare(node: FloatNode) -> bool:
    """Whether a node is its linear form alone."""
    return node.activation == IDENTITY and node.grid is None


def _without_pads(nodes: list[FloatNode], input_shape: Shape3, op: FloatConvolution) -> FloatConvolution:
    """A convolution of a padded tensor, reading what was padded."""
    if op.source == 0:
        return op
    node = nodes[op.source - 1]
    if not _bare(node) or not isinstance(node.op, FloatCombination) or len(node.op.terms) != 1:
        return op
    (term,) = node.op.terms
    inner = input_shape if term.source == 0 else nodes[term.source - 1].shape
    if (term.multiplier, term.kernel, term.stride, term.channel) != (1.0, PLAIN, PLAIN, 0) or inner[0] != node.shape[0]:
        return op
    top, left = term.before
    bottom, right = node.shape[1] - inner[1] - top, node.shape[2] - inner[2] - left
    if min(top, left, bottom, right) < 0:
        return op
    pads = (op.pads[0] + top, op.pads[1] + left, op.pads[2] + bottom, op.pads[3] + right)
    return replace(op, source=term.source, pads=pads)


def _joined(nodes: list[FloatNode], op: FloatCombination, readers: dict[int, list[int]]) -> FloatCombination:
    """Sums of sums and concatenations of concatenations as one, where the inner one has no other reader."""
    return replace(op, terms=tuple(one for term in op.terms for one in _inner(nodes, op.shape, term, readers)))


def _inner(
    nodes: list[FloatNode], shape: Shape3, term: FloatTerm, readers: dict[int, list[int]]
) -> Iterator[FloatTerm]:
    inner = nodes[term.source - 1] if term.source else None
    whole = (term.kernel, term.stride, term.before) == (PLAIN, PLAIN, (0, 0))
    sole = len(readers.get(term.source, ())) == 1
    if inner is None or not (whole and sole and _bare(inner) and inner.shape[1:] == shape[1:]):
        yield term
    elif not isinstance(inner.op, FloatCombination):
        yield term
    else:
        for one in inner.op.terms:
            yield replace(one, multiplier=one.multiplier * term.multiplier, channel=one.channel + term.channel)


def _fold_forward(nodes: list[FloatNode], tensor: int, readers: dict[int, list[int]]) -> None:
    """A scale and shift by channel, taken into the convolutions that read it, if no zero pads lie between."""
    node = nodes[tensor - 1]
    op = node.op
    if not isinstance(op, FloatConvolution) or not _bare(node) or op.weight.shape[1:] != (1, 1, 1):
        return
    if op.groups != len(op.weight) or op.stride != PLAIN or any(op.pads):
        return
    folded: dict[int, FloatConvolution] = {}
    for reader in set(readers.get(tensor, ())):
        other = nodes[reader - 1].op
        if not isinstance(other, FloatConvolution) or (op.bias.any() and any(other.pads)):
            return
        folded[reader] = _through(op, other)
    if all(np.isfinite(new.weight).all() and np.isfinite(new.bias).all() for new in folded.values()):
        for reader, new in folded.items():
            nodes[reader - 1] = replace(nodes[reader - 1], op=new)
        if folded:
            readers[op.source] = [one for one in readers.get(op.source, ()) if one != tensor] + list(folded)


def _through(first: FloatConvolution, second: FloatConvolution) -> FloatConvolution:
    """second(first(x)) as one convolution."""
    outputs, per_group = second.weight.shape[:2]
    groups = np.arange(outputs) // (outputs // second.groups)
    channels = groups[:, None] * per_group + np.arange(per_group)  # the channel each weight reads
    factors, offsets = first.weight.reshape(-1)[channels], first.bias[channels]
    with np.errstate(all="ignore"):
        bias = second.bias + (second.weight.sum(axis=(2, 3)) * offsets).sum(axis=1)
        return replace(second, source=first.source, weight=second.weight * factors[:, :, None, None], bias=bias)
