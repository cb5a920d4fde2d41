"""The sponge compiled: 4 x 64-bit Montgomery arithmetic, one core, no interpreter lock held.

Field elements are four machine words, least significant first, standing for a * 2^256 mod r, not always reduced:
2^256 > 5.28 r, so a product of values below 3.1 r comes out below 9.61 r^2 / 2^256 + r < 2.9 r and needs no correction
(Montgomery 1985; Walter, "Montgomery exponentiation needs no final subtractions", 1999). Through a round, lanes below
2.1 r become at most 3.1 r with the constant, 2.5 r after the s-box, and 0.1894 (2.5 + 3.1) r + r < 2.1 r after the
matrix. Everything compiled is in this one file, because the compiler's cache notices changes file by file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.extending import intrinsic
from numpy.typing import NDArray

from proofs.paths import kernel_dir
from proofs.poseidon.constants import FIELD, FULL_ROUNDS, PARTIAL_ROUNDS, parameters

Word = np.uint64
Element = tuple[Word, Word, Word, Word]
Function = TypeVar("Function", bound=Callable[..., Any])

config: Any = numba.config  # its settings and types are made at run time
types: Any = numba.types

_MASK = (1 << 64) - 1


def _words(value: int) -> Element:
    return cast(Element, tuple(np.uint64(value >> 64 * i & _MASK) for i in range(4)))


def _montgomery(value: int) -> Element:
    return _words((value << 256) % FIELD)


Q0, Q1, Q2, Q3 = _words(FIELD)
D0, D1, D2, D3 = _words(2 * FIELD)
MINUS_INVERSE = np.uint64(-pow(FIELD, -1, 1 << 64) & _MASK)
SQUARED = _words((1 << 512) % FIELD)
ONE = _words(1)
CAPACITY = _montgomery(1 << 64)
ZERO64, ONE64 = np.uint64(0), np.uint64(1)
FIRST_PARTIAL, LAST_PARTIAL = FULL_ROUNDS // 2, FULL_ROUNDS // 2 + PARTIAL_ROUNDS
CONSTANTS = np.array([[_montgomery(c) for c in pair] for pair in parameters().constants], dtype=np.uint64)
MATRIX = tuple(_montgomery(entry) for row in parameters().matrix for entry in row)


def compiled(function: Function) -> Function:
    """``function`` compiled by numba, its machine code kept in the user's cache folder where that can be written."""
    folder = kernel_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return cast(Function, numba.njit(nogil=True)(function))
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    finally:
        config.CACHE_DIR = before


def _mul_add(_context: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """a * b + c + d as (low word, high word); cannot overflow 128 bits."""

    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        a, b, c, d = (builder.zext(argument, wide) for argument in arguments)
        total = builder.add(builder.add(builder.mul(a, b), c), d)
        word = ir.IntType(64)
        parts = builder.trunc(total, word), builder.trunc(builder.lshr(total, ir.Constant(wide, 64)), word)
        return _context.make_tuple(builder, signature.return_type, parts)

    return types.UniTuple(types.uint64, 2)(a, b, c, d), generate


mul_add = cast(Callable[[Word, Word, Word, Word], tuple[Word, Word]], intrinsic(_mul_add))


@compiled
def step(t: Element, a: Element, b: Word) -> Element:
    """(t + a b + m r) / 2^64, m chosen to make the division exact. *Source*: Koc, Acar, Kaliski 1996 (CIOS)."""
    t0, x = mul_add(a[0], b, t[0], ZERO64)
    m = t0 * MINUS_INVERSE
    _, c = mul_add(m, Q0, t0, ZERO64)
    t1, x = mul_add(a[1], b, t[1], x)
    s0, c = mul_add(m, Q1, t1, c)
    t2, x = mul_add(a[2], b, t[2], x)
    s1, c = mul_add(m, Q2, t2, c)
    t3, x = mul_add(a[3], b, t[3], x)
    s2, c = mul_add(m, Q3, t3, c)
    return s0, s1, s2, c + x


@compiled
def mul(a: Element, b: Element) -> Element:
    """a b / 2^256, at most a b / 2^256 + r; for a up to 4 r."""
    t = step((ZERO64, ZERO64, ZERO64, ZERO64), a, b[0])
    t = step(t, a, b[1])
    t = step(t, a, b[2])
    return step(t, a, b[3])


@compiled
def double_step(t: Element, a: Element, b: Word, c: Element, d: Word) -> Element:
    """(t + a b + c d + m r) / 2^64: two products, one reduction."""
    t0, x = mul_add(a[0], b, t[0], ZERO64)
    t1, x = mul_add(a[1], b, t[1], x)
    t2, x = mul_add(a[2], b, t[2], x)
    t3, top = mul_add(a[3], b, t[3], x)
    s0, s1, s2, s3 = step((t0, t1, t2, t3), c, d)
    # step() has divided by 2^64, so the first product's top word lands in the last place.
    return s0, s1, s2, s3 + top


@compiled
def mix(a: Element, b: Element, c: Element, d: Element) -> Element:
    """(a b + c d) / 2^256, at most that + r; for a and c below r."""
    t = double_step((ZERO64, ZERO64, ZERO64, ZERO64), a, b[0], c, d[0])
    t = double_step(t, a, b[1], c, d[1])
    t = double_step(t, a, b[2], c, d[2])
    return double_step(t, a, b[3], c, d[3])


@compiled
def less_if_not_below(a: Element, m0: Word, m1: Word, m2: Word, m3: Word) -> Element:
    """a - m if a >= m, else a; without a branch on secret values."""
    # ~m + 1 + a: the carry out says a >= m.
    s0, c = mul_add(ONE64, a[0], ~m0, ONE64)
    s1, c = mul_add(ONE64, a[1], ~m1, c)
    s2, c = mul_add(ONE64, a[2], ~m2, c)
    s3, c = mul_add(ONE64, a[3], ~m3, c)
    keep = c - ONE64  # all ones where a < m
    return (
        (a[0] & keep) | (s0 & ~keep),
        (a[1] & keep) | (s1 & ~keep),
        (a[2] & keep) | (s2 & ~keep),
        (a[3] & keep) | (s3 & ~keep),
    )


@compiled
def add(a: Element, b: Element) -> Element:
    """a + b, which must stay below 2^256."""
    s0, c = mul_add(ONE64, a[0], b[0], ZERO64)
    s1, c = mul_add(ONE64, a[1], b[1], c)
    s2, c = mul_add(ONE64, a[2], b[2], c)
    return s0, s1, s2, a[3] + b[3] + c


@compiled
def fifth_power(a: Element) -> Element:
    """The s-box."""
    square = mul(a, a)
    return mul(mul(square, square), a)


@compiled
def permuted(left: Element, right: Element, constants: NDArray[np.uint64]) -> tuple[Element, Element]:
    """One permutation of a state in Montgomery form, lanes below 2.1 r; see ``sponge.permute``."""
    for number in range(len(constants)):
        k = constants[number]
        left = fifth_power(add(left, (k[0, 0], k[0, 1], k[0, 2], k[0, 3])))
        right = add(right, (k[1, 0], k[1, 1], k[1, 2], k[1, 3]))
        if number < FIRST_PARTIAL or number >= LAST_PARTIAL:
            right = fifth_power(right)
        left, right = mix(MATRIX[0], left, MATRIX[1], right), mix(MATRIX[2], left, MATRIX[3], right)
    return left, right


@compiled
def loaded(value: np.int64) -> Element:
    """A signed integer in Montgomery form, at most r + 2^192."""
    magnitude = mul((np.uint64(abs(value)), ZERO64, ZERO64, ZERO64), SQUARED)
    if value >= 0:
        return magnitude
    m = less_if_not_below(magnitude, Q0, Q1, Q2, Q3)
    # r - m, as r + ~m + 1
    s0, c = mul_add(ONE64, Q0, ~m[0], ONE64)
    s1, c = mul_add(ONE64, Q1, ~m[1], c)
    s2, c = mul_add(ONE64, Q2, ~m[2], c)
    s3, c = mul_add(ONE64, Q3, ~m[3], c)
    return s0, s1, s2, s3


@compiled
def store(place: NDArray[np.uint64], a: Element) -> None:
    """Write the canonical value of ``a``, below r, to four words."""
    plain = less_if_not_below(mul(a, ONE), Q0, Q1, Q2, Q3)
    for i in range(4):
        place[i] = plain[i]


@compiled
def sponge_rows(rows: NDArray[np.int64], every: int, constants: NDArray[np.uint64], states: NDArray[np.uint64]) -> None:
    """Fill ``states`` (N, steps + 1, 2, 4): the state before each step of ``every`` elements, and the last one."""
    for number in range(rows.shape[0]):
        left, right = (ZERO64, ZERO64, ZERO64, ZERO64), CAPACITY
        for place in range(rows.shape[1]):
            if place % every == 0:
                store(states[number, place // every, 0], left)
                store(states[number, place // every, 1], right)
            left = less_if_not_below(add(left, loaded(rows[number, place])), D0, D1, D2, D3)
            left, right = permuted(left, right, constants)
        store(states[number, -1, 0], left)
        store(states[number, -1, 1], right)
