"""Layers made by hypothesis, what they compute in loops over Python integers, and multilinear extensions in full."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from hypothesis import strategies as st

from proofs.sumcheck.claims import Point, Shape, bits
from proofs.sumcheck.fields import Base, Ext, Extension, Field, PlainField, Scalar, field, prime
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.transcript import Transcript

Layer = Dense | Convolution | SumPool
TINY = PlainField("8191i", prime(8191), 2)
FIELDS = [TINY, field("m31", "plain"), field("m61b/base", "plain")]
SEEDS = st.integers(0, 2**32)
LARGE = 2**31 - 1


def a_transcript() -> Transcript:
    """A transcript of nothing in particular."""
    return Transcript("test", 1, b"layers", {})


# -- layers --------------------------------------------------------------------------------------------------------
def weights(shape: tuple[int, ...], seed: int, size: int = LARGE) -> np.ndarray:
    """Integers in [-size, size], some of them at the ends and some zero."""
    generator = np.random.default_rng(seed)
    chosen = generator.choice([-size, 0, 1, size], shape)
    return np.where(generator.random(shape) < 0.5, chosen, generator.integers(-size, size + 1, shape))


def biases(count: int, seed: int) -> tuple[int, ...]:
    """Integers of very different sizes."""
    generator = np.random.default_rng(seed)
    return tuple(int(generator.integers(-9, 10)) << int(generator.integers(0, 150)) for _ in range(count))


def dense(in_shape: Shape, outputs: int, seed: int = 0) -> Dense:
    return Dense(weights((outputs, math.prod(in_shape)), seed), biases(outputs, seed), in_shape)


def convolution(
    in_shape: Shape,
    per_group: int,
    kernel: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    pads: tuple[int, int, int, int] = (0, 0, 0, 0),
    groups: int = 1,
    seed: int = 0,
) -> Convolution:
    shape = (groups * per_group, in_shape[0] // groups, *kernel)
    return Convolution(weights(shape, seed), biases(shape[0], seed), in_shape, stride, pads, groups)


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int, int, int]]:
    """Sides, kernel, stride and pads for which a window fits."""
    pads = tuple(draw(st.integers(0, 3)) for _ in range(4))
    sides = tuple(draw(st.integers(1, 7)) for _ in range(2))
    kernel = tuple(draw(st.integers(1, min(4, sides[k] + pads[k] + pads[k + 2]))) for k in range(2))
    return sides, kernel, (draw(st.integers(1, 3)), draw(st.integers(1, 3))), pads


@st.composite
def convolutions(draw: st.DrawFn) -> Convolution:
    sides, kernel, stride, pads = draw(windows())
    groups, channels, per_group = (draw(st.integers(1, 3)) for _ in range(3))
    in_shape = (groups * channels, *sides)
    return convolution(in_shape, per_group, kernel, stride, pads, groups, draw(SEEDS))


@st.composite
def pools(draw: st.DrawFn) -> SumPool:
    sides, kernel, stride, pads = draw(windows())
    return SumPool((draw(st.integers(1, 5)), *sides), kernel, stride, pads)


@st.composite
def denses(draw: st.DrawFn) -> Dense:
    in_shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple))
    return dense(in_shape, draw(st.integers(1, 9)), draw(SEEDS))


LAYERS: st.SearchStrategy[Layer] = st.one_of(denses(), convolutions(), pools())

TILING = SumPool((3, 12, 24), (4, 2), (4, 2))
EDGES: dict[str, Layer] = {
    "dense 1 to 1": dense((1,), 1),
    "dense after a flatten": dense((3, 7, 5), 10),
    "odd channels": convolution((5, 7, 12), 3, (5, 3)),
    "1x1": convolution((7, 3, 5), 5, (1, 1)),
    "1x1 with stride": convolution((3, 7, 7), 4, (1, 1), (2, 2)),
    "SAME with stride 2": convolution((3, 12, 24), 5, (3, 3), (2, 2), (0, 0, 1, 1)),
    "SAME with stride 2, odd": convolution((3, 7, 7), 2, (3, 3), (2, 2), (1, 1, 1, 1)),
    "pads on one side": convolution((2, 7, 5), 3, (2, 4), (3, 2), (2, 0, 0, 3)),
    "windows of pads only": convolution((2, 3, 2), 3, (2, 2), (1, 1), (3, 3, 3, 3)),
    "kernel over everything": convolution((3, 7, 5), 4, (7, 5)),
    "groups": convolution((6, 5, 7), 3, (3, 3), (1, 2), (1, 0, 0, 1), groups=3),
    "depthwise": convolution((7, 12, 5), 1, (3, 3), (2, 2), (0, 0, 1, 1), groups=7),
    "depthwise, several outputs a channel": convolution((3, 5, 5), 2, (3, 2), groups=3),
    "stride beyond the kernel": convolution((2, 7, 7), 3, (2, 2), (3, 3)),
    "tiling pool": TILING,
    "tiling pool, odd outputs": SumPool((3, 14, 12), (2, 4), (2, 4)),
    "pool of threes": SumPool((2, 12, 24), (3, 3), (3, 3)),
    "pool that drops the last": SumPool((5, 7, 7), (2, 2), (2, 2)),
    "pool with one pad": SumPool((3, 7, 7), (2, 2), (2, 2), (0, 0, 1, 1)),
    "overlapping pool": SumPool((3, 7, 12), (3, 3), (2, 2), (1, 0, 0, 1)),
    "windows that begin in a pad": SumPool((1, 4, 8), (2, 2), (2, 2), (1, 1, 0, 0)),
    "windows that overlap by one": SumPool((1, 8, 8), (4, 4), (3, 3)),
    "windows with gaps": SumPool((1, 8, 8), (4, 4), (5, 5), (0, 0, 1, 1)),
    "pool that drops the ninth": SumPool((1, 9, 9), (2, 2), (2, 2)),
    "global pool": SumPool((5, 7, 7), (7, 7), (1, 1)),
}


# -- what they compute ---------------------------------------------------------------------------------------------
def entries(layer: Layer) -> Iterator[tuple[int, int, int]]:
    """(output row, input row, factor) of a layer's matrix, from its definition; a pair may come more than once."""
    if isinstance(layer, Dense):
        yield from ((o, c, int(layer.weight[o, c])) for o, c in np.ndindex(*layer.weight.shape))
        return
    (_, height, width), (_, out_height, out_width) = layer.in_shape, layer.out_shape
    for o, c, i, j, factor in _taps(layer):
        for y, x in product(range(out_height), range(out_width)):
            from_y = layer.stride[0] * y + i - layer.pads[0]
            from_x = layer.stride[1] * x + j - layer.pads[1]
            if 0 <= from_y < height and 0 <= from_x < width:
                yield (o * out_height + y) * out_width + x, (c * height + from_y) * width + from_x, factor


def _taps(layer: Convolution | SumPool) -> Iterator[tuple[int, int, int, int, int]]:
    """(output channel, input channel, row and column in the window, factor)."""
    if isinstance(layer, SumPool):
        yield from ((c, c, i, j, 1) for c, i, j in np.ndindex(layer.in_shape[0], *layer.kernel))
        return
    outputs, channels, *_ = layer.weight.shape
    for o, c, i, j in np.ndindex(*layer.weight.shape):
        yield o, o // (outputs // layer.groups) * channels + c, i, j, int(layer.weight[o, c, i, j])


def matrix(layer: Layer) -> np.ndarray:
    """The layer's matrix (R_out, R_in) of Python integers."""
    found = np.zeros((math.prod(layer.out_shape), math.prod(layer.in_shape)), dtype=object)
    for o, c, factor in entries(layer):
        found[o, c] += factor
    return found


def constant(layer: Layer) -> np.ndarray:
    """The constant of each output row, Python integers."""
    bias = (0,) * layer.out_shape[0] if isinstance(layer, SumPool) else layer.bias
    return np.repeat(np.array(bias, dtype=object), math.prod(layer.out_shape[1:]))


# -- extensions ----------------------------------------------------------------------------------------------------
def eq_weights(scalars: Extension, shape: Shape, point: Point) -> list[Scalar]:
    """eq(point, row) for the real rows of a tensor, from its definition."""
    found = [scalars.one]
    for extent, axis in zip(shape, point, strict=True):
        weight = []
        for i in range(extent):
            term = scalars.one
            for place, r in enumerate(reversed(axis)):
                term = scalars.mul(term, r if i >> place & 1 else scalars.sub(scalars.one, r))
            weight.append(term)
        found = [scalars.mul(x, y) for x in found for y in weight]
    return found


def combination(scalars: Extension, values: Sequence[int], factors: Sequence[Scalar]) -> Scalar:
    """Sum of integers times scalars."""
    return tuple(
        sum(int(value) * factor[k] for value, factor in zip(values, factors, strict=True)) % scalars.p
        for k in range(scalars.degree)
    )


def inner(scalars: Extension, x: Sequence[Scalar], y: Sequence[Scalar]) -> Scalar:
    """Sum of products."""
    total = scalars.zero
    for a, b in zip(x, y, strict=True):
        total = scalars.add(total, scalars.mul(a, b))
    return total


def scalars_of(table: Ext) -> list[Scalar]:
    """The entries of an extension array (degree, n)."""
    return [tuple(int(c) for c in column) for column in table.T]


def vertices(scalars: Extension, shape: Shape) -> Iterator[tuple[Point, int | None]]:
    """Every vertex of a tensor's cube, as a point, and the real row it is, or None for a pad."""
    for index in product(*(range(1 << bits(extent)) for extent in shape)):
        point = tuple(
            tuple(scalars.from_int(i >> place & 1) for place in reversed(range(bits(extent))))
            for i, extent in zip(index, shape, strict=True)
        )
        real = all(i < extent for i, extent in zip(index, shape, strict=True))
        yield point, int(np.ravel_multi_index(index, shape)) if real else None


# -- random elements -----------------------------------------------------------------------------------------------
def random_base(f: Field, shape: tuple[int, ...], seed: int) -> Base:
    return np.random.default_rng(seed).integers(0, f.scalars.p, shape, dtype=np.uint64).astype(f.dtype)


def random_ext(f: Field, rows: int, seed: int) -> Ext:
    return random_base(f, (f.scalars.degree, rows), seed)


def random_scalars(f: Field, count: int, seed: int) -> tuple[Scalar, ...]:
    """Non-zero elements, as challenges are."""
    coordinates = np.random.default_rng(seed).integers(1, f.scalars.p, (count, f.scalars.degree), dtype=np.uint64)
    return tuple(tuple(int(c) for c in row) for row in coordinates)


def random_point(f: Field, shape: Shape, seed: int) -> Point:
    return tuple(random_scalars(f, bits(extent), seed + axis) for axis, extent in enumerate(shape))
