"""Tables shared between nodes, their extents rounded up so that they say little of the weights.

A node asks for a function and the q it must hold. Extents become powers of two, as far as rows * 2^k <= p allows for
every node that shares the table (more would give an accumulator two legal answers), and a node takes a table that is
there already if that costs no more rows than one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs.networks.network import PRIME, Clamp, Listed, Table

Listing = Callable[[int, int], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """A node's table: y = clamp of q to [least, greatest], or a listed function, for q from ``low`` to ``high``.

    Args:
        shift: the node's k.
        listing: of a listed function, its values from one q to another; ``key`` then tells functions apart.
    """

    low: int
    high: int
    shift: int
    least: int = 0
    greatest: int = 0
    key: tuple[object, ...] = ()
    listing: Listing | None = None

    @property
    def kind(self) -> tuple[object, ...]:
        """What nodes that share a table have in common."""
        return self.key or ("clamp", self.least, self.greatest)


@dataclass(slots=True)
class _Shared:
    """A table as it grows."""

    low: int
    high: int
    shift: int

    def grown(self, low: int, high: int, shift: int) -> _Shared | None:
        """With these q and this k too, if that leaves rows * 2^k <= p."""
        wider = _Shared(min(self.low, low), max(self.high, high), max(self.shift, shift))
        return wider if fits(wider.low, wider.high, wider.shift) else None

    @property
    def rows(self) -> int:
        return self.high - self.low + 1


def fits(low: int, high: int, shift: int) -> bool:
    """Whether no accumulator has two legal answers."""
    return (high - low + 1) << shift <= PRIME


def rounded(low: int, high: int, shift: int) -> tuple[int, int]:
    """Ends no nearer than these: a power of two each way where that fits, else as far as does."""
    most = (1 << (30 - shift)) - 1
    wide_low = -min(_power(-low), most) if low < 0 else 0
    wide_high = min(_power(high + 1) - 1, most) if high >= 0 else -1
    return min(low, wide_low), max(high, wide_high)


def share(requests: Sequence[Request]) -> tuple[tuple[Table, ...], tuple[int, ...]]:
    """Tables for all requests, and the index of each request's table."""
    tables: list[Table] = []
    places = [0] * len(requests)
    kinds = dict.fromkeys(request.kind for request in requests)
    for kind in kinds:
        members = [index for index, request in enumerate(requests) if request.kind == kind]
        members.sort(key=lambda index: (requests[index].low - requests[index].high, index))  # the largest first
        shared: list[_Shared] = []
        for index in members:
            places[index] = len(tables) + _place(shared, requests[index])
        tables += [_table(requests[members[0]], found) for found in shared]
    return tuple(tables), tuple(places)


def _place(shared: list[_Shared], request: Request) -> int:
    """The table that grows least for this request, or a new one."""
    low, high = rounded(request.low, request.high, request.shift)
    best, cost = len(shared), high - low + 1
    for index, table in enumerate(shared):
        wider = table.grown(low, high, request.shift)
        if wider is not None and wider.rows - table.rows < cost:
            best, cost = index, wider.rows - table.rows
    if best == len(shared):
        shared.append(_Shared(low, high, request.shift))
    else:
        shared[best] = shared[best].grown(low, high, request.shift) or shared[best]
    return best


def _table(request: Request, shared: _Shared) -> Table:
    if request.listing is not None:
        return Listed(shared.low, request.listing(shared.low, shared.high))
    return Clamp(shared.low, shared.high, request.least, request.greatest)


def _power(value: int) -> int:
    """The least power of two that is no less."""
    return 1 << max(value - 1, 0).bit_length()
