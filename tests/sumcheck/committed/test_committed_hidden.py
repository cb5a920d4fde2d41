"""True statements pass in zero-knowledge mode: any network, any claim, any cut of a chunk, both kinds of kernels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from committed_kit import FAST, PLAIN, Case, checked, drawn_case, every_head, every_kind, least, proven
from hypothesis import HealthCheck, given, settings
from network_strategies import Sample, networks

from proofs.sumcheck.committed import groups
from proofs.sumcheck.committed.instance import Head, Instance
from proofs.sumcheck.committed.outline import COLUMNS, outline
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.sizes import proof_size
from proofs.sumcheck.fields import Field
from proofs.sumcheck.soundness import Round, proof_bits

HEADS = ("outputs", "top 1", "top k", "of class", "reaching")


def passes(case: Case, head: Head | None = None, first: int = 0, count: int | None = None, f: Field = FAST) -> bytes:
    """Proven and verified, in the rounds and bytes that the plan foretells."""
    instance = case.instance(head, first, count)
    proof = proven(case, instance, f)
    rounds = checked(case, instance, proof, f)
    as_foretold(instance, proof, rounds)
    return proof


def as_foretold(instance: Instance, proof: bytes, rounds: list[Round]) -> None:
    plan, scalars = make_plan(instance), FAST.scalars
    messages = outline(plan, scalars)
    assert [Round(m.label, m.degree, m.challenges, m.error) for m in messages] == rounds
    size = proof_size(plan, scalars)
    assert messages[-1].label == COLUMNS
    said = sum(16 * m.elements + m.raw_bytes for m in messages)
    assert size.message_bytes == said < len(proof) <= size.most_bytes
    assert abs(size.proof_bytes - len(proof)) < 0.08 * len(proof)
    assert (size.total_bits, size.worst_bits) == proof_bits([r for r in rounds if r.challenges], scalars)
    assert size.worst_bits >= 100
    for r in rounds:
        assert (r.chance(scalars) > 0) == bool(r.challenges), r


@pytest.mark.parametrize("head", HEADS)
def test_every_kind_of_node_under_every_claim(head: str) -> None:
    case = every_kind(FAST, 7).hidden()
    passes(case, every_head(case)[head])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(networks())
def test_any_network(sample: Sample) -> None:
    network, weights, x = sample
    passes(Case(FAST, network, weights, x, None).hidden())


@pytest.mark.parametrize("seed", range(5))
def test_any_claim(seed: int) -> None:
    case = drawn_case(FAST, seed, (1, 2, 5, 15, 16)[seed]).hidden()
    passes(case, every_head(case)[HEADS[seed]])


@pytest.mark.parametrize(("first", "count"), [(0, 1), (1, 5), (6, 1), (2, 3)])
def test_any_cut_of_a_chunk(first: int, count: int) -> None:
    case = every_kind(FAST, 7).hidden()
    passes(case, every_head(case, first, count)["outputs"], first, count)
    passes(case, every_head(case, first, count)["top 1"], first, count)


@pytest.mark.parametrize("head", ["outputs", "top k", "reaching"])
def test_several_groups(monkeypatch: pytest.MonkeyPatch, head: str) -> None:
    """Each has its trees, its roots, its equations."""
    monkeypatch.setattr(groups, "GROUP_BITS", 8)
    case = every_kind(FAST, 7).hidden()
    found = make_plan(case.instance(every_head(case)[head]))
    parts = [part.site.name for group in found.groups for part in group.parts]
    assert len(found.groups) > 2 and len(set(parts)) < len(parts)
    passes(case, every_head(case)[head])


def test_both_kernels_give_the_same_bytes() -> None:
    case, other = every_kind(FAST, 3).hidden(), every_kind(PLAIN, 3).hidden()
    assert (case.model.root, case.chunk.root) == (other.model.root, other.chunk.root)
    head = every_head(case)["top 1"]
    proof = passes(case, head)
    assert proof == proven(other, case.instance(head))
    assert checked(case, case.instance(head), proof, PLAIN) == checked(case, case.instance(head), proof, FAST)


@pytest.mark.parametrize(("log_columns", "block"), [(8, 256), (9, 256), (10, 512), (10, 1024), (11, 256)])
def test_rows_and_blocks_of_any_length(log_columns: int, block: int) -> None:
    """Rows of tails as long as the others, and shorter."""
    case = replace(least(FAST), log_columns=log_columns, block=block)
    plan = make_plan(case.instance())
    assert plan.instance.code().queries < block
    passes(case)


def test_seeds_make_other_proofs_of_the_same_claim() -> None:
    """And one seed the same."""
    from proofs.sumcheck.committed.prove import prove

    case = least(FAST).hidden()
    instance = case.instance()
    secret = case.secret(instance)
    first, again, other = (prove(FAST, instance, b"", replace(secret, seed=seed)) for seed in (b"1", b"1", b"2"))
    assert first == again != other
    assert first[:32] != other[:32]


def test_instances_in_the_open_are_as_they_were() -> None:
    """No pads, no rows beside the vector's."""
    case = least(FAST)
    plan = make_plan(case.instance())
    assert (plan.pads, plan.pad_plan) == (None, None)
    assert not any("balance" in m.label or "products" in m.label for m in outline(plan, FAST.scalars))
