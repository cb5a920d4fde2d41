"""Sums of fractions: true ones pass at every depth, both twins say the same, and the claims are the leaves' values."""

from __future__ import annotations

import numpy as np
import pytest
from lookup_kit import BOTH, EVERY, a_field, a_transcript, evaluated, random_base, random_scalars

from proofs.errors import RejectedProof
from proofs.sumcheck.exchange import Prover
from proofs.sumcheck.fields import Base, Ext, Field
from proofs.sumcheck.lookups import FractionsClaim, verify_fractions, verify_ones
from proofs.sumcheck.lookups.layers import Fractions, UnitFractions
from proofs.sumcheck.lookups.prover import FractionsEnd, prove_fractions, prove_ones
from proofs.sumcheck.lookups.twins import twin
from proofs.sumcheck.lookups.weights import Weights
from proofs.sumcheck.soundness import Round, recorded
from proofs.sumcheck.transcript import run_prover, run_verifier

DEPTHS = [0, 1, 2, 3, 4, 7, 8, 9, 11]


def denominators(f: Field, depth: int, seed: int = 0) -> Ext:
    """None of them zero, in fields that are large."""
    return random_base(f, (f.scalars.degree, 1 << depth), seed)


def tree(f: Field, numerators: Base | None, q: Ext) -> tuple[bytes, FractionsEnd, FractionsClaim]:
    """Prove and verify."""
    depth = q.shape[1].bit_length() - 1
    ones = numerators is None
    prover: Prover[FractionsEnd] = prove_ones(f, "t", q) if ones else prove_fractions(f, "t", numerators, q)
    proof, [end] = run_prover([(prover, f.scalars)], a_transcript())
    verifier = verify_ones(f, "t", depth) if ones else verify_fractions(f, "t", depth)
    [claim] = run_verifier([(verifier, f.scalars)], proof, a_transcript())
    return proof, end, claim


def naive_sum(f: Field, numerators: list[int], q: Ext) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sum as a fraction, added up from left to right: equal as a fraction only."""
    scalars = f.scalars
    p_sum, q_sum = scalars.zero, scalars.one
    for k, p in enumerate(numerators):
        here = f.element(q, k)
        p_sum = scalars.add(scalars.mul(p_sum, here), scalars.mul(scalars.from_int(p), q_sum))
        q_sum = scalars.mul(q_sum, here)
    return p_sum, q_sum


@BOTH
@pytest.mark.parametrize("depth", DEPTHS)
def test_ones(f: Field, depth: int) -> None:
    q = denominators(f, depth)
    _, end, claim = tree(f, None, q.copy())
    assert (end.root, end.point, end.denominator) == (claim.root, claim.point, claim.denominator)
    assert claim.numerator is None
    assert claim.denominator == evaluated(f, q, claim.point)
    p_sum, q_sum = naive_sum(f, [1] * (1 << depth), q)
    assert claim.root == (p_sum, q_sum)


@BOTH
@pytest.mark.parametrize("depth", DEPTHS)
def test_base_numerators(f: Field, depth: int) -> None:
    q, m = denominators(f, depth), random_base(f, (1 << depth,), 5)
    _, end, claim = tree(f, m, q.copy())
    assert (end.root, end.point) == (claim.root, claim.point)
    assert (end.numerator, end.denominator) == (claim.numerator, claim.denominator)
    assert claim.denominator == evaluated(f, q, claim.point)
    assert claim.numerator == evaluated(f, f.lift(m), claim.point)
    assert claim.root == naive_sum(f, [int(x) for x in m], q)


@EVERY
def test_other_fields(f: Field) -> None:
    q, m = denominators(f, 5, 3), random_base(f, (32,), 4)
    _, _, claim = tree(f, m, q.copy())
    assert claim.numerator == evaluated(f, f.lift(m), claim.point)


@pytest.mark.parametrize("depth", [1, 2, 6, 10, 12])
def test_twins_say_the_same(depth: int) -> None:
    plain, fast = a_field("m31", "plain"), a_field("m31", "fast")
    q, m = denominators(plain, depth), random_base(plain, (1 << depth,), 6)
    assert tree(plain, None, q.copy())[0] == tree(fast, None, q.copy())[0]
    assert tree(plain, m, q.copy())[0] == tree(fast, m, q.copy())[0]


@BOTH
def test_extreme_entries(f: Field) -> None:
    q = np.full((4, 1 << 9), f.scalars.p - 1, dtype=f.dtype)
    m = np.full(1 << 9, f.scalars.p - 1, dtype=f.dtype)
    for numerators in (None, m):
        _, _, claim = tree(f, numerators, q.copy())
        assert claim.denominator == evaluated(f, q, claim.point)


@BOTH
def test_numerators_are_kept_and_threads_share_the_work(f: Field) -> None:
    depth = 13
    q, m = denominators(f, depth), random_base(f, (1 << depth,), 6)
    kept = m.copy()
    _, _, claim = tree(f, m, q.copy())
    assert np.array_equal(m, kept)
    assert claim.denominator == evaluated(f, q, claim.point)


@BOTH
def test_a_layer_is_what_it_says(f: Field) -> None:
    """t(0), and t's leading coefficient, of the first round, from the definition."""
    scalars, depth = f.scalars, 4
    point, mix = random_scalars(f, depth - 1, 8), random_scalars(f, 1, 9)[0]
    p, q = denominators(f, depth, 10), denominators(f, depth, 11)
    ones = f.lift(np.ones(1 << depth, dtype=f.dtype))
    weights = Weights.over(f, point[1:])
    fractions, units = Fractions(f, p.copy(), q.copy(), mix), UnitFractions(f, q.copy(), mix, scalars.inverse(mix))
    for table, layer in ((p, fractions), (ones, units)):
        at_0, lead = layer.round(1 << (depth - 2), None, weights)
        values = []
        for x in (0, 1, 2):
            bit = scalars.from_int(x)
            p_x, q_x = (f.bind(t.reshape(4, 2, 2, -1).swapaxes(1, 2).reshape(4, 2, -1), bit, 1) for t in (table, q))
            p_0, p_1, q_0, q_1 = (t.reshape(4, 2, -1)[:, k].copy() for t in (p_x, q_x) for k in (0, 1))
            bracket = f.add(f.add(f.mul(p_0, q_1), f.mul(p_1, q_0)), f.scale(f.mul(q_0, q_1), mix))
            values.append(f.dot(f.eq_table(point[1:], bracket.shape[1]), bracket))
        assert at_0 == values[0]
        second = scalars.sub(scalars.add(values[0], values[2]), scalars.add(values[1], values[1]))
        assert scalars.add(lead, lead) == second


@EVERY
@pytest.mark.parametrize("variables", [0, 1, 7, 8, 10])
def test_weights_are_eq(f: Field, variables: int) -> None:
    point = random_scalars(f, variables, 12)
    weights = Weights.over(f, point)
    for done in range(variables + 1):
        table = f.mul(
            weights.high[:, :, None], np.broadcast_to(weights.low[:, None], (*weights.high.shape, weights.low.shape[1]))
        )
        assert np.array_equal(table.reshape(f.scalars.degree, -1), f.eq_table(point[done:], 1 << (variables - done)))
        if done < variables:
            weights = weights.summed(f)


def test_rounds_are_counted() -> None:
    """Two challenges after each layer's values, one after each round, of degree 2; nothing after a lone leaf."""
    f = a_field("m31")
    rounds: list[Round] = []
    proof, _, _ = tree(f, None, denominators(f, 3))
    run_verifier([(recorded(verify_ones(f, "t", 3), rounds), f.scalars)], proof, a_transcript())
    assert [(r.label, r.degree, r.challenges) for r in rounds] == [
        ("t/0", 1, 2),
        ("t/1/0", 2, 1),
        ("t/1", 1, 2),
        ("t/2/0", 2, 1),
        ("t/2/1", 2, 1),
        ("t/2", 1, 1),
    ]


@BOTH
@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_a_zero_denominator_is_refused(f: Field, depth: int) -> None:
    q = denominators(f, depth)
    q[:, -1] = 0
    for numerators in (None, np.ones(1 << depth, dtype=f.dtype)):
        with pytest.raises(RejectedProof, match="lookup-denominator"):
            tree(f, numerators, q.copy())


@BOTH
def test_sizes_that_do_not_fit(f: Field) -> None:
    with pytest.raises(ValueError, match="power of two"):
        next(prove_ones(f, "t", denominators(f, 2)[:, :3]))
    with pytest.raises(ValueError, match="do not go with"):
        next(prove_fractions(f, "t", np.ones(2, dtype=f.dtype), denominators(f, 2)))


def test_fields_choose_their_kernels() -> None:
    names = [
        twin(a_field(*name)).__name__.rsplit(".", 1)[1] for name in (("m31", "plain"), ("m31", "fast"), ("m61", "fast"))
    ]
    assert names == ["plain", "fast", "plain"]
