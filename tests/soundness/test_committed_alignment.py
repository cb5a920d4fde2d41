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
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import Plan, make_plan


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


def planned(instance: Instance) -> Plan | None:
    """None where such an instance is refused."""
    try:
        return make_plan(instance)
    except InvalidInput:
        return None


def test_an_input_of_runs_longer_than_rows_is_proven_or_refused(long_runs: Case) -> None:
    instance = long_runs.instance()
    if planned(instance) is not None:
        checked(long_runs, instance, proven(long_runs, instance))


def test_examples_half_a_run_away_are_not_the_committed_ones(long_runs: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verifier rounds the chunk's place down to a run: what is proven is of other numbers than it committed to."""
    true = long_runs.instance()
    if planned(true) is None:
        return

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
    assert not accepts(long_runs, instance, cheat.prove(long_runs, instance))
