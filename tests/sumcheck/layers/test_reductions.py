"""Reductions of one layer: true claims are proven, wrong ones and wrong messages refused, pads count for nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from layer_kit import (
    EDGES,
    FIELDS,
    LAYERS,
    SEEDS,
    TILING,
    TINY,
    Layer,
    a_transcript,
    dense,
    eq_weights,
    inner,
    random_base,
    random_point,
    random_scalars,
    scalars_of,
    vertices,
)

from proofs.errors import RejectedProof
from proofs.sumcheck.claims import Claim, Functional, Point, Shape, bits
from proofs.sumcheck.exchange import Prover, Send, Verifier
from proofs.sumcheck.fields import Base, Ext, Field, Scalar, field
from proofs.sumcheck.functionals import AtPoint, Pooled, Pulled
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.reductions import (
    PointClaim,
    prove_add,
    prove_linear,
    prove_square,
    verify_add,
    verify_linear,
    verify_square,
)
from proofs.sumcheck.mle import indicator
from proofs.sumcheck.product import prove_product
from proofs.sumcheck.transcript import run_prover, run_verifier

QUICK = settings(max_examples=25, deadline=None)
COLUMNS = 3
EDGE = pytest.mark.parametrize("layer", EDGES.values(), ids=EDGES.keys())
EVERY_FIELD = pytest.mark.parametrize("f", FIELDS, ids=lambda f: f.name)
SQUARED: dict[str, Functional] = {
    "at a point": AtPoint((3, 5), random_point(TINY, (3, 5), 1)),
    "pulled back": Pulled(EDGES["dense after a flatten"], random_point(TINY, (10,), 2)),
    "pooled": Pooled(AtPoint(TILING.out_shape, random_point(TINY, TILING.out_shape, 3)), TILING),
}
SUM = Add((3, 5), (-7, 2**31 - 1))


# -- statements ----------------------------------------------------------------------------------------------------
def value_at(f: Field, rows: list[Scalar], batch: tuple[Scalar, ...], table: Base) -> Scalar:
    """sum over rows and columns of rows(row) eq(batch, column) table(row, column), term by term."""
    columns = eq_weights(f.scalars, (table.shape[1],), (batch,))
    of_rows = [inner(f.scalars, [f.scalars.from_int(int(v)) for v in row], columns) for row in table]
    return inner(f.scalars, rows, of_rows)


def claimed(f: Field, shape: Shape, point: Point, batch: tuple[Scalar, ...], table: Base) -> PointClaim:
    """The true claim about a tensor at a point."""
    return PointClaim(point, batch, value_at(f, eq_weights(f.scalars, shape, point), batch, table))


def off_by_one(f: Field, value: Scalar) -> Scalar:
    return f.scalars.add(value, f.scalars.one)


def discharged(f: Field, verifier: Verifier[PointClaim], shape: Shape, table: Base) -> Verifier[None]:
    """A verifier that checks the claim it is left with against the tensor itself."""
    claim = yield from verifier
    if claim != claimed(f, shape, claim.point, claim.batch, table):
        raise RejectedProof("input", "the value is not the tensor's")


def proof_of(f: Field, prover: Prover[object]) -> bytes:
    return run_prover([(prover, f.scalars)], a_transcript())[0]


def check(f: Field, verifier: Verifier[object], proof: bytes) -> None:
    run_verifier([(verifier, f.scalars)], proof, a_transcript())


def tampered(f: Field, proof: bytes) -> Iterator[bytes]:
    """The proof with each of its elements in turn moved by one."""
    size = f.scalars.scalar_bytes
    for start in range(0, len(proof), size):
        wrong = off_by_one(f, f.scalars.from_bytes(proof[start : start + size]))
        yield proof[:start] + f.scalars.to_bytes(wrong) + proof[start + size :]


# -- linear layers -------------------------------------------------------------------------------------------------
class Linear:
    """A layer, an input and the true claim about its output."""

    def __init__(self, f: Field, layer: Layer, seed: int = 0, columns: int = COLUMNS) -> None:
        self.f, self.layer = f, layer
        self.x = random_base(f, (math.prod(layer.in_shape), columns), seed)
        point, batch = random_point(f, layer.out_shape, seed), random_scalars(f, bits(columns), seed + 7)
        self.claim = claimed(f, layer.out_shape, point, batch, layer.forward(f, self.x))

    def prove(self) -> bytes:
        prover = prove_linear(self.f, "layer", self.layer, self.x, self.claim.point, self.claim.batch)
        return proof_of(self.f, prover)

    def check(self, proof: bytes, layer: Layer | None = None, claim: PointClaim | None = None) -> None:
        columns = self.x.shape[1]
        verifier = verify_linear(self.f, "layer", layer or self.layer, claim or self.claim, columns)
        check(self.f, discharged(self.f, verifier, self.layer.in_shape, self.x), proof)


@EDGE
@EVERY_FIELD
def test_linear(f: Field, layer: Layer) -> None:
    statement = Linear(f, layer)
    proof = statement.prove()
    statement.check(proof)
    assert len(proof) == (2 * sum(map(bits, layer.in_shape)) + 1) * f.scalars.scalar_bytes
    wrong = replace(statement.claim, value=off_by_one(f, statement.claim.value))
    with pytest.raises(RejectedProof):
        statement.check(proof, claim=wrong)


@QUICK
@given(LAYERS, SEEDS)
def test_linear_of_any_shape(layer: Layer, seed: int) -> None:
    statement = Linear(TINY, layer, seed, 1 + seed % 4)
    statement.check(statement.prove())
    assert statement.claim.batch == random_scalars(TINY, bits(1 + seed % 4), seed + 7)


@pytest.mark.parametrize("name", ["dense after a flatten", "odd channels", "groups", "overlapping pool"])
def test_every_message_of_a_linear_layer_counts(name: str) -> None:
    statement = Linear(TINY, EDGES[name])
    for proof in tampered(TINY, statement.prove()):
        with pytest.raises(RejectedProof):
            statement.check(proof)


@pytest.mark.parametrize("name", ["dense after a flatten", "odd channels", "depthwise"])
def test_other_weights_and_biases(name: str) -> None:
    """A client that holds the weights refuses a server that holds others."""
    layer = EDGES[name]
    statement = Linear(TINY, layer)
    proof = statement.prove()
    weight = layer.weight.copy()
    weight.flat[3] -= 1
    for other in (replace(layer, weight=weight), replace(layer, bias=(layer.bias[0] + 1, *layer.bias[1:]))):
        with pytest.raises(RejectedProof):
            statement.check(proof, layer=other)


def test_another_number_of_columns() -> None:
    """The constant stands in the real columns only."""
    statement = Linear(TINY, EDGES["1x1"])
    proof = statement.prove()
    with pytest.raises(RejectedProof):
        check(TINY, verify_linear(TINY, "layer", statement.layer, statement.claim, COLUMNS + 1), proof)


# -- garbage in pads -----------------------------------------------------------------------------------------------
def padded(shape: Shape) -> Shape:
    return tuple(1 << bits(extent) for extent in shape)


def filled(table: Base, shape: Shape, seed: int) -> Base:
    """A tensor (R, columns) with its axes padded to powers of two, and garbage in every pad."""
    out = random_base(TINY, (*padded(shape), table.shape[1]), seed)
    out[tuple(slice(extent) for extent in shape)] = table.reshape(*shape, -1)
    return out.reshape(-1, table.shape[1])


def rows_on_cube(functional: Functional) -> Ext:
    """A functional at every vertex of the padded cube, as the verifier evaluates it."""
    return TINY.pack([functional.at(TINY, point) for point, _ in vertices(TINY.scalars, functional.shape)])


@pytest.mark.parametrize(
    "name",
    ["dense after a flatten", "pads on one side", "1x1 with stride", "SAME with stride 2, odd", "pool with one pad"],
)
def test_garbage_in_pads_of_a_linear_layer(name: str) -> None:
    """A server that fills its pads proves the value of the real entries, and of those alone."""
    statement = Linear(TINY, EDGES[name])
    shape, claim = statement.layer.in_shape, statement.claim
    garbage = filled(statement.x, shape, 8)

    def prover() -> Prover[None]:
        folded = TINY.combine_columns(garbage, TINY.eq_table(claim.batch, COLUMNS))
        rows = rows_on_cube(Pulled(statement.layer, claim.point))
        end = yield from prove_product(TINY, "layer", rows, folded, padded(shape))
        yield Send("layer/value", (end.b_value,), 0)

    proof = proof_of(TINY, prover())

    def verify(value: Scalar) -> None:
        verifier = verify_linear(TINY, "layer", statement.layer, replace(claim, value=value), COLUMNS)
        check(TINY, discharged(TINY, verifier, padded(shape), garbage), proof)

    verify(claim.value)
    with pytest.raises(RejectedProof, match="layer"):
        verify(off_by_one(TINY, claim.value))
    with pytest.raises(RejectedProof, match="input"):
        statement.check(proof)  # and a tensor whose pads are zero it is not


@pytest.mark.parametrize("name", SQUARED)
def test_garbage_in_pads_of_a_square(name: str) -> None:
    claim, z = a_squared(name)
    functional = claim.functional
    garbage = filled(z, functional.shape, 8)
    cube = Listed(padded(functional.shape), scalars_of(rows_on_cube(functional)))
    proof = proof_of(TINY, prove_square(TINY, "square", cube, claim.batch, garbage))

    def verify(value: Scalar) -> None:
        verifier = verify_square(TINY, "square", replace(claim, value=value))
        check(TINY, discharged(TINY, verifier, padded(functional.shape), garbage), proof)

    verify(claim.value)
    with pytest.raises(RejectedProof, match="square"):
        verify(off_by_one(TINY, claim.value))


class Listed:
    """A functional given by its rows."""

    def __init__(self, shape: Shape, entries: list[Scalar]) -> None:
        self.shape, self.entries = shape, entries

    def rows(self, f: Field) -> Ext:
        return f.pack(self.entries)

    def at(self, f: Field, point: Point) -> Scalar:
        return inner(f.scalars, self.entries, eq_weights(f.scalars, self.shape, point))


# -- squares -------------------------------------------------------------------------------------------------------
def a_squared(name: str) -> tuple[Claim, Base]:
    """The true claim about the squares of a random tensor, and the tensor."""
    functional = SQUARED[name]
    z = random_base(TINY, (math.prod(functional.shape), COLUMNS), 4)
    batch = random_scalars(TINY, bits(COLUMNS), 5)
    value = value_at(TINY, scalars_of(functional.rows(TINY)), batch, TINY.mul_base(z, z))
    return Claim(functional, batch, value), z


@pytest.mark.parametrize("name", SQUARED)
def test_square(name: str) -> None:
    claim, z = a_squared(name)
    proof = proof_of(TINY, prove_square(TINY, "square", claim.functional, claim.batch, z))

    def verify(proof: bytes, value: Scalar = claim.value) -> None:
        verifier = verify_square(TINY, "square", replace(claim, value=value))
        check(TINY, discharged(TINY, verifier, claim.functional.shape, z), proof)

    verify(proof)
    with pytest.raises(RejectedProof):
        verify(proof, off_by_one(TINY, claim.value))
    for wrong in tampered(TINY, proof):
        with pytest.raises(RejectedProof):
            verify(wrong)


# -- sums ----------------------------------------------------------------------------------------------------------
def test_add() -> None:
    a, b = (random_base(TINY, (15, COLUMNS), seed) for seed in (1, 2))
    functional, batch = AtPoint((3, 5), random_point(TINY, (3, 5), 3)), random_scalars(TINY, bits(COLUMNS), 4)
    rows = scalars_of(functional.rows(TINY))
    claim = Claim(functional, batch, value_at(TINY, rows, batch, SUM.forward(TINY, a, b)))
    proof = proof_of(TINY, prove_add(TINY, "add", functional, batch, (a, b)))
    verifier = verify_add(TINY, "add", SUM, claim)
    (parts,) = run_verifier([(verifier, TINY.scalars)], proof, a_transcript())
    assert [part.value for part in parts] == [value_at(TINY, rows, batch, table) for table in (a, b)]
    assert all((part.functional, part.batch) == (functional, batch) for part in parts)
    with pytest.raises(RejectedProof, match="add"):
        check(TINY, verify_add(TINY, "add", SUM, replace(claim, value=off_by_one(TINY, claim.value))), proof)
    for wrong in tampered(TINY, proof):
        with pytest.raises(RejectedProof, match="add"):
            check(TINY, verify_add(TINY, "add", SUM, claim), wrong)


class Chain:
    """A convolution, its squares, and a dense layer on them."""

    def __init__(self, f: Field) -> None:
        self.f, self.first = f, EDGES["1x1 with stride"]
        self.second = dense(self.first.out_shape, 5)
        self.x = random_base(f, (math.prod(self.first.in_shape), COLUMNS), 1)
        self.z = self.first.forward(f, self.x)
        y = self.second.forward(f, f.mul_base(self.z, self.z))
        point, batch = random_point(f, (5,), 2), random_scalars(f, bits(COLUMNS), 3)
        self.claim = claimed(f, (5,), point, batch, y)

    def prove(self) -> Prover[PointClaim]:
        functional = Pulled(self.second, self.claim.point)
        z = yield from prove_square(self.f, "square", functional, self.claim.batch, self.z)
        return (yield from prove_linear(self.f, "first", self.first, self.x, z.point, z.batch))

    def verify(self) -> Verifier[PointClaim]:
        scalars, claim = self.f.scalars, self.claim
        constant = scalars.mul(self.second.constant_at(self.f, claim.point), indicator(scalars, claim.batch, COLUMNS))
        squares = Claim(Pulled(self.second, claim.point), claim.batch, scalars.sub(claim.value, constant))
        z = yield from verify_square(self.f, "square", squares)
        return (yield from verify_linear(self.f, "first", self.first, z, COLUMNS))


@pytest.mark.parametrize("twin", [("m31", "plain"), ("m61", "fast"), ("m61b/base", "plain")], ids="-".join)
def test_a_chain_down_to_the_input(twin: tuple[str, str]) -> None:
    """Each reduction's claim is the next one's statement; at the input the verifier evaluates it itself."""
    f = field(*twin)
    chain = Chain(f)
    proof = proof_of(f, chain.prove())
    check(f, discharged(f, chain.verify(), chain.first.in_shape, chain.x), proof)
    chain.claim = replace(chain.claim, value=off_by_one(f, chain.claim.value))
    with pytest.raises(RejectedProof, match="square"):
        check(f, discharged(f, chain.verify(), chain.first.in_shape, chain.x), proof)
