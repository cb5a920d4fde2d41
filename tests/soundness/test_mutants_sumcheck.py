"""Refusals of the sum-check's building blocks that no other test provoked."""

from __future__ import annotations

import numpy as np
import pytest

from proofs.sumcheck.ligero import fast
from proofs.sumcheck.ligero.parameters import Code


@pytest.mark.parametrize("log_columns", [0, 1, 3])
def test_a_random_block_is_no_longer_than_its_row(log_columns: int) -> None:
    with pytest.raises(ValueError, match="longer than its row"):
        _ = Code(log_columns, 2 << log_columns).queries


@pytest.mark.parametrize(("leaves", "rows", "band"), [(fast.LANES + 1, 16, 16), (fast.LANES, 64, 13)])
def test_bands_of_rows_fill_whole_blocks(leaves: int, rows: int, band: int) -> None:
    words = np.zeros((band, leaves), dtype=np.uint32)
    salts, states = np.zeros((4, leaves), dtype=np.uint32), np.zeros((8, leaves), dtype=np.uint32)
    with pytest.raises(ValueError, match="do not fill whole blocks"):
        fast.absorb(salts, words, states, 0, rows)
