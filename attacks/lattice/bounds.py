"""What an attacker may assume about sizes: how large each unknown can be, before having seen it."""

from __future__ import annotations

from attacks.seller.victim import CLASSES, FEATURES, RAW_LIMIT, SCALE_BITS, TAG_LIMBS

WEIGHTS = FEATURES * CLASSES + CLASSES


def weight_bounds() -> list[int]:
    """Weights below 4 and biases below 2 in magnitude, in the circuit's integers: 222 bits for 15 numbers."""
    return [4 << SCALE_BITS] * (FEATURES * CLASSES) + [2 << (2 * SCALE_BITS)] * CLASSES


def mask_bounds(units: int) -> list[int]:
    """The mask's published rule: 8-bit integers, 16 a unit."""
    return [RAW_LIMIT] * (TAG_LIMBS * units)
