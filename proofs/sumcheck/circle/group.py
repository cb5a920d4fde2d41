"""The group of the circle x^2 + y^2 = 1 modulo p = 2^31 - 1: cyclic, of order p + 1 = 2^31.

Points multiply like complex numbers x + i y; the square of one has the first coordinate pi(x) = 2 x^2 - 1.

*Source*: Haboeck, Levit, Papini, "Circle STARKs", 2024 (eprint 2024/278)
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.primes import SmallPrime

M31 = SmallPrime(MERSENNE_31)
LOG_ORDER = 31
Point = tuple[int, int]
GENERATOR: Point = (2, 1268011823)
"""Of the whole group: its 2^30-th power is (-1, 0). The point of order 2^31 with the least x."""


def product(a: Point, b: Point) -> Point:
    """The product of two points."""
    (x, y), (z, w) = a, b
    return (x * z - y * w) % MERSENNE_31, (x * w + y * z) % MERSENNE_31


def root(log_order: int) -> Point:
    """A point of order 2^log_order, each the square of the next. Raises ValueError."""
    if not 0 <= log_order <= LOG_ORDER:
        raise ValueError(f"the circle has no point of order 2^{log_order}")
    point = GENERATOR
    for _ in range(LOG_ORDER - log_order):
        point = product(point, point)
    return point


@cache
def powers(log_order: int, count: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The coordinates x and y of the first ``count`` powers of ``root(log_order)``, from the zeroth on; read-only."""
    x, y = np.ones(1, dtype=np.uint32), np.zeros(1, dtype=np.uint32)
    step = root(log_order)
    while x.size < count:
        next_x = M31.sub(M31.times(x, step[0]), M31.times(y, step[1]))
        next_y = M31.add(M31.times(x, step[1]), M31.times(y, step[0]))
        x, y = np.concatenate([x, next_x]), np.concatenate([y, next_y])
        step = product(step, step)
    x, y = x[:count].astype(np.uint32), y[:count].astype(np.uint32)
    x.flags.writeable = y.flags.writeable = False
    return x, y
