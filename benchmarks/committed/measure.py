"""``python -m benchmarks.committed.measure NAME OUT``: one row, measured in this process and its verifiers."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.demo.imagenet.sizes import sizes
from benchmarks.committed.cases import CASES, Case
from benchmarks.committed.floats import float_logits
from benchmarks.committed.machine_code import machine_code
from benchmarks.committed.parts import timed_parts
from benchmarks.committed.proving import STATEMENT, Prepared, prepare
from benchmarks.committed.row import Accuracy, Row
from benchmarks.committed.subjects import Subject, subject
from benchmarks.committed.verifying import verify_apart
from benchmarks.committed.watch import Watch
from benchmarks.committed.work import work
from proofs.networks.execution import execute, logits
from proofs.networks.fidelity import ranks
from proofs.sumcheck.committed.groups import real_in
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.prove import prove
from proofs.sumcheck.fields import Field, field

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MISSING_DATA = 3
"""Exit status where a data set is not on this machine."""


@dataclass(frozen=True, slots=True)
class Proven:
    """One run of the prover."""

    proof: bytes
    wall_s: float
    cpu_s: float
    jit_s: float
    stages: list[dict[str, Any]]


def measure(case: Case) -> Row:
    """A row: set-up, two proofs, a third by parts where asked for, verifiers, and what the same answers cost alone."""
    load, chosen = os.getloadavg()[0], field("m31", "fast")
    whole = subject(case.model, max(case.examples, case.judged))
    accuracy = _accuracy(case, whole)
    used = _first(whole, case.examples)
    del whole
    prepared = prepare(chosen, used, logits(used.network, used.weights, used.x))
    first, second = _prove(chosen, prepared), _prove(chosen, prepared)
    plan, size = make_plan(prepared.instance), sizes(used.network, used.weights)
    compiled, bits, messages = verify_apart(prepared.instance, STATEMENT, second.proof, "fast")
    numpy, *_ = verify_apart(prepared.instance, STATEMENT, second.proof, "plain")
    return Row(
        name=case.name,
        model=case.model,
        examples=case.examples,
        params=size.parameters,
        macs=size.macs,
        activations=size.activations,
        committed=plan.rows * plan.columns,
        lookups=_lookups(plan),
        setup_s=prepared.setup_s,
        chunk_s=prepared.chunk_s,
        first_s=first.wall_s,
        jit_s=first.jit_s,
        prove_s=second.wall_s,
        cpu_s=second.cpu_s,
        peak_mb=max(stage["peak_mb"] for run in (first, second) for stage in run.stages),
        proof_bytes=len(second.proof),
        bits=bits,
        messages=messages,
        execute_s=_executed(used),
        float_s=float_logits(used.onnx, used.real)[1],
        compiled=compiled,
        numpy=numpy,
        accuracy=accuracy,
        stages=second.stages,
        first_stages=first.stages,
        parts=_parts(chosen, prepared) if case.detailed else {},
        work=work(plan, used.network, used.weights),
        load=load,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
    )


def _first(whole: Subject, count: int) -> Subject:
    """Of its examples the first ones."""
    labels = None if whole.labels is None else whole.labels[:count]
    x = np.ascontiguousarray(whole.x[..., :count])
    return Subject(whole.onnx, whole.network, whole.weights, x, whole.real[:count], labels)


def _accuracy(case: Case, whole: Subject) -> Accuracy | None:
    """Both networks on the judged examples."""
    if not case.judged or whole.labels is None:
        return None
    used = _first(whole, case.judged)
    floating, integer = float_logits(used.onnx, used.real)[0], logits(used.network, used.weights, used.x)
    right = [_right(found, whole.labels[: case.judged]) for found in (floating.astype(np.float64), integer)]
    agree = int((floating.argmax(axis=1) == integer.argmax(axis=1)).sum())
    return Accuracy(case.judged, *right, agree)


def _right(found: NDArray[Any], labels: NDArray[np.int64]) -> int:
    return int((ranks(found, labels) == 0).sum())


def _prove(chosen: Field, prepared: Prepared) -> Proven:
    watch, cpu = Watch(), cpu_s()
    with machine_code() as code:
        start = time.perf_counter()
        proof = prove(chosen, prepared.instance, STATEMENT, prepared.secret, watch)
        wall_s = time.perf_counter() - start
    return Proven(proof, wall_s, cpu_s() - cpu, code.seconds, watch.finish())


def cpu_s() -> float:
    """Seconds of processors this process has had."""
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime + found.ru_stime


def _parts(chosen: Field, prepared: Prepared) -> dict[str, float]:
    with timed_parts() as seconds:
        prove(chosen, prepared.instance, STATEMENT, prepared.secret)
    return dict(seconds)


def _lookups(plan: Plan) -> int:
    """Real look-ups of both lanes."""
    return sum(real_in(part) * (2 if part.site.shift else 1) for group in plan.groups for part in group.parts)


def _executed(used: Subject) -> float:
    """Seconds of the faster of two runs, everything kept as a prover keeps it."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        execute(used.network, used.weights, used.x)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def write_measured(found: Callable[[], DataclassInstance], out: str) -> None:
    """Measure and write a row as JSON; exits with ``MISSING_DATA`` where a data set is not on this machine."""
    try:
        row = found()
    except FileNotFoundError as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(MISSING_DATA)
    Path(out).write_text(json.dumps(asdict(row)))


if __name__ == "__main__":
    (_chosen,) = [case for case in CASES if case.name == sys.argv[1]]
    write_measured(lambda: measure(_chosen), sys.argv[2])
