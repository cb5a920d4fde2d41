"""How likely a false statement passes: from the rounds that ran, from the plan alone, and by hand for MobileNetV2."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from committed_cheats import FAST
from committed_kit import Case, checked, drawn_case, every_head, every_kind, proven
from committed_rounds import ELEMENTS, chances, number_of_claims, number_of_rounds
from network_samples import lenet, mobilenet

from proofs.networks.network import Network
from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed import groups
from proofs.sumcheck.committed.instance import Chunk, Instance, Matrix, Outputs
from proofs.sumcheck.committed.outline import outline
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.segments import chunk_segments, model_size
from proofs.sumcheck.committed.sizes import proof_size
from proofs.sumcheck.soundness import Round, error_bits


def product_plan(network: Network, count: int, log_columns: int = 15, block: int = 0) -> Plan:
    """The plan of a proof of so many examples' outputs, nothing committed."""
    width = 1 << log_columns
    rows = -(-chunk_segments(network.tensors[0].shape, count, False).end // width)
    model = Matrix(bytes(32), -(-model_size(network) // width), block)
    values = np.full((count, network.classes), network.tensors[-1].low, dtype=np.int64)
    chunk = Chunk(Matrix(bytes(32), rows, block), count, False)
    return make_plan(Instance(network, log_columns, model, chunk, 0, count, Outputs(values)))


def worst(rounds: list[Round]) -> Fraction:
    return max(r.chance(FAST.scalars) for r in rounds if r.challenges)


def ran(case: Case, head: str = "outputs") -> tuple[Plan, list[Round]]:
    instance = case.instance(every_head(case)[head])
    return make_plan(instance), checked(case, instance, proven(case, instance))


@pytest.mark.parametrize("group_bits", [8, 9, 22])
@pytest.mark.parametrize("seed", [None, 1, 2, 6])
def test_the_plan_foretells_the_rounds(monkeypatch: pytest.MonkeyPatch, seed: int | None, group_bits: int) -> None:
    monkeypatch.setattr(groups, "GROUP_BITS", group_bits)
    plan, rounds = ran(every_kind(FAST, 17) if seed is None else drawn_case(FAST, seed, 17))
    said = {r.label: r for r in rounds}
    foretold = chances(plan)
    assert len(said) == len(rounds)
    assert sum(r.challenges > 0 for r in rounds) == number_of_rounds(plan)
    assert said["witness"].chance(FAST.scalars) == foretold["witness"]
    assert said["combine"].degree == foretold["combine"] * ELEMENTS
    assert said["claims"].degree == number_of_claims(plan) - 1
    assert said["opening/combination"].error == foretold["queries"]
    rows = [r for r in rounds if r.label.startswith("batch/") and r.error is not None and r.error == foretold["rows"]]
    assert len([r for r in rounds if r.label.startswith("batch/") and r.challenges]) == plan.flat_bits
    assert len(rows) == plan.row_bits
    assert worst(rounds) == max(foretold.values())


@pytest.mark.parametrize("head", ["top 1", "of class", "reaching"])
def test_other_claims_add_no_worse_rounds(head: str) -> None:
    plan, rounds = ran(every_kind(FAST, 17), head)
    own = [r for r in rounds if r.label.startswith(("chosen", "margins", "distances", "examples")) and r.challenges]
    assert own
    assert max(r.chance(FAST.scalars) for r in own) <= Fraction(5, ELEMENTS)
    assert plan.lookup_error == max(r.chance(FAST.scalars) for r in rounds if r.label == "witness")


def test_every_challenge_is_accounted_for() -> None:
    """No message that challenges follow has chance zero, but where nothing can be wrong."""
    for head in ("outputs", "top k", "of class", "reaching"):
        _, rounds = ran(every_kind(FAST, 17), head)
        for r in rounds:
            assert (r.chance(FAST.scalars) > 0) == bool(r.challenges), r


# -- product sizes ---------------------------------------------------------------------------------------------------
def test_mobilenet_by_hand() -> None:
    """Two groups of 2^22 positions; 2^23 leaves and the tables over 2^124 less a little: 100.9 bits."""
    network, _ = mobilenet()
    plan = product_plan(network, 1)
    assert [group.depth for group in plan.groups] == [22, 22]
    tables = plan.tables.total
    by_hand = Fraction((1 << 23) + tables, (2**31 - 1) ** 4 - 1)
    found = chances(plan)
    assert plan.lookup_error == found["witness"] == by_hand == max(found.values())
    found_bits = -math.log2(by_hand)
    assert found_bits == pytest.approx(124 - math.log2((1 << 23) + tables), abs=1e-6)
    assert error_bits(by_hand) >= 100 and found_bits < 101
    assert error_bits(found["rows"]) == pytest.approx(107, abs=0.02)  # 2^17 + 2 over 2^124
    assert error_bits(found["queries"]) >= 102


def test_lenet_on_many_examples() -> None:
    """More examples make more groups, not worse ones."""
    network, _ = lenet()
    small, large = (product_plan(network, count) for count in (1, 1000))
    assert len(large.groups) > 1
    for plan in (small, large):
        assert error_bits(max(chances(plan).values())) >= 100
    assert chances(large)["combine"] <= Fraction(2 * len(large.groups), ELEMENTS)


def test_tables_that_would_cost_the_target() -> None:
    """2^23 leaves leave room for tables of 2^23 - 2^7 rows or so: 100 bits are (|F| - 1) / 2^100, just below 2^24."""
    most = ELEMENTS // 2**100 - (1 << 23)
    assert (1 << 23) - 2**7 < most < 1 << 23
    assert Fraction((1 << 23) + most, ELEMENTS) <= Fraction(1, 2**100) < Fraction((1 << 23) + most + 1, ELEMENTS)


@pytest.mark.parametrize("log_columns", [8, 10, 15])
def test_rows_of_any_length_reach_the_target(log_columns: int) -> None:
    network, _ = lenet()
    found = chances(product_plan(network, 1, log_columns))
    assert error_bits(found["queries"]) >= 102
    assert error_bits(max(found.values())) >= 100


# -- hidden proofs ---------------------------------------------------------------------------------------------------
def test_hidden_rounds_by_hand() -> None:
    """Blocks of 2^14 behind rows, equations beside the claims, one sum-check of products, and one challenge more that
    combines u and a row of tails."""
    network, _ = mobilenet()
    plan, shown = product_plan(network, 1, 15, 1 << 14), product_plan(network, 1)
    rounds = {m.label: Round(m.label, m.degree, m.challenges, m.error) for m in outline(plan, FAST.scalars)}
    found = {label: r.chance(FAST.scalars) for label, r in rounds.items() if r.challenges}
    assert max(found.values()) == plan.lookup_error == shown.lookup_error
    assert [group.depth for group in plan.groups] == [group.depth for group in shown.groups]
    products = plan.pad_plan.products
    assert found["products"] == Fraction(bits(products), ELEMENTS)
    assert {found[label] for label in found if label.startswith("products/")} == {Fraction(3, ELEMENTS)}
    assert sum(label.startswith("products/0/") for label in found) == bits(products)
    assert found["opening/mask"] == Fraction(2 * (1 << 17) + 1, ELEMENTS)  # u, and the one row that tails fill
    assert found["opening/combination"] == plan.instance.code().query_error <= Fraction(1, 2**102)
    assert number_of_claims(shown) < rounds["claims"].degree < 2000
    assert proof_size(plan, FAST.scalars).worst_bits == error_bits(plan.lookup_error) >= 100


@pytest.mark.parametrize(("log_columns", "block"), [(9, 256), (9, 512), (12, 1024), (15, 1 << 15)])
def test_hidden_rows_of_any_length_reach_the_target(log_columns: int, block: int) -> None:
    network, _ = lenet()
    size = proof_size(product_plan(network, 1, log_columns, block), FAST.scalars)
    assert size.worst_bits >= 100
