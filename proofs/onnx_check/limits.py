"""Bounds on what is read at all, and the measured limits of the halo2 backend."""

from __future__ import annotations

import math

# Reading untrusted bytes. Larger models than these are far beyond the backend's reach (about 10^6 weights).
MAX_MODEL_BYTES = 32 << 20
MAX_NODES = 4096
MAX_TENSORS = 8192
MAX_RANK = 8
MAX_TENSOR_ELEMENTS = 1 << 24
MAX_FINDINGS = 200

# Operator sets 13 to 24 were run; below 13 several operators take as attributes what the wrapper passes as inputs.
OPSETS = range(13, 25)
RECOMMENDED_OPSET = 17

# Values are decomposed as two digits of base 16384 (the default); a product carries twice the scale.
DECOMPOSITION_BITS = 28
# Poseidon takes about 42 rows an input element, and 2^20 rows is what 24 GiB of memory takes comfortably.
MAX_INPUT_ELEMENTS = 16_384
MANY_INPUT_ELEMENTS = 4_096
# About 2.4 cells a product, two cells a row: 2^20 rows hold some 900,000 products, for the whole batch.
MANY_MACS = 900_000
MAX_CLASSES = 1_024
INPUT_RANKS = range(2, 5)


def element_count(shape: tuple[int, ...]) -> int:
    """Number of elements of a closed shape."""
    return math.prod(shape)
