"""Attacks on what only hidden proofs have: pads that are not the products of two, and roots said once more.

Each is refused by the check that is named, and passes if just that is taken away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from committed_cheats import FAST, Cheat, accepts, at, false_outputs, refused, said_outputs, without
from committed_kit import Case, least
from hidden_cheats import KNOWN, Below, refusal_of

from proofs.errors import ProverFailed
from proofs.networks.execution import NodeRun
from proofs.networks.network import Clamp
from proofs.sumcheck.committed import prover, verifier
from proofs.sumcheck.committed.hidden.rows import Covers
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Ext, Field, Scalar
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.hiding import products
from proofs.sumcheck.hiding.pads import Pads
from proofs.sumcheck.lookups.balance import balance_message
from proofs.sumcheck.lookups.fractions import Fraction
from proofs.sumcheck.lookups.leaves import Challenges
from proofs.sumcheck.rounds import cubic
from proofs.sumcheck.triple import TripleEnd

S = FAST.scalars
SEVEN = S.from_int(7)
BALANCE = "look-ups 0/balance"
Roots = tuple[Scalar, ...]
P_, Q_, M_, D_, Z_, INVERSE = range(6)
"""Places in the message of the roots."""


@pytest.fixture(scope="module")
def case() -> Case:
    return least(FAST, 4).hidden()


def lie(index: int, run: NodeRun) -> NodeRun:
    """One logit is another."""
    place = (0, 0, 0, 1)
    return replace(run, y=at(run.y, place, int(run.y[place]) - 1))


LIE = Cheat(lie)


def accepted_without(monkeypatch: pytest.MonkeyPatch, check: str, cheat: Cheat, case: Case, instance: Instance) -> None:
    """Refused by the check, and by it alone."""
    refused(case, instance, cheat.prove(case, instance), check)
    without(monkeypatch, check)
    assert accepts(case, instance, cheat.prove(case, instance))


# -- roots ------------------------------------------------------------------------------------------------------------
def balancing(instance: Instance, place: int) -> Callable[[Roots], Roots]:
    """One of p, q, m, d, z is changed so that p d - pads z = m q; and z and 1 / z with q and d."""
    pads = S.from_int(make_plan(instance).groups[0].pads)

    def changed(said: Roots) -> Roots:
        p, q, m, d, z, _ = said
        over = {
            P_: lambda: divided(S.add(S.mul(m, q), S.mul(pads, z)), d),
            M_: lambda: divided(S.sub(S.mul(p, d), S.mul(pads, z)), q),
            Q_: lambda: divided(S.mul(p, d), S.add(S.mul(pads, d), m)),
            D_: lambda: divided(S.mul(m, q), S.sub(p, S.mul(pads, q))),
            Z_: lambda: divided(S.sub(S.mul(p, d), S.mul(m, q)), pads),
        }
        out = list(said)
        out[place] = over[place]()
        if place != Z_:
            out[Z_] = S.mul(out[Q_], out[D_])
        out[INVERSE] = S.inverse(out[Z_])
        return tuple(out)

    return changed


def divided(x: Scalar, y: Scalar) -> Scalar:
    return S.mul(x, S.inverse(y))


def saying_roots(change: Callable[[Roots], Roots]) -> Callable[[Send], Send]:
    return lambda sent: replace(sent, elements=change(sent.elements)) if sent.label == BALANCE else sent


@pytest.mark.parametrize("place", [P_, Q_, M_, D_])
def test_roots_other_than_the_trees(case: Case, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    """Said are roots that balance; each of the four is bound to its tree's."""
    instance = false_outputs(case, LIE)
    refused(case, instance, LIE.prove(case, instance), "lookup-balance")
    cheat = replace(LIE, say=saying_roots(balancing(instance, place)))
    proof = cheat.prove(case, instance)
    assert refusal_of(instance, proof) == ("opening-value", ["lookup-roots"])
    accepted_without(monkeypatch, "lookup-roots", cheat, case, instance)


def test_a_product_of_denominators_that_is_another_number(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = false_outputs(case, LIE)
    cheat = replace(LIE, say=saying_roots(balancing(instance, Z_)))
    proof = cheat.prove(case, instance)
    assert refusal_of(instance, proof) == ("opening-value", ["lookup-denominator"])
    accepted_without(monkeypatch, "lookup-denominator", cheat, case, instance)


def test_an_inverse_that_is_none(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a true claim; what it is for is the next test."""
    cheat = Cheat(say=saying_roots(lambda said: (*said[:INVERSE], S.add(said[INVERSE], S.one))))
    instance = case.instance()
    assert refusal_of(instance, cheat.prove(case, instance)) == ("opening-value", ["lookup-denominator"])
    accepted_without(monkeypatch, "lookup-denominator", cheat, case, instance)


def unlucky(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Challenges for which (0, 0) in the input's table has denominator zero; both sides use them."""
    tensor = case.network.tensors[0]
    tag = make_plan(case.instance()).tags[Clamp(tensor.low, tensor.high, 0, 0)]

    def changed(*drawn: Scalar) -> Challenges:
        found = Challenges(*drawn)
        return replace(found, alpha=S.mul(found.gamma, S.from_int(tag)))

    for module in (prover, verifier):
        monkeypatch.setattr(module, "Challenges", changed)


def any_roots(z: Scalar, inverse: Scalar) -> Callable[..., Prover[None]]:
    """A prover of roots that says these last."""

    def prove(scalars: Extension, name: str, looked_up: Fraction, tables: Fraction) -> Prover[None]:
        assert not any(looked_up[1]) and not any(tables[1])
        yield Send(f"{name}/balance", (*looked_up, *tables, z, inverse), 0)

    return prove


def test_sums_over_zero_balance_whatever_is_looked_up(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 / 0 on both sides; no 1 / z makes z (1 / z) = 1. An honest prover begins again."""
    assert (case.x == 0).any()
    unlucky(case, monkeypatch)
    instance = false_outputs(case, LIE)
    with pytest.raises(ProverFailed, match="denominator zero"):
        LIE.prove(case, instance)
    monkeypatch.setattr(prover, "prove_balance", any_roots(S.zero, S.one))
    proof = LIE.prove(case, instance)
    assert refusal_of(instance, proof) == ("opening-value", ["lookup-denominator"])
    accepted_without(monkeypatch, "lookup-denominator", LIE, case, instance)


# -- products of pads -------------------------------------------------------------------------------------------------
def off(errors: Callable[[Plan], dict[int, Scalar]]) -> Below:
    """Pads that are products, and more: by place among all pads."""

    def covers(honest: Covers, plan: Plan) -> Covers:
        table = honest.pads.table.copy()
        for place, error in errors(plan).items():
            element = S.add(tuple(int(c) for c in table[:, place]), error)
            table[:, place] = np.array(element, dtype=table.dtype)
        return replace(honest, pads=Pads(FAST, plan.pad_plan, table))

    return Below(covers=covers)


def product_place(plan: Plan, label: str, index: int, elements: int) -> int:
    """The pad of a message's product."""
    return int(plan.pad_plan.starts[label] + elements + index)


def test_zero_hidden_behind_false_products(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums over zero once more: with pads for q d and p d that are off by 1 and by the number of pads, z = 1."""
    unlucky(case, monkeypatch)
    instance = false_outputs(case, LIE)
    monkeypatch.setattr(prover, "prove_balance", any_roots(S.one, S.one))
    assert balance_message("").products == ((P_, D_), (M_, Q_), (Q_, D_), (Z_, INVERSE))

    def errors(plan: Plan) -> dict[int, Scalar]:
        pads = S.from_int(plan.groups[0].pads)
        return {product_place(plan, BALANCE, 0, 6): pads, product_place(plan, BALANCE, 2, 6): S.one}

    cheat = replace(LIE, below=off(errors))
    assert refusal_of(instance, cheat.prove(case, instance)) == ("opening-value", ["products"])
    accepted_without(monkeypatch, "products", cheat, case, instance)


def at_a_root(plan: Plan) -> dict[int, Scalar]:
    """Two errors that cancel where the products are added: p_0 q_1 + p_1 q_0."""
    first = product_place(plan, "look-ups 0/tables/0", 0, 4)
    return {first: SEVEN, first + 1: S.neg(SEVEN)}


def at_the_dummy(plan: Plan) -> dict[int, Scalar]:
    """The pair that covers nothing."""
    return {plan.pad_plan.size - 1: SEVEN}


@pytest.mark.parametrize("errors", [at_a_root, at_the_dummy])
def test_pads_that_are_no_products(
    case: Case, monkeypatch: pytest.MonkeyPatch, errors: Callable[[Plan], dict[int, Scalar]]
) -> None:
    cheat, instance = Cheat(below=off(errors)), case.instance()
    assert refusal_of(instance, cheat.prove(case, instance)) == ("opening-value", ["products"])
    accepted_without(monkeypatch, "products", cheat, case, instance)


def every_product(plan: Plan) -> dict[int, Scalar]:
    """The same error."""
    return {int(place): SEVEN for place in plan.pad_plan.product}


def sum_zero(plan: Plan) -> dict[int, Scalar]:
    """Errors that add up to nothing; tau weighs them."""
    places = plan.pad_plan.product[:-1]
    return {int(place): (SEVEN, S.neg(SEVEN))[k % 2] for k, place in enumerate(places[: len(places) // 2 * 2])}


@pytest.mark.parametrize("errors", [every_product, sum_zero])
def test_errors_in_all_products_at_once(case: Case, errors: Callable[[Plan], dict[int, Scalar]]) -> None:
    """Equations of the walk are false as well; the products' own is."""
    instance, cheat = case.instance(), Cheat(below=off(errors))
    refusal, false = refusal_of(instance, cheat.prove(case, instance))
    assert refusal == "opening-value" and false[-1] == "products" and false.count("products") == 1


@pytest.mark.parametrize("factor", [0, 1])
def test_values_of_factors_that_make_up_for_it(case: Case, monkeypatch: pytest.MonkeyPatch, factor: int) -> None:
    """Where the sum-check ends a prover is free to say what fits, but for its being the factors' value."""
    honest, instance = products.prove_triple, case.instance()

    def fitting(field: Field, label: str, j: Ext, a: Ext, b: Ext, shape: tuple[int, ...]) -> Prover[TripleEnd]:
        last = FAST.element(j, shape[0] - 1)
        weights = j.copy()
        end = yield from honest(field, label, j, a, b, shape)
        error = S.mul(last, SEVEN)  # of the dummy; rounds hand it on as s(1)
        for r in end.point[0]:
            error = cubic(S, S.zero, error, S.zero, S.zero, r)
        weight = FAST.dot(weights, FAST.eq_table(end.point[0], shape[0]))
        values = [end.a_value, end.b_value]
        made = S.add(S.mul(values[0], values[1]), divided(error, weight))
        values[factor] = divided(made, values[1 - factor])
        return replace(end, a_value=values[0], b_value=values[1])

    monkeypatch.setattr(products, "prove_triple", fitting)
    cheat = Cheat(below=off(at_the_dummy))
    assert refusal_of(instance, cheat.prove(case, instance)) == ("opening-value", ["products"])
    accepted_without(monkeypatch, "products", cheat, case, instance)


def test_the_prover_s_pads_are_what_is_evaluated(case: Case) -> None:
    """Of an honest proof no equation is false."""
    instance = case.instance()
    proof = Cheat().prove(case, instance)
    assert accepts(case, instance, proof) and proof in KNOWN
    assert said_outputs(case, Cheat()).values.tolist() == case.logits.tolist()
