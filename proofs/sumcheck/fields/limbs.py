"""Exact matrix products modulo a prime by floating-point ones: integers are cut into limbs whose sums of products stay
below 2^53, the largest range in which every integer is a double.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.primes import Array, Prime

EXACT_BITS = 53
"""Sums of integers are exact in doubles as long as each partial sum is at most 2^53 in size."""
INNER = 1 << 14
"""Terms of a sum done at once; longer sums would need narrower limbs."""
ENTRIES = 1 << 21
"""Entries of either factor cut into limbs at once, to bound the memory."""

Limb = tuple[int, NDArray[np.float64]]


def product(prime: Prime, a: NDArray[np.integer], b: NDArray[np.integer]) -> Array:
    """A B modulo p, A (M, K) and B (K, N) integers of either sign below 2^61 in size; canonical elements (M, N)."""
    a, b = _signed(a), _signed(b)
    out = np.zeros((a.shape[0], b.shape[1]), dtype=prime.dtype)
    for k in range(0, a.shape[1], INNER):
        left, right = a[:, k : k + INNER], b[k : k + INNER]
        step = max(64, ENTRIES // len(right))
        for column in range(0, b.shape[1], step):
            block = slice(column, column + step)
            _add_product(prime, out[:, block], left, right[:, block])
    return out


def _add_product(prime: Prime, out: Array, a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
    """out += A B, for few enough terms a sum and few enough columns."""
    a_bits, b_bits = _bits(a), _bits(b)
    a_width, b_width = _widths(a_bits, b_bits, (len(b) - 1).bit_length())
    right = list(_limbs(b, b_bits, b_width))
    step = max(64, ENTRIES // len(b))
    for row in range(0, len(a), step):
        rows = out[row : row + step]
        for i, left_limb in _limbs(a[row : row + step], a_bits, a_width):
            for j, right_limb in right:
                part = prime.from_signed((left_limb @ right_limb).astype(np.int64))
                rows[...] = prime.add(rows, prime.times(part, 1 << (i + j)) if i + j else part)


def _signed(values: NDArray[np.integer]) -> NDArray[np.int64]:
    """As int64, without a copy where there is none to make."""
    if values.dtype == np.uint64:
        return values.view(np.int64)
    return values.astype(np.int64, copy=False)


def _bits(values: NDArray[np.int64]) -> int:
    """The least k with every entry in [-2^k, 2^k)."""
    if values.size == 0:
        return 0
    return max(int(values.max()).bit_length(), (-1 - int(values.min())).bit_length())


def _widths(a_bits: int, b_bits: int, sum_bits: int) -> tuple[int, int]:
    """Widths of the two factors' limbs: as few products as possible, all of them exact."""
    choices = []
    for a_parts in range(1, 5):
        for b_parts in range(1, 5):
            a_width, b_width = -(-a_bits // a_parts), -(-b_bits // b_parts)
            if a_width + b_width + sum_bits <= EXACT_BITS:
                choices.append((a_parts * b_parts, max(1, a_width), max(1, b_width)))
    _, a_width, b_width = min(choices)
    return a_width, b_width


def _limbs(values: NDArray[np.int64], bits: int, width: int) -> Iterator[Limb]:
    """(shift, limb) with values = sum of limb 2^shift: limbs in [0, 2^width), the last in [-2^width, 2^width)."""
    shift = 0
    while bits - shift > width:
        yield shift, ((values >> shift) & ((1 << width) - 1)).astype(np.float64)
        shift += width
    yield shift, (values >> shift).astype(np.float64)
