"""The group of the circle x^2 + y^2 = 1 modulo a Mersenne prime p = 2^k - 1: cyclic, of order p + 1 = 2^k.

Points multiply like complex numbers x + i y; the square of one has the first coordinate pi(x) = 2 x^2 - 1.

*Source*: Haboeck, Levit, Papini, "Circle STARKs", 2024 (eprint 2024/278)
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.primes import SmallPrime

Point = tuple[int, int]


def log_order(p: int = MERSENNE_31) -> int:
    """k for p = 2^k - 1. Raises ValueError: another p, or one that does not fit 32 bits."""
    k = p.bit_length()
    if not 3 <= k <= 31 or p + 1 != 1 << k:
        raise ValueError(f"the circle modulo {p} does not have 2^k points: take a prime 2^k - 1 of at most 31 bits")
    return k


@cache
def modulo(p: int) -> SmallPrime:
    """Arithmetic on arrays of coordinates."""
    return SmallPrime(p)


def product(a: Point, b: Point, p: int = MERSENNE_31) -> Point:
    """The product of two points."""
    (x, y), (z, w) = a, b
    return (x * z - y * w) % p, (x * w + y * z) % p


@cache
def generator(p: int = MERSENNE_31) -> Point:
    """Of the whole group: the point of order 2^k with the least x, and with y the power (1 - x^2)^((p + 1) / 4).

    That power is the square root which is a square itself, if there is any. A point has order 2^k where it is no
    square, that is where its 2^(k-1)-th power is (-1, 0). Modulo 2^31 - 1 it is (2, 1268011823).
    """
    k = log_order(p)
    for x in range(2, p):
        square = (1 - x * x) % p
        point = x, pow(square, (p + 1) // 4, p)
        if point[1] * point[1] % p == square and squared(point, k - 1, p) == (p - 1, 0):
            return point
    raise ValueError(f"{p} is no prime: no point on its circle has order {p + 1}")


def squared(point: Point, times: int, p: int = MERSENNE_31) -> Point:
    """A point squared so many times."""
    for _ in range(times):
        point = product(point, point, p)
    return point


def root(order: int, p: int = MERSENNE_31) -> Point:
    """A point of order 2^order, each the square of the next. Raises ValueError."""
    k = log_order(p)
    if not 0 <= order <= k:
        raise ValueError(f"the circle has no point of order 2^{order}")
    return squared(generator(p), k - order, p)


@cache
def powers(order: int, count: int, p: int = MERSENNE_31) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The coordinates x and y of the first ``count`` powers of ``root(order)``, from the zeroth on; read-only."""
    x, y = np.ones(1, dtype=np.uint32), np.zeros(1, dtype=np.uint32)
    step, mod = root(order, p), modulo(p)
    while x.size < count:
        next_x = mod.sub(mod.times(x, step[0]), mod.times(y, step[1]))
        next_y = mod.add(mod.times(x, step[1]), mod.times(y, step[0]))
        x, y = np.concatenate([x, next_x]), np.concatenate([y, next_y])
        step = product(step, step, p)
    x, y = x[:count].astype(np.uint32), y[:count].astype(np.uint32)
    x.flags.writeable = y.flags.writeable = False
    return x, y
