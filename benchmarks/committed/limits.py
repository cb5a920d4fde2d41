"""What this machine can do at best on all the threads a proof uses: what its parts are held against."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.committed.limit_kernels import many_products
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.fields import field
from proofs.sumcheck.fields.fast.threads import threads
from proofs.sumcheck.ligero.fast import leaf_digests
from proofs.sumcheck.ligero.hashes import salts
from proofs.sumcheck.lookups.prover import prove_ones

STREAM = 1 << 25  # entries of 4 bytes: far beyond every cache
CACHED, REPEATS = 1024, 4096
LOG_ROW, ROWS = 15, 64
SIDE = 2000
SMALL = 10  # log2 of the leaves of a tree
TRIES, SLOW = 5, 4


def limits() -> dict[str, float]:
    """Rates of the whole machine; bytes of copies count reading and writing."""
    return {"threads": threads(), **_memory(), **_products(), **_code(), **_hashes(), **_blas(), **_rounds()}


def _memory() -> dict[str, float]:
    parts = threads()
    source, target = np.ones((parts, STREAM), np.uint32), np.ones((parts, STREAM), np.uint32)
    copy_s = _best(lambda k: np.copyto(target[k], source[k]))
    moved = parts * STREAM * 4
    fresh = lambda k: np.empty(STREAM, np.uint32).fill(1)  # noqa: E731
    return {
        "copy_gb_s": 2 * moved / copy_s / 1e9,
        "first_touch_gb_s": moved / _best(fresh) / 1e9,
        "slowest_touch_gb_s": moved / _slowest() / 1e9,
    }


def _slowest() -> float:
    """Seconds to write as much at once as nothing else here does: on a virtual machine its host must find it first."""
    start = time.perf_counter()
    whole = [np.empty(STREAM, np.uint32) for _ in range(SLOW * threads())]
    for each in whole:
        each.fill(1)
    return (time.perf_counter() - start) / SLOW


def _products() -> dict[str, float]:
    rng, f, parts = np.random.default_rng(0), field("m31", "fast"), threads()
    small = rng.integers(0, f.scalars.p, (parts, 2, 4, CACHED), dtype=np.uint32)
    cached_s = _best(lambda k: many_products(small[k, 0], small[k, 1], REPEATS))
    a, b = (rng.integers(0, f.scalars.p, (4, STREAM // 4), dtype=np.uint32) for _ in range(2))
    streamed_s = _alone(lambda: f.mul(a, b))
    return {
        "product_ns": cached_s / (parts * CACHED * REPEATS) * 1e9,
        "streamed_product_ns": streamed_s / a.shape[1] * 1e9,
    }


def _code() -> dict[str, float]:
    """Encoding rows as a commitment does, memory for the words included, and into words that are there already."""
    from proofs.sumcheck.circle import fast

    f, width = field("m31", "fast"), 1 << LOG_ROW
    rows = np.random.default_rng(1).integers(0, f.scalars.p, (ROWS, width), dtype=np.uint32)
    out = encode(f, rows)
    butterflies = ROWS * width * 2 * LOG_ROW
    return {"butterfly_ns": _alone(lambda: fast.encode(rows, out)) / butterflies * 1e9}


def _hashes() -> dict[str, float]:
    """The system's SHA-256 and ours, of columns side by side."""
    words = np.ones((512, 4 << LOG_ROW), np.uint32)
    salt = salts(b"", words.shape[1])
    block = bytes(1 << 24)
    ours_s = _alone(lambda: leaf_digests(salt, words))
    theirs_s = _best(lambda _: hashlib.sha256(block).digest())
    return {"sha256_gb_s": words.nbytes / ours_s / 1e9, "hashlib_gb_s": threads() * len(block) / theirs_s / 1e9}


def _blas() -> dict[str, float]:
    found = {}
    with threadpool_limits(1):
        for name, dtype in (("single", np.float32), ("double", np.float64)):
            a = np.random.default_rng(2).random((SIDE, SIDE)).astype(dtype)
            seconds = _best(lambda _, a=a: a @ a)
            found[f"{name}_mac_ns"] = seconds / (threads() * SIDE**3) * 1e9
    return found


def _rounds() -> dict[str, float]:
    """Microseconds of a round that holds next to nothing."""
    f, size = field("m31", "fast"), 1 << SMALL
    messages = 0

    def prove() -> None:
        nonlocal messages
        messages = 0
        leaves = np.random.default_rng(3).integers(1, f.scalars.p, (4, size), dtype=np.uint32)
        with suppress(StopIteration):
            coroutine = prove_ones(f, "limits", leaves)
            message = next(coroutine)
            while True:
                messages += 1
                message = coroutine.send(tuple((5, 6, 7, 8 + i) for i in range(message.challenges)))

    return {"round_us": _alone(prove) / messages * 1e6}


def _best(work: Callable[[int], object]) -> float:
    """Seconds of the fastest of a few runs, one call a thread, all at once."""
    with ThreadPoolExecutor(threads()) as pool:
        return _alone(lambda: list(pool.map(work, range(threads()))))


def _alone(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TRIES + 1):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
