"""Where a stage's seconds go: the product's functions timed from outside, by their names where they are called."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import isgenerator
from typing import Any

SUMCHECK = "proofs.sumcheck"
PARTS = {
    "committing: values placed": ("committed.prove:put_network",),
    "committing: look-ups counted": ("committed.prove:count_lookups",),
    "committing: rows encoded": ("ligero.commit:encode_into",),
    "committing: columns hashed": ("ligero.fast:leaf_digests", "ligero.fast:absorb"),
    "look-ups: leaves": ("committed.prover:site_leaves",),
    "look-ups: tree of positions": ("committed.prover:prove_ones",),
    "look-ups: table leaves": ("committed.prover:table_leaves",),
    "look-ups: tree of tables": ("committed.prover:prove_fractions",),
    "look-ups: values said": ("committed.prover:values_at",),
    "layers: accumulators": ("committed.running:Running.accumulators",),
    "layers: weights of tensors": ("layout.tensorise:_weights",),
    "layers: rounds of tensors": ("layout.tensorise:prove_folding",),
    "layers: convolutions": ("committed.prover:prove_convolution",),
    "claims: weights": ("layout.batching:batch_weights",),
    "claims: rounds": ("layout.batching:prove_folding",),
    "opening": ("committed.prover:prove_opening",),
}
"""What is timed: functions by their module and the name in it that callers look up; inside another part, as that."""

Seconds = dict[str, float]


@contextmanager
def timed_parts() -> Iterator[Seconds]:
    """Seconds of each part until the end of the block; a name that is gone is reported and left out."""
    clock = _Clock()
    undo: list[tuple[Any, str, Any]] = []
    try:
        for label, functions in PARTS.items():
            for function in functions:
                owner, name = _found(function)
                original = getattr(owner, name, None)
                if original is None:
                    sys.stderr.write(f"{function} is gone: {label!r} is not all timed\n")
                    continue
                undo.append((owner, name, original))
                setattr(owner, name, _timed(original, clock, label))
        yield clock.seconds
    finally:
        for owner, name, original in undo:
            setattr(owner, name, original)


def _found(function: str) -> tuple[Any, str]:
    """Whose attribute a function is, and its name there."""
    module, _, path = function.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(f"{SUMCHECK}.{module}")
    for step in owners:
        owner = getattr(owner, step, None)
    return owner, name


class _Clock:
    """Counts seconds for the outermost part only."""

    def __init__(self) -> None:
        self.seconds: Seconds = defaultdict(float)
        self._busy = False

    @contextmanager
    def __call__(self, label: str) -> Iterator[None]:
        if self._busy:
            yield
            return
        self._busy, start = True, time.perf_counter()
        try:
            yield
        finally:
            self.seconds[label] += time.perf_counter() - start
            self._busy = False


def _timed(function: Callable[..., Any], clock: _Clock, label: str) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        with clock(label):
            found = function(*arguments, **named)
        return _driven(found, clock, label) if isgenerator(found) else found

    return call


def _driven(coroutine: Generator[Any, Any, Any], clock: _Clock, label: str) -> Generator[Any, Any, Any]:
    """The same coroutine, without the time it waits for challenges."""
    answer = None
    while True:
        try:
            with clock(label):
                message = coroutine.send(answer)
        except StopIteration as end:
            return end.value
        answer = yield message
