"""``python -m benchmarks.hiding.measure NAME OUT``: one comparison, in this process."""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass

from benchmarks.committed.measure import cpu_s, write_measured
from benchmarks.committed.memory import peak_bytes, restart
from benchmarks.committed.proving import STATEMENT, prepare
from benchmarks.committed.subjects import subject
from benchmarks.committed.verifying import verify_apart
from benchmarks.hiding.cases import CASES, Case
from benchmarks.hiding.pair import Proving, both
from proofs.networks.execution import logits
from proofs.sumcheck.committed.prove import prove
from proofs.sumcheck.fields import Field, field


@dataclass(frozen=True, slots=True)
class Side:
    """One mode. prove_s, cpu_s: medians over the turns. plain_s: verified with NumPy alone. bits: the worst round's."""

    prove_s: float
    cpu_s: float
    peak_mb: float
    proof_bytes: int
    verify_s: float
    plain_s: float
    bits: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both modes. time, cpu: medians of the ratios within a turn. load: of the machine as it began."""

    name: str
    model: str
    examples: int
    turns: int
    open: Side
    hidden: Side
    time: float
    cpu: float
    load: float


@dataclass(frozen=True, slots=True)
class _Run:
    wall_s: float
    cpu_s: float
    peak_mb: float
    proof: bytes


def measure(case: Case) -> Comparison:
    """A warm-up of each mode, then turns of both; verifiers in processes of their own."""
    load, chosen = os.getloadavg()[0], field("m31", "fast")
    used = subject(case.model, case.examples)
    pair = both(chosen, used, prepare(chosen, used, logits(used.network, used.weights, used.x)))
    for side in pair:
        _run(chosen, side)
    turns = [tuple(_run(chosen, side) for side in pair) for _ in range(case.turns)]
    ratios = [[getattr(b, name) / getattr(a, name) for a, b in turns] for name in ("wall_s", "cpu_s")]
    sides = [_side(side, [turn[index] for turn in turns]) for index, side in enumerate(pair)]
    time_ratio, cpu_ratio = map(statistics.median, ratios)
    return Comparison(case.name, case.model, case.examples, case.turns, *sides, time_ratio, cpu_ratio, load)


def _run(chosen: Field, side: Proving) -> _Run:
    restart()
    start, cpu = time.perf_counter(), cpu_s()
    proof = prove(chosen, side.instance, STATEMENT, side.secret)
    return _Run(time.perf_counter() - start, cpu_s() - cpu, peak_bytes() / 2**20, proof)


def _side(side: Proving, runs: list[_Run]) -> Side:
    proof = runs[-1].proof
    fast, bits, _ = verify_apart(side.instance, STATEMENT, proof, "fast")
    plain, *_ = verify_apart(side.instance, STATEMENT, proof, "plain")
    walls, cpus = ([getattr(run, name) for run in runs] for name in ("wall_s", "cpu_s"))
    peak = max(run.peak_mb for run in runs)
    medians = statistics.median(walls), statistics.median(cpus)
    return Side(*medians, peak, len(proof), fast.verify_s, plain.verify_s, bits)


if __name__ == "__main__":
    (_chosen,) = [case for case in CASES if case.name == sys.argv[1]]
    write_measured(lambda: measure(_chosen), sys.argv[2])
