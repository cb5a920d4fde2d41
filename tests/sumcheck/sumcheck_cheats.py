"""Provers of false statements that do as well as anybody can: each round's polynomial is wrong, and agrees with the
right one in as many challenges as its degree allows. A challenge among them makes the claim true, and the rest honest.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sumcheck_kit import Product, Squares

from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Ext, Extension, Scalar
from proofs.sumcheck.rounds import cubic, quadratic, variables


@dataclass(frozen=True)
class Cheat:
    """Chooses wrong polynomials.

    Args:
        challenges: the field that challenges come from; roots are looked for there.
    """

    scalars: Extension
    challenges: Extension
    chance: random.Random

    def error(self, degree: int, missing: Scalar, t: Scalar | None = None) -> tuple[Scalar, list[Scalar]]:
        """h = factor prod (X - root) with h(0) + h(1) = missing, or (1 - t) h(0) + t h(1): factor and roots."""
        scalars = self.scalars
        while True:
            roots = self._roots(degree)
            at_0, at_1 = (self.value(scalars.one, roots, scalars.from_int(k)) for k in (0, 1))
            if t is not None:
                at_0, at_1 = scalars.mul(scalars.sub(scalars.one, t), at_0), scalars.mul(t, at_1)
            total = scalars.add(at_0, at_1)
            if any(total):
                return scalars.mul(missing, scalars.inverse(total)), roots

    def value(self, factor: Scalar, roots: Sequence[Scalar], x: Scalar) -> Scalar:
        """h(x)."""
        for root in roots:
            factor = self.scalars.mul(factor, self.scalars.sub(x, root))
        return factor

    def _roots(self, degree: int) -> list[Scalar]:
        """Different non-zero challenges."""
        roots: list[Scalar] = []
        while len(roots) < degree:
            root = tuple(self.chance.randrange(self.challenges.p) for _ in range(self.challenges.degree))
            if any(root) and root not in roots:
                roots.append(root)
        return roots


def cheat_product(statement: Product, cheat: Cheat) -> Prover[None]:
    """A prover of a false product."""
    f, scalars, value = statement.field, statement.field.scalars, statement.value
    a, b = statement.a, statement.b
    for variable in variables(statement.shape):
        a, b = variable.unfold(a), variable.unfold(b)
        at_0, lead = f.product_round(a, b, variable.half)
        at_1 = f.dot(*(flat(f.bind(table, scalars.one, variable.half)) for table in (a, b)))
        factor, roots = cheat.error(2, scalars.sub(value, scalars.add(at_0, at_1)))
        at_0 = scalars.add(at_0, cheat.value(factor, roots, scalars.zero))
        lead = scalars.add(lead, factor)
        (r,) = yield Send(variable.name("product"), (at_0, lead))
        value = quadratic(scalars, at_0, scalars.sub(value, at_0), lead, r)
        a, b = f.bind(a, r, variable.half), f.bind(b, r, variable.half)


def cheat_squares(statement: Squares, cheat: Cheat) -> Prover[None]:
    """A prover of a false sum of squares; the value it says in the end is the true one."""
    f, scalars = statement.field, statement.field.scalars
    value, z = yield from _cheat_columns(statement, cheat)
    j = statement.j
    for variable in variables(statement.shape):
        j, z = variable.unfold(j), variable.unfold(z)
        at_0, at_minus_1, lead = f.weighted_square_round(j, z, variable.half)
        j_1, z_1 = (flat(f.bind(table, scalars.one, variable.half)) for table in (j, z))
        at_1 = f.dot(j_1, f.mul(z_1, z_1))
        factor, roots = cheat.error(3, scalars.sub(value, scalars.add(at_0, at_1)))
        at_0 = scalars.add(at_0, cheat.value(factor, roots, scalars.zero))
        at_minus_1 = scalars.add(at_minus_1, cheat.value(factor, roots, scalars.from_int(-1)))
        lead = scalars.add(lead, factor)
        (r,) = yield Send(variable.name("squares/rows"), (at_0, at_minus_1, lead))
        value = cubic(scalars, at_0, scalars.sub(value, at_0), at_minus_1, lead, r)
        j, z = f.bind(j, r, variable.half), f.bind(z, r, variable.half)
    yield Send("squares/value", (f.element(flat(z), 0),), 0)


def _cheat_columns(statement: Squares, cheat: Cheat) -> Prover[tuple[Scalar, Ext]]:
    """The column rounds: the claim after them, and z's rows."""
    f, scalars, value = statement.field, statement.field.scalars, statement.value
    z = f.lift(statement.z)
    for k, variable in enumerate(variables(statement.z.shape[1:])):
        t, weights = statement.batch[k], f.eq_table(statement.batch[k + 1 :], variable.half)
        at_0, lead = f.square_round(z, statement.j, weights)
        z_1 = f.bind_columns(z, scalars.one, variable.half)
        at_1 = f.dot(flat(f.mul(statement.j[:, :, None], weights[:, None, :])), flat(f.mul(z_1, z_1)))
        true = scalars.add(scalars.mul(scalars.sub(scalars.one, t), at_0), scalars.mul(t, at_1))
        factor, roots = cheat.error(2, scalars.sub(value, true), t)
        at_0 = scalars.add(at_0, cheat.value(factor, roots, scalars.zero))
        at_1 = scalars.add(at_1, cheat.value(factor, roots, scalars.one))
        lead = scalars.add(lead, factor)
        (r,) = yield Send(variable.name("squares/columns"), (at_0, lead))
        value = quadratic(scalars, at_0, at_1, lead, r)
        z = f.bind_columns(z, r, variable.half)
    return value, z[..., 0]


def flat(table: Ext) -> Ext:
    """Entries of an extension array in a row."""
    return table.reshape(table.shape[0], -1)
