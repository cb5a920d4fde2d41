"""How large values may get: which number type is exact, and which inputs the circuit can be proven for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.errors import InvalidInput
from proofs.integer.operands import Array

# A bound computed in float64 is off by a few parts in 2^53; half of int64's range leaves more room than that.
INT64_SAFE = 2.0**62
# The circuit compiler holds values in 128-bit integers.
MAX_VALUE = 1 << 120


class OutOfRange(InvalidInput):
    """Inputs for which a value outgrows the circuit's digits, so that their answers could never be proven.

    Args:
        examples: their positions in the batch.
    """

    def __init__(self, examples: Sequence[int]) -> None:
        super().__init__(
            f"input {examples[0]} drives a value beyond the circuit's digits, so its answer would have no proof: "
            "scale the input down"
        )
        self.examples = tuple(examples)


def too_far(values: Array, limit: int) -> list[int]:
    """Rows of (N, ...) that hold a value of magnitude ``limit`` or more."""
    flat = values.reshape(len(values), -1)
    if flat.shape[1] == 0 or (values.dtype == np.int64 and limit > np.iinfo(np.int64).max):
        return []
    return [int(row) for row in np.flatnonzero((np.abs(flat) >= limit).any(axis=1))]
