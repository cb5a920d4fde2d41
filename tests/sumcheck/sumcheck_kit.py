"""Statements for the sum-checks to prove, and verifiers that discharge what they are left with, in plain sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest

from proofs.errors import RejectedProof
from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.exchange import Prover, Receive, Received, Verifier
from proofs.sumcheck.fields import FIELDS, Base, Ext, Extension, Field, PlainField, Scalar, field, prime
from proofs.sumcheck.product import ProductEnd, prove_product, verify_product
from proofs.sumcheck.squares import SquaresEnd, prove_squares, verify_squares
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

TINY = {"7i": (7, 2), "31": (31, 1), "31i": (31, 2), "127": (127, 1), "8191": (8191, 1)}
TWINS = [(name, kernels) for name in FIELDS for kernels in ("plain", "fast")] + [(name, "plain") for name in TINY]
EVERY_FIELD = pytest.mark.parametrize("twin", TWINS, ids="-".join)


def a_field(name: str, kernels: str = "plain") -> Field:
    """A field of the project, or a tiny one."""
    if name in TINY:
        p, degree = TINY[name]
        return PlainField(name, prime(p), degree)
    return field(name, kernels)


def random_base(f: Field, shape: tuple[int, ...], seed: int) -> Base:
    """Canonical elements."""
    return np.random.default_rng(seed).integers(0, f.scalars.p, shape, dtype=np.uint64).astype(f.dtype)


def random_scalars(f: Field, count: int, seed: int) -> tuple[Scalar, ...]:
    """Non-zero elements, as challenges are."""
    lowest = np.random.default_rng(seed).integers(1, f.scalars.p, (count, f.scalars.degree), dtype=np.uint64)
    return tuple(tuple(int(c) for c in row) for row in lowest)


def scalars_of(table: Ext) -> list[Scalar]:
    """The entries of an extension array (degree, n)."""
    return [tuple(int(c) for c in column) for column in table.T]


def eq_weights(scalars: Extension, point: Sequence[Scalar], n: int) -> list[Scalar]:
    """eq(point, i) for i < n, straight from its definition."""
    found = []
    for i in range(n):
        weight = scalars.one
        for place, r in enumerate(reversed(point)):
            weight = scalars.mul(weight, r if i >> place & 1 else scalars.sub(scalars.one, r))
        found.append(weight)
    return found


def tensor_weights(scalars: Extension, shape: tuple[int, ...], point: Point) -> list[Scalar]:
    """eq(point, row) for the rows of a tensor."""
    found = [scalars.one]
    for extent, axis in zip(shape, point, strict=True):
        weights = eq_weights(scalars, axis, extent)
        found = [scalars.mul(x, y) for x in found for y in weights]
    return found


def inner(scalars: Extension, x: Sequence[Scalar], y: Sequence[Scalar]) -> Scalar:
    """Sum of products."""
    total = scalars.zero
    for a, b in zip(x, y, strict=True):
        total = scalars.add(total, scalars.mul(a, b))
    return total


@dataclass(frozen=True)
class Product:
    """ "sum over rows of a b is ``value``" """

    field: Field
    a: Ext
    b: Ext
    shape: tuple[int, ...]
    value: Scalar

    def prove(self) -> Prover[ProductEnd]:
        """The honest prover."""
        return prove_product(self.field, "product", self.a, self.b, self.shape)

    def verify(self) -> Verifier[None]:
        """Reduces the claim and discharges what is left of it."""
        scalars = self.field.scalars
        claim = yield from verify_product(scalars, "product", self.value, self.shape)
        weights = tensor_weights(scalars, self.shape, claim.point)
        a, b = (inner(scalars, scalars_of(table), weights) for table in (self.a, self.b))
        if scalars.mul(a, b) != claim.value:
            raise RejectedProof("product", "a b is not as claimed")


@dataclass(frozen=True)
class Squares:
    """ "sum over rows and columns of j(row) eq(batch, column) z^2 is ``value``" """

    field: Field
    j: Ext
    z: Base
    shape: tuple[int, ...]
    batch: tuple[Scalar, ...]
    value: Scalar

    @cached_property
    def entries(self) -> list[list[Scalar]]:
        """z as scalars, row by row."""
        return [[self.field.scalars.from_int(int(x)) for x in row] for row in self.z]

    def prove(self) -> Prover[SquaresEnd]:
        """The honest prover."""
        return prove_squares(self.field, "squares", self.j, self.z, self.shape, self.batch)

    def verify(self) -> Verifier[None]:
        """Reduces the claim and discharges what is left of it: two equations."""
        scalars = self.field.scalars
        claim = yield from verify_squares(scalars, "squares", self.value, self.shape, self.batch)
        weights = tensor_weights(scalars, self.shape, claim.point)
        j = inner(scalars, scalars_of(self.j), weights)
        if scalars.mul(j, scalars.square(claim.z_value)) != claim.value:
            raise RejectedProof("functional", "j z^2 is not as claimed")
        columns = eq_weights(scalars, claim.batch, self.z.shape[1])
        z = inner(scalars, [inner(scalars, row, columns) for row in self.entries], weights)
        if z != claim.z_value:
            raise RejectedProof("value", "z is not as claimed")


Statement = Product | Squares


def product_of(f: Field, shape: tuple[int, ...], seed: int = 0) -> Product:
    """A true statement about random tables."""
    a, b = (random_base(f, (f.scalars.degree, math.prod(shape)), seed + k) for k in range(2))
    return Product(f, a, b, shape, inner(f.scalars, scalars_of(a), scalars_of(b)))


def squares_of(f: Field, shape: tuple[int, ...], columns: int, seed: int = 0) -> Squares:
    """A true statement about random tables."""
    j = random_base(f, (f.scalars.degree, math.prod(shape)), seed)
    z = random_base(f, (math.prod(shape), columns), seed + 1)
    batch = random_scalars(f, bits(columns), seed + 2)
    without_value = Squares(f, j, z, shape, batch, f.scalars.zero)
    scalars, weights = f.scalars, eq_weights(f.scalars, batch, columns)
    rows = [inner(scalars, [scalars.square(x) for x in row], weights) for row in without_value.entries]
    return replace(without_value, value=inner(scalars, scalars_of(j), rows))


def wrong(statement: Statement, error: int = 1) -> Statement:
    """The same with another value."""
    scalars = statement.field.scalars
    return replace(statement, value=scalars.add(statement.value, scalars.from_int(error)))


def a_transcript(statement: bytes = b"statement") -> Transcript:
    """A transcript of nothing in particular."""
    return Transcript("test", 1, statement, {})


def prove_all(*statements: Statement, about: bytes = b"statement") -> bytes:
    """An honest proof, of branches in step."""
    branches = [(statement.prove(), statement.field.scalars) for statement in statements]
    return run_prover(branches, a_transcript(about))[0]


def verify_all(proof: bytes, *statements: Statement, about: bytes = b"statement") -> None:
    """Verify a proof, discharging everything."""
    branches = [(statement.verify(), statement.field.scalars) for statement in statements]
    run_verifier(branches, proof, a_transcript(about))


def bare_verifier(statement: Statement) -> Verifier[object]:
    """The project's verifier, its claim left where it is."""
    scalars = statement.field.scalars
    if isinstance(statement, Product):
        return verify_product(scalars, "product", statement.value, statement.shape)
    return verify_squares(scalars, "squares", statement.value, statement.shape, statement.batch)


def requests_of(statement: Statement) -> list[Receive]:
    """The messages a proof is made of."""
    verifier, found = bare_verifier(statement), []
    scalars, answer = statement.field.scalars, None
    while True:
        try:
            found.append(verifier.send(answer))
        except StopIteration:
            return found
        answer = Received((scalars.zero,) * found[-1].elements, (scalars.one,) * found[-1].challenges)
