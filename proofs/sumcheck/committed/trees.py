"""The prover's side of a group's look-ups: the leaves of its two trees, and the values at the point they end in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed.groups import Group, Part
from proofs.sumcheck.committed.values import has_outputs, is_output
from proofs.sumcheck.committed.witness import Witness
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.layout.ranges import FlatPoint, range_eq
from proofs.sumcheck.lookups.leaves import Challenges, multiplicities, table_denominators, write_denominators
from proofs.sumcheck.lookups.tables import RangeTable


def count_lookups(field: Field, witness: Witness) -> None:
    """Place every group's multiplicities. Raises InvalidInput for a value outside its table."""
    for group in witness.plan.groups:
        counts = multiplicities(field, witness.plan.tables, _looked_up(field, witness, group))
        witness.count(group, counts[: witness.plan.tables.total])


def _looked_up(field: Field, witness: Witness, group: Group) -> Iterator[tuple[int, Integers]]:
    """Every part's tag and real values, lane by lane."""
    tags = witness.plan.tags
    for part in group.parts:
        yield tags[part.site.table], real_entries(part, witness.first_of(field, part))
        if part.site.shift:
            remainders = witness.committed_of(part, part.site.remainders).view(np.int32)
            yield tags[RangeTable(part.site.shift)], real_entries(part, remainders)


def site_leaves(field: Field, witness: Witness, drawn: Challenges, group: Group) -> Ext:
    """Denominators of both lanes, (degree, 2^(depth + 1)); 1 where nothing is looked up."""
    size, tags = 1 << group.depth, witness.plan.tags
    out = np.zeros((field.scalars.degree, 2 * size), dtype=field.dtype)
    out[0] = 1
    for part in group.parts:
        first, start = witness.first_of(field, part), part.span.start
        second = _second(field, witness, part, first)
        write_denominators(field, out, start, first, second, tags[part.site.table], drawn)
        _clear_pads(out, start, part)
        if part.site.shift:
            remainders = witness.committed_of(part, part.site.remainders).view(np.int32)
            write_denominators(field, out, size + start, remainders, None, tags[RangeTable(part.site.shift)], drawn)
            _clear_pads(out, size + start, part)
    return out


def table_leaves(field: Field, witness: Witness, drawn: Challenges, group: Group) -> tuple[Base, Ext]:
    """Multiplicities and denominators of the tables' tree."""
    tables, segment = witness.plan.tables, group.multiplicities
    counts = np.zeros(1 << tables.depth, dtype=field.dtype)
    counts[: tables.total] = witness.vector[segment.offset : segment.offset + tables.total]
    return counts, table_denominators(field, tables, drawn)


def values_at(field: Field, witness: Witness, group: Group, point: FlatPoint) -> tuple[Scalar, ...]:
    """What is said of a group: its message, as ``values.py`` reads it."""
    said: list[Scalar] = []
    outputs = field.scalars.zero
    for part in group.parts:
        reading = _Reading(field, part, point)
        first = witness.first_of(field, part)
        said.append(reading.integers(first))
        if part.site.shift:
            said.append(reading.base(witness.committed_of(part, part.site.remainders)))
        if is_output(part):
            y = reading.base(witness.committed_of(part, part.site.place))
            outputs = field.scalars.add(outputs, y)
        if part.site.kind == "maximum":
            # second = y - relu(first - second)
            said.append(field.scalars.sub(y, reading.integers(np.maximum(first, 0))))
    return (*said, outputs) if has_outputs(group) else tuple(said)


def _second(field: Field, witness: Witness, part: Part, first: Integers) -> Integers | None:
    """v1: y, or for a maximum y - second, which is relu(first - second)."""
    if part.site.kind == "maximum":
        return np.maximum(first, 0)
    if part.site.kind == "rescaled":
        return field.to_signed(witness.committed_of(part, part.site.place)).astype(np.int32)
    return None


class _Reading:
    """eq(point, .) on a part's positions, as rows and columns."""

    def __init__(self, field: Field, part: Part, point: FlatPoint) -> None:
        low = part.site.segment.low
        cut = len(point) - bits(low)
        self._field, self._low = field, low
        self._columns = field.eq_table(point[cut:], low)
        first_row = part.first // low
        self._rows = range_eq(field, point[:cut], first_row + part.start, first_row + part.stop)

    def integers(self, values: Integers) -> Scalar:
        """The extension of small signed values, zero on pads."""
        sums = self._field.combine_integer_columns(values.reshape(-1, self._low), self._columns)
        return self._field.dot(sums, self._rows)

    def base(self, values: Base) -> Scalar:
        """The same of field elements."""
        return self._field.dot(self._field.combine_columns(values.reshape(-1, self._low), self._columns), self._rows)


def real_entries(part: Part, values: Integers) -> Integers:
    """A part's values without pads."""
    segment = part.site.segment
    if segment.high * segment.low == segment.inner:
        return values
    found: Integers = values.reshape(-1, segment.low)[_real_mask(part)]
    return found


def _real_mask(part: Part) -> NDArray[np.bool_]:
    """Which entries of a part's rows are real, (rows, low)."""
    segment = part.site.segment
    within = np.arange(part.start, part.stop) % segment.high * segment.low
    mask: NDArray[np.bool_] = within[:, None] + np.arange(segment.low)[None, :] < segment.inner
    return mask


def _clear_pads(out: Ext, start: int, part: Part) -> None:
    """The denominator 1 on a part's pads."""
    segment = part.site.segment
    tail = segment.high * segment.low - segment.inner
    if not tail:
        return
    last = (segment.high - 1 - part.start) % segment.high
    rows = out[:, start : start + (part.stop - part.start) * segment.low].reshape(len(out), -1, segment.low)
    rows[0, last :: segment.high, segment.low - tail :] = 1
    rows[1:, last :: segment.high, segment.low - tail :] = 0
