"""Combinations: additions, pools, concatenations, crops and pads as one claim on the tensors they read."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reduction_kit import (
    Values,
    a_field,
    flat_vector,
    holds,
    left_by,
    proof_of,
    random_point,
    read_term,
    readings,
    value_at,
    vertex,
)

from proofs.networks.network import Reading, Term
from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.layout.arrange import choose
from proofs.sumcheck.layout.segment import Segment, Shape4
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.reductions.combination import combination_claim, prove_combination, verify_combination

F = a_field()
S = F.scalars
WHOLE_5, WHOLE_7 = Reading.whole(5), Reading.whole(7)
Placed = list[tuple[Term, Scalar, Segment]]
CASES: dict[str, tuple[Shape4, list[tuple[Shape4, Term]]]] = {
    "residual addition": (
        (3, 5, 7, 2),
        [((3, 5, 7, 2), Term(0, 3, WHOLE_5, WHOLE_7)), ((3, 5, 7, 2), Term(1, -2, WHOLE_5, WHOLE_7))],
    ),
    "concatenation": (
        (10, 5, 7, 1),
        [((3, 5, 7, 1), Term(0, 1, WHOLE_5, WHOLE_7)), ((7, 5, 7, 1), Term(1, 5, WHOLE_5, WHOLE_7, 3))],
    ),
    "global average": ((7, 1, 1, 3), [((7, 5, 7, 3), Term(0, 9, Reading(5, 1, 0, 1), Reading(7, 1, 0, 1)))]),
    "padded average": ((2, 4, 3, 17), [((2, 7, 7, 17), Term(0, 1, Reading(3, 2, 1, 4), Reading(3, 3, 1, 3)))]),
    "pad": ((2, 6, 9, 1), [((2, 3, 7, 1), Term(0, 1, Reading(1, 1, 2, 6), Reading(1, 1, 1, 9)))]),
    "crop": ((2, 2, 3, 1), [((2, 5, 7, 1), Term(0, 1, Reading(1, 1, -3, 2), Reading(1, 2, -1, 3)))]),
    "a tensor with itself, moved": (
        (1, 5, 6, 1),
        [
            ((1, 5, 7, 1), Term(0, 1, WHOLE_5, Reading(1, 1, 0, 6))),
            ((1, 5, 7, 1), Term(0, -1, WHOLE_5, Reading(1, 1, -1, 6))),
        ],
    ),
}


def built(case: tuple[Shape4, list[tuple[Shape4, Term]]]) -> tuple[Placed, list[Values], Values]:
    """Terms with their segments one behind the other, tensors and the flat vector; multipliers are the terms' own."""
    placed: Placed = []
    tensors, offset = [], 0
    for index, (shape, term) in enumerate(case[1]):
        order, low = choose(shape)
        segment = Segment(shape, order, low, -(-offset // low) * low)
        offset = segment.end
        placed.append((term, S.from_int(term.multiplier), segment))
        tensors.append(np.random.default_rng(index).integers(-(1 << 29), 1 << 29, shape))
    pairs = [(segment, values) for (_, _, segment), values in zip(placed, tensors, strict=True)]
    return placed, tensors, flat_vector(pairs, 1)


def total(case: tuple[Shape4, list[tuple[Shape4, Term]]], tensors: list[Values]) -> Values:
    """The combination from its definition."""
    parts = (term.multiplier * read_term(term, x, case[0]) for (_, term), x in zip(case[1], tensors, strict=True))
    return sum(parts, np.zeros(case[0], dtype=object))


@pytest.mark.parametrize("name", CASES)
def test_the_claim_is_true_of_the_true_value_alone(name: str) -> None:
    placed, tensors, vector = built(CASES[name])
    point = random_point(CASES[name][0], 1)
    value = value_at(total(CASES[name], tensors), point)
    claim = combination_claim(F, placed, point, value)
    assert len(claim.functionals) == len(placed)
    assert holds(claim, vector)
    assert not holds(Claim(claim.functionals, S.add(value, (0, 0, 1, 0))), vector)
    assert not holds(combination_claim(F, placed, random_point(CASES[name][0], 2), value), vector)


@pytest.mark.parametrize("name", CASES)
def test_any_changed_input_makes_it_false(name: str) -> None:
    placed, tensors, vector = built(CASES[name])
    point = random_point(CASES[name][0], 1)
    claim = combination_claim(F, placed, point, value_at(total(CASES[name], tensors), point))
    for functional in claim.functionals:
        read = np.zeros((4, vector.size), dtype=np.uint32)
        functional.spread(F, read, S.one)
        place = int(np.flatnonzero(read.any(axis=0))[-1])
        changed = vector.copy()
        changed[place] += 1
        assert not holds(claim, changed)


@pytest.mark.parametrize("name", CASES)
def test_beyond_the_real_extents_the_sum_is_zero(name: str) -> None:
    shape, _ = CASES[name]
    placed, tensors, vector = built(CASES[name])
    expected = total(CASES[name], tensors)
    for index in product(*({0, extent - 1, (1 << bits(extent)) - 1} for extent in shape)):
        real = all(i < extent for i, extent in zip(index, shape, strict=True))
        value = S.from_int(int(expected[index])) if real else S.zero
        claim = combination_claim(F, placed, vertex(F, shape, index), value)
        assert holds(claim, vector), index
        assert not holds(Claim(claim.functionals, S.add(value, S.one)), vector), index


def test_multipliers_may_be_any_elements() -> None:
    case = CASES["residual addition"]
    placed, tensors, vector = built(case)
    factors = [(1, 2, 3, 4), (5, 6, 7, 8)]
    point, value = random_point(case[0], 1), S.zero
    for factor, x in zip(factors, tensors, strict=True):
        value = S.add(value, S.mul(factor, value_at(x.astype(object), point)))
    turned = [(term, factor, segment) for (term, _, segment), factor in zip(placed, factors, strict=True)]
    assert holds(combination_claim(F, turned, point, value), vector)
    nothing = [(term, S.zero, segment) for term, _, segment in placed]
    assert holds(combination_claim(F, nothing, point, S.zero), vector)
    assert not holds(combination_claim(F, nothing, point, S.one), vector)


def test_nothing_is_sent() -> None:
    case = CASES["concatenation"]
    placed, tensors, vector = built(case)
    point = random_point(case[0], 1)
    value = value_at(total(case, tensors), point)
    proof, (mine,) = proof_of(F, prove_combination(F, "sum", placed, point, value))
    (theirs,) = left_by(F, verify_combination(F, "sum", placed, point, value), proof)
    assert proof == b""
    assert (mine.value, theirs.value) == (value, value)
    assert holds(mine, vector)
    assert holds(theirs, vector)


@settings(max_examples=40, deadline=None)
@given(readings(), readings(), st.integers(1, 3), st.integers(0, 2), st.integers(0, 1 << 20))
def test_any_term(
    down: tuple[Reading, int], across: tuple[Reading, int], channels: int, channel: int, seed: int
) -> None:
    shape = (channels, down[1], across[1], 2)
    term = Term(0, -3, down[0], across[0], channel)
    case = ((channels + channel + seed % 2, down[0].out, across[0].out, 2), [(shape, term)])
    placed, tensors, vector = built(case)
    point = random_point(case[0], seed)
    assert holds(combination_claim(F, placed, point, value_at(total(case, tensors), point)), vector)
