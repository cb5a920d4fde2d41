"""Plans of audits with a sample: the paper's amounts on N1 and N2, and the samples a seller goes on with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.simulation import sampled as simulation
from assay.simulation.game import Options
from proofs.errors import InvalidInput
from protocols.accuracy.plan import make_plan
from protocols.sampled.plan import make_sampled_plan

PLAN = make_plan(0.05, 0.05, 8, "0.8")
E, Z, P = PLAN.costs.example, PLAN.costs.proving, PLAN.costs.inference


def test_amounts_are_the_papers() -> None:
    planned = make_sampled_plan(PLAN, 64)
    assert (planned.sample, planned.rest, planned.total) == (64, 600, 664)
    assert planned.deposit == 2 * 664 * E + planned.fee and 99 * planned.fee == 64 * P
    assert planned.payment == 2 * (64 * P + 600 * Z) and planned.abort_fee == 64 * P
    assert planned.stake == 1_000 * 64 * E < PLAN.stake


def test_the_samples_a_seller_goes_on_with() -> None:
    planned = make_sampled_plan(PLAN, 64)
    assert (planned.expected, planned.safe) == (57, 63)
    texts = dict(row[:2] for row in planned.rows())
    assert texts["Seller goes on from"] == "57 of 64" and texts["Safe from"] == "63 of 64"
    untold = make_sampled_plan(replace(PLAN, target=None), 64)
    assert untold.expected is untold.safe is None and ("Safe from", "no count") in {row[:2] for row in untold.rows()}


@pytest.mark.parametrize("sample", [0, 4, 12, 264, -8])
def test_a_sample_has_a_size(sample: int) -> None:
    with pytest.raises(InvalidInput, match=r"multiple of batch 8 from 8 to 256"):
        make_sampled_plan(PLAN, sample)


def test_the_game_is_played_out() -> None:
    played = simulation.simulate(Options(batches=2))
    assert {path.job.state.name for path in played.paths} == {"COMPLETED", "REJECTED", "ABORTED", "SPOILED", "EXPIRED"}
    assert "A = 12" in played.title and all(holds for *_, holds in played.deviations)
    assert len({path.scenario.name for path in played.paths}) == 4
    for wrong in (Options(batches=0), Options(batches=5), Options(batches=2, target=17), Options(target=0)):
        with pytest.raises(InvalidInput, match="--batches"):
            simulation.simulate(wrong)
