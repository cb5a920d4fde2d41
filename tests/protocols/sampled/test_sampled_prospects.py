"""When a seller goes on after the sample: the rule against its definition, and the edge in exact wei."""

from __future__ import annotations

import time
from fractions import Fraction
from math import comb, factorial

import pytest
from sampled_samples import SAMPLED, sampled_with

from proofs.errors import InvalidInput
from protocols.sampled.malice import least_right_against_malice
from protocols.sampled.prospects import (
    MAX_TRIED,
    Caution,
    advantage,
    chance_of_missing,
    least_right,
    worth_proceeding,
)
from protocols.sampled.terms import SampledTerms

LARGE = sampled_with(total=640, batch=64, sample=64, target=448)


TRUSTING = Caution(trust_labels=True)


def missed(terms: SampledTerms, right: int, seen: int) -> Fraction:
    """The beta-binomial law summed term by term."""
    rest, wrong = terms.rest, seen - right
    ways = (comb(k + right, right) * comb(wrong + rest - k, wrong) for k in range(terms.target))
    return Fraction(sum(ways), comb(seen + rest + 1, seen + 1))


def mixed(terms: SampledTerms, right: int, good: int, tried: int) -> Fraction:
    """Both priors, each weighed by what it says of the sample: the chance of ``right``, from the Beta function."""
    sample, bad = terms.sample, tried - good

    def beta(a: int, b: int) -> Fraction:
        return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))

    like = comb(sample, right) * beta(right + good + 1, sample - right + bad + 1) / beta(good + 1, bad + 1)
    other = Fraction(1, sample + 1)
    known, unknown = missed(terms, right + good, sample + tried), missed(terms, right, sample)
    return (like * known + other * unknown) / (like + other)


def test_the_chance_is_the_beta_binomial_tail() -> None:
    for sample in range(1, 5):
        for rest in range(sample, 8):
            for target in range(1, rest + 1):
                terms = sampled_with(total=sample + rest, batch=1, sample=sample, target=target)
                for right in range(sample + 1):
                    assert chance_of_missing(terms, right) == missed(terms, right, sample)
                    tried = Caution(tried_right=3, tried=5)
                    assert chance_of_missing(terms, right, tried) == mixed(terms, right, 3, 5)


def test_the_chance_is_that_of_a_draw_from_equally_likely_test_sets() -> None:
    """The rule as stated: every number of right answers equally likely, the sample drawn without replacement."""
    terms = sampled_with(total=7, batch=1, sample=3, target=2)
    for right in range(4):
        weight = {t: Fraction(comb(t, right) * comb(7 - t, 3 - right), comb(7, 3)) for t in range(8)}
        low = sum((w for t, w in weight.items() if t - right < 2), Fraction(0))
        assert chance_of_missing(terms, right) == low / sum(weight.values())


def test_the_least_count_is_the_edge() -> None:
    least = least_right(LARGE)
    assert least is not None and 0 < least < 64
    for right in range(65):
        prospect = worth_proceeding(LARGE, right, TRUSTING)
        assert prospect.worth == (right >= least) == (prospect.advantage >= 0)
        assert prospect.least == least and prospect.advantage == advantage(LARGE, prospect.miss)
        assert f"{right} of 64" in prospect.reason and f"{least} or more" in prospect.reason


def test_the_advantage_is_zero_exactly_at_its_edge() -> None:
    """At alpha = (N1 P + N2 (Z - P)) / (2 N1 P + N2 Z + 2NE)."""
    looked, rest, proven, bond = 64 * 99, 576 * 99, 576 * 10_000, 2 * 640 * 1_000_000
    edge = Fraction(looked + proven - rest, 2 * looked + proven + bond)
    assert advantage(LARGE, edge) == 0 > advantage(LARGE, edge + Fraction(1, 10**30))
    assert advantage(LARGE, Fraction(0)) == looked + proven - rest
    assert advantage(LARGE, Fraction(1)) == -bond - looked - rest


def test_caution_asks_for_more_and_experience_for_less() -> None:
    plain = least_right(LARGE) or 0
    assert (least_right(LARGE, Caution(loss_weight=Fraction(100))) or 0) > plain
    assert (least_right(LARGE, Caution(tried_right=600, tried=640)) or 0) < plain


def test_no_sample_is_enough_when_too_little_is_won() -> None:
    tiny = sampled_with(total=4, sample=2, target=2)
    assert least_right(tiny) is None
    prospect = worth_proceeding(tiny, 2, TRUSTING)
    assert not prospect.worth and prospect.miss == Fraction(4, 10) and "no number would be enough" in prospect.reason


def test_a_sample_unlike_the_trials_takes_their_word_away() -> None:
    """A buyer's wrong labels must not cost the bond of a seller who is sure of its model."""
    sure = Caution(tried_right=MAX_TRIED, tried=MAX_TRIED, trust_labels=True)
    terms = sampled_with(total=32, batch=8, sample=16, target=4)
    assert worth_proceeding(terms, 16, sure).worth
    assert not worth_proceeding(terms, 0, sure).worth
    assert chance_of_missing(terms, 0, sure) > Fraction(99, 100) * chance_of_missing(terms, 0)


def test_labels_nobody_vouches_for_ask_for_more() -> None:
    """Where a mislabelling buyer could gain, the seller leaves; where it could not, both rules must be met."""
    small = sampled_with(total=64, batch=8, sample=16, target=30)
    assert least_right_against_malice(small) is None
    prospect = worth_proceeding(small, 16)
    assert not prospect.worth and prospect.safe is None and "on purpose" in prospect.reason
    safe, least = least_right_against_malice(LARGE), least_right(LARGE)
    assert safe is not None and least is not None
    for right in range(LARGE.sample + 1):
        assert worth_proceeding(LARGE, right).worth == (right >= max(safe, least))


def test_a_huge_offer_is_judged_at_once() -> None:
    """A stranger's terms choose N; the sum has no more terms than the sample and the seller's own trials."""
    huge = sampled_with(total=2**32 - 256, batch=256, sample=256, target=3 * 10**9)
    started = time.monotonic()
    assert worth_proceeding(huge, 256, Caution(tried_right=700, tried=MAX_TRIED)).least is not None
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("right", [-1, 3])
def test_a_count_beyond_the_sample_is_refused(right: int) -> None:
    with pytest.raises(InvalidInput, match="right_in_sample"):
        worth_proceeding(SAMPLED, right)


@pytest.mark.parametrize(
    "wrong",
    [{"loss_weight": Fraction(99, 100)}, {"tried_right": 2, "tried": 1}, {"tried_right": -1}, {"tried": MAX_TRIED + 1}],
)
def test_contradicting_caution_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        Caution(**wrong)  # type: ignore[arg-type]
