"""Hashing many documents at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from proofs.poseidon.sponge import RATE_STEP, State, absorb, sponge_states

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


def hash_rows(rows: NDArray[np.int64], progress: Progress | None = None) -> list[int]:
    """The hash of each row of signed integers (N, width)."""
    return [digest for digest, _ in states_of_rows(rows, progress)]


def states_of_rows(rows: NDArray[np.int64], progress: Progress | None = None) -> list[tuple[int, list[State]]]:
    """For each row (N, width): its hash, and the sponge state before each step of 32 elements."""
    answers = []
    for done, row in enumerate(rows.tolist(), 1):
        states = sponge_states(row)
        tail = row[(len(states) - 1) * RATE_STEP :]
        answers.append((absorb(states[-1], tail)[0], states))
        if progress is not None:
            progress(done, len(rows))
    return answers
