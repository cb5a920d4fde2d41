"""Round constants and mixing matrix, drawn as halo2's Poseidon draws them.

*Source*: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon" (USENIX Security 2021), appendix E (Grain
LFSR in self-shrinking mode) and section 2.3 (Cauchy matrix); halo2_poseidon takes the first matrix drawn.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""r, the order of BN254's scalar field."""
FIELD_BITS = 254
WIDTH = 2
FULL_ROUNDS = 8
PARTIAL_ROUNDS = 56
ROUNDS = FULL_ROUNDS + PARTIAL_ROUNDS
ALPHA = 5

_WARM_UP = 160
_TAPS = (62, 51, 38, 23, 13, 0)


class Parameters(NamedTuple):
    """``constants[round][lane]`` and ``matrix[row][column]``, field elements."""

    constants: tuple[tuple[int, ...], ...]
    matrix: tuple[tuple[int, ...], ...]


class _Grain:
    """The 80-bit Grain LFSR, seeded with the instance's description."""

    def __init__(self) -> None:
        fields = [(1, 2), (0, 4), (FIELD_BITS, 12), (WIDTH, 12), (FULL_ROUNDS, 10), (PARTIAL_ROUNDS, 10)]
        self.bits = [value >> place & 1 for value, size in fields for place in reversed(range(size))] + [1] * 30
        for _ in range(_WARM_UP):
            self._clock()

    def _clock(self) -> int:
        bit = sum(self.bits[tap] for tap in _TAPS) & 1
        self.bits = [*self.bits[1:], bit]
        return bit

    def _bit(self) -> int:
        """Bits come in pairs: the second counts when the first is 1."""
        while not self._clock():
            self._clock()
        return self._clock()

    def integer(self) -> int:
        """254 bits, most significant first."""
        value = 0
        for _ in range(FIELD_BITS):
            value = value << 1 | self._bit()
        return value

    def element(self) -> int:
        """A field element, by rejection."""
        while (value := self.integer()) >= FIELD:
            pass
        return value


@cache
def parameters() -> Parameters:
    """The constants of this instance; computed once (some 10 ms)."""
    grain = _Grain()
    constants = tuple(tuple(grain.element() for _ in range(WIDTH)) for _ in range(ROUNDS))
    while True:
        drawn = [grain.integer() % FIELD for _ in range(2 * WIDTH)]
        if len(set(drawn)) == len(drawn):
            break
    xs, ys = drawn[:WIDTH], drawn[WIDTH:]
    return Parameters(constants, tuple(tuple(pow(x + y, -1, FIELD) for y in ys) for x in xs))
