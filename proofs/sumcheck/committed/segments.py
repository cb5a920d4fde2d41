"""Where weights, examples and labels lie in their committed vectors: what model and data commitments are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.networks.network import Convolution, Network, Shape3
from proofs.networks.weights import Weights
from proofs.sumcheck.fields.field import Base, Field, Integers
from proofs.sumcheck.layout.arrange import flatten, low_part
from proofs.sumcheck.layout.segment import Segment, Shape4


def aligned(offset: int, low: int) -> int:
    """The first multiple of ``low`` not below ``offset``."""
    return -(-offset // low) * low


@dataclass(frozen=True, slots=True)
class WeightSegments:
    """A convolution's weights, axes (outputs, C / groups, kh, kw), and its biases, (outputs, 1, 1, 1)."""

    weight: Segment
    bias: Segment


def model_segments(network: Network) -> dict[int, WeightSegments]:
    """Every convolution's segments in the model's vector, by node; in node order, aligned."""
    found: dict[int, WeightSegments] = {}
    offset = 0
    for index, node in enumerate(network.nodes):
        if not isinstance(node, Convolution):
            continue
        weight = _weight_segment(network, node, offset)
        bias = _single_axis(node.outputs, weight.end)
        found[index] = WeightSegments(weight, bias)
        offset = bias.end
    return found


def model_size(network: Network) -> int:
    """Entries of the model's vector, alignment included."""
    return max((segments.bias.end for segments in model_segments(network).values()), default=1)


def model_vector(field: Field, network: Network, weights: Weights) -> Base:
    """The vector whose commitment is the hash of the weights. Secret."""
    out = np.zeros(model_size(network), dtype=field.dtype)
    for index, segments in model_segments(network).items():
        bias = weights[index].bias[:, None, None, None]
        for segment, values in ((segments.weight, weights[index].weight), (segments.bias, bias)):
            out[segment.offset : segment.end] = field.from_signed(flatten(segment, values))
    return out


@dataclass(frozen=True, slots=True)
class ChunkSegments:
    """A chunk's examples, (C, H, W, N) with examples outermost, and its labels, (1, 1, 1, N), if it has any."""

    examples: Segment
    labels: Segment | None

    @property
    def end(self) -> int:
        """Entries of the chunk's vector."""
        return self.examples.end if self.labels is None else self.labels.end

    def part(self, first: int, count: int) -> ChunkSegments:
        """Some of the examples, ``count`` of them from ``first`` on."""
        channels, height, width, total = self.examples.shape
        one = self.examples.size // total
        shape = (channels, height, width, count)
        examples = Segment(shape, self.examples.order, self.examples.low, self.examples.offset + first * one)
        labels = None
        if self.labels is not None:
            labels = Segment((1, 1, 1, count), self.labels.order, 1, self.labels.offset + first)
        return ChunkSegments(examples, labels)


def chunk_segments(shape: Shape3, examples: int, labelled: bool) -> ChunkSegments:
    """Where a chunk's examples and labels lie in its vector."""
    channels, height, width = shape
    shape4: Shape4 = (channels, height, width, examples)
    order = (3, 0, 1, 2) if width > 1 else (3, 1, 2, 0)
    found = Segment(shape4, order, low_part(shape4[order[3]]), 0)
    labels = Segment((1, 1, 1, examples), (0, 1, 2, 3), 1, found.end) if labelled else None
    return ChunkSegments(found, labels)


def chunk_vector(field: Field, shape: Shape3, x: Integers, labels: Integers | None) -> Base:
    """A chunk's vector: x (C, H, W, N) integers, labels (N,)."""
    segments = chunk_segments(shape, x.shape[3], labels is not None)
    out = np.zeros(segments.end, dtype=field.dtype)
    out[: segments.examples.end] = field.from_signed(flatten(segments.examples, x))
    if segments.labels is not None and labels is not None:
        out[segments.labels.offset : segments.labels.end] = field.from_signed(labels)
    return out


def _weight_segment(network: Network, node: Convolution, offset: int) -> Segment:
    channels = network.tensors[node.source].shape[0] // node.groups
    shape = (node.outputs, channels, *node.kernel)
    order = (2, 3, 1, 0) if channels == 1 else (0, 2, 3, 1)
    low = low_part(shape[order[3]])
    return Segment(shape, order, low, aligned(offset, low))


def _single_axis(extent: int, offset: int) -> Segment:
    low = low_part(extent)
    return Segment((extent, 1, 1, 1), (1, 2, 3, 0), low, aligned(offset, low))
