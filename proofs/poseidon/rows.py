"""Hashing many documents at once: in plain Python for a handful, else compiled, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from proofs.poseidon.sponge import RATE_STEP, State, absorb, sponge_states

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""
Answer = tuple[int, list[State]]
"""A document's hash, and the sponge state before each step of 32 elements."""

FEW_ELEMENTS = 4096
"""Below this, plain Python (0.16 ms an element) is quicker than loading the compiler (0.6 s)."""
BLOCK_ELEMENTS = 1 << 16
"""What one task hashes: about 0.7 s, so that progress is seen and an interrupt is heard."""


def hash_rows(rows: NDArray[np.int64], progress: Progress | None = None) -> list[int]:
    """The hash of each row of signed integers (N, width)."""
    return [digest for digest, _ in states_of_rows(rows, progress)]


def states_of_rows(rows: NDArray[np.int64], progress: Progress | None = None) -> Iterator[Answer]:
    """For each row of signed integers (N, width), width >= 1: its hash, and its states for checkpoints.

    Other cores go on hashing while the caller uses an answer.
    """
    done = 0
    for block in plain_blocks(rows) if rows.size <= FEW_ELEMENTS else compiled_blocks(rows):
        yield from block
        done += len(block)
        if progress is not None:
            progress(done, len(rows))


def plain_blocks(rows: NDArray[np.int64]) -> Iterator[list[Answer]]:
    """The readable twin, a row at a time."""
    for row in rows.tolist():
        states = sponge_states(row)
        yield [(absorb(states[-1], row[(len(states) - 1) * RATE_STEP :])[0], states)]


def compiled_blocks(rows: NDArray[np.int64]) -> Iterator[list[Answer]]:
    """The compiled twin, blocks of rows on all cores, in order."""
    from proofs.poseidon import kernel

    size = max(1, BLOCK_ELEMENTS // rows.shape[1])
    steps = -(-rows.shape[1] // RATE_STEP)

    def block(start: int) -> NDArray[np.uint64]:
        part = np.ascontiguousarray(rows[start : start + size], dtype=np.int64)
        states = np.empty((len(part), steps + 1, 2, 4), dtype=np.uint64)
        kernel.sponge_rows(part, RATE_STEP, kernel.CONSTANTS, states)
        return states

    with ThreadPoolExecutor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1) as pool:
        try:
            for states in pool.map(block, range(0, len(rows), size)):
                yield [_answer(row) for row in states]
        finally:
            pool.shutdown(cancel_futures=True)


def _answer(states: NDArray[np.uint64]) -> Answer:
    """Words, least significant first, as integers; the last state's first lane is the hash."""
    raw = states.astype("<u8").tobytes()
    lanes = [int.from_bytes(raw[start : start + 32], "little") for start in range(0, len(raw), 32)]
    pairs = list(zip(lanes[::2], lanes[1::2], strict=True))
    return pairs[-1][0], pairs[:-1]
