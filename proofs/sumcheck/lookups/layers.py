"""The prover's layers, and the rounds over one of them.

With children (p_0, q_0), (p_1, q_1) of each node x and a point r, a layer's sum-check is of

    sum_x eq(r, x) [p_0 q_1 + p_1 q_0 + l q_0 q_1](x),        the bracket being f.

Its rounds bind x, top bit first; eq(r, .) is a factor that both sides know, so a round's message is
t(X) = sum_rest eq(r_rest, rest) f(bound, X, rest), of degree 2: t(0) and the leading coefficient, t(1) following from
the claim (1 - r_j) t(0) + r_j t(1). Two rewritings save products:

* (p_0 + l q_0) q_1 + p_1 q_0: the sum in front is taken once, and bound as it is;
* q_0 + q_1 + l q_0 q_1 = l (q_0 + 1/l)(q_1 + 1/l) - 1/l where numerators are one: two tables, not four.

*Source*: Papini, Haboeck 2023 (eprint 2023/1284), section 3; Gruen 2024 (eprint 2024/108), section 3.2 for eq.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.lookups.twins import twin
from proofs.sumcheck.lookups.weights import Weights


class Layer(Protocol):
    """A layer's fractions while their sum-check runs over them."""

    def round(self, half: int, challenge: Scalar | None, weights: Weights) -> tuple[Scalar, Scalar]:
        """t(0) and t's leading coefficient, the last round's challenge bound first."""

    def values(self, challenge: Scalar) -> tuple[Scalar, ...]:
        """What the prover says of the layer once all of x is bound, the last challenge being this."""


@dataclass(frozen=True, slots=True)
class Fractions:
    """Numerators and denominators (degree, n), n a power of two; both are overwritten. mix: l."""

    field: Field
    p: Ext
    q: Ext
    mix: Scalar

    def round(self, half: int, challenge: Scalar | None, weights: Weights) -> tuple[Scalar, Scalar]:
        """t(0) and t's leading coefficient, the last round's challenge bound first."""
        kernels = twin(self.field)
        at_0, lead = kernels.crosses_round(self.field, self.p, self.q, half, challenge, self.mix, weights)
        return at_0, lead

    def values(self, challenge: Scalar) -> tuple[Scalar, ...]:
        """p_0, q_0, p_1, q_1."""
        scalars = self.field.scalars
        p_0, p_1 = _last(self.field, self.p, challenge)
        q_0, q_1 = _last(self.field, self.q, challenge)
        return scalars.sub(p_0, scalars.mul(self.mix, q_0)), q_0, p_1, q_1


@dataclass(frozen=True, slots=True)
class UnitFractions:
    """Denominators (degree, n) under numerators that are one; overwritten. mix: l, inverse: 1 / l."""

    field: Field
    q: Ext
    mix: Scalar
    inverse: Scalar

    def round(self, half: int, challenge: Scalar | None, weights: Weights) -> tuple[Scalar, Scalar]:
        """t(0) and t's leading coefficient, the last round's challenge bound first."""
        scalars = self.field.scalars
        at_0, lead = twin(self.field).products_round(self.field, self.q, half, challenge, self.inverse, weights)
        return scalars.sub(scalars.mul(self.mix, at_0), self.inverse), scalars.mul(self.mix, lead)

    def values(self, challenge: Scalar) -> tuple[Scalar, ...]:
        """q_0, q_1."""
        return _last(self.field, self.q, challenge)


def _last(field: Field, table: Ext, challenge: Scalar) -> tuple[Scalar, Scalar]:
    """Children 0 and 1 where two entries of each are left."""
    scalars, found = field.scalars, []
    for start in (0, table.shape[1] // 2):
        low, high = field.element(table, start), field.element(table, start + 1)
        found.append(scalars.add(low, scalars.mul(challenge, scalars.sub(high, low))))
    return found[0], found[1]


def prove_layer(field: Field, label: str, layer: Layer, point: Sequence[Scalar]) -> Prover[tuple[Scalar, ...]]:
    """The rounds over a layer whose claim is at ``point``, of at least one scalar; returns their challenges."""
    weights = Weights.over(field, point[1:])
    (challenge,) = yield Send(f"{label}/0", layer.round(weights.size, None, weights))
    challenges = [challenge]
    for number in range(1, len(point)):
        weights = weights.summed(field)
        (challenge,) = yield Send(f"{label}/{number}", layer.round(weights.size, challenge, weights))
        challenges.append(challenge)
    return tuple(challenges)
