"""The description of an integer network: public, hashed, without its weights.

Every tensor holds integers x - z (zero point removed, so that padding is the integer 0) of shape (channels, height,
width), a vector being (n, 1, 1); the batch is a fourth axis. Every node computes, from tensors before it,

    acc = a linear form (Convolution: hidden weights; Combination: public multipliers), or first - second (Maximum)
    q   = floor((acc + 2^(k-1)) / 2^k)          halves go up, also for negatives; k = 0 leaves acc as it is
    y   = table[q]                              (Maximum: y = second + table[q], the table being relu)

exactly, over the integers. A q outside its table has no y: the network is a partial function.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

MAX_SHIFT = 18
PRIME = 2**31 - 1
Shape3 = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor of one example: (channels, height, width), every value in [low, high]."""

    shape: Shape3
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Clamp:
    """y = min(max(q, least), greatest) for q from ``low`` to ``high``; ReLU, ReLU6 and saturation are clamps."""

    low: int
    high: int
    least: int
    greatest: int

    @property
    def rows(self) -> int:
        """Entries of the table."""
        return self.high - self.low + 1


@dataclass(frozen=True, slots=True)
class Listed:
    """y = values[q - low]: any function, as a table."""

    low: int
    values: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Entries of the table."""
        return len(self.values)

    @property
    def high(self) -> int:
        """The last q."""
        return self.low + self.rows - 1


Table = Clamp | Listed


@dataclass(frozen=True, slots=True)
class Reading:
    """One axis of a term: output y sums x[stride y + i - before] over i < kernel; zero beyond the input's edges.

    ``before`` may be negative: (kernel 1, stride 2, before -1) takes every second value from the second on.
    """

    kernel: int
    stride: int
    before: int
    out: int

    @classmethod
    def whole(cls, extent: int) -> Reading:
        """The axis as it is."""
        return cls(1, 1, 0, extent)


@dataclass(frozen=True, slots=True)
class Term:
    """multiplier * (windows of a tensor summed), its channels placed from ``channel`` on among the output's.

    Args:
        source: index of a tensor; 0 is the network's input, i + 1 the output of node i.
    """

    source: int
    multiplier: int
    down: Reading
    across: Reading
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Convolution:
    """acc[o, y, x] = b[o] + sum_{c, i, j} W[o, c, i, j] x[group(o) C/g + c, s_y y + i - top, s_x x + j - left].

    A fully connected layer is one whose kernel is as large as its input. Weights (outputs, C / groups, kh, kw) and
    biases (outputs,) are hidden and belong to ``Weights``.

    Args:
        kernel: (kh, kw). stride: (down, across). pads: zeros (top, left, bottom, right).
        table: index of the node's table. shift: k.
    """

    source: int
    outputs: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: tuple[int, int, int, int]
    groups: int
    shift: int
    table: int


@dataclass(frozen=True, slots=True)
class Combination:
    """acc = the sum of its terms: residual additions, average and sum pools, concatenations, pads, crops."""

    terms: tuple[Term, ...]
    channels: int
    shift: int
    table: int


@dataclass(frozen=True, slots=True)
class Maximum:
    """y = max(first, second), entry by entry: y = second + relu(first - second), which the table holds. k = 0.

    Both multipliers are 1 and both channels 0; the two may read the same tensor at different places. A max pool is
    a chain of these, along one axis and then along the other.
    """

    first: Term
    second: Term
    table: int

    @property
    def shift(self) -> int:
        """No rescale."""
        return 0


Node = Convolution | Combination | Maximum


@dataclass(frozen=True)
class Network:
    """A whole network; ``format.py`` gives its canonical bytes and digest and checks everything said here.

    Args:
        tensors: the input, then each node's output.
        nodes: in an order in which each reads tensors before its own.
        tables: shared by nodes.
        input_scale, output_scale: real value = scale * integer, as canonical decimal strings ("0.0235294122").
            The last node's output holds the logits, shape (classes, 1, 1).
    """

    tensors: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    tables: tuple[Table, ...]
    input_scale: str
    output_scale: str

    @cached_property
    def table_ranges(self) -> tuple[tuple[int, int], ...]:
        """What each table gives, least and greatest: asked for by every node."""
        return tuple(
            (min(max(t.low, t.least), t.greatest), min(max(t.high, t.least), t.greatest))
            if isinstance(t, Clamp)
            else (min(t.values), max(t.values))
            for t in self.tables
        )

    @cached_property
    def classes(self) -> int:
        """Number of logits."""
        return self.tensors[-1].shape[0]

    def out_tensor(self, node: int) -> Tensor:
        """The tensor a node writes."""
        return self.tensors[node + 1]
