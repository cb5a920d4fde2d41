"""An integer network as it grows, and the choice of each node's shift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from proofs.errors import UnsupportedModel
from proofs.networks.bounds import Bound, node_bound, rescaled
from proofs.networks.limits import ACCUMULATOR, EXACT
from proofs.networks.network import Node, Shape3, Tensor
from proofs.networks.quantise.options import Levels
from proofs.networks.quantise.tables import Request
from proofs.networks.weights import NodeWeights, Weights

Ends = tuple[int, int]
Trial = Callable[[int], tuple[Node, NodeWeights | None]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A node with its shift chosen, the q it needs and its weights."""

    node: Node
    hidden: NodeWeights | None
    low: int
    high: int


@dataclass(slots=True)
class Draft:
    """Tensors, nodes and table requests so far; a node's table index is set once all requests are known.

    Args:
        cap: no shift is larger. places: integer tensor of each float tensor so far.
    """

    cap: int
    tensors: list[Tensor]
    levels: list[Levels]
    places: list[int] = field(default_factory=lambda: [0])
    nodes: list[Node] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    weights: Weights = field(default_factory=dict)
    saturates: list[tuple[bool, bool]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fit(self, trial: Trial, most: int, name: str, ends: Ends = (0, 0)) -> Fitted:
        """The node with the largest shift up to ``most`` whose accumulators stay below 2^30, halves added.

        Args:
            ends: q the node's table must hold in any case.

        Raises:
            UnsupportedModel: none does.
        """
        for shift in range(most, -1, -1):
            node, hidden = trial(shift)
            bound = node_bound(node, self.tensors, hidden)
            if small_enough(bound, shift, ends):
                return Fitted(node, hidden, rescaled(bound.low, shift), rescaled(bound.high, shift))
        raise UnsupportedModel(
            f"{name}: its sums are too large for 30-bit accumulators: choose fewer bits for activations"
        )

    def append(
        self,
        fitted: Fitted,
        shape: Shape3,
        levels: Levels,
        request: Request,
        name: str,
        saturates: tuple[bool, bool] = (False, False),
    ) -> int:
        """Add a node; returns the index of the tensor it writes.

        Args:
            saturates: whether the low and the high end of its clamp cut off what the float network keeps.
        """
        if fitted.hidden is not None:
            self.weights[len(self.nodes)] = fitted.hidden
        self.nodes.append(replace(fitted.node, table=len(self.requests)))
        self.requests.append(request)
        self.names.append(name)
        self.saturates.append(saturates)
        self.levels.append(levels)
        self.tensors.append(Tensor(shape, levels.low, levels.high))
        return len(self.tensors) - 1


def small_enough(bound: Bound, shift: int, ends: Ends) -> bool:
    """Whether accumulators are below 2^30, their q and the table's ends within the 2^(31-k) - 1 a table may hold."""
    most = (1 << (30 - shift)) - 1
    low, high = min(rescaled(bound.low, shift), ends[0]), max(rescaled(bound.high, shift), ends[1])
    inside = -most <= low and high <= most
    return inside and max(bound.high, -bound.low) < ACCUMULATOR and bound.reach <= EXACT


def largest_shift(reach: float, cap: int) -> int:
    """No shift above this can do for sums that reach this many output levels; it need not do itself."""
    return max(0, min(cap, int(np.floor(np.log2(ACCUMULATOR / max(reach, 1e-9)))) + 1))


def cut(request: Request, low: int, high: int) -> Request:
    """A clamp's request whose q include its own ends, so that its values are exactly [least, greatest]."""
    return replace(request, low=min(low, request.least), high=max(high, request.greatest))
