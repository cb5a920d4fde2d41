"""Transcripts of two witnesses and of the simulator are uniform, and alike to classifiers that find planted leaks.

Everything is seeded. Confidence is 99.9% for each interval, an error of 1% over all entries for uniformity.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chi2
from zk_distinguishers import CLASSIFIERS, told_apart
from zk_kit import TINY, P, accepts, tiny_sizes
from zk_leaks import LEAKS
from zk_samples import Samples, seed_of
from zk_views import View

FEW, MANY = 80, 3000
"""Transcripts of each kind; many take minutes."""
COUNTS = pytest.mark.parametrize(
    ("count", "bins"), [(FEW, 6), pytest.param(MANY, P, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
A_FEW = 36
LEAKY = {"a pad used twice": 90}
"""Leaks that take more than a few transcripts to be found."""
ALMOST_SURELY = 0.01


def kinds(samples: Samples, count: int) -> dict[str, View]:
    return {
        "witness A": samples.real("A", count),
        "witness B": samples.real("B", count),
        "simulated": samples.simulated(count),
    }


def uniform_chances(views: View, bins: int) -> np.ndarray:
    """For each entry, how likely uniform numbers are to be as uneven as it is, in so many bins."""
    expected = np.bincount(np.arange(P) * bins // P, minlength=bins) * len(views) / P
    counts = np.stack([np.bincount(column, minlength=bins) for column in (views * bins // P).T])
    return chi2.sf(((counts - expected) ** 2 / expected).sum(axis=1), bins - 1)


@COUNTS
def test_every_entry_is_uniform(samples: Samples, count: int, bins: int) -> None:
    for name, views in kinds(samples, count).items():
        chances = uniform_chances(views, bins)
        worst = int(chances.argmin())
        assert chances[worst] * len(chances) > ALMOST_SURELY, (name, samples.reader.names[worst])


@COUNTS
@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_no_classifier_tells_witnesses_and_simulator_apart(
    samples: Samples, classifier: str, count: int, bins: int
) -> None:
    for (one, first), (other, second) in combinations(kinds(samples, count).items(), 2):
        low, high = told_apart(CLASSIFIERS[classifier], first, second).interval
        assert low <= 0 <= high, (one, other, low, high)


@pytest.mark.parametrize("leak", LEAKS)
def test_planted_leaks_are_found(samples: Samples, leak: str) -> None:
    count = LEAKY.get(leak, A_FEW)
    leaky = samples.real("A", count, LEAKS[leak], leak)
    found = [told_apart(kind, leaky, samples.simulated(count)) for kind in CLASSIFIERS.values()]
    assert max(guesses.interval[0] for guesses in found) > 0.2


@pytest.mark.parametrize("leak", LEAKS)
def test_verifiers_do_not_see_leaks(samples: Samples, leak: str) -> None:
    """So only these statistics would."""
    with tiny_sizes(), LEAKS[leak]():
        case, messages = samples.proof("A", seed_of(leak))
        assert accepts(TINY, case.instance(), messages, samples.reader.challenges)


@pytest.mark.parametrize("leak", ["a message without its pads", "blocks of zeros", "no dummy pair"])
def test_leaks_are_not_uniform(samples: Samples, leak: str) -> None:
    chances = uniform_chances(samples.real("A", A_FEW, LEAKS[leak], leak), 6)
    assert chances.min() * len(chances) < 1e-9
