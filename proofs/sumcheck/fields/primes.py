"""Arrays modulo a prime, in NumPy: the few operations every plain kernel is made of.

Arrays are canonical: every entry in [0, p). Unsigned arithmetic wraps, and the least of a value and the value moved by
p is the canonical one, because the other of the two has wrapped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.unsignedinteger]

MERSENNE_31 = 2**31 - 1
MERSENNE_61 = 2**61 - 1
BELOW_2_61 = 2**61 - 45
"""The second 61-bit prime: the largest below 2^61 - 1 that is 3 modulo 4, so that i^2 + 1 is irreducible too."""


class Prime(ABC):
    """A prime p, the dtype of its elements, and arithmetic on arrays of them."""

    p: int
    dtype: np.dtype[np.unsignedinteger]

    def add(self, a: Array, b: Array) -> Array:
        """a + b."""
        total = a + b
        reduced: Array = np.minimum(total, total - self.dtype.type(self.p))
        return reduced

    def sub(self, a: Array, b: Array) -> Array:
        """a - b."""
        difference = a - b
        reduced: Array = np.minimum(difference, difference + self.dtype.type(self.p))
        return reduced

    @abstractmethod
    def mul(self, a: Array, b: Array) -> Array:
        """a b, broadcast."""

    @abstractmethod
    def reduce(self, values: NDArray[np.uint64]) -> Array:
        """Any 64-bit integers modulo p."""

    @abstractmethod
    def total(self, a: Array) -> int:
        """The sum of all entries."""

    def times(self, a: Array, factor: int) -> Array:
        """Every entry times an integer of any size and sign."""
        return self.mul(a, np.full((1,) * a.ndim, factor % self.p, dtype=self.dtype))

    def from_signed(self, values: NDArray[np.generic]) -> Array:
        """Integers of any integer dtype, or Python integers in an object array, modulo p.

        Raises:
            TypeError: an array of anything else.
        """
        if values.dtype.kind == "O":
            flat: list[Any] = values.ravel().tolist()
            return np.array([index(value) % self.p for value in flat], dtype=self.dtype).reshape(values.shape)
        if values.dtype.kind == "u":
            return self.reduce(values.astype(np.uint64))
        if values.dtype.kind != "i":
            raise TypeError(f"field elements are made of integers, not of {values.dtype}")
        return np.mod(values.astype(np.int64, copy=False), self.p).astype(self.dtype)

    def to_signed(self, a: Array) -> NDArray[np.signedinteger]:
        """The representatives of least size, as int64."""
        values = a.astype(np.int64)
        values -= (values > self.p // 2) * np.int64(self.p)
        return values


class SmallPrime(Prime):
    """A prime below 2^31: elements in 32 bits, products in 64."""

    def __init__(self, p: int) -> None:
        if not 3 <= p < 2**31:
            raise ValueError(f"{p} is no odd prime below 2^31")
        self.p = p
        self.dtype = np.dtype(np.uint32)

    def mul(self, a: Array, b: Array) -> Array:
        """a b, broadcast."""
        return self.reduce(np.multiply(a, b, dtype=np.uint64))

    def reduce(self, values: NDArray[np.uint64]) -> Array:
        """Any 64-bit integers modulo p; NumPy divides by a constant faster than it takes remainders."""
        p = np.uint64(self.p)
        return (values - values // p * p).astype(np.uint32)

    def total(self, a: Array) -> int:
        """The sum of all entries; their 64-bit sum cannot overflow below 2^33 of them."""
        return int(a.sum(dtype=np.uint64)) % self.p


class Prime61(Prime):
    """p = 2^61 - c with a small odd c: elements in 64 bits, products from limbs of 31 and 30 bits.

    Reduction: 2^61 = c modulo p.
    """

    def __init__(self, c: int) -> None:
        if not 1 <= c < 64:
            raise ValueError(f"2^61 - {c} is too far below 2^61 for these reductions")
        self.p = 2**61 - c
        self.dtype = np.dtype(np.uint64)
        self._c = np.uint64(c)

    def mul(self, a: Array, b: Array) -> Array:
        """a b, broadcast, with a = a1 2^31 + a0 and b likewise."""
        a1, a0, b1, b0 = a >> 31, a & 0x7FFFFFFF, b >> 31, b & 0x7FFFFFFF
        high, middle = a1 * b1, a1 * b0 + a0 * b1  # below 2^60 and 2^62
        # middle 2^31 = m1 2^61 + m0 2^31 with middle = m1 2^30 + m0: below 2^38 + 2^61
        low = a0 * b0 + (middle >> 30) * self._c + ((middle & 0x3FFFFFFF) << 31)
        # high 2^62 = 2c high = 2c (h1 2^54 + h0); 2c h0 is below 2^61, and 2c h1 = t1 2^7 + t0 gives t1 c + t0 2^54
        top = (high >> 54) * (self._c + self._c)
        low += (high & 0x3FFFFFFFFFFFFF) * (self._c + self._c) + (top >> 7) * self._c + ((top & 0x7F) << 54)
        return self.reduce(low)  # the five terms together are below 2^62 + 2^61 + 2^38 + 2^61 + 2^61 + 2^13 < 2^64

    def reduce(self, values: NDArray[np.uint64]) -> Array:
        """Any 64-bit integers modulo p."""
        folded = (values & 0x1FFFFFFFFFFFFFFF) + (values >> 61) * self._c  # below 2^61 + 2^9 < 2p
        return np.minimum(folded, folded - np.uint64(self.p))

    def total(self, a: Array) -> int:
        """The sum of all entries, by halves that cannot overflow below 2^33 of them."""
        return ((int((a >> 31).sum()) << 31) + int((a & 0x7FFFFFFF).sum())) % self.p


def prime(p: int) -> Prime:
    """The arithmetic of a prime: 2^61 - c for a small c, or any below 2^31. That p is prime is the caller's word."""
    return Prime61(2**61 - p) if p > 2**60 else SmallPrime(p)
