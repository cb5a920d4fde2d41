"""Convolutions of every shape: what an honest proof leaves is true, and exactly what the prover expects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from reduction_kit import (
    TWINS,
    Layer,
    a_field,
    a_transcript,
    convinces,
    holds,
    layers,
    left_by,
    proof_of,
    random_point,
    value_at,
)

from proofs.sumcheck.claims import bits
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.reductions.convolution import prove_convolution, verify_convolution
from proofs.sumcheck.soundness import Round, recorded, tally
from proofs.sumcheck.transcript import run_verifier

LAYERS = {
    "dense": Layer((10, 1, 1, 3), 7),
    "dense, one image": Layer((7, 1, 1, 1), 10),
    "dense, 1 to 1": Layer((1, 1, 1, 1), 1),
    "dense after a flatten": Layer((3, 7, 5, 1), 10, (7, 5)),
    "dense after a flatten, batch": Layer((3, 4, 5, 17), 4, (4, 5)),
    "1x1": Layer((7, 3, 5, 1), 5),
    "1x1, batch": Layer((7, 3, 5, 30), 5),
    "1x1 with stride": Layer((3, 7, 7, 2), 4, (1, 1), (2, 2)),
    "1x1 with pads": Layer((3, 2, 3, 1), 4, (1, 1), (2, 1), (1, 0, 0, 2)),
    "3x3 SAME": Layer((5, 7, 7, 1), 6, (3, 3), (1, 1), (1, 1, 1, 1)),
    "SAME with stride 2": Layer((3, 12, 14, 1), 5, (3, 3), (2, 2), (0, 0, 1, 1)),
    "SAME with stride 2, batch": Layer((3, 6, 7, 10), 5, (3, 3), (2, 2), (0, 0, 1, 1)),
    "5x5 on one channel, batch": Layer((1, 9, 8, 20), 6, (5, 5)),
    "one side padded": Layer((2, 7, 5, 1), 3, (2, 4), (3, 2), (2, 0, 0, 3)),
    "windows of pads only": Layer((2, 3, 2, 1), 3, (2, 2), (1, 1), (3, 3, 3, 3)),
    "input as large as the kernel, padded": Layer((2, 3, 3, 1), 3, (3, 3), (1, 1), (1, 1, 1, 1)),
    "whole input, rows only": Layer((2, 3, 5, 1), 3, (3, 2)),
    "whole input, one row padded above": Layer((2, 3, 3, 1), 3, (3, 3), (2, 1), (1, 0, 0, 0)),
    "groups": Layer((6, 5, 7, 1), 9, (3, 3), (1, 2), (1, 0, 0, 1), groups=3),
    "groups, batch": Layer((14, 3, 3, 9), 4, (2, 2), groups=2),
    "groups of 1x1": Layer((6, 2, 2, 1), 4, groups=2),
    "depthwise": Layer((7, 12, 5, 1), 7, (3, 3), (2, 2), (0, 0, 1, 1), groups=7),
    "depthwise, batch": Layer((7, 5, 5, 16), 7, (3, 3), (1, 1), (1, 1, 1, 1), groups=7),
    "depthwise, several outputs a channel": Layer((3, 5, 5, 1), 6, (3, 2), groups=3),
    "stride beyond the kernel": Layer((2, 7, 7, 1), 3, (2, 2), (3, 3)),
}


@TWINS
@pytest.mark.parametrize("name", LAYERS)
def test_an_honest_proof_leaves_true_claims(name: str, kernels: str) -> None:
    layer, f = LAYERS[name], a_field(kernels)
    point = random_point(layer.shape, 1)
    value = value_at(layer.accumulators(), point)
    proof, expected = proof_of(f, layer.prove(f, point))
    claims = left_by(a_field(), layer.verify(a_field(), point, value), proof)
    assert [holds(claim, layer.vector) for claim in claims] == [True] * 3
    assert [claim.value for claim in claims] == [claim.value for claim in expected]
    for claim, other in zip(claims, expected, strict=True):
        for mine, theirs in zip(claim.functionals, other.functionals, strict=True):
            assert mine.segment == theirs.segment
            assert all(np.array_equal(a, b) for a, b in zip(mine.vectors, theirs.vectors, strict=True))
    assert len(claims[0].functionals) == (layer.groups if layer.weight.shape[1] > 1 else 1)


@settings(max_examples=40, deadline=None)
@given(layers())
def test_any_convolution(layer: Layer) -> None:
    point = random_point(layer.shape, layer.seed)
    value = value_at(layer.accumulators(), point)
    proof, _ = proof_of(a_field("fast"), layer.prove(a_field("fast"), point))
    assert convinces(a_field(), layer.verify(a_field(), point, value), proof, layer.vector)
    assert proof == proof_of(a_field(), layer.prove(a_field(), point))[0]


@pytest.mark.parametrize("name", ["groups", "1x1, batch", "dense, 1 to 1"])
def test_every_round_counts_as_a_quadratic(name: str) -> None:
    layer, f = LAYERS[name], a_field()
    point, rounds = random_point(layer.shape, 2), list[Round]()
    proof, _ = proof_of(f, layer.prove(f, point))
    verifier = recorded(layer.verify(f, point, value_at(layer.accumulators(), point)), rounds)
    run_verifier([(verifier, f.scalars)], proof, a_transcript())
    channels, (kh, kw) = layer.source[0], layer.kernel
    count = bits(channels) + bits(kh) + bits(kw)
    assert [(r.label, r.challenges) for r in (rounds[0], rounds[-1])] == [("layer/bias", 0), ("layer/end", 0)]
    assert len(rounds) == count + 2
    assert tally(rounds) == (((2, count),) if count else ())
    assert len(proof) == 16 * (2 * count + 3)


def test_shapes_that_do_not_fit_are_refused() -> None:
    f, layer, other = a_field(), LAYERS["groups"], LAYERS["depthwise"]
    point, places = random_point(layer.shape, 1), layer.places
    for wrong in (replace(places, weight=other.places.weight), replace(places, bias=other.places.bias)):
        with pytest.raises(ValueError, match="no place"):
            next(verify_convolution(f, "layer", layer.node, wrong, point, f.scalars.one))
    with pytest.raises(ValueError, match="is not the tensor"):
        proof_of(f, prove_convolution(f, "layer", layer.node, places, layer.weight, layer.bias, other.x, point))
    turned = replace(places, weight=Segment(layer.weight.shape, (2, 3, 1, 0), 1, 0))
    with pytest.raises(ValueError, match="output by output"):
        proof_of(f, prove_convolution(f, "layer", layer.node, turned, layer.weight, layer.bias, layer.x, point))
