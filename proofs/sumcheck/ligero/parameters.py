"""Sizes of a commitment, and how likely an opening misleads, as exact fractions.

With N columns, n = 4N, words are generalised Reed-Solomon words of dimension N + 1, of which the transform gives N
(proofs.sumcheck.circle); two differ in at least n - N positions. So rows that are near, that is whose words differ from
words of the code in at most e = floor((n - N - 1) / 2) common columns, have one nearest word each (of base elements,
being its own conjugate). Two rounds carry the error of an opening:

* The point's row coordinates. If rows are not near, their combination by eq(row point, .) differs from some word in at
  most e positions with chance at most n / |F| for each coordinate: ``row_error``, which the rounds that draw these
  coordinates must carry. If they are near, but a nearest word is not among the N dimensions of the transform, the
  combination's is among them with chance 1 / |F| a coordinate. Rows are in one case or the other, so n / |F| is enough.
* The queries. The word of any other u than the nearest words' combination differs from the combination of the columns
  in more than e positions: in the first case every word does, in the second it differs from the right one in n - N,
  which is more than 2e. All queries miss these with the chance ``query_error``.

*Source*: Diamond, Gruen, "Proximity gaps in interleaved codes", 2024 (eprint 2024/1351), corollary 3.7, from
Ben-Sasson, Carmon, Ishai, Kopparty, Saraf, "Proximity gaps for Reed-Solomon codes", 2020, theorem 4.1.
"""

from __future__ import annotations

from fractions import Fraction

from proofs.sumcheck.circle.code import LOG_BLOWUP
from proofs.sumcheck.fields.extension import MERSENNE_31

QUERIES = 151
"""Columns asked for, drawn with replacement: the fewest with an error below 2^-102 at rate 1/4."""
COORDINATES = 4
"""Positions made of one challenge: one of each of its coordinates."""
CHALLENGES = -(-QUERIES // COORDINATES)
LOG_COLUMNS = 15
"""log2 of N where nothing else is asked for."""
MOST_COLUMNS = 24
"""The largest log2 of N: positions are low bits of 31-bit coordinates, and messages are bounded."""
SALT_BYTES = 16
DIGEST_BYTES = 32


def columns(log_columns: int) -> int:
    """N. Raises ValueError."""
    if not 0 <= log_columns <= MOST_COLUMNS:
        raise ValueError(f"rows have 2^0 to 2^{MOST_COLUMNS} columns, not 2^{log_columns}")
    return 1 << log_columns


def positions(log_columns: int) -> int:
    """n, the length of words."""
    return columns(log_columns) << LOG_BLOWUP


def radius(log_columns: int) -> int:
    """e: within this many positions of a word of the larger code there is only one."""
    return (positions(log_columns) - columns(log_columns) - 1) // 2


def row_error(log_columns: int) -> Fraction:
    """What one coordinate of the row point adds to the chance that far rows combine to something near.

    Challenges are one of the |F| - 1 elements that are not zero.
    """
    return Fraction(positions(log_columns), MERSENNE_31**COORDINATES - 1)


def query_error(log_columns: int) -> Fraction:
    """The chance that no query meets one of e + 1 bad positions.

    Of a coordinate's 2^31 - 1 values at most 2^31 / n have the same low bits, so at most (n - e - 1) 2^31 / n miss;
    of a challenge's coordinates all miss for at most the product of elements, out of |F| - 1.
    """
    n = positions(log_columns)
    misses = (n - radius(log_columns) - 1) * (2**31 // n)
    error = Fraction(1)
    for first in range(0, QUERIES, COORDINATES):
        asked = min(COORDINATES, QUERIES - first)
        elements = misses**asked * MERSENNE_31 ** (COORDINATES - asked)
        error *= min(Fraction(1), Fraction(elements, MERSENNE_31**COORDINATES - 1))
    return error
