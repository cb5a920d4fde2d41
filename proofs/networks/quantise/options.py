"""What a user may choose when a float network is made an integer one, and what was chosen for each node."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.networks.network import MAX_SHIFT

LARGEST_BITS = 16


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of a quantisation.

    Args:
        bits: levels of an activation, 2^bits, where the file states no grid of its own.
        logit_bits: the last node's levels. Its scale is such that no logit can saturate, whatever the input.
        percentile: None takes the least and greatest value seen in calibration; 99.9, say, takes the range that
            holds that share of them and lets the rest saturate.
        sum_bits: bits more than the file's grid, or ``bits``, that signed tensors without an activation get: residual
            sums and what is added to them. None gives 2 where a network is large enough for the longer tables.
        input_range: least and greatest real input, needed where neither the file nor calibration tells.
        largest_shift: most bits a rescale may drop; None lets the number of activations decide.
    """

    bits: int = 8
    logit_bits: int = LARGEST_BITS
    percentile: float | None = None
    sum_bits: int | None = None
    input_range: tuple[float, float] | None = None
    largest_shift: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("bits", self.bits), ("logit_bits", self.logit_bits)):
            if not 2 <= value <= LARGEST_BITS:
                raise InvalidInput(f"{name} is {value}: choose 2 to {LARGEST_BITS}")
        if self.sum_bits is not None and not 0 <= self.sum_bits <= LARGEST_BITS - self.bits:
            raise InvalidInput(f"sum_bits is {self.sum_bits}: choose 0 to {LARGEST_BITS - self.bits}")
        if self.percentile is not None and not 50 < self.percentile <= 100:
            raise InvalidInput(f"percentile is {self.percentile}: choose more than 50 and at most 100, such as 99.9")
        if self.input_range is not None and not -1e9 <= self.input_range[0] < self.input_range[1] <= 1e9:
            raise InvalidInput(f"input range {self.input_range} must be two finite numbers, the least first")
        if self.largest_shift is not None and not 1 <= self.largest_shift <= MAX_SHIFT:
            raise InvalidInput(f"largest_shift is {self.largest_shift}: choose 1 to {MAX_SHIFT}")


@dataclass(frozen=True, slots=True)
class Levels:
    """The integers of a tensor: real value = scale * level, levels from ``low`` to ``high``.

    Args:
        origin: "file", "calibration", "propagation", "logits", "sum" (of an average pool, exact), "source" (a
            max pool keeps its input's) or "function" (sums on their way into a table).
    """

    scale: float
    low: int
    high: int
    origin: str

    @property
    def bits(self) -> int:
        """Bits that name a level."""
        return (self.high - self.low).bit_length()


@dataclass(frozen=True, slots=True)
class NodeScale:
    """What was chosen for one node of the integer network.

    Args:
        name: the float node's; a max pool or a function may become several integer nodes.
        shift: k. weight_bits, accumulator_bits: magnitudes' bits; weight_bits also of public multipliers.
        table: index of its table.
        cuts_low, cuts_high: whether the clamp's end is where levels end, and not one of the activation's own, so
            that a value moved there is lost.
    """

    name: str
    levels: Levels
    shift: int
    weight_bits: int
    accumulator_bits: int
    table: int
    cuts_low: bool
    cuts_high: bool


@dataclass(frozen=True, slots=True)
class ScaleReport:
    """The input's levels, every node's, the sizes of the tables, and what the user should know."""

    input: Levels
    nodes: tuple[NodeScale, ...]
    table_rows: int
    range_rows: int
    activations: int
    warnings: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables of a proof: functions, and one range of 2^k for each k in use."""
        return self.table_rows + self.range_rows

    @property
    def shifts(self) -> tuple[int, int]:
        """Least and greatest k of the nodes that rescale; (0, 0) if none does."""
        found = [node.shift for node in self.nodes if node.shift] or [0]
        return min(found), max(found)
