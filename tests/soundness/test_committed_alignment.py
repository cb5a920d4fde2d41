"""Inputs whose runs are longer than a row: functionals are read run by run, so segments must begin at whole runs."""

from __future__ import annotations

from dataclasses import replace

import committed_cheats
import numpy as np
import pytest
from committed_cheats import FAST, Cheat, accepts, said_outputs
from committed_kit import Case, checked, proven
from network_builder import Builder

from proofs.errors import InvalidInput
from proofs.sumcheck.committed import plan as plan_module
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.layout.segment import Segment


@pytest.fixture
def long_runs() -> Case:
    """512 inputs in one run, rows of 256, the weights in an odd number of them."""
    rng = np.random.default_rng(0)
    builder = Builder((512, 1, 1), -8, 7)
    builder.dense(rng.integers(-3, 4, (3, 512)), None, 3)
    network, weights = builder.build()
    case = Case(FAST, network, weights, rng.integers(-8, 8, (512, 1, 1, 3), dtype=np.int32), None)
    assert len(case.model.rows) % 2 == 1
    return case


def test_an_input_of_runs_longer_than_rows_is_refused(long_runs: Case) -> None:
    with pytest.raises(InvalidInput, match="shorter than the examples' runs of 512"):
        make_plan(long_runs.instance())


def test_an_input_of_runs_as_long_as_rows_is_proven(long_runs: Case) -> None:
    case = Case(FAST, long_runs.network, long_runs.weights, long_runs.x, None, 9)
    assert len(case.model.rows) % 2 == 0
    checked(case, case.instance(), proven(case, case.instance()))


def test_examples_half_a_run_away(long_runs: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why: the verifier would round the chunk's place down to a run, and other numbers than those committed to as
    examples be proven, half of them weights."""
    true = long_runs.instance()
    monkeypatch.setattr(plan_module, "_check_sizes", lambda _: None)
    with pytest.raises(ValueError, match="cannot begin at"):
        make_plan(true)
    monkeypatch.setattr(Segment, "__post_init__", lambda _: None)

    def rounded_down(instance: Instance) -> Plan:
        plan = make_plan(instance)
        segment = plan.chunk.examples
        moved = segment.at(segment.offset // segment.low * segment.low)
        sites = dict(plan.sites)
        sites["input"] = replace(sites["input"], place=moved)
        groups = tuple(
            replace(group, parts=tuple(replace(part, site=sites[part.site.name]) for part in group.parts))
            for group in plan.groups
        )
        return replace(plan, chunk=replace(plan.chunk, examples=moved), sites=sites, groups=groups)

    monkeypatch.setattr(committed_cheats, "make_plan", rounded_down)
    place = rounded_down(true).chunk.examples
    flat = np.concatenate([long_runs.model.rows.reshape(-1), long_runs.chunk.rows.reshape(-1)])
    signed = FAST.to_signed(flat[place.offset : place.end]).reshape(3, 512)
    x = np.ascontiguousarray(signed.T.reshape(512, 1, 1, 3).astype(np.int32))
    cheat = Cheat(secret=replace(long_runs.secret(true), x=x))
    instance = long_runs.instance(said_outputs(long_runs, cheat))
    assert (instance.head.values != long_runs.logits).any()
    assert accepts(long_runs, instance, cheat.prove(long_runs, instance))
