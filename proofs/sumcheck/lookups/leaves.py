"""Leaves of the two trees of a group: what is looked up, and the tables with their multiplicities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from proofs.errors import InvalidInput
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.lookups.tables import TableLayout, TableValues, columns_of
from proofs.sumcheck.lookups.twins import twin

PIECE = 1 << 18
"""Values counted at once: NumPy counts eight-byte numbers."""


@dataclass(frozen=True, slots=True)
class Challenges:
    """alpha, beta, gamma: drawn after all values and multiplicities are committed."""

    alpha: Scalar
    beta: Scalar
    gamma: Scalar

    def offset(self, scalars: Extension, tag: int) -> Scalar:
        """alpha - gamma tag."""
        return scalars.sub(self.alpha, scalars.mul(self.gamma, scalars.from_int(tag)))

    def combined(self, scalars: Extension, values: TableValues) -> Scalar:
        """The extension of leaves that are alpha - v0 - beta v1 - gamma tag where real, and 1 on pads."""
        looked = scalars.add(values.first, scalars.mul(self.beta, values.second))
        looked = scalars.add(looked, scalars.mul(self.gamma, values.tag))
        pads = scalars.sub(scalars.one, values.ones)
        return scalars.add(scalars.sub(scalars.mul(self.alpha, values.ones), looked), pads)


def write_denominators(
    field: Field, out: Ext, start: int, first: Integers, second: Integers | None, tag: int, challenges: Challenges
) -> None:
    """alpha - v0 - beta v1 - gamma tag for values below 2^31 in size, into out (degree, n) from ``start``.

    Args:
        second: v1; None for a table of single values.
    """
    if first.ndim != 1 or (second is not None and second.shape != first.shape):
        raise ValueError("values that are looked up come as rows of one length")
    offset = challenges.offset(field.scalars, tag)
    twin(field).denominators(field, out, start, first, second, offset, challenges.beta)


def write_pads(out: Ext, start: int, stop: int) -> None:
    """The denominator 1."""
    out[:, start:stop] = 0
    out[0, start:stop] = 1


def table_denominators(field: Field, layout: TableLayout, challenges: Challenges) -> Ext:
    """The denominators of the tables' tree: (degree, 2^depth)."""
    out = np.empty((field.scalars.degree, 1 << layout.depth), dtype=field.dtype)
    for (tag, table), start in zip(layout.tables, layout.offsets, strict=False):
        first, second = columns_of(table)
        write_denominators(field, out, start, first, second, tag, challenges)
    write_pads(out, layout.total, out.shape[1])
    return out


def multiplicities(field: Field, layout: TableLayout, lookups: Iterable[tuple[int, Integers]]) -> Base:
    """How often each row is looked up, pads included: base array (2^depth,).

    Args:
        lookups: a table's tag, and the v0 looked up in it.

    Raises:
        InvalidInput: a value outside its table.
    """
    counts = np.zeros(1 << layout.depth, dtype=np.int64)
    for tag, values in lookups:
        start, table = layout.places[tag]
        rows = counts[start : start + table.rows]
        flat = values.reshape(-1)
        for at in range(0, flat.size, PIECE):
            piece = flat[at : at + PIECE].astype(np.int64) - table.low
            if piece.min() < 0 or piece.max() >= table.rows:
                worst = int(piece.min() if piece.min() < 0 else piece.max()) + table.low
                raise InvalidInput(
                    f"the value {worst} is outside the table with tag {tag}, which goes from {table.low} to "
                    f"{table.low + table.rows - 1}; the network has no result for this input"
                )
            rows += np.bincount(piece, minlength=table.rows)
    return counts.astype(field.dtype)
