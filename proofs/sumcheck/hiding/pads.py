"""One-time pads: which element of which message each of them covers, and the pads themselves.

The array Pi of a proof's pads, elements of the extension, follows from the messages alone: for each message the pads of
its elements, then one for each product it declares, which is the product of the two factors' pads. Behind them all lies
one more pair, with its product, that covers no message (products.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.errors import ProverFailed
from proofs.sumcheck.exchange import Receive, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field

DUMMY = 3
"""Two pads that cover nothing, and their product."""


@dataclass(frozen=True, slots=True, eq=False)
class PadPlan:
    """Where pads lie in Pi.

    Args:
        starts: of each message, by label: its first pad. counts: how many elements it has.
        size: of Pi. first, second, product: places of each product's factors, and of itself; (K,).
    """

    starts: dict[str, int]
    counts: dict[str, int]
    size: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    product: NDArray[np.int64]

    @property
    def products(self) -> int:
        """K."""
        return len(self.product)


def plan_pads(messages: Iterable[Receive]) -> PadPlan:
    """Pads for these messages, the dummy pair behind them. Raises ValueError: two messages have one label."""
    starts: dict[str, int] = {}
    counts: dict[str, int] = {}
    triples: list[tuple[int, int, int]] = []
    size = 0
    for message in messages:
        if message.label in starts:
            raise ValueError(f"two messages are called {message.label!r}")
        starts[message.label], counts[message.label] = size, message.elements
        places = enumerate(message.products, size + message.elements)
        triples += [(size + a, size + b, place) for place, (a, b) in places]
        size += message.elements + len(message.products)
    triples.append((size, size + 1, size + 2))
    first, second, product = (np.array(column, dtype=np.int64) for column in zip(*triples, strict=True))
    return PadPlan(starts, counts, size + DUMMY, first, second, product)


def plan_plain(messages: Iterable[Receive]) -> PadPlan:
    """Pads for messages that declare no products, and nothing behind them."""
    starts: dict[str, int] = {}
    counts: dict[str, int] = {}
    size = 0
    for message in messages:
        starts[message.label], counts[message.label] = size, message.elements
        size += message.elements
    none = np.zeros(0, dtype=np.int64)
    return PadPlan(starts, counts, size, none, none, none)


class Pads:
    """A prover's pads, each given out once and in order."""

    def __init__(self, field: Field, plan: PadPlan, pads: Ext) -> None:
        self.plan = plan
        self.table = pads
        self._scalars = field.scalars
        self._elements: list[Scalar] = list(zip(*pads.tolist(), strict=True))
        self._labels = iter(plan.starts.items())

    def cover(self, message: Send) -> tuple[Scalar, ...]:
        """A message's elements less their pads. Raises ProverFailed: it is not the message these pads are for."""
        label, start = next(self._labels, ("", 0))
        if label != message.label or len(message.elements) != self.plan.counts[label]:
            what = f"message {message.label!r} of {len(message.elements)} elements"
            raise ProverFailed("hidden prover", f"{what} has no pads; those of {label!r} are next")
        pads = self._elements[start : start + len(message.elements)]
        return tuple(map(self._scalars.sub, message.elements, pads))
