"""Batching: from claims about parts of one flat vector to its value at one point.

Each claim is "sum_z J_j(z) v(z) is c_j". With W = sum_j xi^j J_j, entry by entry, the sum-check of
sum_i W(i) v(i) = sum_j xi^j c_j over all variables of the vector ends with v~(point), which an opening discharges;
W~(point) = sum_j xi^j J_j~(point) the verifier computes functional by functional.

*Soundness*: 2 / (|F| - 1) a round; drawing xi cost (claims - 1) / (|F| - 1) where it was drawn. The challenges of the
first ``row_bits`` rounds also combine the rows of the committed matrix and test that it is near a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.layout.factored import Factored
from proofs.sumcheck.layout.folding import DEGREE, Split, prove_folding, verify_folding
from proofs.sumcheck.layout.functional import SHARED, Functional
from proofs.sumcheck.layout.kernels import kernels
from proofs.sumcheck.layout.ranges import FlatPoint

PIECE = 1 << 16
"""Entries that all functionals are added to before the next ones: 2^16 extension elements fit a second-level cache."""
Members = Sequence[Functional]
"""Functionals about whose sum one value is claimed."""
Placed = tuple[int, Factored]
"""A segment's offset, and the entries of a functional on it."""


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """Where a prover's rounds ended, and the vector's value there."""

    point: FlatPoint
    value: Scalar


@dataclass(frozen=True, slots=True)
class BatchClaim:
    """ "The vector's extension at ``point`` is ``value``", to be discharged by an opening."""

    point: FlatPoint
    value: Scalar


def prove_batch(
    field: Field, label: str, claims: Sequence[Members], xi: Scalar, vector: Base, size_log: int
) -> Prover[BatchEnd]:
    """Prove sum_j xi^j sum_z J_j(z) v(z), J_j the sum of a claim's functionals.

    Args:
        vector: base array (size,), contiguous; of 2^size_log entries those beyond it are zero.
    """
    if not 1 <= vector.size <= 1 << size_log or _end(claims) > vector.size:
        raise ValueError(f"a vector of {vector.size} entries has no {size_log} variables, or ends before its segments")
    weights = batch_weights(field, claims, xi, vector.size)
    point, value = yield from prove_folding(field, label, batch_splits(label, size_log), weights, vector)
    return BatchEnd(point, value)


def verify_batch(
    field: Field,
    label: str,
    claims: Sequence[tuple[Members, Scalar]],
    xi: Scalar,
    size_log: int,
    row_bits: int = 0,
    row_error: Fraction = Fraction(0),
) -> Verifier[BatchClaim]:
    """Reduce claims (functionals, value of their sum) to the vector's value at one point, for the caller to discharge.

    Args:
        row_bits: rounds, from the first, whose challenges also combine rows; row_error: a combination's error for each.

    Raises:
        RejectedProof: the vector's value is not what the rounds ended with.
    """
    if _end([members for members, _ in claims]) > 1 << size_log:
        raise ValueError(f"a segment ends behind the 2^{size_log} entries of the vector")
    scalars, value = field.scalars, field.scalars.zero
    factors = powers(scalars, xi, len(claims))
    for factor, (_, claimed) in zip(factors, claims, strict=True):
        value = scalars.add(value, scalars.mul(factor, claimed))
    error = Fraction(DEGREE, scalars.size - 1) + row_error
    folded = yield from verify_folding(scalars, label, batch_splits(label, size_log, row_bits, error), value)
    weighted = [(members, factor) for factor, (members, _) in zip(factors, claims, strict=True)]
    weight = weights_at(field, weighted, folded.challenges)
    detail = f"the vector's value at the end of {label} is not the one its rounds lead to"
    scalars.require_equal(scalars.mul(weight, folded.value), folded.claim, "batching", detail)
    return BatchClaim(folded.challenges, folded.value)


def batch_weights(field: Field, claims: Sequence[Members], xi: Scalar, size: int) -> Ext:
    """W = sum_j xi^j J_j as an extension array (degree, size), piece by piece."""
    return spread_weights(field, list(zip(claims, powers(field.scalars, xi, len(claims)), strict=True)), size)


def spread_weights(field: Field, weighted: Sequence[tuple[Members, Scalar]], size: int) -> Ext:
    """The sum of functionals with factors as an extension array (degree, size)."""
    k, out = kernels(field), np.zeros((field.scalars.degree, size), dtype=field.dtype)
    placed = [(j.segment.offset, j.factored(field, factor).masked()) for members, factor in weighted for j in members]

    def fill(start: int, stop: int) -> None:
        here = _within(placed, start, stop)
        for lo in range(start, stop, PIECE):
            hi = min(lo + PIECE, stop)
            for offset, entries in _within(here, lo, hi):
                begin, end = max(entries.start, lo - offset), min(entries.stop, hi - offset)
                k.add_factored(field, entries, out, -offset, entries.period, begin, end)

    k.share(fill, size, size * len(placed), SHARED)
    return out


def weights_at(field: Field, weighted: Sequence[tuple[Members, Scalar]], point: FlatPoint) -> Scalar:
    """The same at a point of the vector."""
    scalars, total = field.scalars, field.scalars.zero
    for members, factor in weighted:
        for functional in members:
            total = scalars.add(total, scalars.mul(factor, functional.at(field, point)))
    return total


def _end(claims: Sequence[Members]) -> int:
    """Where the last segment ends."""
    return max(functional.segment.end for members in claims for functional in members)


def _within(placed: Sequence[Placed], lo: int, hi: int) -> list[Placed]:
    """Those with entries in [lo, hi) of the vector."""
    return [(offset, f) for offset, f in placed if max(f.start, lo - offset) < min(f.stop, hi - offset)]


def powers(scalars: Extension, x: Scalar, count: int) -> list[Scalar]:
    """1, x, x^2, ..."""
    found = [scalars.one]
    for _ in range(count - 1):
        found.append(scalars.mul(found[-1], x))
    return found[:count]


def batch_splits(label: str, size_log: int, row_bits: int = 0, error: Fraction | None = None) -> list[Split]:
    """One round for each variable, most significant first; ``error`` is that of the first ``row_bits``."""
    bits = range(size_log - 1, -1, -1)
    return [Split(f"{label}/{bit}", 1 << bit, error if i < row_bits else None) for i, bit in enumerate(bits)]
