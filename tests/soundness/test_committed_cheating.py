"""Provers whose networks compute something else: remainders, functions, tables, multiplicities. Each is refused by the
check that is named, and passes if just that is taken away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from committed_cheats import (
    FAST,
    Cheat,
    P,
    accepts,
    again,
    at,
    false_outputs,
    lied,
    moved,
    refused,
    said_outputs,
    without,
)
from committed_kit import MODES, Case, every_kind
from network_builder import Builder

from proofs.errors import InvalidInput
from proofs.networks import checks
from proofs.networks.execution import NodeRun
from proofs.networks.network import Clamp, Maximum
from proofs.sumcheck.committed import plan as plan_module
from proofs.sumcheck.committed import prover, trees, verifier
from proofs.sumcheck.committed.accumulators import Combining
from proofs.sumcheck.committed.groups import Group
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Base, Ext, Scalar
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.lookups.fractions import Fraction
from proofs.sumcheck.lookups.leaves import Challenges


@pytest.fixture(scope="module", params=MODES)
def case(request: pytest.FixtureRequest) -> Case:
    return every_kind(FAST, 31).in_mode(request.param)


def unbalanced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the identity of look-ups and tables."""
    monkeypatch.setattr(verifier, "require_balance", lambda *_: None)
    without(monkeypatch, "lookup-balance")


def with_challenges(monkeypatch: pytest.MonkeyPatch, change: Callable[[Challenges], Challenges]) -> None:
    """Both sides look up with other challenges than were drawn."""
    for module in (prover, verifier):
        monkeypatch.setattr(module, "Challenges", lambda *drawn: change(Challenges(*drawn)))


def first_where(array: np.ndarray) -> tuple[int, ...]:
    return tuple(int(k) for k in np.argwhere(array)[0])


# -- remainders ------------------------------------------------------------------------------------------------------
LAST, SHIFT = 6, 4
"""The dense node, whose table is the identity between -87 and 127."""


def split_otherwise(by: int, wanted: int) -> Callable[[int, NodeRun], NodeRun]:
    """A logit's q is moved where the remainder is ``wanted``, and the logit with it."""

    def lie(index: int, run: NodeRun) -> NodeRun:
        if index != LAST:
            return run
        inside = (run.q > -40) & (run.q < 80)
        place = first_where(inside & (run.rem == wanted) if wanted >= 0 else inside)
        q = int(run.q[place]) + by
        return moved(run, place, q, q, SHIFT)

    return lie


@pytest.mark.parametrize(
    ("by", "wanted", "remainder"),
    [(-1, 0, 16), (1, 15, -1), (1, 0, -16), (-1, 15, 31), (40, -1, None)],
    ids=["divisor", "minus one, which is p - 1", "minus the divisor", "nearly twice the divisor", "anything"],
)
def test_remainders_beyond_the_divisor(
    case: Case, monkeypatch: pytest.MonkeyPatch, by: int, wanted: int, remainder: int | None
) -> None:
    lie = split_otherwise(by, wanted)
    said = lie(LAST, case.execution.nodes[LAST])
    changed = said.rem != case.execution.nodes[LAST].rem
    assert changed.sum() == 1
    assert remainder is None or said.rem[changed] == remainder
    cheat = Cheat(lie)
    instance, proof = lied(case, false_outputs(case, cheat).head, cheat, "lookup-balance")
    unbalanced(monkeypatch)
    assert accepts(case, instance, again(cheat, case, instance, proof))


def test_a_remainder_of_another_table(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A remainder of a shift by 4 taken from a table of values: tags tell them apart."""
    value = 16

    def as_an_input(group: Group, counts: Base) -> Base:
        counts[place_of(case, Clamp(-128, 127, 0, 0)) + 128 + value] += 1
        return counts

    cheat = Cheat(split_otherwise(-1, value - 16), recount=as_an_input)
    instance = false_outputs(case, cheat)
    refused(case, instance, cheat.prove(case, instance), "lookup-balance")
    with_challenges(monkeypatch, lambda drawn: replace(drawn, gamma=FAST.scalars.zero))
    assert accepts(case, instance, cheat.prove(case, instance))


def place_of(case: Case, table: Clamp) -> int:
    """Where a table begins."""
    plan = make_plan(case.instance())
    return plan.tables.places[plan.tags[table]][0]


# -- functions -------------------------------------------------------------------------------------------------------
def test_the_identity_instead_of_relu(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def lie(index: int, run: NodeRun) -> NodeRun:
        """As far as the logits stay in their range."""
        return replace(run, y=np.where(run.q > -60, run.q, run.y)) if index == 0 else run

    cheat = Cheat(lie)
    assert (lie(0, case.execution.nodes[0]).y < 0).any()
    instance, proof = lied(case, false_outputs(case, cheat).head, cheat, "lookup-balance")
    unbalanced(monkeypatch)
    assert accepts(case, instance, again(cheat, case, instance, proof))


def wrong(case: Case, index: int, run: NodeRun) -> int:
    """Another value of the node's range."""
    tensor, value = case.network.out_tensor(index), int(run.y[0, 0, 0, 1])
    return tensor.high if value < tensor.high else tensor.low


@pytest.mark.parametrize("node", range(7))
def test_one_output_of_any_node(case: Case, monkeypatch: pytest.MonkeyPatch, node: int) -> None:
    """Linear nodes, a listed table, both maxima, the logits."""

    def lie(index: int, run: NodeRun) -> NodeRun:
        return replace(run, y=at(run.y, (0, 0, 0, 1), wrong(case, index, run))) if index == node else run

    cheat = Cheat(lie)
    maximum = isinstance(case.network.nodes[node], Maximum)  # its second term is said to be what makes y right
    instance, proof = lied(case, said_outputs(case, cheat), cheat, "batching" if maximum else "lookup-balance")
    unbalanced(monkeypatch)
    assert accepts(case, instance, again(cheat, case, instance, proof)) == (not maximum)


def test_a_maximum_over_another_second_term(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """max(first, s) for any s: look-ups bind first - s and y - s only, so the linear form must bind s as well."""
    free = 90

    def lie(index: int, run: NodeRun) -> NodeRun:
        if index != 5:
            return run
        first = run.q + (run.y - np.maximum(run.q, 0))
        second = np.full_like(first, free)
        return NodeRun(first - second, None, np.maximum(first, second))

    cheat = Cheat(lie)
    lied(case, false_outputs(case, cheat).head, cheat, "batching")
    one = FAST.scalars.one  # eta = 1: the form is the first term alone
    for module in (prover, verifier):
        monkeypatch.setattr(module, "Combining", lambda scalars, _: Combining(scalars, one))
    honest_terms, honest_accumulators = Plan.terms, Running.accumulators
    monkeypatch.setattr(Plan, "terms", lambda self, scalars, index, _: honest_terms(self, scalars, index, one))
    monkeypatch.setattr(Running, "accumulators", lambda self, index, _: honest_accumulators(self, index, one))
    instance = false_outputs(case, cheat)
    assert accepts(case, instance, cheat.prove(case, instance))


def test_pairs_packed_into_one_number(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """256 q + y is the same for (q, y + 256) and (q + 1, y): beta is a challenge, not 1/256."""
    run = case.execution.nodes[1]
    place = first_where((run.q > -128) & (run.q < 127))  # the clamp is the identity here
    q = int(run.q[place])
    cheat = Cheat(
        lambda index, run: replace(run, y=at(run.y, place, q + 1 + 256)) if index == 1 else run,
        recount=lambda group, counts: recounted(case, counts, 1, q, q + 1),
    )
    instance = case.instance(said_outputs(case, cheat))
    refused(case, instance, cheat.prove(case, instance), "lookup-balance")
    packed = FAST.scalars.inverse(FAST.scalars.from_int(256))
    with_challenges(monkeypatch, lambda drawn: replace(drawn, beta=packed))
    assert accepts(case, instance, cheat.prove(case, instance))


def recounted(case: Case, counts: Base, node: int, less: int, more: int) -> Base:
    """One look-up of a node's table fewer at q = less, one more at q = more."""
    plan = make_plan(case.instance())
    table = case.network.tables[case.network.nodes[node].table]
    start = plan.tables.places[plan.tags[table]][0] - table.low
    counts[start + less] -= 1
    counts[start + more] += 1
    return counts


# -- multiplicities --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [1, 5, P - 1])
def test_a_look_up_counted_otherwise(case: Case, monkeypatch: pytest.MonkeyPatch, change: int) -> None:
    def recount(group: Group, counts: Base) -> Base:
        place = int(np.argmax(counts))
        counts[place] = (int(counts[place]) + change) % P
        return counts

    cheat = Cheat(recount=recount)
    instance, proof = lied(case, case.instance().head, cheat, "lookup-balance")
    unbalanced(monkeypatch)
    assert accepts(case, instance, again(cheat, case, instance, proof))


@pytest.mark.parametrize("count", [0, 2])
def test_look_ups_counted_as_none_or_twice(case: Case, count: int) -> None:
    def recount(group: Group, counts: Base) -> Base:
        return (counts * count).astype(counts.dtype)

    lied(case, case.instance().head, Cheat(recount=recount), "lookup-balance")


def test_multiplicities_chosen_after_the_challenges(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """With alpha known, four counts make up for any value outside its table; but counts are committed before."""
    cheat = Cheat(split_otherwise(1, 15))
    instance = false_outputs(case, cheat)
    honest = trees.table_leaves

    def fitted(field: object, witness: object, drawn: Challenges, group: Group) -> tuple[Base, Ext]:
        counts, denominators = honest(FAST, witness, drawn, group)
        sites = trees.site_leaves(FAST, witness, drawn, group)
        looked, held = FAST.inverse(sites), FAST.mul_base(FAST.inverse(denominators), counts)
        missing = FAST.scalars.sub(total(looked), total(held))
        missing = FAST.scalars.sub(missing, FAST.scalars.from_int(group.pads))
        basis = [FAST.element(FAST.inverse(np.ascontiguousarray(denominators[:, k : k + 1])), 0) for k in range(4)]
        counts = counts.copy()
        for k, more in enumerate(solved(basis, missing)):
            counts[k] = (int(counts[k]) + more) % P
        return counts, denominators

    monkeypatch.setattr(prover, "table_leaves", fitted)
    proof = cheat.prove(case, instance)
    refused(case, instance, proof, "batching")
    for module in (prover, verifier):
        monkeypatch.setattr(module, "FlatEq", partial(nothing_of, module.FlatEq))
    monkeypatch.setattr(verifier, "_table_claim", without_counts(verifier._table_claim))
    assert accepts(case, instance, cheat.prove(case, instance))


def nothing_of(flat_eq: Callable[..., object], segment: object, point: object, first: int, rows: object) -> object:
    """The multiplicities' functional, without any rows."""
    return flat_eq(segment, point, first, (0, 0))


def without_counts(claim: Callable[..., object]) -> Callable[..., object]:
    return lambda *args: replace(claim(*args), value=FAST.scalars.zero)


def total(table: Ext) -> Scalar:
    return FAST.dot(np.ascontiguousarray(table), FAST.lift(np.ones(table.shape[1], dtype=FAST.dtype)))


def solved(basis: list[Scalar], target: Scalar) -> list[int]:
    """Numbers modulo p that make ``target`` out of four elements: Gauss."""
    rows = [[int(element[i]) for element in basis] + [int(target[i])] for i in range(4)]
    for k in range(4):
        pivot = next(i for i in range(k, 4) if rows[i][k] % P)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        inverse = pow(rows[k][k], -1, P)
        rows[k] = [value * inverse % P for value in rows[k]]
        for i in range(4):
            if i != k:
                rows[i] = [(a - rows[i][k] * b) % P for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[4] for row in rows]


# -- denominators ----------------------------------------------------------------------------------------------------
def test_a_challenge_that_hits_a_value(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a denominator of zero both roots are 0/0, which is equal to everything: refused."""

    def unlucky(drawn: Challenges) -> Challenges:
        """The denominator of (0, 0) in the input's table is zero."""
        tag = FAST.scalars.from_int(input_tag(case))
        return replace(drawn, alpha=FAST.scalars.mul(drawn.gamma, tag))

    with_challenges(monkeypatch, unlucky)
    monkeypatch.setattr(prover, "prove_balance", any_inverse)
    cheat = Cheat(split_otherwise(1, 15))
    instance = false_outputs(case, cheat)
    refused(case, instance, cheat.prove(case, instance), "lookup-denominator")
    if case.block:  # both sums are over zero, as if equal
        without(monkeypatch, "lookup-denominator")
        assert accepts(case, instance, cheat.prove(case, instance))


def any_inverse(scalars: Extension, name: str, looked_up: Fraction, tables: Fraction) -> Prover[None]:
    """Of zero, too."""
    (p, q), (m, d) = looked_up, tables
    yield Send(f"{name}/balance", (p, q, m, d, scalars.mul(q, d), scalars.one), 0)


def input_tag(case: Case) -> int:
    return make_plan(case.instance()).tags[Clamp(-128, 127, 0, 0)]


# -- accumulators at the field's edge --------------------------------------------------------------------------------
EDGES = pytest.mark.parametrize(
    ("accumulator", "low", "high", "answer"),
    [(2**30 - 1, -4096, 4096, 1 << 17), (2**30 - 1 - (1 << 17), -4096, 4095, 0)],
    ids=["2^30 - 1 and -2^30", "p + 1 rows"],
)


def at_the_edge(accumulator: int, low: int, high: int) -> Case:
    """One neuron whose accumulator is its bias, rescaled by 2^18 to 0 or 255."""
    builder = Builder((1, 1, 1), 0, 1)
    builder.dense(np.zeros((1, 1), dtype=np.int32), np.array([accumulator]), 18, (0, 255))
    network, weights = builder.build()
    tensors = (network.tensors[0], replace(network.tensors[1], low=0, high=255))
    network = replace(network, tables=(Clamp(low, high, 0, 255),), tensors=tensors)
    return Case(FAST, network, weights, np.zeros((1, 1, 1, 1), dtype=np.int32), None)


def folded(remainder: int) -> Cheat:
    """The accumulator less p, which is the same element: q = -4096, and the output 0 instead of 255."""
    place = (0, 0, 0, 0)
    return Cheat(lambda _, run: NodeRun(at(run.q, place, -4096), at(run.rem, place, remainder), at(run.y, place, 0)))


@EDGES
def test_a_table_with_both_answers_is_refused(
    monkeypatch: pytest.MonkeyPatch, accumulator: int, low: int, high: int, answer: int
) -> None:
    with pytest.raises(InvalidInput, match="rows of table 0"):
        at_the_edge(accumulator, low, high)
    monkeypatch.setattr(checks, "_check_shift", lambda *_: None)
    case = at_the_edge(accumulator, low, high)
    assert case.logits.tolist() == [[255]]
    with pytest.raises(InvalidInput, match="two answers"):
        make_plan(case.instance())
    monkeypatch.setattr(plan_module, "require_unique", lambda *_: None)
    instance = false_outputs(case, folded(answer))
    assert instance.head.values.tolist() == [[0]]
    assert accepts(case, instance, folded(answer).prove(case, instance))
    assert accepts(case, case.instance(), Cheat().prove(case, case.instance()))


@EDGES
def test_a_table_with_one_answer_has_no_other(accumulator: int, low: int, high: int, answer: int) -> None:
    case = at_the_edge(accumulator, low + 2, high)
    instance = false_outputs(case, folded(answer))
    refused(case, instance, folded(answer).prove(case, instance), "lookup-balance")
    assert accepts(case, case.instance(), Cheat().prove(case, case.instance()))
