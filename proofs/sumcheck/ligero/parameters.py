"""Sizes of a commitment, and how likely an opening misleads, as exact fractions.

A row is N entries and, where it hides them, a block of B random ones behind them: D = N + B coefficients. With n = 4N,
words are generalised Reed-Solomon words of dimension D + 1, of which the transform gives D (proofs.sumcheck.circle);
two differ in at least n - D positions. So rows that are near, that is whose words differ from words of the code in at
most e = floor((n - D - 1) / 2) common columns, have one nearest word each (of base elements, being its own conjugate).
Two rounds carry the error of an opening:

* The point's row coordinates. If rows are not near, their combination by eq(row point, .) differs from some word in at
  most e positions with chance at most n / |F| for each coordinate: ``row_error``, which the rounds that draw these
  coordinates must carry. If they are near, but a nearest word is not among the D dimensions of the transform, the
  combination's is among them with chance 1 / |F| a coordinate. Rows are in one case or the other, so n / |F| is enough.
* The queries. The word of any other u than the nearest words' combination differs from the combination of the columns
  in more than e positions: in the first case every word does, in the second it differs from the right one in n - D,
  which is more than 2e. All queries miss these with the chance ``query_error``.

*Source*: Diamond, Gruen, "Proximity gaps in interleaved codes", 2024 (eprint 2024/1351), corollary 3.7, from
Ben-Sasson, Carmon, Ishai, Kopparty, Saraf, "Proximity gaps for Reed-Solomon codes", 2020, theorem 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from proofs.sumcheck.circle.code import LOG_BLOWUP
from proofs.sumcheck.fields.extension import MERSENNE_31

QUERIES = 151
"""Columns asked for where nothing is hidden, with replacement: the fewest with an error below 2^-102 at rate 1/4."""
ERROR = Fraction(1, 2**102)
"""Of the queries, at most."""
COORDINATES = 4
"""Positions made of one challenge: one of each of its coordinates."""
LOG_COLUMNS = 15
"""log2 of N where nothing else is asked for."""
MOST_COLUMNS = 24
"""The largest log2 of N: positions are low bits of 31-bit coordinates, and messages are bounded."""
LEAST_HIDING = 9
"""The least log2 of N where rows hide anything: shorter ones have no room for a block that masks all queries."""
SALT_BYTES = 16
DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Code:
    """The code that all rows opened together are words of.

    Args:
        log_columns: log2 of N.
        block: B, the longest random block of any of them: 0, or a power of two of at most N.
        prime: of the field.
    """

    log_columns: int
    block: int = 0
    prime: int = MERSENNE_31

    @property
    def columns(self) -> int:
        """N."""
        return columns(self.log_columns)

    @property
    def dimension(self) -> int:
        """D, the coefficients of a row."""
        return self.columns + self.block

    @property
    def positions(self) -> int:
        """n, the length of words."""
        return positions(self.log_columns)

    @property
    def radius(self) -> int:
        """e: within this many positions of a word of the larger code there is only one."""
        return (self.positions - self.dimension - 1) // 2

    @property
    def queries(self) -> int:
        """Columns asked for: the fewest with an error of at most ``ERROR``."""
        return _queries(self) if self.block else QUERIES

    @property
    def challenges(self) -> int:
        """Challenges that positions are made of."""
        return -(-self.queries // COORDINATES)

    @property
    def row_error(self) -> Fraction:
        """What one coordinate of the row point adds to the chance that far rows combine to something near.

        Challenges are one of the |F| - 1 elements that are not zero.
        """
        return Fraction(self.positions, self.prime**COORDINATES - 1)

    @property
    def query_error(self) -> Fraction:
        """The chance that no query meets one of e + 1 bad positions."""
        return _query_error(self, self.queries)

    @property
    def fresh_block(self) -> int:
        """The random block of rows that are opened once: the least power of two above the number of queries."""
        return 1 << self.queries.bit_length()


def columns(log_columns: int) -> int:
    """N. Raises ValueError."""
    if not 0 <= log_columns <= MOST_COLUMNS:
        raise ValueError(f"rows have 2^0 to 2^{MOST_COLUMNS} columns, not 2^{log_columns}")
    return 1 << log_columns


def positions(log_columns: int) -> int:
    """n, the length of words."""
    return columns(log_columns) << LOG_BLOWUP


def openings(log_columns: int, block: int) -> int:
    """How often a matrix with such a block can be opened: any B - 1 columns of it together are uniform, no more."""
    return (block - 1) // Code(log_columns, block).queries if block else 0


@cache
def _queries(code: Code) -> int:
    if code.block > code.columns:
        raise ValueError(f"a block of {code.block} entries is longer than its row of {code.columns}")
    asked = 1
    while _query_error(code, asked) > ERROR:
        asked += 1
    return asked


@cache
def _query_error(code: Code, queries: int) -> Fraction:
    """The chance that so many queries miss.

    Of a coordinate's p values at most (p + 1) / n have the same low bits, so at most (n - e - 1) (p + 1) / n miss; of a
    challenge's coordinates all miss for at most the product of elements, out of |F| - 1.
    """
    n = code.positions
    misses = (n - code.radius - 1) * ((code.prime + 1) // n)
    error = Fraction(1)
    for first in range(0, queries, COORDINATES):
        asked = min(COORDINATES, queries - first)
        elements = misses**asked * code.prime ** (COORDINATES - asked)
        error *= min(Fraction(1), Fraction(elements, code.prime**COORDINATES - 1))
    return error
