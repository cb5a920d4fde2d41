"""What a verifier checks before any proof: that answers are unique, and with what chance look-ups go wrong."""

from __future__ import annotations

from fractions import Fraction

from proofs.errors import InvalidInput
from proofs.networks.network import PRIME
from proofs.sumcheck.fields.extension import Extension

QM31 = Extension(PRIME, 4)


def require_unique(shift: int, rows: int, p: int = PRIME) -> None:
    """Check that no accumulator has two answers: acc + 2^(k-1) = 2^k q + rem modulo p, q one of ``rows`` values.

    *Soundness*: the 2^k rows numbers 2^k q + rem are consecutive, so they differ modulo p if there are at most p. With
    a full power of two, k = 8 and 2^23 rows say, there are p + 1: acc = 2^30 - 1 and -2^30 are the same element.

    Raises:
        InvalidInput: there are more.
    """
    if shift < 0 or rows < 1:
        raise InvalidInput(f"a table of {rows} rows and a shift of {shift} cannot rescale anything")
    if rows << shift > p:
        raise InvalidInput(
            f"{rows} rows and a shift of {shift} make {rows << shift} numbers, more than the field's {p} elements: an "
            "accumulator would have two answers; use a shorter table"
        )


def lookup_error(lookups: int, rows: int, scalars: Extension = QM31) -> Fraction:
    """The chance with which alpha, beta, gamma let a group pass though some value is not in its table.

    *Soundness*: sum over look-ups of 1 / (alpha - v0 - beta v1 - gamma tag), less the tables' sum of m over the same,
    has a numerator of total degree below K + T. Distinct triples give distinct linear forms, so it is zero only if
    every triple is looked up as often, modulo p, as its row's m says, and not at all where there is no row: which for
    K < p look-ups means that there are none outside the tables. Otherwise it vanishes for at most (K + T) / (|F| - 1)
    of the challenges, which are not zero (Schwartz, Zippel).

    Raises:
        InvalidInput: K is not below p.
    """
    if lookups >= scalars.p:
        raise InvalidInput(f"{lookups} look-ups in one group can cancel modulo {scalars.p}; make more groups")
    return Fraction(lookups + rows, scalars.size - 1)
