"""The loop: mutate, run, keep what reaches new lines, make smaller what fails."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from types import FrameType
from typing import Any

from fuzz.guard import ROOT, Outcome, attempt
from fuzz.mutate import mutate
from fuzz.mutate_onnx import mutate_model
from fuzz.target import Target
from proofs.errors import AssayError

MUTATORS: dict[str, Callable[[Random, bytes, list[bytes]], bytes]] = {"bytes": mutate, "onnx": mutate_model}
MAX_POOL, MAX_KEPT_BYTES = 2_000, 64 << 20
PACKAGES = tuple(f"{ROOT}/{name}/" for name in ("proofs", "protocols", "escrow", "assay"))


@dataclass
class Tally:
    """What a run over one target found.

    Args:
        inputs: what fails, by its place and cause, as small as it was made.
    """

    target: str
    executions: int = 0
    input_bytes: int = 0
    accepted: int = 0
    lines: int = 0
    pool: int = 0
    slowest_s: float = 0.0
    peak_bytes: int = 0
    faults: dict[str, bytes] = field(default_factory=dict)


class Lines:
    """The lines of the product that ran, by ``sys.settrace``."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()
        self.fresh = False

    def around(self, run: Callable[[bytes], object]) -> Callable[[bytes], object]:
        """``run``, watched."""

        def watched(raw: bytes) -> object:
            self.fresh = False
            sys.settrace(self._call)
            try:
                return run(raw)
            finally:
                sys.settrace(None)

        return watched

    def _call(self, frame: FrameType, _: str, __: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(PACKAGES) else None

    def _line(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            key = (frame.f_code.co_filename, frame.f_lineno)
            if key not in self.seen:
                self.seen.add(key)
                self.fresh = True
        return self._line


def fuzz(
    target: Target, seed: int, executions: int | None = None, seconds: float | None = None, trace: bool = True
) -> Tally:
    """Run a target for so many inputs, or so long, whichever ends first."""
    random, tally, lines = Random(f"{seed} {target.name}"), Tally(target.name), Lines()
    pool = list(target.seeds())
    for raw in pool:  # whatever is loaded or compiled once is not the first mutant's
        with suppress(AssayError):
            target.run(raw)
    run = lines.around(target.run) if trace else target.run
    for raw in pool if trace else ():
        _note(tally, target, raw, attempt(run, raw, target.unpacks))
    end = time.monotonic() + (seconds or 1e9)
    kept_bytes = sum(map(len, pool))
    places: set[tuple[str, ...]] = set()
    for _ in range(executions or sys.maxsize):
        if time.monotonic() > end:
            break
        raw = MUTATORS[target.mutate](random, random.choice(pool), pool)
        began = time.process_time()
        outcome = attempt(run, raw, target.unpacks)
        tally.slowest_s = max(tally.slowest_s, time.process_time() - began)
        _note(tally, target, raw, outcome)
        new_place = outcome.place not in places
        places.add(outcome.place)
        fresh = lines.fresh or (not trace and new_place)
        if fresh and outcome.fault is None and len(pool) < MAX_POOL and kept_bytes + len(raw) < MAX_KEPT_BYTES:
            pool.append(raw)
            kept_bytes += len(raw)
    tally.lines, tally.pool = len(lines.seen), len(pool)
    return tally


def _note(tally: Tally, target: Target, raw: bytes, outcome: Outcome) -> None:
    tally.executions += 1
    tally.input_bytes += len(raw)
    tally.accepted += outcome.accepted
    tally.peak_bytes = max(tally.peak_bytes, outcome.peak_bytes)
    if outcome.fault is not None:
        key = " ".join((outcome.fault.partition(":")[0], *outcome.place))
        if key not in tally.faults:
            tally.faults[key] = smaller(target, raw, key) if not key.startswith(("hang", "memory")) else raw


def smaller(target: Target, raw: bytes, key: str, tries: int = 300) -> bytes:
    """A shorter input that fails in the same place."""
    size = max(1, len(raw) // 2)
    while size and tries > 0:
        start = 0
        while start < len(raw) and tries > 0:
            tries -= 1
            candidate = raw[:start] + raw[start + size :]
            outcome = attempt(target.run, candidate, target.unpacks)
            if outcome.fault and " ".join((outcome.fault.partition(":")[0], *outcome.place)) == key:
                raw = candidate
            else:
                start += size
        size //= 2
    return raw
