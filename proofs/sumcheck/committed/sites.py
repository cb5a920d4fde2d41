"""Look-up sites: tensors whose every entry is looked up in a table, and their places in the space of look-ups.

A position has two lanes. Lane 0 looks up a pair (v0, v1) in the site's table, lane 1 a remainder in [0, 2^k):

    rescaled    v0 = q, never committed          v1 = y, committed               lane 1: the remainder, committed
    maximum     v0 = first - second              v1 = y - second, y committed    -
    committed   v0 = a committed value           v1 = 0                          -
    computed    v0 = a value that follows        v1 = 0                          -
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from proofs.networks.network import Table
from proofs.sumcheck.committed.segments import aligned
from proofs.sumcheck.layout.arrange import choose
from proofs.sumcheck.layout.segment import Segment, Shape4

Kind = Literal["rescaled", "maximum", "committed", "computed"]


@dataclass(frozen=True, slots=True)
class Site:
    """A tensor of look-ups.

    Args:
        table: of lane 0. shift: k of lane 1, 0 for none.
        node: whose output it is, if it is one.
        segment: its positions; the offset is the first one.
        in_witness: whether y (or v0) is committed with the proof, at the site's own positions.
        place: in the flat vector, of y (rescaled, maximum) or of v0 (committed).
        remainders: in the flat vector, of lane 1.
    """

    name: str
    kind: Kind
    table: Table
    shift: int
    node: int | None
    segment: Segment
    in_witness: bool
    place: Segment | None = None
    remainders: Segment | None = None


def asked(name: str, kind: Kind, shape: Shape4, table: Table, shift: int = 0, node: int | None = None) -> Site:
    """A site not yet placed; its values are in the witness unless they follow from others."""
    order, low = choose(shape)
    return Site(name, kind, table, shift, node, Segment(shape, order, low, 0), kind != "computed")


@dataclass(frozen=True, slots=True)
class Placed:
    """All sites in the space of look-ups.

    Args:
        total: positions.
        end: of the flat vector, behind all values and remainders.
    """

    sites: tuple[Site, ...]
    total: int
    end: int


def place(sites: Sequence[Site], values_at: int) -> Placed:
    """Give every site its positions, and those in the witness their places from ``values_at`` on.

    Sites with remainders come first, then others in the witness, then the rest; each kind by falling ``low``, so that
    every offset is a multiple of it without gaps.
    """
    alignment = max(site.segment.low for site in sites)
    values_at = aligned(values_at, alignment)
    classes: tuple[list[Site], list[Site], list[Site]] = ([], [], [])
    for site in sites:
        classes[0 if site.shift else 1 if site.in_witness else 2].append(site)
    offset, ends, found = 0, [], []
    for members in classes:
        offset = aligned(offset, alignment)
        for site in sorted(members, key=lambda member: -member.segment.low):
            segment = site.segment.at(aligned(offset, site.segment.low))
            found.append(replace(site, segment=segment))
            offset = segment.end
        ends.append(offset)
    remainders_at = values_at + aligned(ends[1], alignment)
    committed = tuple(_committed(site, values_at, remainders_at) for site in found)
    return Placed(committed, ends[2], remainders_at + ends[0])


def _committed(site: Site, values_at: int, remainders_at: int) -> Site:
    """The site with its places in the flat vector."""
    segment = site.segment
    if site.in_witness:
        site = replace(site, place=segment.at(values_at + segment.offset))
    if site.shift:
        site = replace(site, remainders=segment.at(remainders_at + segment.offset))
    return site
