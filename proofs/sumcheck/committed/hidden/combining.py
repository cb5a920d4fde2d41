"""From claims about the flat vector and equations between hidden values to one claim about the flat vector.

A claim says <J_j, v> = c_j + <a_j, Pi>, an equation 0 = c_i + <a_i, Pi>, with Pi the pads; and Pi lies in v. So

    sum_j xi^j <J_j, v> - <sum_j xi^j a_j, Pi> + <sum_i xi^i a_i, Pi> = sum_j xi^j c_j - sum_i xi^i c_i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.hiding.forms import Form, Tape, coefficients
from proofs.sumcheck.hiding.opening import Left
from proofs.sumcheck.layout.batching import Members, powers, spread_weights, weights_at
from proofs.sumcheck.layout.folding import Bound
from proofs.sumcheck.layout.ranges import FlatPoint, range_eq
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.reductions.claim import Claim


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """ "The weighted functionals, and the table of pads, on the vector sum to ``value``."

    Args:
        table: extension array (degree, size of the pads' segment).
    """

    weighted: list[tuple[Members, Scalar]]
    pads: Segment
    table: Ext
    value: Scalar

    def spread(self, field: Field, size: int) -> Ext:
        """W, entry by entry: (degree, size)."""
        out = spread_weights(field, self.weighted, size)
        place = slice(self.pads.offset, self.pads.offset + self.table.shape[1])
        out[:, place] = field.add(np.ascontiguousarray(out[:, place]), self.table)
        return out

    def at(self, field: Field, point: FlatPoint) -> Scalar:
        """W~ at a point of the vector."""
        own = range_eq(field, point, self.pads.offset, self.pads.offset + self.table.shape[1])
        total = weights_at(field, self.weighted, point)
        return field.scalars.add(total, field.dot(self.table, np.ascontiguousarray(own)))


def combine(field: Field, tape: Tape, claims: Sequence[Claim], xi: Scalar, pads: Segment) -> Combined:
    """All claims and all the tape's equations, with powers of xi. field: whose scalars are no forms."""
    scalars, value = field.scalars, field.scalars.zero
    factors = powers(scalars, xi, len(claims) + len(tape.equations))
    forms: list[tuple[Form, Scalar]] = []
    for claim, factor in zip(claims, factors, strict=False):
        known = claim.value
        if isinstance(known, Form):
            forms.append((known, scalars.neg(factor)))
            known = known.value
        value = scalars.add(value, scalars.mul(factor, known))
    for equation, factor in zip(tape.equations, factors[len(claims) :], strict=True):
        forms.append((equation.form, factor))
        value = scalars.sub(value, scalars.mul(factor, equation.form.value))
    table = _spread_pads(field, coefficients(field, tape, forms), pads)
    return Combined([(c.functionals, f) for c, f in zip(claims, factors, strict=False)], pads, table, value)


def left_of(field: Field, combined: Combined, tape: Tape, bound: Bound) -> Left:
    """What is left when the rounds are done: W v~(point) is the last claim, which is linear in tails.

    tape: of the rounds' messages, covered by tails.
    """
    claim, scalars = bound.claim, field.scalars
    weight = combined.at(field, bound.challenges)
    if not isinstance(claim, Form):
        return Left(bound.challenges, weight, coefficients(field, tape, []), claim)
    return Left(bound.challenges, weight, coefficients(field, tape, [(claim, scalars.one)]), claim.value)


def _spread_pads(field: Field, factors: Ext, pads: Segment) -> Ext:
    """An element's coordinates are entries: the factor of each is the element's times its basis element."""
    degree, period = field.scalars.degree, pads.high * pads.low
    out = np.zeros((degree, pads.size), dtype=field.dtype)
    for coordinate in range(degree):
        basis = tuple(int(k == coordinate) for k in range(degree))
        start = coordinate * period
        out[:, start : start + factors.shape[1]] = field.scale(factors, basis)
    return out
