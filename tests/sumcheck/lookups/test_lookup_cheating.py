"""False look-ups, each by a prover that sticks to the protocol on false values: none passes, and each would pass a
verifier that left out the rule against it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lookup_kit import (
    BITS,
    BOTH,
    CLAMPED,
    LAYOUT,
    LONG,
    PAIRS,
    SHORT,
    Group,
    P,
    a_field,
    honest,
    looked,
    passes,
    prove_group,
    random_scalars,
    recounted,
    rejected,
    row,
    true,
)

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp
from proofs.sumcheck.fields import Field
from proofs.sumcheck.lookups import Challenges, RangeTable, TableLayout, lookup_error, require_unique


def without_tags(drawn: Challenges) -> Challenges:
    """gamma = 0."""
    return replace(drawn, gamma=tuple(0 for _ in drawn.gamma))


def packed(drawn: Challenges) -> Challenges:
    """beta = 1/256, which is to look up the integer 256 v0 + v1."""
    scalars = a_field("m31").scalars
    return replace(drawn, beta=scalars.inverse(scalars.from_int(256)))


@BOTH
def test_truth_passes(f: Field) -> None:
    assert passes(true(f))
    lone = honest(f, TableLayout(((7, RangeTable(0)),)), looked(7, [0]))
    assert passes(lone)
    full = honest(f, LAYOUT, looked(LONG, range(16)))
    assert full.pads == 0
    assert passes(full)


# -- values that are not in the table ------------------------------------------------------------------------------
@BOTH
@pytest.mark.parametrize("value", [4, -1, P - 1, -(P - 1), 2**30])
def test_a_value_outside_its_table(f: Field, value: int) -> None:
    for counted in ({}, {row(SHORT, 3): 1}, {row(LONG, 4): 1}, {row(SHORT, k): 1 for k in range(4)}):
        group = true(f)
        wrong = replace(group, sites=(*group.sites, looked(SHORT, [value])))
        rejected(recounted(wrong, counted), "lookup-balance")


@BOTH
def test_a_pair_of_the_wrong_second_value(f: Field) -> None:
    for first, second in ((-1, -1), (7, 7), (3, 2), (0, 6)):
        group = true(f)
        wrong = replace(group, sites=(*group.sites, looked(PAIRS, [first], [second])))
        rejected(recounted(wrong, {row(PAIRS, first): 1}), "lookup-balance")


@BOTH
def test_a_remainder_from_the_range_of_another_shift(f: Field) -> None:
    """5 is no remainder of a shift by 2, but it is one of a shift by 4."""
    sites = (CLAMPED, looked(SHORT, [0, 3, 5]), looked(LONG, [15]))
    counts = honest(f, LAYOUT, CLAMPED, looked(SHORT, [0, 3]), looked(LONG, [15, 5])).counts
    group = Group(f, LAYOUT, sites, counts)
    assert passes(replace(group, weakened=without_tags))
    rejected(group, "lookup-balance")


@BOTH
def test_a_bit_from_a_range(f: Field) -> None:
    sites = (looked(BITS, [0, 1, 2]),)
    counts = honest(f, LAYOUT, looked(BITS, [0, 1]), looked(LONG, [2])).counts
    group = Group(f, LAYOUT, sites, counts)
    assert passes(replace(group, weakened=without_tags))
    rejected(group, "lookup-balance")


@BOTH
def test_a_pair_that_packs_like_another(f: Field) -> None:
    """(q - 1, y + 256) is not in the table, but 256 (q - 1) + (y + 256) = 256 q + y."""
    true_sites = (looked(PAIRS, [5, 3, -4], [5, 3, 0]),)
    false_sites = (looked(PAIRS, [5, 3 - 1, -4], [5, 3 + 256, 0]),)
    group = Group(f, LAYOUT, false_sites, honest(f, LAYOUT, *true_sites).counts)
    assert passes(replace(group, weakened=packed))
    rejected(group, "lookup-balance")


# -- two answers ---------------------------------------------------------------------------------------------------
SHIFT = 18


def rescaled(f: Field, quotients: Clamp, q: int, rem: int) -> Group:
    """One accumulator's quotient, its clamp, and its remainder."""
    layout = TableLayout(((1, quotients), (2, RangeTable(SHIFT))))
    y = min(max(q, quotients.least), quotients.greatest)
    return honest(f, layout, looked(1, [q], [y]), looked(2, [rem]))


@pytest.mark.parametrize(
    ("low", "high", "answers"),
    [
        (-(2**12), 2**12 - 1, [(2**12 - 1, 2**18 - 1), (-(2**12), 0)]),  # p + 1 numbers; acc = +-2^30, less 2^17
        (-(2**12), 2**12, [(2**12, 2**17 - 1), (-(2**12), 2**17)]),  # acc = 2^30 - 1 and acc = -2^30
    ],
)
def test_two_answers_for_one_accumulator(low: int, high: int, answers: list[tuple[int, int]]) -> None:
    """Both answers pass, which is why such a table must not be accepted in the first place."""
    f, table = a_field("m31", "fast"), Clamp(low, high, 0, 255)
    accumulators = [(q << SHIFT) + rem - (1 << SHIFT - 1) for q, rem in answers]
    assert accumulators[0] - accumulators[1] == P  # one element of the field
    outputs = [min(max(q, 0), 255) for q, _ in answers]
    assert outputs == [255, 0]
    for q, rem in answers:
        assert passes(rescaled(f, table, q, rem))
    with pytest.raises(InvalidInput, match="two answers"):
        require_unique(SHIFT, table.rows)


def test_the_largest_and_the_least_accumulator() -> None:
    """2^30 - 1 and -2^30 are the same element, whatever k."""
    assert (2**30 - 1) % P == -(2**30) % P
    for shift in range(1, 19):
        with pytest.raises(InvalidInput):
            require_unique(shift, 2 ** (31 - shift))
        require_unique(shift, 2 ** (31 - shift) - 1)


# -- multiplicities ------------------------------------------------------------------------------------------------
@BOTH
def test_a_repeated_value_that_is_counted_as_none(f: Field) -> None:
    rejected(recounted(true(f), {row(PAIRS, 3): -2}), "lookup-balance")


@BOTH
@pytest.mark.parametrize("change", [1, -1, 5, P - 2])
def test_a_wrong_multiplicity(f: Field, change: int) -> None:
    rejected(recounted(true(f), {row(LONG, 0): change}), "lookup-balance")
    rejected(recounted(true(f), {row(LONG, 0): change, row(LONG, 1): -change}), "lookup-balance")


@BOTH
def test_multiplicities_other_than_committed(f: Field) -> None:
    """The prover's tree balances; its counts are not the committed ones."""
    committed = recounted(true(f), {row(LONG, 0): 1})
    rejected(committed, "multiplicities", prove_group(true(f)))


@BOTH
def test_look_ups_other_than_committed(f: Field) -> None:
    """The prover's trees are of true look-ups; committed is another value."""
    group = true(f)
    false = replace(group, sites=(looked(PAIRS, [-20, -1, 3, 20, 4], [0, 0, 3, 6, 3]), *group.sites[1:]))
    rejected(false, "site-leaves", prove_group(group))


@BOTH
def test_tables_other_than_agreed(f: Field) -> None:
    """The prover looks up in a longer clamp of his own."""
    own = TableLayout(((PAIRS, Clamp(-20, 20, 0, 7)), *LAYOUT.tables[1:]))
    prover = prove_group(honest(f, own, looked(PAIRS, [7], [7])))
    rejected(
        Group(f, LAYOUT, (looked(PAIRS, [7], [7]),), honest(f, LAYOUT, looked(PAIRS, [7])).counts),
        "table-leaves",
        prover,
    )


@pytest.mark.parametrize("value", [3, 5])
def test_as_many_look_ups_as_the_field_has_elements(value: int) -> None:
    """In a field of characteristic 7, seven times 1 / x is nothing: the group's size is checked for it."""
    f, layout = a_field("7i"), TableLayout(((1, RangeTable(1)),))
    group = Group(f, layout, (looked(1, [value] * 7),), np.zeros(2, dtype=f.dtype))
    drawn = Challenges(*random_scalars(f, 3, 1))
    inverses = f.inverse(group.leaves(drawn)[:, :7])
    assert f.dot(inverses, f.lift(np.ones(7, dtype=f.dtype))) == f.scalars.zero
    with pytest.raises(InvalidInput, match="cancel"):
        passes(group)
    assert lookup_error(6, 2, f.scalars) < 1
