"""The layout rule, and tensors on their way into their segments and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_kit import QUICK, SEEDS, base, positions, segments

from proofs.sumcheck.layout.arrange import choose, flatten, low_part, unflatten
from proofs.sumcheck.layout.segment import Segment


@QUICK
@given(segment=segments(), seed=SEEDS)
def test_entries_lie_where_flat_says(segment: Segment, seed: int) -> None:
    values = base(segment.shape, seed).astype(np.int64) + 1
    flat = flatten(segment, values)
    wanted = np.zeros(segment.size, dtype=np.int64)
    for index, entry in positions(segment):
        wanted[entry] = values[index]
    assert np.array_equal(flat, wanted)
    flat[flat == 0] = 77  # garbage in every pad
    assert np.array_equal(unflatten(segment, flat), values)


@pytest.mark.parametrize(
    ("shape", "order", "low"),
    [
        ((32, 112, 112, 1), (3, 0, 1, 2), 128),
        ((960, 7, 7, 1), (3, 0, 1, 2), 8),
        ((64, 3, 3, 15), (3, 0, 1, 2), 1),
        ((6, 28, 28, 10_000), (0, 1, 2, 3), 256),
        ((6, 28, 28, 16), (0, 1, 2, 3), 16),
        ((1000, 1, 1, 1), (3, 1, 2, 0), 1024),
        ((1280, 1, 1, 8), (3, 1, 2, 0), 256),
    ],
)
def test_the_rule(shape: tuple[int, int, int, int], order: tuple[int, ...], low: int) -> None:
    assert choose(shape) == (order, low)


@given(extent=st.integers(1, 100_000))
def test_padding_costs_little(extent: int) -> None:
    low = low_part(extent)
    assert low & (low - 1) == 0
    assert 100 * -(-extent // low) * low <= 115 * extent
    assert low <= 256 or low >= extent


def test_other_shapes_are_refused() -> None:
    segment = Segment((2, 3, 5, 1), (3, 0, 1, 2), 4, 8)
    with pytest.raises(ValueError, match="does not fit"):
        flatten(segment, np.zeros((2, 3, 1, 5), dtype=np.int32))
    with pytest.raises(ValueError, match="do not make"):
        unflatten(segment, np.zeros(segment.real, dtype=np.int32))
