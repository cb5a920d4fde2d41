"""The column rounds of squares as one object: every field's own way sends what the kernels, one by one, would send."""

from __future__ import annotations

import numpy as np
import pytest
from field_reference import random_base

import proofs.sumcheck.fields.fast.compile  # noqa: F401 - now, so that machine code outlives the session's own home
from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields import FIELDS, Ext, Field, Scalar, field
from proofs.sumcheck.fields.square_rounds import HasSquareRounds, SquareRounds, StepwiseSquareRounds, square_rounds

OWN = [name for name in FIELDS if name.startswith("m61")]
COLUMNS = [1, 2, 3, 5, 8, 16, 17, 31, 32, 33, 64, 100, 128, 129, 200, 256, 300, 513, 640]
"""Through every phase: short tables, one and two variables bound on the fly, kept tables, rows that end early."""


def ext(f: Field, shape: tuple[int, ...], seed: int) -> Ext:
    return random_base(f.scalars.p, f.dtype, (f.scalars.degree, *shape), seed)


def point(f: Field, variables: int, seed: int) -> list[Scalar]:
    table = ext(f, (variables,), seed)
    return [f.element(table, k) for k in range(variables)]


def sent(rounds: SquareRounds, challenges: list[Scalar]) -> tuple[list[tuple[Scalar, Scalar]], list[list[int]]]:
    """All messages, and the rows at the end."""
    messages = []
    for challenge in challenges:
        messages.append(rounds.message())
        rounds.bind(challenge)
    return messages, rounds.rows().tolist()


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("columns", COLUMNS)
def test_fused_rounds_send_what_single_kernels_do(name: str, columns: int) -> None:
    plain, fast = field(name, "plain"), field(name, "fast")
    z, rows = random_base(plain.scalars.p, plain.dtype, (7, columns), columns), ext(plain, (7,), 1)
    where, challenges = point(plain, bits(columns), 2), point(plain, bits(columns), 3)
    own = square_rounds(fast, z, rows, where)
    assert isinstance(fast, HasSquareRounds)
    assert not isinstance(own, StepwiseSquareRounds)
    assert sent(own, challenges) == sent(StepwiseSquareRounds(plain, z, rows, where), challenges)


@pytest.mark.parametrize("name", ["m61", "m61b/base"])
def test_strided_arrays_and_no_rows(name: str) -> None:
    f = field(name, "fast")
    z, rows = random_base(f.scalars.p, f.dtype, (40, 12), 1)[:, ::2].T, ext(f, (12,), 2)[:, ::2]
    where, challenges = point(f, 6, 3), point(f, 6, 4)
    contiguous = square_rounds(f, np.ascontiguousarray(z), np.ascontiguousarray(rows), where)
    assert sent(square_rounds(f, z, rows, where), challenges) == sent(contiguous, challenges)
    zero = f.scalars.zero
    messages, last = sent(square_rounds(f, z[:0], rows[:, :0], where), challenges)
    assert messages == [(zero, zero)] * 6
    assert last == [[]] * f.scalars.degree


@pytest.mark.parametrize("name", ["m31", "m61"])
def test_a_message_is_the_same_twice(name: str) -> None:
    f = field(name)
    z, rows = random_base(f.scalars.p, f.dtype, (3, 40), 1), ext(f, (3,), 2)
    rounds = square_rounds(f, z, rows, point(f, 6, 3))
    for challenge in point(f, 6, 4):
        assert rounds.message() == rounds.message()
        rounds.bind(challenge)
    assert rounds.rows().shape == (f.scalars.degree, 3)


@pytest.mark.parametrize("name", ["m31", "m61"])
def test_rounds_out_of_turn_are_refused(name: str) -> None:
    f = field(name)
    z, rows = random_base(f.scalars.p, f.dtype, (3, 40), 1), ext(f, (3,), 2)
    with pytest.raises(ValueError, match="variables"):
        square_rounds(f, z, rows, point(f, 5, 3))
    rounds = square_rounds(f, z, rows, point(f, 6, 3))
    with pytest.raises(ValueError, match="not bound"):
        rounds.rows()
    for challenge in point(f, 6, 4):
        rounds.message()
        rounds.bind(challenge)
    for late in (rounds.message, lambda: rounds.bind(f.scalars.one)):
        with pytest.raises(ValueError, match="all column variables are bound"):
            late()


@pytest.mark.parametrize("shape", [(2, 40), (4, 40)])
def test_row_weights_must_fit(shape: tuple[int, int]) -> None:
    f = field("m61", "fast")
    rows = ext(f, (3,), 2)
    with pytest.raises(ValueError, match="weights"):
        square_rounds(f, random_base(f.scalars.p, f.dtype, shape, 1), rows, point(f, 6, 3))
