"""Scalars modulo p = 2^31 - 1 and in its degree-4 extension, to be compiled into kernels: 32 bits wide, products 64.

2^31 = 1, so a word is folded by adding its part from bit 31 on to the part below. Sums of up to four products of
canonical entries stay below 2^64: 4 (p - 1)^2 + 2 p < 2^64. -x is x xor p, in [0, p]: the compiler sees that it has no
high half and takes the cheap multiplication.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined

Word = np.uint64
Words4 = tuple[Word, Word, Word, Word]
Words6 = tuple[Word, Word, Word, Word, Word, Word]
Table = NDArray[np.uint32]
Constants = NDArray[np.uint64]

P = np.uint64(2**31 - 1)
EIGHT_P = np.uint64(8 * (2**31 - 1))
BITS = np.uint64(31)
ZERO = np.uint64(0)


@inlined
def fold(x: Word) -> Word:
    """The same modulo p, below 2^31 + x / 2^31."""
    return (x & P) + (x >> BITS)


@inlined
def canonical(x: Word) -> Any:
    """Any word modulo p. Two folds leave at most p + 5."""
    y = np.uint32(fold(fold(x)))
    return min(y, np.uint32(y - P))


@inlined
def plus(x: Any, y: Any) -> Any:
    """x + y."""
    z = np.uint32(x + y)
    return min(z, np.uint32(z - P))


@inlined
def minus(x: Any, y: Any) -> Any:
    """x - y."""
    z = np.uint32(x - y)
    return min(z, np.uint32(z + P))


@inlined
def word(x: Any) -> Any:
    """A signed integer below 2^31 in size modulo p, in [0, p]."""
    return np.uint32(x + ((x >> 31) & 0x7FFFFFFF))


@inlined
def product(a: Word, b: Word, c: Word, d: Word, e: Word, f: Word, g: Word, h: Word) -> Any:
    """(a, b, c, d) (e, f, g, h) in the extension, canonical."""
    nb, nd = P ^ b, P ^ d
    s, t = fold(c * g + nd * h), fold(c * h + d * g)  # below 2^33; to be multiplied by 2 + i
    return (
        canonical(a * e + nb * f + s + s + (EIGHT_P - t)),
        canonical(a * f + b * e + s + t + t),
        canonical(a * g + nb * h + c * e + nd * f),
        canonical(a * h + b * g + c * f + d * e),
    )


@inlined
def square(a: Word, b: Word, c: Word, d: Word) -> Any:
    """(a, b, c, d)^2, canonical."""
    nb, nd = P ^ b, P ^ d
    s, t = fold(c * c + nd * d), fold(c * d)
    t += t
    cross, turned = a * c + nb * d, a * d + b * c
    return (
        canonical(a * a + nb * b + s + s + (EIGHT_P - t)),
        canonical(a * b + a * b + s + t + t),
        canonical(cross + cross),
        canonical(turned + turned),
    )


@inlined
def parts(a: Word, b: Word, c: Word, d: Word, e: Word, f: Word, g: Word, h: Word) -> Words6:
    """The product for summing: six words below 2^34, which 2^30 of can be added; ``combined`` makes a scalar of sums.

    With (a, b, c, d) = x + y u and (e, f, g, h) = v + w u: both parts of x v, of x w + y v, and of y w.
    """
    nb, nd = P ^ b, P ^ d
    return (
        fold(a * e + nb * f),
        fold(a * f + b * e),
        fold(a * g + nb * h + c * e + nd * f),
        fold(a * h + b * g + c * f + d * e),
        fold(c * g + nd * h),
        fold(c * h + d * g),
    )


@inlined
def reduced(sums: Words6) -> Any:
    """The element that sums of ``parts`` stand for, canonical: u^2 = 2 + i."""
    a, b, c, d, s, t = sums
    s, t = fold(s), fold(t)  # below 2^34 - 8
    return canonical(fold(a) + s + s + (EIGHT_P - t)), canonical(fold(b) + s + t + t), canonical(c), canonical(d)


@inlined
def weighted_square(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Words6:
    """Parts of (a, b, c, d) (e, f, g, h)^2."""
    x, y, z, w = square(Word(e), Word(f), Word(g), Word(h))
    return parts(Word(a), Word(b), Word(c), Word(d), Word(x), Word(y), Word(z), Word(w))


@inlined
def base_square(x: Any) -> Any:
    """x^2 in the base field, in [0, p]."""
    return np.uint32(fold(fold(Word(x) * Word(x))))


@inlined
def scaled(a: Word, b: Word, c: Word, d: Word, k: Any) -> Words4:
    """(a, b, c, d) times a constant given as ``factor_words``: sums of four products, below 2^64 - 2^33."""
    return (
        a * k[0] + b * k[6] + c * k[4] + d * k[8],
        a * k[1] + b * k[0] + c * k[5] + d * k[4],
        a * k[2] + b * k[7] + c * k[0] + d * k[6],
        a * k[3] + b * k[2] + c * k[1] + d * k[0],
    )


@inlined
def words(k: Constants) -> Any:
    """The nine words of a constant, in registers."""
    return k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8]


def combined(sums: tuple[int, ...], p: int = 2**31 - 1) -> tuple[int, int, int, int]:
    """The scalar that sums of ``parts`` stand for: u^2 = 2 + i."""
    a, b, c, d, s, t = (int(part) for part in sums)
    return (a + 2 * s - t) % p, (b + s + 2 * t) % p, c % p, d % p


def factor_words(factor: tuple[int, ...], p: int = 2**31 - 1) -> Constants:
    """A scalar (e, f, g, h) as e, f, g, h, 2g - h, g + 2h, -f, -h, -(g + 2h): products by it need no negation."""
    e, f, g, h = factor
    entries = (e, f, g, h, 2 * g - h, g + 2 * h, -f, -h, -g - 2 * h)
    return np.array([entry % p for entry in entries], dtype=np.uint64)
