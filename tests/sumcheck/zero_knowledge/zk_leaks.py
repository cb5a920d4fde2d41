"""Provers that leak: their proofs verify as well as any, and are not zero-knowledge."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from zk_kit import LOG_COLUMNS, P

from proofs.sumcheck.committed.hidden import rows
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.hiding.drawing import draw_pads
from proofs.sumcheck.hiding.pads import DUMMY, PadPlan
from proofs.sumcheck.ligero.commit import Rows

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "circle"))
from circle_kit import words_of

UNALIGNED = 2
"""How far behind its place the block begins."""
BARE = "node 0/end"
TWICE = ("look-ups 0/values", "node 0/bias")


@contextmanager
def _pads(change: Callable[[PadPlan, Ext], None]) -> Iterator[None]:
    """Pads changed as they are drawn; their products stay products."""

    def drawn(field: Field, plan: PadPlan, seed: bytes) -> Ext:
        pads = draw_pads(field, plan, seed)
        change(plan, pads)
        first, second = (np.ascontiguousarray(pads[:, places]) for places in (plan.first, plan.second))
        pads[:, plan.product] = field.mul(first, second)
        return pads

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "draw_pads", drawn)
        yield


@contextmanager
def message_without_pads() -> Iterator[None]:
    """One message is sent as it is."""

    def change(plan: PadPlan, pads: Ext) -> None:
        start = plan.starts[BARE]
        pads[:, start : start + 2] = 0

    with _pads(change):
        yield


@contextmanager
def pad_used_twice() -> Iterator[None]:
    """Two elements have one pad."""

    def change(plan: PadPlan, pads: Ext) -> None:
        one, other = (plan.starts[label] for label in TWICE)
        pads[:, one] = pads[:, other]

    with _pads(change):
        yield


@contextmanager
def no_dummy_pair() -> Iterator[None]:
    """The pair that masks the values in the clear is zero."""

    def change(plan: PadPlan, pads: Ext) -> None:
        pads[:, plan.size - DUMMY :] = 0

    with _pads(change):
        yield


@contextmanager
def blocks_of_zeros() -> Iterator[None]:
    """No random entries behind the witness' rows."""
    honest = rows.uniform

    def uniform(seed: bytes, label: bytes, shape: Any, prime: int) -> NDArray[np.uint32]:
        return honest(seed, label, shape, prime) * np.uint32(label != rows.BLOCKS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "uniform", uniform)
        yield


@contextmanager
def blocks_elsewhere() -> Iterator[None]:
    """Random entries behind the witness' rows, as many as there should be, at a place that is no multiple of them."""
    honest = rows.commit_rows

    def commit_rows(field: Field, parts: list[Rows], seed: bytes, log_columns: int) -> Any:
        own = parts[0]
        assert own.block is not None
        count, length = own.block.shape
        moved = np.zeros((count, 2 * length), dtype=np.uint32)
        moved[:, UNALIGNED : UNALIGNED + length] = own.block
        return honest(field, [Rows(own.entries, moved), *parts[1:]], seed, log_columns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "commit_rows", commit_rows)
        yield


LEAKS = {
    "a message without its pads": message_without_pads,
    "a pad used twice": pad_used_twice,
    "no dummy pair": no_dummy_pair,
    "blocks of zeros": blocks_of_zeros,
    "blocks at another place": blocks_elsewhere,
}


def telling_columns(length: int, queries: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns that blocks at another place do not mask, and the factors with which those cancel."""
    masks = words_of(LOG_COLUMNS, (1 << LOG_COLUMNS) + UNALIGNED, length)
    for asked in combinations(range(masks.shape[1]), queries):
        found = relation(masks[:, asked])
        if found:
            return asked, found
    raise AssertionError("blocks at that place mask everything")


def relation(columns: NDArray[np.integer]) -> tuple[int, ...]:
    """Factors, not all zero, with which columns (R, Q) sum to zero modulo 127; none if they are independent."""
    table: list[list[int]] = columns.T.tolist()
    count = len(table)
    rows = [row + [int(i == k) for k in range(count)] for i, row in enumerate(table)]
    width = len(table[0])
    for pivot in range(width):
        found = next((row for row in rows if row[pivot]), None)
        if found is None:
            continue
        rows.remove(found)
        inverse = pow(found[pivot], -1, P)
        rows = [[(x - row[pivot] * inverse * y) % P for x, y in zip(row, found, strict=True)] for row in rows]
    return tuple(rows[0][width:]) if rows else ()
