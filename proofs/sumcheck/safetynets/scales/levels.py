"""Scales that fit the primes, found from the weights and their static bound alone."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.safetynets.bounds.static_bound import ONE_PRIME, TWO_PRIMES, WAY_ROUND, interval_bound
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.scales.float_network import FloatNetwork, Scales
from proofs.sumcheck.safetynets.scales.rounding import rounded

LEVELS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255)
"""Tried as alpha, and as the size of each layer's largest weight; finer inputs than 8 bits are rare."""
COARSE = 3
"""Weights between -2 and 2 lose accuracy: 2 points on CNN-2-Quad, those between -1 and 1 22 points."""
MANTISSA_BITS = 4
"""Digits of the betas that are tried; more would only lengthen what a statement names."""
LARGEST = 2.0**1000
"""A beta that is tried, which weights below 1e-300 would ask for; no statement has room for it."""
LIMITS = {1: ONE_PRIME, 2: TWO_PRIMES}
Range = tuple[float, float]
UNIT_RANGE: Range = (0.0, 1.0)


def default_scales(network: FloatNetwork, input_range: Range = UNIT_RANGE, alpha: Fraction | None = None) -> Scales:
    """The finest scales that one prime holds, two where those are coarse, with alpha of the largest weights' size if it
    is not given.

    A function of the weights alone, so that prover and verifier find the same; scales chosen on validation data
    (scales.py) are better.

    Raises:
        UnsupportedModel: none fit, not even weights of -1, 0 and 1 on inputs of one bit.
    """
    one = largest_level(network, alpha, ONE_PRIME, input_range)
    if one is not None and not _is_coarse(network, one):
        return one
    found = largest_level(network, alpha, TWO_PRIMES, input_range) or one
    if found is None:
        raise nothing_fits(network, input_range, alpha)
    return found


def _is_coarse(network: FloatNetwork, scales: Scales) -> bool:
    """Whether some layer's largest weight is smaller than ``COARSE``."""
    sizes = [float(np.abs(layer.weight).max(initial=0)) for layer in network.linear]
    return any(0 < size * beta < COARSE - 0.5 for size, beta in zip(sizes, scales.betas, strict=True))


def largest_level(network: FloatNetwork, alpha: Fraction | None, limit: int, input_range: Range) -> Scales | None:
    """The scales with the largest weights that fit beside an alpha (by default: one of their size); None if none do."""
    low, high = 0, len(LEVELS)
    best = None
    while low < high:  # bounds grow with weights
        middle = (low + high) // 2
        scales = at_level(network, alpha or Fraction(LEVELS[middle]), LEVELS[middle], input_range)
        if fitting(network, scales, limit) is None:
            high = middle
        else:
            best, low = scales, middle + 1
    return best


def at_level(network: FloatNetwork, alpha: Fraction, level: int, input_range: Range) -> Scales:
    """Betas that make the largest weight of each layer about ``level``."""
    exact = any(isinstance(node.layer, Add) for node in network.nodes)
    sizes = [float(np.abs(layer.weight).max(initial=0)) for layer in network.linear]
    betas = tuple(_short(level / size, 0 if exact else MANTISSA_BITS) if size else Fraction(1) for size in sizes)
    return Scales(alpha, betas, *integer_box(alpha, input_range))


def integer_box(alpha: Fraction, input_range: Range) -> tuple[int, int]:
    """The integers that real inputs in a range are rounded to. Raises InvalidInput: no such range."""
    if not (math.isfinite(input_range[0]) and input_range[0] <= input_range[1] and math.isfinite(input_range[1])):
        raise InvalidInput(f"real inputs from {input_range[0]} to {input_range[1]} are no range: the lower end first")
    low, high = (math.floor(alpha * Fraction(end) + Fraction(1, 2)) for end in input_range)
    return low, high


def _short(value: float, bits: int) -> Fraction:
    """The nearest number of few bits; powers of two (0 bits) keep the factors of an Add small."""
    mantissa, exponent = math.frexp(min(value, LARGEST))
    return Fraction(max(1, round(mantissa * (1 << bits))), 1 << bits) * Fraction(2) ** exponent


def fitting(network: FloatNetwork, scales: Scales, limit: int) -> tuple[Network, int] | None:
    """The integer network and its largest magnitude; None if that is beyond the limit or weights are."""
    try:
        integers = rounded(network, scales)
        largest = max(interval_bound(integers).magnitudes)
    except (UnsupportedModel, InvalidInput):
        return None
    return (integers, largest) if largest <= limit else None


def nothing_fits(network: FloatNetwork, input_range: Range, alpha: Fraction | None = None) -> UnsupportedModel:
    """The refusal of a network that even the coarsest scales do not bring down far enough."""
    alpha = alpha or Fraction(1)
    bits = max(interval_bound(rounded(network, at_level(network, alpha, 1, input_range))).bits)
    return UnsupportedModel(
        f"with alpha = {alpha} and weights of -1, 0 and 1 the outputs take {bits} bits; two 61-bit primes hold "
        f"{TWO_PRIMES.bit_length() - 1}: {WAY_ROUND}, or train with a bound on them (examples/safetynets)"
    )
