"""Pads of the last sum-check, whose messages come when everything else has been combined: rows of their own.

A row of tails is an extension element a column, four rows of the committed matrix: elements in front, random ones
behind them, as many as mask all the queries. A mask of the same shape goes with it; both are short, so that their
combination is sent whole for a few kilobytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields.field import Ext
from proofs.sumcheck.ligero.parameters import Code


@dataclass(frozen=True, slots=True)
class Tails:
    """The geometry of so many tails.

    Args:
        count: elements. capacity: of a row, a power of two.
    """

    code: Code
    count: int
    capacity: int

    @property
    def rows(self) -> int:
        """Rows of elements."""
        return -(-self.count // self.capacity)

    @property
    def length(self) -> int:
        """Coefficients of a row that are not zero: elements and their block."""
        return self.capacity + self.code.fresh_block

    def split(self, table: Ext) -> tuple[Ext, Ext | None]:
        """Rows (degree, rows, length) as entries (degree, rows, N) and, where they are longer, blocks behind them."""
        width = self.code.columns
        entries = np.zeros((*table.shape[:2], width), dtype=table.dtype)
        inside = min(width, self.length)
        entries[:, :, :inside] = table[:, :, :inside]
        if self.length <= width:
            return entries, None
        return entries, np.ascontiguousarray(table[:, :, width:])


def tails_of(code: Code, count: int) -> Tails:
    """As few rows as there can be, as short as they can be."""
    capacity = max(code.fresh_block, 1 << bits(count))
    return Tails(code, count, min(capacity, code.columns))


def elements(tails: Tails, table: Ext) -> Ext:
    """The tails themselves, (degree, count), of their rows."""
    return np.ascontiguousarray(table[:, :, : tails.capacity].reshape(len(table), -1)[:, : tails.count])
