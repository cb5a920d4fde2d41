"""An integer network: layers over exact integers, the box its inputs come from, and the scales it was rounded at."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.checks import checked_shape
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square

if TYPE_CHECKING:
    from proofs.sumcheck.safetynets.bounds.static_bound import Bounds

Layer = Dense | Convolution | SumPool | Reshape | Add | Square
Challenges = Literal["extension", "base"]

KINDS: dict[type[Layer], str] = {
    Dense: "dense",
    Convolution: "convolution",
    SumPool: "sum pool",
    Reshape: "reshape",
    Add: "add",
    Square: "square",
}
MAX_INPUT = (1 << 31) - 1
"""Largest input, in size: what the fields' kernels take (``Field.combine_integer_columns``)."""
MAX_VALUES = 1 << 24
"""Integers of one tensor for one example: far beyond any network run here, and small enough for any machine."""
MAX_SQUARES = 12
"""Squares on one path: beyond degree 4096 no value but 0 and 1 fits two primes, and scales grow out of hand."""
DIGEST_LABEL = b"assay/sumcheck/network/1"


@dataclass(frozen=True, slots=True)
class Node:
    """A layer and the tensors it reads: 0 is the network's input, i + 1 the output of node i."""

    layer: Layer
    inputs: tuple[int, ...]

    @property
    def kind(self) -> str:
        """The layer's kind in words."""
        return KINDS[type(self.layer)]


@dataclass(frozen=True, eq=False)
class Network:
    """An exact integer function, and what its numbers stand for.

    An integer t of tensor i stands for t / ``scales[i]``: an input x for floor(alpha x + 1/2), clipped to the box; a
    linear layer multiplies the scale by its beta, a square squares it, a sum pool in place of an average multiplies it
    by the window's area. Nothing is rounded after the input.

    Args:
        input_shape: axes of one example.
        input_low, input_high: every input is an integer between them; bounds hold for all of this box.
        alpha: scale of the inputs. betas: scale of each linear layer's weights, in the order of nodes.
        nodes: in an order in which each reads only tensors before it; the last one's output is the network's.
        input_square_norm: if given, the squares of one example's inputs sum to at most this.

    Raises:
        InvalidInput: layers that do not fit each other, tensors nothing reads, scales that an Add does not equalise.
    """

    input_shape: Shape
    input_low: int
    input_high: int
    alpha: Fraction
    betas: tuple[Fraction, ...]
    nodes: tuple[Node, ...]
    input_square_norm: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_shape", checked_shape("network input", self.input_shape))
        object.__setattr__(self, "nodes", tuple(Node(n.layer, tuple(int(i) for i in n.inputs)) for n in self.nodes))
        object.__setattr__(self, "alpha", Fraction(self.alpha))
        object.__setattr__(self, "betas", tuple(Fraction(beta) for beta in self.betas))
        self._check_inputs()
        self._check_nodes()
        self._check_degree()
        self._check_scales()

    # -- shapes ----------------------------------------------------------------------------------------------------
    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """Axes of every tensor, the input's first."""
        return (self.input_shape, *(node.layer.out_shape for node in self.nodes))

    @property
    def output_shape(self) -> Shape:
        """Axes of one output."""
        return self.shapes[-1]

    @property
    def classes(self) -> int:
        """Integers of one output."""
        return math.prod(self.output_shape)

    @property
    def multiplications(self) -> int:
        """Products that running the network on one example takes."""
        return sum(node.layer.multiplications for node in self.nodes)

    # -- numbers ---------------------------------------------------------------------------------------------------
    @cached_property
    def scales(self) -> tuple[Fraction, ...]:
        """What an integer of each tensor is to be divided by."""
        found, betas = [self.alpha], iter(self.betas)
        for node in self.nodes:
            found.append(_scale_after(node.layer, [found[i] for i in node.inputs], betas))
        return tuple(found)

    @property
    def output_scale(self) -> Fraction:
        """What the integer outputs are to be divided by."""
        return self.scales[-1]

    @cached_property
    def bounds(self) -> Bounds:
        """What no tensor exceeds for any input in the box."""
        from proofs.sumcheck.safetynets.bounds.static_bound import static_bound

        return static_bound(self)

    def fields(self, challenges: Challenges = "extension") -> tuple[str, ...]:
        """Names of the prime fields that hold every value of the network without wrapping: one, or two.

        Raises:
            UnsupportedModel: two 61-bit primes do not hold them; names the layer, and the way round.
        """
        from proofs.sumcheck.safetynets.bounds.static_bound import fields_for

        return fields_for(self, challenges)

    # -- bytes -----------------------------------------------------------------------------------------------------
    def to_bytes(self) -> bytes:
        """The one byte string of this network (network_format.py)."""
        from proofs.sumcheck.safetynets.network_format import to_bytes

        return to_bytes(self)

    @cached_property
    def digest(self) -> bytes:
        """SHA-256, domain-separated, of ``to_bytes()``: binds every number and every shape."""
        return hashlib.sha256(DIGEST_LABEL + b"\x00" + self.to_bytes()).digest()

    # -- checks ----------------------------------------------------------------------------------------------------
    def _check_inputs(self) -> None:
        low, high, norm = self.input_low, self.input_high, self.input_square_norm
        if not -MAX_INPUT <= low <= high <= MAX_INPUT:
            raise InvalidInput(f"network: inputs between {low} and {high} are no box of integers below 2^31 in size")
        if norm is not None and norm < 0:
            raise InvalidInput(f"network: squares of inputs cannot sum to at most {norm}")

    def _check_nodes(self) -> None:
        if not self.nodes:
            raise InvalidInput("network: it has no layers")
        read: set[int] = set()
        for index, node in enumerate(self.nodes, 1):
            layer, expected = node.layer, 2 if isinstance(node.layer, Add) else 1
            if len(node.inputs) != expected or not all(0 <= i < index for i in node.inputs):
                raise InvalidInput(f"layer {index} ({node.kind}) reads {node.inputs}: takes {expected} earlier tensors")
            for tensor in node.inputs:
                if self.shapes[tensor] != layer.in_shape:
                    raise InvalidInput(
                        f"layer {index} ({node.kind}) takes {layer.in_shape}, tensor {tensor} is {self.shapes[tensor]}"
                    )
            read.update(node.inputs)
        if max(math.prod(shape) for shape in self.shapes) > MAX_VALUES:
            raise InvalidInput(f"network: a tensor has more than {MAX_VALUES} values an example")
        unread = sorted(set(range(len(self.nodes))) - read)
        if unread:
            raise InvalidInput(f"network: nothing reads tensors {unread}; leave out the layers that write them")

    def _check_degree(self) -> None:
        squares = [0]
        for index, node in enumerate(self.nodes, 1):
            squares.append(max(squares[i] for i in node.inputs) + isinstance(node.layer, Square))
            if squares[-1] > MAX_SQUARES:
                raise InvalidInput(f"layer {index} ({node.kind}): more than {MAX_SQUARES} squares in a row of layers")

    def _check_scales(self) -> None:
        linear = sum(isinstance(node.layer, Dense | Convolution) for node in self.nodes)
        if len(self.betas) != linear:
            raise InvalidInput(f"network: {len(self.betas)} betas for {linear} linear layers; give one for each")
        if not all(scale > 0 for scale in (self.alpha, *self.betas)):
            raise InvalidInput("network: alpha and the betas must be positive")
        for index, node in enumerate(self.nodes, 1):
            if isinstance(node.layer, Add):
                first, second = (m * self.scales[i] for m, i in zip(node.layer.multipliers, node.inputs, strict=True))
                if abs(first) != abs(second):
                    raise InvalidInput(f"layer {index} (add) adds numbers of scales {first} and {second}")


def _scale_after(layer: Layer, scales: Sequence[Fraction], betas: object) -> Fraction:
    """Scale of a layer's output from those of its inputs; takes the next beta for a linear layer."""
    if isinstance(layer, Dense | Convolution):
        return scales[0] * next(betas)  # type: ignore[call-overload, no-any-return]
    if isinstance(layer, Square):
        return scales[0] ** 2
    if isinstance(layer, SumPool):
        return scales[0] * math.prod(layer.kernel)
    if isinstance(layer, Add):
        return abs(layer.multipliers[0]) * scales[0]
    return scales[0]
