"""Bits of soundness, from the rounds a verifier ran."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sumcheck_kit import Statement, a_field, a_transcript, product_of, prove_all, squares_of

from proofs.sumcheck.fields import FIELDS, Extension
from proofs.sumcheck.soundness import Round, error_bits, recorded, soundness_bits, tally, tally_bits
from proofs.sumcheck.transcript import run_verifier

M61 = Extension(2**61 - 1, 2)


def rounds_of(statement: Statement) -> list[Round]:
    """The rounds of an honest proof's verification."""
    rounds: list[Round] = []
    branch = (recorded(statement.verify(), rounds), statement.field.scalars)
    assert run_verifier([branch], prove_all(statement), a_transcript()) == [None]
    return rounds


def test_a_proofs_own_rounds_are_counted() -> None:
    product = rounds_of(product_of(a_field("m61"), (3, 8)))
    assert [(r.label, r.degree, r.challenges) for r in product] == [
        (f"product/{axis}/{half}", 2, 1) for axis, half in ((0, 2), (0, 1), (1, 4), (1, 2), (1, 1))
    ]
    squares = rounds_of(squares_of(a_field("m61"), (5,), 6))
    assert [r.degree * r.challenges for r in squares] == [2, 2, 2, 3, 3, 3, 0]
    assert tally(squares) == ((2, 3), (3, 3))


def test_recording_changes_nothing() -> None:
    def verifier() -> object:
        yield from ()
        return "result"

    with pytest.raises(StopIteration) as ended:
        next(recorded(verifier(), []))
    assert ended.value.value == "result"


def test_bits_of_rounds() -> None:
    assert soundness_bits([Round("a", 2)], Extension(31, 1)) == (3.9, 3.9)  # log2(30 / 2) = 3.9069
    assert soundness_bits([Round("a", 2), Round("b", 3), Round("c", 1, 0)], Extension(31, 1)) == (2.58, 3.32)
    assert soundness_bits([Round("a", 1, 15)], Extension(31, 1)) == (1.0, 1.0)
    assert soundness_bits([Round("a", 2)] * 16, Extension(31, 1)) == (0.0, 3.9)
    assert soundness_bits([], M61) == soundness_bits([Round("a", 5, 0)], M61) == (math.inf, math.inf)
    assert soundness_bits([Round("a", 2)], M61) == (120.99, 120.99)  # a hair below 121
    assert soundness_bits([Round("a", 2)] * 8, M61) == (117.99, 120.99)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_against_decimals(name: str) -> None:
    p, degree = FIELDS[name]
    total, worst = soundness_bits([Round("a", 2)] * 40 + [Round("b", 3)] * 33, Extension(p, degree))
    with localcontext() as context:
        context.prec = 60
        points = Decimal(p**degree - 1)
        for found, errors in ((total, 40 * 2 + 33 * 3), (worst, 3)):
            exact = (points / errors).ln() / Decimal(2).ln()
            assert Decimal(str(found)) <= exact < Decimal(str(found)) + Decimal("0.01")


@given(st.integers(1, 2**80), st.integers(1, 2**130))
def test_bits_are_rounded_down_never_up(numerator: int, denominator: int) -> None:
    error = Fraction(numerator, denominator)
    bits = error_bits(error)
    if error >= 1:
        assert bits == 0
        return
    hundredths = round(bits * 100)
    assert error**100 <= Fraction(1, 2**hundredths)
    assert error**100 > Fraction(1, 2 ** (hundredths + 1))


@given(st.lists(st.builds(Round, st.just("a"), st.integers(1, 3), st.integers(0, 20)), max_size=30))
def test_a_tally_loses_nothing(rounds: list[Round]) -> None:
    counted = tally(rounds)
    assert list(counted) == sorted(set(counted))
    assert sum(degree * number for degree, number in counted) == sum(r.degree * r.challenges for r in rounds)
    assert tally_bits(counted, M61) == soundness_bits(rounds, M61)
