"""Tables that values are looked up in, in a row, each with a tag of its own, and their extensions in closed form.

A table's row holds a pair (v0, v1). What is looked up is alpha - v0 - beta v1 - gamma tag, for independent challenges:
no value of one table can serve in another, and no pair can be mistaken for another pair of field elements, which
packing two numbers into one would allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp, Listed
from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.lookups.ranges import Prefixes, listed

Column = NDArray[np.int32]
MAX_TAG = 2**16
"""Tags are numbers of tables: small, so that they differ modulo every prime too."""


@dataclass(frozen=True, slots=True)
class RangeTable:
    """(v, 0) for the 2^bits values v from 0 on: remainders."""

    bits: int

    @property
    def low(self) -> int:
        """The first v."""
        return 0

    @property
    def rows(self) -> int:
        """Entries of the table: exactly a power of two, no more."""
        return 1 << self.bits


LookupTable = RangeTable | Clamp | Listed


def values_table(low: int, high: int) -> Clamp:
    """(v, 0) for v from low to high: a table of single values, {0, 1} for instance."""
    return Clamp(low, high, 0, 0)


@dataclass(frozen=True, slots=True)
class TableValues:
    """Extensions, at one point, of a layout's columns, and of "is a row, not a pad"; all are zero on pads."""

    first: Scalar
    second: Scalar
    tag: Scalar
    ones: Scalar


@dataclass(frozen=True)
class TableLayout:
    """Tables in a row, each with its tag, then pads up to a power of two.

    Raises:
        InvalidInput: no tables, an empty one, or tags that are not different numbers from 1 to 2^16.
    """

    tables: tuple[tuple[int, LookupTable], ...]

    def __post_init__(self) -> None:
        tags = [tag for tag, _ in self.tables]
        if not tags or len(set(tags)) < len(tags) or not all(1 <= tag <= MAX_TAG for tag in tags):
            raise InvalidInput(f"tables have the tags {tags}; give each a different number from 1 to {MAX_TAG}")
        for tag, table in self.tables:
            if table.rows < 1 or (isinstance(table, Clamp) and table.least > table.greatest):
                raise InvalidInput(f"the table with tag {tag} has no entries: {table}; leave it out")

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each table's rows begin, and where the last one's end."""
        return (0, *accumulate(table.rows for _, table in self.tables))

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return self.offsets[-1]

    @property
    def depth(self) -> int:
        """Variables of a row's number."""
        return bits(self.total)

    @cached_property
    def places(self) -> dict[int, tuple[int, LookupTable]]:
        """By tag: where the table begins, and the table."""
        return {tag: (at, table) for (tag, table), at in zip(self.tables, self.offsets, strict=False)}

    def columns(self) -> tuple[Column, Column]:
        """v0 and v1 of all rows."""
        pairs = [columns_of(table) for _, table in self.tables]
        first, second = (np.concatenate(column) for column in zip(*pairs, strict=True))
        return first, second

    def value_at(self, field: Field, point: tuple[Scalar, ...]) -> TableValues:
        """The extensions of the columns: ranges and clamps in O(depth) steps each, listed tables in O(rows)."""
        scalars = field.scalars
        if len(point) != self.depth:
            raise ValueError(f"a point of {len(point)} scalars for rows that take {self.depth} bits")
        pieces = [clamp_pieces(table, at) for (_, table), at in zip(self.tables, self.offsets, strict=False)]
        bounds = (*self.offsets, *(edge for found in pieces for edge in found))
        prefixes = Prefixes(field, point, bounds)
        first = second = tags = scalars.zero
        for (tag, table), (start, stop), edges in zip(self.tables, pairwise(self.offsets), pieces, strict=True):
            first = scalars.add(first, prefixes.linear(start, stop, table.low))
            tags = scalars.add(tags, scalars.mul(scalars.from_int(tag), prefixes.ones(start, stop)))
            if isinstance(table, Listed):
                second = scalars.add(second, listed(field, point, start, table.values))
            elif isinstance(table, Clamp):
                second = scalars.add(second, _clamped(prefixes, table, (start, edges[0], edges[1], stop)))
        return TableValues(first, second, tags, prefixes.ones(0, self.total))


def columns_of(table: LookupTable) -> tuple[Column, Column]:
    """v0 and v1 of a table's rows."""
    first = np.arange(table.low, table.low + table.rows, dtype=np.int32)
    if isinstance(table, Clamp):
        return first, np.clip(first, table.least, table.greatest).astype(np.int32)
    if isinstance(table, Listed):
        return first, np.array(table.values, dtype=np.int32)
    return first, np.zeros_like(first)


def clamp_pieces(table: LookupTable, start: int) -> tuple[int, ...]:
    """The two rows between which a clamp counts up, of a table that begins at row ``start``; none for others."""
    if not isinstance(table, Clamp):
        return ()
    rising = min(max(table.least - table.low, 0), table.rows)
    flat = min(max(table.greatest - table.low, rising), table.rows)
    return start + rising, start + flat


def _clamped(prefixes: Prefixes, table: Clamp, edges: tuple[int, int, int, int]) -> Scalar:
    """The extension of a clamp's second column: least, then counting up, then greatest."""
    scalars = prefixes.field.scalars
    start, rising, flat, stop = edges
    least, greatest = (scalars.from_int(value) for value in (table.least, table.greatest))
    below = scalars.mul(least, prefixes.ones(start, rising))
    above = scalars.mul(greatest, prefixes.ones(flat, stop))
    between = prefixes.linear(rising, flat, table.low + rising - start)
    return scalars.add(scalars.add(below, above), between)
