"""The square kernels as methods on whole arrays: weights made ready, outputs allocated, rows shared among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.fast.entries61 import add_entries
from proofs.sumcheck.fields.fast.folding61 import bind_rows, bind_rows_and_sum, fold_rows
from proofs.sumcheck.fields.fast.modular61 import P61, Which
from proofs.sumcheck.fields.fast.square_rows61 import base_rows, extension_rows
from proofs.sumcheck.fields.fast.sums61 import dot_sums
from proofs.sumcheck.fields.fast.tables61 import eq_entries
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.fields.fast.two_rounds61 import SUMS, two_rounds
from proofs.sumcheck.fields.field import Base, Ext

LINE = 64
"""Ranges of entries begin at multiples of this, so that no two threads write to one cache line."""

Message = tuple[Scalar, Scalar]


def packed(scalars: Sequence[Scalar], degree: int) -> Ext:
    """Scalars as an extension array (degree, n)."""
    return np.ascontiguousarray(np.array(scalars, dtype=np.uint64).reshape(len(scalars), degree).T)


@dataclass(frozen=True, slots=True)
class Launcher:
    """A 61-bit prime field with an extension of degree 1 or 2; ``other`` and ``second`` as kernels take them."""

    scalars: Extension

    @property
    def other(self) -> Which:
        """None for 2^61 - 1."""
        return None if self.scalars.p == P61 else np.uint64(1)

    @property
    def second(self) -> bool | None:
        """None for degree 1."""
        return None if self.scalars.degree == 1 else True

    def dot(self, a: Ext, b: Ext) -> Scalar:
        """Sum of products of two extension arrays (degree, n)."""
        return self.summed(
            1, a.shape[1], lambda out, start, stop: dot_sums(a, b, self.second, out, start, stop, self.other)
        )[0]

    def summed(self, count: int, entries: int, work: Callable[[Ext, int, int], object]) -> tuple[Scalar, ...]:
        """``count`` sums over ranges of entries: ``work(out, start, stop)`` fills out (count, 2) with a range's."""
        parts: list[Ext] = []

        def part(start: int, stop: int) -> None:
            out = np.empty((count, 2), dtype=np.uint64)
            work(out, start, stop)
            parts.append(out)

        share(part, entries, 3 * count * entries, LINE)
        rows = [part[:, : self.scalars.degree].tolist() for part in parts]
        return tuple(
            tuple(sum(coordinates) % self.scalars.p for coordinates in zip(*each, strict=True))
            for each in zip(*rows, strict=True)
        )

    def eq_table(self, point: Sequence[Scalar], n: int) -> Ext:
        """eq(point, i) for i < n."""
        out = np.empty((self.scalars.degree, n), dtype=np.uint64)
        if n:
            eq_entries(packed(point, self.scalars.degree), self.second, out, self.other)
        return out

    def base(self, z: Base, rows: Ext, columns: Ext) -> Message:
        """A square round of base z (R, B)."""
        half = columns.shape[1]
        width = min(half, z.shape[1])
        planes, flat = self._planes(columns, width), z.reshape(-1)
        sums = np.empty((4, z.shape[0]), dtype=np.uint64)

        def work(start: int, stop: int) -> None:
            base_rows(
                flat, z.shape[1], width, width, z.shape[1] - width, planes, self.second, sums, start, stop, self.other
            )  # fmt: skip

        share(work, z.shape[0], 3 * z.size)
        return self._message(sums, rows)

    def rows(self, z: Ext, rows: Ext, columns: Ext) -> Message:
        """A square round of extension z (degree, R, n)."""
        width = min(columns.shape[1], z.shape[2])
        spans = (z.shape[2], width, width, z.shape[2] - width)
        return self._message(self._sums(z, z.shape[1], spans, self._planes(columns, width)), rows)

    def swapped(self, z: Ext, rows: Ext, columns: Ext) -> Message:
        """A square round of extension z (degree, n, R), rows and columns swapped."""
        half, count = min(columns.shape[1], z.shape[1]), z.shape[2]
        paired = z.shape[1] - half
        planes = self._planes(rows, count)
        whole = self._sums(z, paired, (count, half * count, count, count), planes)
        # Columns without a partner: their highs are empty rows.
        rest = self._sums(z[:, paired:half], half - paired, (count, 0, count, 0), planes)
        return self._message(np.concatenate([whole, rest], axis=1), columns[:, :half])

    def two_rounds(self, z: Base, rows: Ext, columns: Ext) -> list[Scalar]:
        """The sums over base z (R, B) that its first two rounds are made of (two_rounds61); columns (degree, n)."""
        sums = np.empty((2 * SUMS, z.shape[0]), dtype=np.uint64)

        def work(start: int, stop: int) -> None:
            padded = np.zeros(4 * columns.shape[1], dtype=np.uint64)
            two_rounds(z, columns, self.second, padded, sums, start, stop, self.other)

        share(work, z.shape[0], 6 * z.size)
        return [self.dot(sums[2 * k : 2 * k + self.scalars.degree], rows) for k in range(SUMS)]

    def fold(self, z: Base, challenges: Sequence[Scalar], keep: bool, rows: Ext, columns: Ext) -> tuple[Ext, Message]:
        """z (R, B) with its first variables bound, (degree, R, n), and the round after; no rows unless to be kept.

        Args:
            columns: (degree, n / 2).
        """
        sums = np.empty((4, z.shape[0]), dtype=np.uint64)
        out = self._fold(z, challenges, 2 * columns.shape[1], keep, columns, sums)
        return out, self._message(sums, rows)

    def bind_base(self, z: Base, challenge: Scalar, half: int) -> Ext:
        """z (R, B) with the top bit of its columns bound, (degree, R, min(B, half))."""
        none = np.empty((self.scalars.degree, 0), dtype=np.uint64)
        return self._fold(z, [challenge], min(z.shape[1], half), True, none, np.empty((4, 0), dtype=np.uint64))

    def _fold(self, z: Base, challenges: Sequence[Scalar], n: int, keep: bool, columns: Ext, sums: Ext) -> Ext:
        """What ``fold`` returns first; fills ``sums`` if there are column weights."""
        degree = self.scalars.degree
        segments = -(-z.shape[1] // max(1, n))
        segments = 2 if segments <= 2 else -(-segments // 4) * 4
        known = min(segments, 1 << len(challenges))
        factors = np.zeros((degree, segments), dtype=np.uint64)
        factors[:, :known] = self.eq_table(challenges, known)
        planes = self._planes(columns, columns.shape[1])
        out = np.empty((degree, z.shape[0] if keep else 0, n), dtype=np.uint64)

        def work(start: int, stop: int) -> None:
            padded = np.zeros(n * segments, dtype=np.uint64)
            room = out if keep else np.empty((degree, 1, n), dtype=np.uint64)
            fold_rows(z, factors, self.second, padded, room, keep, planes, sums, start, stop, self.other)

        share(work, z.shape[0], 3 * z.size)
        return out

    def bind_and_sum(self, table: Ext, challenge: Scalar, rows: Ext, columns: Ext) -> tuple[Ext, Message]:
        """A table (degree, R, 2n) with its first column variable bound, and the round after."""
        degree, count, width = table.shape
        out = np.empty((degree, count, width // 2), dtype=np.uint64)
        sums = np.empty((4, count), dtype=np.uint64)
        factor, planes = np.array(challenge, dtype=np.uint64), self._planes(columns, width // 4)

        def work(start: int, stop: int) -> None:
            bind_rows_and_sum(table, factor, self.second, out, planes, sums, start, stop, self.other)

        share(work, count, 4 * count * width)
        return out, self._message(sums, rows)

    def bind(self, table: Ext, challenge: Scalar, half: int, inner: int) -> Ext:
        """A table (degree, R, n inner) with the top bit of n bound: (degree, R, min(n, half) inner)."""
        degree, count, width = table.shape
        length = min(width, half * inner)
        out = np.empty((degree, count, length), dtype=np.uint64)
        factor, flat = np.array(challenge, dtype=np.uint64), table.reshape(degree, -1)

        def work(start: int, stop: int) -> None:
            bind_rows(flat, width, length, length, width - length, factor, self.second, out, start, stop, self.other)

        share(work, count, 2 * count * width)
        return out

    def _sums(self, z: Ext, count: int, spans: tuple[int, int, int, int], planes: Ext) -> Ext:
        """Sums of ``count`` rows of a table, rows laid out as stride, gap, length and paired say."""
        sums = np.empty((4, count), dtype=np.uint64)
        flat = z.reshape(self.scalars.degree, -1)

        def work(start: int, stop: int) -> None:
            if self.second is None:
                base_rows(flat[0], *spans, planes, None, sums, start, stop, self.other)
            else:
                extension_rows(flat[0], flat[1], *spans, planes, sums, start, stop, self.other)

        share(work, count, 8 * count * spans[2])
        return sums

    def _planes(self, weights: Ext, width: int) -> Ext:
        """The weights' coordinates as kernels take them: for degree 2 with a third row, their sum."""
        degree = self.scalars.degree
        planes = np.empty((2 * degree - 1, width), dtype=np.uint64)
        planes[:degree] = weights[:, :width]
        if degree == 2:
            add_entries(planes[0], planes[1], planes[2], 0, width, self.other)
        return planes

    def _message(self, sums: Ext, weights: Ext) -> Message:
        """(q(0), lead) from each row's sums and weight."""
        step = 3 - self.scalars.degree
        return self.dot(sums[:2:step], weights), self.dot(sums[2::step], weights)
