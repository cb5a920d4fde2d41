"""Layers small enough to be computed by hand, flat vectors with garbage in every pad, and claims checked on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from proofs.errors import RejectedProof
from proofs.networks.network import Convolution, Reading, Term
from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields import Field, Scalar, field
from proofs.sumcheck.layout.arrange import choose, flatten, low_part
from proofs.sumcheck.layout.segment import Segment, Shape4
from proofs.sumcheck.mle import evaluate
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.reductions.convolution import ConvolutionPlaces, prove_convolution, verify_convolution
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

Values = NDArray[np.integer]
TWINS = pytest.mark.parametrize("kernels", ["plain", "fast"])


def a_field(kernels: str = "plain") -> Field:
    return field("m31", "fast" if kernels == "fast" else "plain")


# -- layers --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Layer:
    """A convolution with weights and inputs, and its places in a flat vector."""

    source: Shape4
    outputs: int
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    groups: int = 1
    seed: int = 0

    @property
    def node(self) -> Convolution:
        return Convolution(0, self.outputs, self.kernel, self.stride, self.pads, self.groups, 0, 0)

    def integers(self, shape: tuple[int, ...], size: int, salt: int) -> Values:
        generator = np.random.default_rng((self.seed, salt))
        return generator.integers(-size, size + 1, shape).astype(np.int32)

    @cached_property
    def weight(self) -> Values:
        return self.integers((self.outputs, self.source[0] // self.groups, *self.kernel), 1 << 20, 0)

    @cached_property
    def bias(self) -> Values:
        return self.integers((self.outputs,), 1 << 30, 1)

    @cached_property
    def x(self) -> Values:
        return self.integers(self.source, 1 << 8, 2)

    @property
    def shape(self) -> Shape4:
        """Of the output."""
        _, height, width, batch = self.source
        (kh, kw), (down, across), (top, left, bottom, right) = self.kernel, self.stride, self.pads
        return (
            self.outputs,
            (height + top + bottom - kh) // down + 1,
            (width + left + right - kw) // across + 1,
            batch,
        )

    @cached_property
    def places(self) -> ConvolutionPlaces:
        shape = self.weight.shape
        order = (2, 3, 1, 0) if shape[1] == 1 else (0, 2, 3, 1)
        weight = Segment(shape, order, low_part(shape[order[3]]), 256)
        low = low_part(self.outputs)
        bias = Segment((self.outputs, 1, 1, 1), (1, 2, 3, 0), low, -(-weight.end // low) * low)
        order, low = choose(self.source)
        return ConvolutionPlaces(weight, bias, Segment(self.source, order, low, -(-bias.end // low) * low))

    @cached_property
    def vector(self) -> Values:
        """Everything committed, garbage wherever nothing is."""
        places = self.places
        pairs = ((places.weight, self.weight), (places.bias, self.bias[:, None, None, None]), (places.source, self.x))
        return flat_vector(pairs, self.seed)

    def accumulators(self) -> Values:
        """From the definition, entry by entry of the kernel."""
        _, height, width, _ = self.source
        each, fan_in = self.outputs // self.groups, self.source[0] // self.groups
        acc = np.zeros(self.shape, dtype=object) + self.bias.astype(object)[:, None, None, None]
        for o, c, i, j in np.ndindex(*self.weight.shape):
            for y, x in product(range(self.shape[1]), range(self.shape[2])):
                down = self.stride[0] * y + i - self.pads[0]
                across = self.stride[1] * x + j - self.pads[1]
                if 0 <= down < height and 0 <= across < width:
                    read = self.x[o // each * fan_in + c, down, across].astype(object)
                    acc[o, y, x] += int(self.weight[o, c, i, j]) * read
        return acc

    def prove(self, f: Field, point: Point) -> Prover[list[Claim]]:
        return prove_convolution(f, "layer", self.node, self.places, self.weight, self.bias, self.x, point)

    def verify(self, f: Field, point: Point, value: Scalar) -> Verifier[list[Claim]]:
        return verify_convolution(f, "layer", self.node, self.places, point, value)


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    pads = tuple(draw(st.integers(0, 3)) for _ in range(4))
    height, width = (draw(st.integers(1, 7)) for _ in range(2))
    kernel = (
        draw(st.integers(1, min(4, height + pads[0] + pads[2]))),
        draw(st.integers(1, min(4, width + pads[1] + pads[3]))),
    )
    groups, fan_in, each = (draw(st.integers(1, 3)) for _ in range(3))
    source = (groups * fan_in, height, width, draw(st.sampled_from([1, 2, 7, 8, 9, 17])))
    stride = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    return Layer(source, groups * each, kernel, stride, pads, groups, draw(st.integers(0, 1 << 30)))


def read_term(term: Term, x: Values, shape: Shape4) -> NDArray[np.object_]:
    """A term's windows from their definition, placed among the channels of the sum, without its multiplier."""
    channels, height, width, _ = x.shape
    found = np.zeros(shape, dtype=object)
    for y, i in product(range(term.down.out), range(term.down.kernel)):
        for z, j in product(range(term.across.out), range(term.across.kernel)):
            down = term.down.stride * y + i - term.down.before
            across = term.across.stride * z + j - term.across.before
            if 0 <= down < height and 0 <= across < width:
                found[term.channel : term.channel + channels, y, z] += x[:, down, across].astype(object)
    return found


@st.composite
def readings(draw: st.DrawFn) -> tuple[Reading, int]:
    """Any reading, and the extent of the axis it reads."""
    reading = Reading(*(draw(st.integers(*ends)) for ends in ((1, 5), (1, 4), (-6, 6), (1, 9))))
    return reading, draw(st.integers(1, 12))


# -- flat vectors and claims ---------------------------------------------------------------------------------------
def flat_vector(placed: Sequence[tuple[Segment, Values]], seed: int) -> Values:
    """Tensors at their segments; anything at all in pads, gaps and behind the last."""
    vector = np.random.default_rng(seed).integers(-(1 << 30), 1 << 30, max(s.end for s, _ in placed) + 3)
    for segment, values in placed:
        real = flatten(segment, np.ones(segment.shape, dtype=np.int64)) == 1
        vector[segment.offset : segment.end][real] = flatten(segment, values.astype(np.int64))[real]
    return vector


def holds(claim: Claim, vector: Values) -> bool:
    """Whether the functionals of a vector add up to the value."""
    f = a_field()
    weights = np.zeros((4, vector.size), dtype=np.uint32)
    for functional in claim.functionals:
        functional.spread(f, weights, f.scalars.one)
    return f.dot(weights, f.lift(f.from_signed(vector))) == claim.value


def value_at(values: NDArray[np.object_], point: Point) -> Scalar:
    """The extension of a tensor of Python integers."""
    f = a_field()
    return evaluate(f, f.from_signed(values), point)


def random_point(shape: Shape4, seed: int) -> Point:
    generator = np.random.default_rng(seed)
    return tuple(
        tuple(tuple(int(c) for c in generator.integers(1, 2**31 - 1, 4)) for _ in range(bits(extent)))
        for extent in shape
    )


def vertex(f: Field, shape: Shape4, index: Sequence[int]) -> Point:
    """An index, perhaps beyond the real extents, as a point."""
    return tuple(
        tuple(f.scalars.from_int(i >> place & 1) for place in reversed(range(bits(extent))))
        for i, extent in zip(index, shape, strict=True)
    )


# -- conversations -------------------------------------------------------------------------------------------------
def a_transcript() -> Transcript:
    return Transcript("reductions", 1, b"statement", {})


def proof_of(f: Field, prover: Prover[list[Claim]]) -> tuple[bytes, list[Claim]]:
    proof, (claims,) = run_prover([(prover, f.scalars)], a_transcript())
    return proof, claims


def left_by(f: Field, verifier: Verifier[list[Claim]], proof: bytes) -> list[Claim]:
    (claims,) = run_verifier([(verifier, f.scalars)], proof, a_transcript())
    return claims


def convinces(f: Field, verifier: Verifier[list[Claim]], proof: bytes, vector: Values) -> bool:
    """Whether a verifier accepts and all it is left with is true."""
    try:
        claims = left_by(f, verifier, proof)
    except RejectedProof:
        return False
    return all(holds(claim, vector) for claim in claims)
