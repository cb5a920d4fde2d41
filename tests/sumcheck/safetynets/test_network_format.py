"""Canonical bytes of integer networks: they round-trip, every field is bound by the digest, other bytes are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from networks_kit import chain

from proofs.container import pack, unpack
from proofs.errors import InvalidInput, MalformedProof
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets import network_format
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.network_format import MAGIC, VERSION, from_bytes

RNG = np.random.default_rng(0)
CONVOLUTION = Convolution(RNG.integers(-3, 4, (4, 1, 2, 3)), (5, -1, 2**200, 0), (2, 5, 6), (2, 1), (1, 0, 0, 1), 2)
REDUCED = CONVOLUTION.out_shape


def every_kind() -> Network:
    """A network with each kind of layer, an Add of two branches among them."""
    pool = SumPool(REDUCED, (3, 2), (1, 2), (1, 0, 1, 0))
    channels, height, width = pool.out_shape
    flat = channels * height * width
    nodes = (
        Node(CONVOLUTION, (0,)),
        Node(Square(REDUCED), (1,)),
        Node(pool, (2,)),
        Node(Reshape(pool.out_shape, (width, flat // width)), (3,)),
        Node(Dense(RNG.integers(-300, 301, (5, flat)), (1, 2, 3, 4, 5), (width, flat // width)), (4,)),
        Node(Dense(RNG.integers(-70000, 70001, (5, 5)), (0,) * 5, (5,)), (5,)),
        Node(Add((5,), (6, 2)), (5, 6)),
    )
    return Network((2, 5, 6), -3, 4, Fraction(3, 2), (Fraction(2), Fraction(1, 5), Fraction(3)), nodes, 2000)


NETWORK = every_kind()


def test_round_trip() -> None:
    """Reading what was written gives the same bytes, scales and weights."""
    again = from_bytes(NETWORK.to_bytes())
    assert again.to_bytes() == NETWORK.to_bytes()
    assert again.digest == NETWORK.digest
    assert (again.scales, again.shapes) == (NETWORK.scales, NETWORK.shapes)
    for node, other in zip(again.nodes, NETWORK.nodes, strict=True):
        assert node.inputs == other.inputs
        if isinstance(node.layer, Dense | Convolution):
            np.testing.assert_array_equal(node.layer.weight, other.layer.weight)
            assert node.layer.bias == other.layer.bias


def with_layer(place: int, **changes: Any) -> Network:
    """The network with one layer's fields changed."""
    nodes = list(NETWORK.nodes)
    nodes[place] = replace(nodes[place], layer=replace(nodes[place].layer, **changes))
    return replace(NETWORK, nodes=tuple(nodes))


def changed(values: np.ndarray, place: int = -1) -> np.ndarray:
    """A copy with one entry one larger."""
    copy = values.copy()
    copy.reshape(-1)[place] += 1
    return copy


def flipped(layer: Convolution) -> np.ndarray:
    """The same weights in another order."""
    return layer.weight[..., ::-1].copy()


CHANGES: dict[str, Callable[[], Network]] = {
    "input_low": lambda: replace(NETWORK, input_low=-4),
    "input_high": lambda: replace(NETWORK, input_high=5),
    "input_square_norm": lambda: replace(NETWORK, input_square_norm=1999),
    "no input_square_norm": lambda: replace(NETWORK, input_square_norm=None),
    "alpha": lambda: replace(NETWORK, alpha=Fraction(2)),
    "a beta": lambda: replace(NETWORK, betas=(Fraction(2), Fraction(1, 4), Fraction(3))),
    "convolution weight": lambda: with_layer(0, weight=changed(CONVOLUTION.weight)),
    "convolution weights' order": lambda: with_layer(0, weight=flipped(CONVOLUTION)),
    "convolution bias": lambda: with_layer(0, bias=(5, -1, 2**200 + 1, 0)),
    "dense weight": lambda: with_layer(5, weight=changed(NETWORK.nodes[5].layer.weight, 0)),
    "dense bias": lambda: with_layer(4, bias=(1, 2, 3, 4, 6)),
    "both multipliers": lambda: with_layer(6, multipliers=(12, 4)),
    "sign of a multiplier": lambda: with_layer(6, multipliers=(6, -2)),
    "order of an Add": lambda: replace(
        NETWORK, nodes=(*NETWORK.nodes[:6], Node(Add((5,), (2, 6)), (6, 5)))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_digest_binds_every_number(name: str) -> None:
    """One number changed is another network."""
    other = CHANGES[name]()
    assert other.digest != NETWORK.digest
    assert from_bytes(other.to_bytes()).digest == other.digest


def small(**changes: Any) -> Convolution:
    """A convolution whose output shape several geometries share."""
    fields = {"stride": (1, 1), "pads": (1, 0, 0, 1), "groups": 1, **changes}
    groups = fields["groups"]
    weight = np.arange(1, 1 + 8 // groups * 4).reshape(4, 2 // groups, 2, 2)
    return Convolution(weight, (0,) * 4, (2, 3, 3), fields["stride"], fields["pads"], groups)


def test_digest_binds_geometry() -> None:
    """Equal weights under other strides, pads, groups, kernels or axes are other networks."""
    pool = {"in_shape": (2, 4, 4), "kernel": (2, 2), "stride": (2, 2)}
    networks = [
        chain([small()]),
        chain([small(pads=(0, 1, 1, 0))]),
        chain([small(pads=(0, 0, 1, 1))]),
        chain([small(stride=(2, 2))]),
        chain([small(groups=2)]),
        chain([SumPool(**pool)]),
        chain([SumPool(**{**pool, "kernel": (3, 2)}, pads=(1, 0, 0, 0))]),
        chain([SumPool(**{**pool, "stride": (2, 1)})]),
        chain([Square((2, 4, 4))]),
        chain([Square((4, 2, 4))]),
        chain([Reshape((2, 4, 4), (32,))]),
        chain([Reshape((2, 4, 4), (8, 4))]),
        chain([Square((2, 4, 4)), Square((2, 4, 4))]),
        chain([Dense(np.ones((1, 4), int), (0,), (4,))]),
        chain([Dense(np.ones((1, 4), int), (0,), (2, 2))]),
    ]
    digests = {network.digest for network in networks}
    assert len(digests) == len(networks)


def head() -> dict[str, Any]:
    """The description of ``NETWORK`` as a dictionary to be spoilt."""
    return json.loads(unpack(NETWORK.to_bytes(), MAGIC, VERSION, "network")[0][1])


def rebuilt(description: dict[str, Any], weights: list[bytes] | None = None) -> bytes:
    """Bytes with this description, and the honest weights unless others are given."""
    sections = unpack(NETWORK.to_bytes(), MAGIC, VERSION, "network")
    text = json.dumps(description, sort_keys=True, separators=(",", ":")).encode()
    payloads = [payload for _, payload in sections[1:]] if weights is None else weights
    return pack(MAGIC, VERSION, [(b"HEAD", text), *((b"WGTS", payload) for payload in payloads)])


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "alpha not in lowest terms": lambda h: h.update(alpha="2/4"),
    "alpha zero": lambda h: h.update(alpha="0"),
    "alpha a float": lambda h: h.update(alpha="1.5"),
    "alpha with an exponent": lambda h: h.update(alpha="1e999999999"),
    "alpha a number": lambda h: h.update(alpha=2),
    "too few betas": lambda h: h["betas"].pop(),
    "betas no list": lambda h: h.update(betas="2"),
    "box upside down": lambda h: h.update(input_low=5),
    "box too large": lambda h: h.update(input_high=2**40),
    "input of no axes": lambda h: h.update(input_shape=[]),
    "input of another shape": lambda h: h.update(input_shape=[2, 5, 7]),
    "an axis of zero": lambda h: h.update(input_shape=[2, 0, 7]),
    "negative square norm": lambda h: h.update(input_square_norm=-1),
    "a key too many": lambda h: h.update(extra=1),
    "a key missing": lambda h: h.pop("alpha"),
    "a layer with a key too many": lambda h: h["nodes"][1].update(extra=1),
    "an unknown kind": lambda h: h["nodes"][1].update(kind="relu"),
    "a kind that is no text": lambda h: h["nodes"][1].update(kind=[]),
    "a layer that is no object": lambda h: h["nodes"].__setitem__(1, 7),
    "no layers": lambda h: h.update(nodes=[]),
    "reads a later tensor": lambda h: h["nodes"][1].update(inputs=[2]),
    "reads a negative tensor": lambda h: h["nodes"][1].update(inputs=[-1]),
    "reads two tensors": lambda h: h["nodes"][1].update(inputs=[1, 1]),
    "a layer nobody reads": lambda h: h["nodes"][6].update(inputs=[5, 5]),
    "groups that do not divide": lambda h: h["nodes"][0].update(groups=3),
    "zero groups": lambda h: h["nodes"][0].update(groups=0),
    "zero stride": lambda h: h["nodes"][2].update(stride=[0, 1]),
    "huge pads": lambda h: h["nodes"][2].update(pads=[2**30, 0, 0, 0]),
    "three pads": lambda h: h["nodes"][2].update(pads=[0, 0, 0]),
    "a bias too long": lambda h: h["nodes"][4]["bias"].append(1),
    "a bias of text": lambda h: h["nodes"][4].update(bias=["1"] * 5),
    "a multiplier of zero": lambda h: h["nodes"][6].update(multipliers=[0, 2]),
    "multipliers that do not equalise": lambda h: h["nodes"][6].update(multipliers=[6, 3]),
    "a shape of another size": lambda h: h["nodes"][3].update(out_shape=[3, 3]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_descriptions_are_refused(name: str) -> None:
    """Each is named as malformed, whatever is wrong."""
    description = head()
    HOSTILE[name](description)
    with pytest.raises(MalformedProof):
        from_bytes(rebuilt(description))


def weights() -> list[bytes]:
    """The honest sections of weights."""
    return [payload for _, payload in unpack(NETWORK.to_bytes(), MAGIC, VERSION, "network")[1:]]


SPOILT: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "one section too few": lambda w: w[:-1],
    "one too many": lambda w: [*w, w[0]],
    "one short": lambda w: [w[0][:-1], *w[1:]],
    "an empty one": lambda w: [b"", *w[1:]],
    "wider than needed": lambda w: [np.frombuffer(w[0], np.int8).astype("<i2").tobytes(), *w[1:]],
    "a weight of -2^31": lambda w: [*w[:-1], np.full(25, -(2**31), "<i4").tobytes()],
}


@pytest.mark.parametrize("name", SPOILT)
def test_hostile_weights_are_refused(name: str) -> None:
    """Weights come in one way only: as many as there are layers, of the right size, in the fewest bytes."""
    assert rebuilt(head()) == NETWORK.to_bytes()
    with pytest.raises(MalformedProof):
        from_bytes(rebuilt(head(), SPOILT[name](weights())))


@pytest.mark.parametrize("cut", [0, 5, 11, 12, 40, -1])
def test_truncated_bytes_are_refused(cut: int) -> None:
    """Any prefix."""
    with pytest.raises(MalformedProof):
        from_bytes(NETWORK.to_bytes()[:cut])


def test_other_sections_are_refused() -> None:
    """Weights without a description, or under another name."""
    sections = unpack(NETWORK.to_bytes(), MAGIC, VERSION, "network")
    renamed = [sections[0], (b"BIAS", sections[1][1]), *sections[2:]]
    for wrong in ([], sections[1:], renamed):
        with pytest.raises(MalformedProof):
            from_bytes(pack(MAGIC, VERSION, wrong))


def test_scales_too_long_to_write() -> None:
    """A scale of more digits than any reader takes is refused when written, not when read."""
    network = replace(NETWORK, alpha=Fraction(10**41 + 1, 10**41))
    with pytest.raises(InvalidInput, match="digits"):
        network.to_bytes()


def test_weights_take_the_fewest_bytes() -> None:
    """1, 2 and 4 bytes a weight in the three linear layers."""
    sizes = [len(payload) for payload in weights()]
    linear = [node.layer for node in NETWORK.nodes if isinstance(node.layer, Dense | Convolution)]
    assert [size // layer.weight.size for size, layer in zip(sizes, linear, strict=True)] == [1, 2, 4]
    assert network_format.WIDTHS == (1, 2, 4)
