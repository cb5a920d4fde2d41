"""Choosing alpha and the betas on validation data, among those whose static bound fits the primes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.sumcheck.safetynets.bounds.static_bound import ONE_PRIME
from proofs.sumcheck.safetynets.execution.execute import integer_outputs
from proofs.sumcheck.safetynets.execution.inputs import quantise_inputs
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.scales.float_network import FloatNetwork, Scales
from proofs.sumcheck.safetynets.scales.levels import (
    LEVELS,
    LIMITS,
    UNIT_RANGE,
    Range,
    fitting,
    largest_level,
    nothing_fits,
)
from proofs.sumcheck.safetynets.scales.rounding import rounded

STEPS = (Fraction(2), Fraction(3, 2), Fraction(3, 4), Fraction(1, 2))
"""What one layer's beta is then multiplied by."""
TOLERANCE = 0.005
"""Two primes double the work: they are taken only for a score better by more than this."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Scales that were tried.

    Args:
        bits: of the largest value any input in the box can cause. primes: 61-bit primes that hold it.
        agreement: share of examples whose largest output is the real network's.
        accuracy: share whose largest output is their label; None without labels.
    """

    scales: Scales
    bits: int
    primes: int
    agreement: float
    accuracy: float | None

    @property
    def score(self) -> float:
        """What is compared: accuracy where there are labels."""
        return self.agreement if self.accuracy is None else self.accuracy


@dataclass(frozen=True, slots=True)
class Choice:
    """An integer network, how good it is, and all that was tried.

    Args:
        real_accuracy: of the network with real weights; None without labels.
    """

    network: Network
    chosen: Candidate
    candidates: tuple[Candidate, ...]
    real_accuracy: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Examples to choose by: real inputs (N, *input_shape), the real network's classes, and labels if there are any."""

    x: NDArray[np.floating]
    classes: NDArray[np.intp]
    labels: NDArray[np.integer] | None

    @property
    def reference(self) -> float:
        """The real network's score."""
        return 1.0 if self.labels is None else float((self.classes == self.labels).mean())


def choose_scales(
    network: FloatNetwork,
    x: NDArray[np.floating],
    labels: NDArray[np.integer] | None = None,
    *,
    primes: int | None = None,
    input_range: Range = UNIT_RANGE,
) -> Choice:
    """Round a network as well as the primes allow.

    The scales a file names are taken if they fit. Otherwise alpha is varied with the largest weights that fit beside
    it, and then each layer's beta alone; one prime is enough unless two score better by half a per cent.

    Args:
        x: real validation inputs (N, *input_shape), not the test set. labels: their classes, if known.
        primes: 1 or 2, to allow just so many.
        input_range: real inputs outside are clipped.

    Raises:
        InvalidInput: unusable validation data or options.
        UnsupportedModel: nothing fits, not even weights of -1, 0 and 1 on inputs of one bit.
    """
    validation = _validation(network, x, labels, input_range, primes)
    tried: list[Candidate] = []
    hinted = _hinted(network, validation, primes)
    if hinted is not None:
        tried.append(hinted)
    else:
        for count in (1, 2) if primes is None else (primes,):
            tried += _search(network, validation, count, input_range)
            if tried and max(c.score for c in tried) >= validation.reference - TOLERANCE:
                break
    if not tried:
        raise nothing_fits(network, input_range)
    chosen = _best(tried)
    real = None if labels is None else validation.reference
    return Choice(rounded(network, chosen.scales), chosen, tuple(tried), real)


def _validation(
    network: FloatNetwork,
    x: NDArray[np.floating],
    labels: NDArray[np.integer] | None,
    input_range: Range,
    primes: int | None,
) -> Validation:
    if primes not in (None, 1, 2) or not input_range[0] <= input_range[1]:
        raise InvalidInput(f"{primes} primes and inputs in {input_range}: give 1 or 2, and the lower end first")
    if labels is not None and labels.shape != (len(x),):
        raise InvalidInput(f"{labels.shape} labels for {len(x)} validation inputs; give one for each")
    return Validation(x, network.run(x).argmax(axis=1), labels)


def _hinted(network: FloatNetwork, validation: Validation, primes: int | None) -> Candidate | None:
    """The file's own scales; None if it names none that fit."""
    if network.hint is None:
        return None
    if len(network.hint.betas) != len(network.linear):
        raise InvalidInput(
            f"the model's assay.betas are {len(network.hint.betas)} for {len(network.linear)} linear layers: write one "
            "for each, or leave them out"
        )
    integers = rounded(network, network.hint)
    bounds = integers.bounds
    if bounds.magnitudes[bounds.largest] > LIMITS[primes or 2]:
        return None
    return _candidate(integers, network.hint, validation, max(bounds.magnitudes))


def _search(network: FloatNetwork, validation: Validation, primes: int, input_range: Range) -> list[Candidate]:
    """The best weights beside each alpha, then each layer's beta alone from the best of these."""

    def attempt(scales: Scales) -> Candidate | None:
        found = fitting(network, scales, LIMITS[primes])
        return None if found is None else _candidate(found[0], scales, validation, found[1])

    tried = []
    for alpha in LEVELS:
        scales = largest_level(network, Fraction(alpha), LIMITS[primes], input_range)
        candidate = None if scales is None else attempt(scales)
        if candidate is not None:
            tried.append(candidate)
    return tried + list(_refined(attempt, _best(tried))) if tried else tried


def _refined(attempt: Callable[[Scales], Candidate | None], best: Candidate) -> Iterator[Candidate]:
    """One layer's beta at a time, kept where it scores better."""
    for layer in range(len(best.scales.betas)):
        for step in STEPS:
            betas = list(best.scales.betas)
            betas[layer] *= step
            candidate = attempt(replace(best.scales, betas=tuple(betas)))
            if candidate is not None:
                yield candidate
                best = _best([best, candidate])


def _candidate(integers: Network, scales: Scales, validation: Validation, largest: int) -> Candidate:
    """Run it on the validation data."""
    outputs: NDArray[Any] = integer_outputs(integers, quantise_inputs(integers, validation.x))
    classes = outputs.argmax(axis=1)
    agreement = float((classes == validation.classes).mean())
    accuracy = None if validation.labels is None else float((classes == validation.labels).mean())
    return Candidate(scales, largest.bit_length(), 1 if largest <= ONE_PRIME else 2, agreement, accuracy)


def _best(candidates: Sequence[Candidate]) -> Candidate:
    """The highest score, more primes only if they are worth it; then agreement, then fewer bits."""
    best = max(candidates, key=lambda c: (c.score, c.agreement, -c.bits))
    single = [c for c in candidates if c.primes == 1 and c.score >= best.score - TOLERANCE]
    return max(single, key=lambda c: (c.score, c.agreement, -c.bits)) if single and best.primes > 1 else best
