"""Hashing many leaves and nodes in compiled loops: the fast twin.

SHA-256 of 64 columns side by side, so that each step is one of vectors and the words are read as they lie, row by row.
A tile is a flat array of 64 entries for each of a block's or the state's words.

*Source*: FIPS 180-4, sections 4.1.2, 4.2.2, 5.3.3 and 6.2.2.
"""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import Any

import numpy as np

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.hashes import BLOCK_BYTES, LEAF_BLOCK, NODE_BLOCK, Words

LANES = 64
BLOCK_WORDS = BLOCK_BYTES // 4
HASH_WORK = 20
"""Products in the extension that one block takes as long as."""
U = np.uint32


def leaf_digests(salts: Words, codewords: Words) -> Words:
    """The leaves (8, n) of all columns, from salts (4, n) and words (R, n)."""
    rows, n = codewords.shape
    if n < LANES:
        return plain.leaf_digests(salts, codewords)
    states = leaf_states(n)
    absorb(salts, codewords, states, 0, rows)
    return states


def leaf_states(n: int) -> Words:
    """Hashes of n leaves of which nothing is known yet: (8, n)."""
    return np.repeat(_after(LEAF_BLOCK)[:, None], n, axis=1)


def absorb(salts: Words, band: Words, states: Words, first: int, rows: int) -> None:
    """Hash some rows of the words, from row ``first`` of ``rows`` on; after the last the states are the leaves.

    Args:
        band: (some, n); its end is that of the words, or 4 entries short of a multiple of 16.
    """
    n, last = states.shape[1], first + len(band) == rows
    if n % LANES or (not last and (4 + first + len(band)) % BLOCK_WORDS):
        raise ValueError(f"{len(band)} rows from {first} on do not fill whole blocks of {n} leaves")
    constants, band = _constants(), np.ascontiguousarray(band)
    work = HASH_WORK * n * (len(band) // BLOCK_WORDS + 1)
    share(lambda lo, hi: hash_columns(salts, band, states, constants, first, rows, lo, hi), n, work, LANES)


def parents(digests: Words) -> Words:
    """The nodes (8, n / 2) above nodes (8, n)."""
    n = digests.shape[1] // 2
    if n < LANES:
        return plain.parents(digests)
    out = np.empty((8, n), dtype=np.uint32)
    start, constants = _after(NODE_BLOCK), _constants()
    share(lambda lo, hi: hash_pairs(digests, start, constants, out, lo, hi), n, 2 * HASH_WORK * n, LANES)
    return out


@cache
def _constants() -> Words:
    """The first 32 bits of the fractional parts of the cube roots of the first 64 primes."""
    return np.array([_cube_root(q << 96) % 2**32 for q in _primes(64)], dtype=np.uint32)


@cache
def _after(block: bytes) -> Words:
    """The state after a first block; it begins with the square roots of the first 8 primes."""
    state = np.repeat(np.array([isqrt(q << 64) % 2**32 for q in _primes(8)], dtype=np.uint32), LANES)
    words = np.zeros(64 * LANES, dtype=np.uint32)
    words[: BLOCK_WORDS * LANES] = np.repeat(np.frombuffer(block, dtype=">u4"), LANES)
    compress(state, words, np.empty_like(state), _constants())
    return np.ascontiguousarray(state[::LANES])


def _primes(count: int) -> list[int]:
    return [q for q in range(2, 312) if all(q % d for d in range(2, q))][:count]


def _cube_root(value: int) -> int:
    """Rounded down."""
    root = 1 << -(-value.bit_length() // 3)
    while root**3 > value:
        root = (2 * root + value // root**2) // 3
    return root


@inlined
def rotated(x: Any, k: int) -> Any:
    """x rotated to the right by k."""
    return U(U(x >> U(k)) | U(x << U(32 - k)))


@inlined
def swapped(x: Any) -> Any:
    """x with its bytes reversed: SHA-256 reads words big-endian."""
    return U(U(x >> U(24)) | U(U(x >> U(8)) & U(0xFF00)) | U(U(x << U(8)) & U(0xFF0000)) | U(x << U(24)))


@inlined
def step(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any, k: Any) -> Any:
    """One round with constant plus word k: what becomes of d and h."""
    big_1 = U(rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25))
    first = U(h + big_1 + U(U(e & f) ^ U(U(~e) & g)) + k)
    big_0 = U(rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22))
    return U(d + first), U(first + big_0 + U(U(a & b) ^ U(a & c) ^ U(b & c)))


@inlined
def schedule(words: Words) -> None:
    """A block's 16 words to the rounds' 64."""
    for t in range(48):
        x = words[64 * t :]
        for i in range(64):
            p, q = x[i + 64], x[i + 896]
            small_0 = U(rotated(p, 7) ^ rotated(p, 18) ^ U(p >> U(3)))
            small_1 = U(rotated(q, 17) ^ rotated(q, 19) ^ U(q >> U(10)))
            x[i + 1024] = U(x[i] + small_0 + x[i + 576] + small_1)


@kernel
def compress(state: Words, words: Words, before: Words, constants: Words) -> None:
    """Take in one block a column, eight rounds at a time; ``before`` is room for the state."""
    schedule(words)
    before[:] = state
    s = state
    for t in range(8):
        x = words[512 * t :]
        k = constants[8 * t : 8 * t + 8]
        k0, k1, k2, k3, k4, k5, k6, k7 = k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]
        for i in range(64):
            a, b, c, d = s[i], s[i + 64], s[i + 128], s[i + 192]
            e, f, g, h = s[i + 256], s[i + 320], s[i + 384], s[i + 448]
            d, h = step(a, b, c, d, e, f, g, h, U(k0 + x[i]))
            c, g = step(h, a, b, c, d, e, f, g, U(k1 + x[i + 64]))
            b, f = step(g, h, a, b, c, d, e, f, U(k2 + x[i + 128]))
            a, e = step(f, g, h, a, b, c, d, e, U(k3 + x[i + 192]))
            h, d = step(e, f, g, h, a, b, c, d, U(k4 + x[i + 256]))
            g, c = step(d, e, f, g, h, a, b, c, U(k5 + x[i + 320]))
            f, b = step(c, d, e, f, g, h, a, b, U(k6 + x[i + 384]))
            e, a = step(b, c, d, e, f, g, h, a, U(k7 + x[i + 448]))
            s[i], s[i + 64], s[i + 128], s[i + 192] = a, b, c, d
            s[i + 256], s[i + 320], s[i + 384], s[i + 448] = e, f, g, h
    for i in range(512):
        state[i] = U(state[i] + before[i])


@inlined
def begin(state: Words, start: Words) -> None:
    """The state after the first block, the same in every column."""
    for j in range(8):
        state[64 * j : 64 * j + 64] = start[j]


@inlined
def put(words: Words, j: int, source: Words) -> None:
    """Word j of the block, in every column."""
    target = words[64 * j : 64 * j + 64]
    for i in range(64):
        target[i] = swapped(source[i])


@inlined
def finish(state: Words, out: Words, first: int) -> None:
    """Write the digests."""
    for j in range(8):
        out[j, first : first + 64] = state[64 * j : 64 * j + 64]


@kernel
def hash_columns(
    salts: Words, band: Words, states: Words, constants: Words, first_row: int, rows: int, lo: int, hi: int
) -> None:
    """Leaves lo to hi: salt, entries, a one bit, zeros, and the length in bits as 64; only the band's entries."""
    state, before, words = np.empty(512, np.uint32), np.empty(512, np.uint32), np.empty(4096, np.uint32)
    length, end = 4 + rows, 4 + first_row + band.shape[0]
    start_block = 0 if first_row == 0 else (4 + first_row) // 16
    last_block = (length + 18) // 16
    stop_block = last_block if end == length else end // 16
    for first in range(lo, hi, 64):
        for j in range(8):
            state[64 * j : 64 * j + 64] = states[j, first : first + 64]
        for block in range(start_block, stop_block):
            for j in range(16):
                at = 16 * block + j
                if at < 4:
                    put(words, j, salts[at][first : first + 64])
                elif at < length:
                    put(words, j, band[at - 4 - first_row][first : first + 64])
                else:
                    words[64 * j : 64 * j + 64] = U(0x80000000) if at == length else U(0)
            if block == last_block - 1:
                words[960:1024] = U(512 + 32 * length)
            compress(state, words, before, constants)
        finish(state, states, first)


@kernel
def hash_pairs(digests: Words, start: Words, constants: Words, out: Words, lo: int, hi: int) -> None:
    """Nodes lo to hi: left, right, and a block of padding."""
    state, before, words = np.empty(512, np.uint32), np.empty(512, np.uint32), np.empty(4096, np.uint32)
    for first in range(lo, hi, 64):
        begin(state, start)
        for j in range(8):
            pairs = digests[j][2 * first : 2 * first + 128]
            for i in range(64):
                words[64 * j + i], words[512 + 64 * j + i] = pairs[2 * i], pairs[2 * i + 1]
        compress(state, words, before, constants)
        words[:1024] = U(0)
        words[:64] = U(0x80000000)
        words[960:1024] = U(8 * 128)
        compress(state, words, before, constants)
        finish(state, out, first)
