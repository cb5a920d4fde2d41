"""True statements pass: any network, any claim, any cut of a chunk, both kinds of kernels, one group or many."""

from __future__ import annotations

import numpy as np
import pytest
from committed_kit import FAST, PLAIN, Case, checked, drawn_case, every_head, every_kind, proven
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_strategies import Sample, networks

from proofs.errors import InvalidInput
from proofs.networks.execution import execute
from proofs.sumcheck.committed import groups
from proofs.sumcheck.committed.estimate import estimate
from proofs.sumcheck.committed.instance import Correct, Outputs
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.prove import prove

HEADS = ("outputs", "top 1", "top k", "of class", "reaching")
SEVERAL = pytest.mark.parametrize("group_bits", [8, 10])


def passes(case: Case, head: str = "outputs", first: int = 0, count: int | None = None) -> bytes:
    """Prove and verify a claim; returns the proof."""
    instance = case.instance(every_head(case, first, count)[head], first, count)
    proof = proven(case, instance)
    checked(case, instance, proof)
    return proof


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(networks(), st.sampled_from([8, 9, 10]))
def test_any_network(sample: Sample, log_columns: int) -> None:
    network, weights, x = sample
    case = Case(FAST, network, weights, x, None, log_columns)
    instance = case.instance()
    checked(case, instance, proven(case, instance))
    assert np.array_equal(instance.head.values, execute(network, weights, x, "plain").logits)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("seed", range(6))
def test_any_claim(head: str, seed: int) -> None:
    passes(drawn_case(FAST, seed, (1, 2, 5, 15, 16, 37)[seed]), head)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("count", [16])
def test_every_kind_of_node_under_every_claim(head: str, count: int) -> None:
    passes(every_kind(FAST, count), head)


@pytest.mark.parametrize(("first", "count"), [(0, 1), (0, 16), (1, 17), (20, 1), (4, 3), (0, 21)])
@pytest.mark.parametrize("head", ["outputs", "top 1"])
def test_any_cut_of_a_chunk(head: str, first: int, count: int) -> None:
    passes(every_kind(FAST, 21), head, first, count)
    passes(drawn_case(FAST, 7, 21), head, first, count)


@SEVERAL
@pytest.mark.parametrize("head", HEADS)
def test_sites_cut_across_groups(monkeypatch: pytest.MonkeyPatch, group_bits: int, head: str) -> None:
    monkeypatch.setattr(groups, "GROUP_BITS", group_bits)
    case = every_kind(FAST, 21)
    plan = make_plan(case.instance(every_head(case)[head]))
    shared = [sum(part.site is site for g in plan.groups for part in g.parts) for site in plan.sites.values()]
    assert len(plan.groups) > 1
    assert group_bits > 8 or max(shared) > 1
    passes(case, head)


@pytest.mark.parametrize("head", HEADS[1:])
def test_claims_whose_own_sites_are_cut(monkeypatch: pytest.MonkeyPatch, head: str) -> None:
    monkeypatch.setattr(groups, "GROUP_BITS", 8)
    case = drawn_case(FAST, 3, 150)
    plan = make_plan(case.instance(every_head(case)[head]))
    parts = [part.site.name for group in plan.groups for part in group.parts]
    assert max(parts.count(site.name) for site in plan.sites.values() if site.node is None) > 1
    passes(case, head)


@pytest.mark.parametrize(("head", "count"), [("outputs", 17), *((head, 3) for head in HEADS)])
def test_both_kernels_give_the_same_bytes(head: str, count: int) -> None:
    case, other = every_kind(FAST, count), every_kind(PLAIN, count)
    instance = case.instance(every_head(case)[head])
    assert (case.model.root, case.chunk.root) == (other.model.root, other.chunk.root)
    proof = proven(case, instance)
    assert proof == proven(other, instance)
    assert checked(case, instance, proof, PLAIN) == checked(case, instance, proof, FAST)


def test_one_example() -> None:
    """And one whose every input is the same."""
    for seed in (0, 1):
        case = drawn_case(FAST, seed, 1)
        passes(case)
    zero = every_kind(FAST, 1)
    passes(Case(FAST, zero.network, zero.weights, np.zeros_like(zero.x), zero.labels))


def test_counting_fewer_than_are_right() -> None:
    """Only what is counted says anything."""
    case = every_kind(FAST, 9)
    right = case.right(2)
    assert right.correct > 1
    for correct in (0, right.correct - 1, right.correct):
        instance = case.instance(Correct(2, correct))
        checked(case, instance, proven(case, instance))


def test_an_honest_prover_refuses_what_is_false() -> None:
    case = every_kind(FAST, 9)
    wrong = case.logits.copy()
    wrong[3, 1] += 1
    heads = every_head(case)
    flipped = tuple(not bit for bit in heads["of class"].selected)
    for head in (
        Outputs(wrong),
        Correct(1, case.right(1).correct + 1),
        type(heads["of class"])(heads["of class"].wanted, flipped),
        type(heads["reaching"])(0, heads["reaching"].threshold, flipped),
    ):
        instance = case.instance(head)
        with pytest.raises(InvalidInput):
            prove(FAST, instance, b"", case.secret(instance))


def test_sizes_are_known_beforehand() -> None:
    case = every_kind(FAST, 21)
    plan = make_plan(case.instance())
    found = estimate(plan)
    assert found.entries == plan.rows << case.log_columns
    assert found.positions >= sum(site.segment.size for site in plan.sites.values())
