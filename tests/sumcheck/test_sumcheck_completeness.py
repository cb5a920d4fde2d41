"""True statements are proven, over every field and twin and every shape."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sumcheck_kit import (
    EVERY_FIELD,
    a_field,
    a_transcript,
    eq_weights,
    inner,
    product_of,
    prove_all,
    scalars_of,
    squares_of,
    tensor_weights,
    verify_all,
)

from proofs.sumcheck.claims import bits
from proofs.sumcheck.transcript import run_prover

SHAPES = st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple).filter(lambda shape: math.prod(shape) <= 100)
SEEDS = st.integers(0, 2**32)
QUICK = settings(max_examples=10, deadline=None)


@EVERY_FIELD
@QUICK
@given(SHAPES, SEEDS)
def test_products(twin: tuple[str, str], shape: tuple[int, ...], seed: int) -> None:
    statement = product_of(a_field(*twin), shape, seed)
    proof = prove_all(statement)
    verify_all(proof, statement)
    assert len(proof) == 2 * sum(map(bits, shape)) * statement.field.scalars.scalar_bytes


@EVERY_FIELD
@QUICK
@given(SHAPES, st.integers(1, 13), SEEDS)
def test_squares(twin: tuple[str, str], shape: tuple[int, ...], columns: int, seed: int) -> None:
    statement = squares_of(a_field(*twin), shape, columns, seed)
    proof = prove_all(statement)
    verify_all(proof, statement)
    elements = 2 * bits(columns) + 3 * sum(map(bits, shape)) + 1
    assert len(proof) == elements * statement.field.scalars.scalar_bytes


@EVERY_FIELD
@pytest.mark.parametrize("shape", [(1,), (2,), (3,), (1, 1, 1), (16,), (17, 1), (1, 5, 4), (4, 7, 7)])
def test_edges(twin: tuple[str, str], shape: tuple[int, ...]) -> None:
    f = a_field(*twin)
    for columns in (1, 2, 3, 8, 9):
        statement = squares_of(f, shape, columns)
        verify_all(prove_all(statement), statement)
    product = product_of(f, shape)
    assert verify_all(prove_all(product), product) is None


@EVERY_FIELD
def test_a_prover_knows_where_its_rounds_ended(twin: tuple[str, str]) -> None:
    f = a_field(*twin)
    product = product_of(f, (3, 5))
    (end,) = run_prover([(product.prove(), f.scalars)], a_transcript())[1]
    weights = tensor_weights(f.scalars, (3, 5), end.point)
    assert end.a_value == inner(f.scalars, scalars_of(product.a), weights)
    assert end.b_value == inner(f.scalars, scalars_of(product.b), weights)
    squares = squares_of(f, (3, 5), 6)
    (squares_end,) = run_prover([(squares.prove(), f.scalars)], a_transcript())[1]
    columns = eq_weights(f.scalars, squares_end.batch, 6)
    rows = [inner(f.scalars, row, columns) for row in squares.entries]
    assert squares_end.z_value == inner(f.scalars, rows, tensor_weights(f.scalars, (3, 5), squares_end.point))


@EVERY_FIELD
def test_twins_write_the_same_proof(twin: tuple[str, str]) -> None:
    f, plain = a_field(*twin), a_field(twin[0])
    assert prove_all(squares_of(f, (5, 6), 11)) == prove_all(squares_of(plain, (5, 6), 11))
    assert prove_all(product_of(f, (5, 6))) == prove_all(product_of(plain, (5, 6)))


def test_the_batch_point_must_fit_the_columns() -> None:
    squares = squares_of(a_field("m61"), (2,), 5)
    shorter = type(squares)(squares.field, squares.j, squares.z, squares.shape, squares.batch[1:], squares.value)
    with pytest.raises(ValueError, match="5 columns have 3 variables, the point 2"):
        next(shorter.prove())
