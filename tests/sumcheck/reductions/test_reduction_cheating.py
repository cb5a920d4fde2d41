"""Cheats against a convolution's reduction: whatever is changed, a check fails or a claim is left that is false."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from reduction_kit import (
    Layer,
    Values,
    a_field,
    convinces,
    holds,
    left_by,
    proof_of,
    random_point,
    value_at,
    vertex,
)

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.reductions.convolution import ConvolutionPlaces, prove_convolution

F = a_field()
S = F.scalars
PRIME, WIDTH = S.p, S.scalar_bytes
LAYERS = {
    "convolution": Layer((3, 5, 7, 3), 5, (3, 2), (2, 1), (1, 0, 0, 1)),
    "groups": Layer((6, 3, 3, 1), 4, (2, 2), groups=2),
    "depthwise": Layer((3, 5, 5, 1), 6, (3, 3), (1, 1), (1, 1, 1, 1), groups=3),
    "dense": Layer((5, 1, 1, 9), 3),
}
EVERY_LAYER = pytest.mark.parametrize("name", LAYERS)


def honest(name: str) -> tuple[Layer, Point, Scalar, bytes]:
    layer = LAYERS[name]
    point = random_point(layer.shape, 5)
    return layer, point, value_at(layer.accumulators(), point), proof_of(F, layer.prove(F, point))[0]


def convinced(layer: Layer, point: Point, value: Scalar, proof: bytes) -> bool:
    return convinces(F, layer.verify(F, point, value), proof, layer.vector)


@EVERY_LAYER
def test_no_element_can_be_changed(name: str) -> None:
    layer, point, value, proof = honest(name)
    assert convinced(layer, point, value, proof)
    for index in range(len(proof) // WIDTH):
        start = index * WIDTH + 4 * (index % 4)
        coordinate = int.from_bytes(proof[start : start + 4], "little")
        changed = ((coordinate + 1) % PRIME).to_bytes(4, "little")
        assert not convinced(layer, point, value, proof[:start] + changed + proof[start + 4 :]), index


@EVERY_LAYER
def test_no_other_value_is_accepted(name: str) -> None:
    layer, point, value, proof = honest(name)
    assert not convinced(layer, point, S.add(value, S.one), proof)
    assert not convinced(layer, point, S.zero, proof)
    assert not convinced(layer, random_point(layer.shape, 6), value, proof)


def test_the_proof_is_exactly_its_messages() -> None:
    layer, point, value, proof = honest("dense")
    for wrong in (b"", proof[:-1], proof + b"\x00", proof[:-4] + b"\xff" * 4):
        with pytest.raises(MalformedProof):
            left_by(F, layer.verify(F, point, value), wrong)


# -- provers with another layer in mind ----------------------------------------------------------------------------
def another(values: Values) -> Values:
    """One entry more by 1."""
    changed = values.copy()
    changed.reshape(-1)[0] += 1
    return changed


@EVERY_LAYER
@pytest.mark.parametrize("part", ["weight", "bias", "x"])
def test_other_weights_biases_or_inputs_leave_one_false_claim(name: str, part: str) -> None:
    layer, point = LAYERS[name], random_point(LAYERS[name].shape, 5)
    liar = replace(layer)
    liar.__dict__.update(weight=layer.weight, bias=layer.bias, x=layer.x)
    liar.__dict__[part] = another(getattr(layer, part))
    proof, _ = proof_of(F, liar.prove(F, point))
    claims = left_by(F, layer.verify(F, point, value_at(liar.accumulators(), point)), proof)
    false = ["weight", "bias", "x"].index(part)
    assert [holds(claim, layer.vector) for claim in claims] == [k != false for k in range(3)]


def sending(prover: Prover[list[Claim]], change: Callable[[Send], tuple[Scalar, ...]]) -> Prover[list[Claim]]:
    """A prover whose messages are changed before they are sent."""
    try:
        message = next(prover)
        while True:
            answer = yield replace(message, elements=change(message))
            message = prover.send(answer)
    except StopIteration as end:
        return end.value


@EVERY_LAYER
def test_the_last_two_values_cannot_be_traded_for_each_other(name: str) -> None:
    layer, point, value, _ = honest(name)
    factor = (5, 6, 7, 8)

    def change(message: Send) -> tuple[Scalar, ...]:
        if message.label != "layer/end":
            return message.elements
        weight, read = message.elements
        return S.mul(weight, factor), S.mul(read, S.inverse(factor))

    proof, _ = proof_of(F, sending(layer.prove(F, point), change))
    claims = left_by(F, layer.verify(F, point, value), proof)
    assert [holds(claim, layer.vector) for claim in claims] == [False, True, False]


@EVERY_LAYER
def test_a_false_value_is_not_made_up_for_at_the_end(name: str) -> None:
    """The weights' value true and the input's whatever makes the product right, or the other way round."""
    layer, point, value, _ = honest(name)
    for kept in (0, 1):
        seen: list[Scalar] = []

        def change(message: Send, seen: list[Scalar] = seen, kept: int = kept) -> tuple[Scalar, ...]:
            if message.label != "layer/end":
                return message.elements
            seen.append(message.elements[kept])
            return tuple(S.add(x, S.one) if k != kept else x for k, x in enumerate(message.elements))

        proof, _ = proof_of(F, sending(layer.prove(F, point), change))
        with pytest.raises(RejectedProof):
            left_by(F, layer.verify(F, point, value), proof)
        assert seen


@EVERY_LAYER
def test_a_bias_does_not_make_up_for_a_false_value(name: str) -> None:
    """The bias's value moved by what the claimed value is off: all else is honest, and one claim is false."""
    layer, point, value, _ = honest(name)
    moved = (1, 2, 3, 4)
    positions = S.one
    ones = np.ones(layer.shape[1:], dtype=object)[None]
    positions = value_at(ones, ((), *point[1:]))

    def change(message: Send) -> tuple[Scalar, ...]:
        return (S.add(message.elements[0], moved),) if message.label == "layer/bias" else message.elements

    proof, _ = proof_of(F, sending(layer.prove(F, point), change))
    claims = left_by(F, layer.verify(F, point, S.add(value, S.mul(moved, positions))), proof)
    assert [holds(claim, layer.vector) for claim in claims] == [True, False, True]


# -- pads ----------------------------------------------------------------------------------------------------------
@EVERY_LAYER
def test_beyond_the_real_extents_accumulators_are_zero(name: str) -> None:
    layer = LAYERS[name]
    acc, one = layer.accumulators(), S.one
    padded = [1 << bits(extent) for extent in layer.shape]
    indices = list(product(*({0, real - 1, size - 1} for real, size in zip(layer.shape, padded, strict=True))))
    for index in indices:
        point = vertex(F, layer.shape, index)
        real = all(i < extent for i, extent in zip(index, layer.shape, strict=True))
        value = S.from_int(int(acc[index])) if real else S.zero
        proof, _ = proof_of(F, layer.prove(F, point))
        assert convinced(layer, point, value, proof), index
        assert not convinced(layer, point, S.add(value, one), proof), index


def test_channels_beyond_the_last_cannot_be_smuggled_in() -> None:
    """Three channels make as many rounds as four; a prover who proves four is left with false claims."""
    layer = Layer((3, 3, 5, 1), 4, (2, 2))
    liar = replace(layer, source=(4, 3, 5, 1))
    weight, x = liar.weight.copy(), liar.x.copy()
    weight[:, :3], x[:3] = layer.weight, layer.x
    liar.__dict__.update(weight=weight, bias=layer.bias, x=x)
    point = random_point(layer.shape, 3)
    value = value_at(liar.accumulators(), point)
    assert value != value_at(layer.accumulators(), point)
    places = ConvolutionPlaces(liar.places.weight, liar.places.bias, liar.places.source)
    proof, _ = proof_of(F, prove_convolution(F, "layer", liar.node, places, weight, layer.bias, x, point))
    claims = left_by(F, layer.verify(F, point, value), proof)
    assert [holds(claim, layer.vector) for claim in claims] == [False, True, False]
