"""What a verifier lays out before it reads a byte: sizes that fit, and refusals of whatever cannot be proven."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from committed_kit import FAST, Case, drawn_case, every_head, every_kind
from network_builder import Builder

from proofs.errors import InvalidInput
from proofs.networks import checks
from proofs.networks.network import Clamp
from proofs.sumcheck.committed import groups
from proofs.sumcheck.committed.groups import real_in
from proofs.sumcheck.committed.instance import Instance, Matrix, Outputs
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.segments import chunk_segments, chunk_vector, model_vector
from proofs.sumcheck.lookups.tables import RangeTable


@pytest.fixture(scope="module")
def instance() -> Instance:
    return every_kind(FAST, 4).instance()


def plans() -> list[Plan]:
    """Of every claim, of batches with and without pads."""
    found = []
    for count in (3, 31):
        case = every_kind(FAST, count)
        found += [make_plan(case.instance(head)) for head in every_head(case).values()]
    return [*found, *(make_plan(drawn_case(FAST, seed, 17).instance()) for seed in range(5))]


# -- layout ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("group_bits", [8, 9, 22])
def test_every_look_up_is_in_one_group(monkeypatch: pytest.MonkeyPatch, group_bits: int) -> None:
    monkeypatch.setattr(groups, "GROUP_BITS", group_bits)
    for plan in plans():
        rows: dict[str, list[int]] = {name: [] for name in plan.sites}
        for group in plan.groups:
            taken = np.zeros(1 << group.depth, dtype=int)
            for part in group.parts:
                rows[part.site.name] += range(part.start, part.stop)
                taken[part.span] += 1
            assert taken.max() <= 1
        for name, site in plan.sites.items():
            assert rows[name] == list(range(site.segment.rows))


@pytest.mark.parametrize("group_bits", [8, 22])
def test_pads_are_counted(monkeypatch: pytest.MonkeyPatch, group_bits: int) -> None:
    """A pad adds 1 to a group's sum: their number is the positions of both lanes less the real look-ups."""
    monkeypatch.setattr(groups, "GROUP_BITS", group_bits)
    for plan in plans():
        real = {name: 0 for name in plan.sites}
        for group in plan.groups:
            looked_up = 0
            for part in group.parts:
                segment = part.site.segment
                entries = np.arange(part.start * segment.low, part.stop * segment.low)
                expected = int((entries % (segment.high * segment.low) < segment.inner).sum())
                assert real_in(part) == expected
                real[part.site.name] += expected
                looked_up += expected * (1 + bool(part.site.shift))
            assert group.pads == (2 << group.depth) - looked_up
        assert real == {name: site.segment.real for name, site in plan.sites.items()}


def test_places_do_not_overlap_and_begin_at_whole_runs() -> None:
    for plan in plans():
        held = [s for site in plan.sites.values() for s in (site.place if site.in_witness else None, site.remainders)]
        held += [*(group.multiplicities for group in plan.groups), *plan.extras.values(), plan.chunk.examples]
        held += [segment for both in plan.model.values() for segment in (both.weight, both.bias)]
        spans = sorted((s.offset, s.end) for s in held if s is not None)
        assert all(s.offset % s.low == 0 for s in held if s is not None)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert spans[-1][1] <= plan.rows * plan.columns


def test_every_table_has_a_tag_of_its_own() -> None:
    for plan in plans():
        shifts = {site.shift for site in plan.sites.values() if site.shift}
        assert set(plan.tags) == {site.table for site in plan.sites.values()} | {RangeTable(k) for k in shifts}
        assert sorted(plan.tags.values()) == list(range(1, len(plan.tags) + 1))
        assert plan.tables.total == sum(table.rows for table in plan.tags)


def test_padding_costs_little() -> None:
    """Layouts keep what is committed near what is real."""
    for count in (16, 31, 64, 1000):
        plan = make_plan(every_kind(FAST, count).instance())
        size, real = (sum(getattr(site.segment, kind) for site in plan.sites.values()) for kind in ("size", "real"))
        assert size <= 1.15 * real


# -- vectors ---------------------------------------------------------------------------------------------------------
def test_vectors_hold_what_segments_say() -> None:
    case = every_kind(FAST, 5)
    plan = make_plan(case.instance())
    vector = model_vector(FAST, case.network, case.weights)
    for index, segments in plan.model.items():
        for o, c, i, j in np.ndindex(*segments.weight.shape):
            place = index_of(segments.weight, (o, c, i, j))
            assert int(FAST.to_signed(vector[place : place + 1])[0]) == case.weights[index].weight[o, c, i, j]
        for o in range(segments.bias.shape[0]):
            place = index_of(segments.bias, (o, 0, 0, 0))
            assert int(FAST.to_signed(vector[place : place + 1])[0]) == case.weights[index].bias[o]
    chunk = chunk_segments(case.network.tensors[0].shape, 5, True)
    vector = chunk_vector(FAST, case.network.tensors[0].shape, case.x, case.labels)
    for z in np.ndindex(*chunk.examples.shape):
        place = index_of(chunk.examples, z)
        assert int(FAST.to_signed(vector[place : place + 1])[0]) == case.x[z]
    assert chunk.labels is not None
    assert [int(vector[chunk.labels.offset + n]) for n in range(5)] == case.labels.tolist()


def index_of(segment: object, z: tuple[int, ...]) -> int:
    """offset + flat(z), from the definition."""
    a, b, c, inner = (z[axis] for axis in segment.order)
    _, second, third = segment.outer
    row = ((a * second + b) * third + c) * segment.high + inner // segment.low
    return int(segment.offset + row * segment.low + inner % segment.low)


# -- refusals --------------------------------------------------------------------------------------------------------
def test_sizes_that_do_not_fit(instance: Instance) -> None:
    chunk, model = instance.chunk, instance.model
    for wrong, match in (
        (replace(instance, model=Matrix(model.root, model.rows + 1)), "the model's matrix"),
        (replace(instance, model=Matrix(model.root, 0)), "the model's matrix"),
        (replace(instance, chunk=replace(chunk, matrix=Matrix(chunk.matrix.root, 7))), "the chunk's matrix"),
        (replace(instance, chunk=replace(chunk, examples=50)), "the chunk's matrix"),
        (replace(instance, chunk=replace(chunk, examples=-1)), "the chunk's matrix"),
        (replace(instance, first=1), "not in a chunk"),
        (replace(instance, first=-1), "not in a chunk"),
        (replace(instance, count=5, head=Outputs(np.zeros((5, 5), dtype=np.int64))), "not in a chunk"),
        (replace(instance, network=replace(instance.network, nodes=())), "0 nodes"),
        (replace(instance, log_columns=6), "the model's matrix"),
    ):
        with pytest.raises(InvalidInput, match=match):
            make_plan(wrong)


@pytest.mark.parametrize("what", ["no examples", "negative columns", "columns beyond any code", "no tensors"])
def test_hostile_sizes_raise_the_project_s_errors_only(instance: Instance, what: str) -> None:
    wrong = {
        "no examples": replace(instance, count=0, head=Outputs(np.zeros((0, 5), dtype=np.int64))),
        "negative columns": replace(instance, log_columns=-1),
        "columns beyond any code": replace(instance, log_columns=25),
        "no tensors": replace(instance, network=replace(instance.network, tensors=())),
    }[what]
    with pytest.raises(InvalidInput):
        make_plan(wrong)


@pytest.mark.parametrize(("shift", "rows"), [(18, 1 << 13), (18, 1 << 14), (16, 1 << 15), (10, 1 << 21)])
def test_tables_with_two_answers(monkeypatch: pytest.MonkeyPatch, shift: int, rows: int) -> None:
    """A power of two of rows makes p + 1 numbers: refused by the network's check, and by the plan on its own."""
    builder = Builder((1, 1, 1), 0, 1)
    builder.dense(np.ones((2, 1)), None, shift, (0, 255))
    network, weights = builder.build()
    case = Case(FAST, network, weights, np.zeros((1, 1, 1, 1), dtype=np.int32), None)
    honest = case.instance()
    for count, monkeyed in ((rows, False), (rows, True), (rows - 1, False)):
        table = Clamp(-5, count - 6, 0, 255)
        tensors = (network.tensors[0], replace(network.tensors[1], low=0, high=255))
        wrong = replace(honest, network=replace(network, tables=(table,), tensors=tensors))
        with monkeypatch.context() as patch:
            if monkeyed:
                patch.setattr(checks, "_check_shift", lambda *_: None)
            if count << shift > 2**31 - 1:
                with pytest.raises(InvalidInput, match="two answers" if monkeyed else "rows of table 0"):
                    make_plan(wrong)
            else:
                assert make_plan(wrong).tables.total >= count


def test_a_group_of_more_look_ups_than_the_field_has_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Multiplicities count modulo p; a group's size is checked when its soundness is asked for, before any byte."""
    plan = make_plan(every_kind(FAST, 3).instance())
    huge = replace(plan, groups=tuple(replace(group, depth=30) for group in plan.groups))
    with pytest.raises(InvalidInput, match="cancel"):
        _ = huge.lookup_error
