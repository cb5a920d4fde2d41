"""Two trained classifiers that try to tell two sets of transcripts apart, and what chance alone would give them.

``Characters`` sees every pair of entries: with z = exp(2 pi i v / 127) for each entry v, and z = 1 besides, it takes
the products z_j z_k and z_j conj(z_k) whose means differ most between the two sets it is trained on, and fits a
logistic regression to them. A number that is the same each time, a sum or a difference that is, and any lack of
uniformity are such differences. ``Stumps`` boosts thresholds on single entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from zk_kit import P
from zk_views import View

Floats = NDArray[np.float64]
FEATURES = 8
"""Pairs a regression is fitted to; more of them are noise."""
STUMPS = 40
STEPS = 20
RIDGE = 1.0


class Classifier(Protocol):
    """Guesses which set a view is of."""

    def fit(self, views: View, second: NDArray[np.bool_]) -> None:
        """Learn from views whose set is known."""

    def guess(self, views: View) -> NDArray[np.bool_]:
        """Whether each is of the second set."""


class Characters:
    """Logistic regression on the pairs of entries that look most different."""

    def fit(self, views: View, second: NDArray[np.bool_]) -> None:
        """Learn from views whose set is known."""
        z = _characters(views)
        sums = [_means(z, z, second), _means(z, z.conj(), second)]
        size = z.shape[1]
        both = np.concatenate([np.triu(np.abs(table), 1).reshape(-1) for table in sums])
        chosen = np.argpartition(both, -FEATURES)[-FEATURES:]
        kind, place = np.divmod(chosen, size * size)
        self._pairs = list(zip(kind.tolist(), *(part.tolist() for part in np.divmod(place, size)), strict=True))
        x, y = self._features(z), second.astype(float)
        self._weights = np.zeros(x.shape[1])
        for _ in range(STEPS):
            chance = 1 / (1 + np.exp(-np.clip(x @ self._weights, -30, 30)))
            hessian = (x * (chance * (1 - chance))[:, None]).T @ x + RIDGE * np.eye(x.shape[1])
            self._weights += np.linalg.solve(hessian, x.T @ (y - chance) - RIDGE * self._weights)

    def guess(self, views: View) -> NDArray[np.bool_]:
        """Whether each is of the second set."""
        return self._features(_characters(views)) @ self._weights > 0

    def _features(self, z: NDArray[np.complex64]) -> Floats:
        products = np.stack([z[:, j] * (z[:, k].conj() if kind else z[:, k]) for kind, j, k in self._pairs], axis=1)
        return np.concatenate([products.real, products.imag, np.ones((len(z), 1))], axis=1).astype(float)


class Stumps:
    """AdaBoost of thresholds on single entries."""

    def fit(self, views: View, second: NDArray[np.bool_]) -> None:
        """Learn from views whose set is known."""
        signs, weights = np.where(second, 1.0, -1.0), np.full(len(views), 1 / len(views))
        order = np.argsort(views, axis=0, kind="stable")
        ascending = np.take_along_axis(views, order, axis=0)
        last = np.concatenate([ascending[1:] != ascending[:-1], np.ones((1, views.shape[1]), dtype=bool)])
        self._stumps: list[tuple[int, int, float]] = []
        for _ in range(STUMPS):
            below = np.cumsum((weights * signs)[order], axis=0)
            gains = np.where(last, np.sum(weights * signs) - 2 * below, 0)
            at, entry = np.unravel_index(np.abs(gains).argmax(), gains.shape)
            edge = float(np.clip(gains[at, entry], -1 + 1e-6, 1 - 1e-6))
            alpha = 0.5 * np.log((1 + edge) / (1 - edge))
            self._stumps.append((int(entry), int(ascending[at, entry]), alpha))
            weights *= np.exp(-alpha * signs * np.where(views[:, entry] > ascending[at, entry], 1, -1))
            weights /= weights.sum()

    def guess(self, views: View) -> NDArray[np.bool_]:
        """Whether each is of the second set."""
        return sum(a * np.where(views[:, j] > cut, 1, -1) for j, cut, a in self._stumps) > 0


CLASSIFIERS: dict[str, type[Classifier]] = {"pairs of entries": Characters, "single entries": Stumps}


@dataclass(frozen=True)
class Guesses:
    """How many guesses about views that were not trained on were right."""

    right: int
    count: int

    @property
    def advantage(self) -> float:
        """0 for guessing, 1 for knowing."""
        return 2 * self.right / self.count - 1

    @property
    def interval(self) -> tuple[float, float]:
        """Of the advantage, with confidence 99.9% (Clopper, Pearson)."""
        found = binomtest(self.right, self.count).proportion_ci(0.999)
        return 2 * found.low - 1, 2 * found.high - 1


def told_apart(kind: type[Classifier], one: View, other: View) -> Guesses:
    """Train on every second view of each set, guess the rest."""
    train, test = (np.concatenate([one[start::2], other[start::2]]) for start in (0, 1))
    known, asked = (np.arange(len(v)) >= len(one[start::2]) for start, v in enumerate((train, test)))
    classifier = kind()
    classifier.fit(train, known)
    return Guesses(int((classifier.guess(test) == asked).sum()), len(test))


def _characters(views: View) -> NDArray[np.complex64]:
    """exp(2 pi i v / 127), and 1 in front of all."""
    z = np.exp(2j * np.pi * np.arange(P) / P).astype(np.complex64)[views]
    return np.concatenate([np.ones((len(z), 1), dtype=np.complex64), z], axis=1)


def _means(a: NDArray[np.complex64], b: NDArray[np.complex64], second: NDArray[np.bool_]) -> NDArray[np.complex64]:
    """How much the means of all products differ between the two sets."""
    scale = np.where(second, 1 / second.sum(), -1 / (~second).sum()).astype(np.float32)
    return (a * scale[:, None]).T @ b
