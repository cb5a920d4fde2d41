"""What an integer network is made of: shapes, scales, and the networks that are refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from networks_kit import chain

from proofs.errors import InvalidInput
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import MAX_SQUARES, Network, Node

CONVOLUTION = Convolution(np.ones((2, 1, 2, 2), int), (0, 0), (1, 5, 5))
DENSE = Dense(np.ones((3, 8), int), (0, 0, 0), (2, 2, 2))


def test_scales_and_shapes() -> None:
    """Linear layers multiply the scale by their beta, squares square it, pools multiply it by their area."""
    layers = [CONVOLUTION, Square((2, 4, 4)), SumPool((2, 4, 4), (2, 2), (2, 2)), DENSE]
    network = chain(layers, alpha=Fraction(3), betas=(Fraction(5, 2), Fraction(7)))
    assert network.scales == (3, Fraction(15, 2), Fraction(225, 4), 225, 1575)
    assert network.output_scale == 1575
    assert network.shapes == ((1, 5, 5), (2, 4, 4), (2, 4, 4), (2, 2, 2), (3,))
    assert (network.output_shape, network.classes) == ((3,), 3)
    assert network.multiplications == 8 * 16 + 32 + 24
    assert [node.kind for node in network.nodes] == ["convolution", "square", "sum pool", "dense"]


def test_an_add_brings_both_to_one_scale() -> None:
    """2 x at scale 3 and the square of x / ... at another scale are refused unless the multipliers equalise them."""
    nodes = (Node(Square((4,)), (0,)), Node(Add((4,), (1, 3)), (1, 0)))
    assert Network((4,), 0, 3, Fraction(3), (), nodes).output_scale == 9
    with pytest.raises(InvalidInput, match=r"layer 2 \(add\) adds numbers of scales"):
        Network((4,), 0, 3, Fraction(2), (), nodes)


def line(*nodes: Node, shape: tuple[int, ...] = (4,), betas: int = 0) -> Network:
    """A network of these nodes."""
    return Network(shape, -1, 1, Fraction(1), (Fraction(1),) * betas, nodes)


REFUSED = {
    "no layers": (line, "no layers"),
    "shapes that differ": (lambda: line(Node(Square((5,)), (0,))), r"takes \(5,\), tensor 0 is \(4,\)"),
    "a later tensor": (lambda: line(Node(Square((4,)), (1,))), "takes 1 earlier"),
    "one input of an add": (lambda: line(Node(Add((4,)), (0,))), "takes 2 earlier"),
    "unread tensors": (
        lambda: line(Node(Square((4,)), (0,)), Node(Square((4,)), (0,)), Node(Add((4,)), (0, 0))), r"\[1, 2\]"
    ),
    "betas missing": (lambda: line(Node(Dense(np.ones((1, 4), int), (0,), (4,)), (0,))), "0 betas for 1"),
    "betas too many": (lambda: line(Node(Square((4,)), (0,)), betas=1), "1 betas for 0"),
    "too many squares": (lambda: chain([Square((4,))] * (MAX_SQUARES + 1)), "squares in a row"),
    "too many values": (lambda: chain([Reshape((1 << 25,), (1 << 13, 1 << 12))]), "more than 16777216 values"),
    "box upside down": (lambda: chain([Square((4,))], 1, 0), "no box"),
    "box too large": (lambda: chain([Square((4,))], 0, 2**31), "no box"),
    "negative norm": (lambda: chain([Square((4,))], square_norm=-1), "cannot sum to"),
    "alpha zero": (lambda: chain([Square((4,))], alpha=Fraction(0)), "must be positive"),
    "beta negative": (lambda: chain([DENSE], betas=(Fraction(-1),)), "must be positive"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """Each for its own reason."""
    build, message = REFUSED[name]
    with pytest.raises(InvalidInput, match=message):
        build()


def test_digest_is_of_the_bytes_and_a_label() -> None:
    """Another label, or none, gives another digest."""
    network = chain([Square((4,))])
    assert network.digest == chain([Square((4,))]).digest
    assert len(network.digest) == 32
