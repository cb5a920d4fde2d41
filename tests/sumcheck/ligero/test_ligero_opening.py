"""Commitments and their openings, when everybody is honest; and roots that tell vectors apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ligero_kit import (
    CHALLENGES,
    FAST,
    PLAIN,
    TWINS,
    P,
    a_transcript,
    converse,
    opening_of,
    prove,
    random_point,
    random_vector,
    stated,
    value_of,
    verify,
)

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.exchange import Received
from proofs.sumcheck.fields import Field
from proofs.sumcheck.ligero.commit import commit, root_of
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.soundness import Round, recorded
from proofs.sumcheck.transcript import run_verifier

SHAPES = [
    ((1,), 0),
    ((1,), 3),
    ((2,), 2),
    ((3,), 5),
    ((1, 1), 4),
    ((5, 1, 3), 4),
    ((1, 7), 3),
    ((3, 2, 1), 8),
    ((17,), 1),
]
"""Rows of the matrices, and log2 of their columns."""
GOLDEN = {
    3: "76cd6620ae2249872915eddb1fb5a2d091caf24b167bf2c6425e72a0d5774c35",
    9: "3adad63306144a4ff6633b8f4c9c67fa62545953dba45620f993a0ab23453196",
}
"""Roots of a fixed vector, by log2 of the columns: short words, and tiled ones."""


@TWINS
@pytest.mark.parametrize(("rows", "log_columns"), SHAPES)
def test_a_true_value_is_accepted(f: Field, rows: tuple[int, ...], log_columns: int) -> None:
    opening = opening_of(f, rows, log_columns)
    proof = prove(opening, f)
    for other in (PLAIN, FAST):
        verify(opening, proof, other)
        assert prove(opening, other) == proof


def test_a_point_may_have_more_row_variables_than_there_are_rows() -> None:
    opening = opening_of(PLAIN, (3, 2), 3, more_variables=4)
    verify(opening, prove(opening))


@TWINS
@pytest.mark.parametrize(("rows", "log_columns"), SHAPES)
def test_another_value_is_refused(f: Field, rows: tuple[int, ...], log_columns: int) -> None:
    opening = opening_of(f, rows, log_columns)
    for place in range(4):
        coordinates = list(opening.value)
        coordinates[place] = (coordinates[place] + 1) % P
        with pytest.raises(RejectedProof, match="opening-value"):
            converse(replace(opening, value=tuple(coordinates)), f=f)


def test_bits_of_the_point_are_positions_in_the_vector() -> None:
    vector, matrices = (
        random_vector(6 << 3),
        [commit(PLAIN, random_vector(6 << 3)[a:b], b"s", 3) for a, b in ((0, 16), (16, 48))],
    )
    for index in (0, 7, 8, 15, 16, 31, 40, 47):
        bits = tuple(PLAIN.scalars.from_int(index >> k & 1) for k in reversed(range(6)))
        opening = stated(matrices, bits, 3)
        assert opening.value == PLAIN.scalars.from_int(int(vector[index]))
        verify(opening, prove(opening))


@TWINS
def test_a_vector_is_filled_up_with_zeros_to_whole_rows(f: Field) -> None:
    vector = random_vector(37)
    matrix = commit(f, vector, b"s", 4)
    assert matrix.rows.shape == (3, 16)
    assert matrix.rows.reshape(-1).tolist() == [*vector.tolist(), *[0] * 11]
    assert np.array_equal(matrix.codewords, encode(f, matrix.rows))
    opening = stated([matrix], random_point(6), 4)
    assert opening.value == value_of(np.concatenate([vector, np.zeros(27, dtype=np.uint32)]), opening.point)
    verify(opening, prove(opening, f))


def test_whole_rows_are_not_copied() -> None:
    vector = random_vector(64)
    assert np.shares_memory(commit(PLAIN, vector, b"s", 4).rows, vector)


@pytest.mark.parametrize("log_columns", [0, 3, 4, 6, 9])
def test_the_twins_commit_alike_and_the_same_every_time(log_columns: int) -> None:
    vector = random_vector((5 << log_columns) - (log_columns > 0))
    plain, fast = (commit(f, vector, b"s", log_columns) for f in (PLAIN, FAST))
    assert (
        plain.root
        == fast.root
        == root_of(PLAIN, vector, b"s", log_columns)
        == commit(FAST, vector, b"s", log_columns).root
    )
    assert np.array_equal(plain.codewords, fast.codewords)
    assert all(np.array_equal(a, b) for a, b in zip(plain.tree.levels, fast.tree.levels, strict=True))


@TWINS
def test_roots_tell_vectors_apart(f: Field) -> None:
    vector = random_vector(48)
    zeros = np.zeros(48, dtype=np.uint32)
    several = [vector, vector[:32], vector[::-1], np.roll(vector, 1), np.roll(vector, 16), zeros, zeros[:32], zeros + 1]
    changed = vector.copy()
    changed[-1] ^= 1
    one = zeros.copy()
    one[16] = 1
    shifted = np.roll(one, 1)
    roots = {root_of(f, np.ascontiguousarray(each), b"s", 4) for each in (*several, changed, one, shifted)}
    assert len(roots) == len(several) + 3
    assert root_of(f, vector, b"another seed", 4) not in roots
    assert root_of(f, vector, b"s", 3) not in roots


@TWINS
@pytest.mark.parametrize("log_columns", [3, 9])
def test_roots_of_the_released_format_stay(f: Field, log_columns: int) -> None:
    vector = np.arange(3, 3 + (5 << log_columns), dtype=np.uint32) * 1000
    assert root_of(f, vector, b"golden", log_columns).hex() == GOLDEN[log_columns]


@TWINS
def test_what_is_no_vector_is_refused(f: Field) -> None:
    for bad in (np.zeros(0, np.uint32), np.zeros((2, 16), np.uint32), np.zeros(16, np.int32), np.zeros(16, np.uint64)):
        with pytest.raises(ValueError, match="a vector of uint32"):
            commit(f, bad, b"s", 4)
    for entry in (P, P + 1, 2**32 - 1):
        with pytest.raises(ValueError, match="not below the prime"):
            commit(f, np.array([0, entry, 1], dtype=np.uint32), b"s", 1)


@TWINS
def test_sizes_that_do_not_fit_are_refused(f: Field) -> None:
    opening = opening_of(f, (3,), 3)
    with pytest.raises(ValueError, match="does not index"):
        next(replace(opening, point=opening.point[1:]).prove(f))
    for claimed in ((), ((opening.claimed[0][0], 0),), ((opening.claimed[0][0], 5),)):
        with pytest.raises(ValueError, match="does not index"):
            next(replace(opening, claimed=claimed).verify(f))
    other = commit(f, random_vector(16), b"s", 4)
    with pytest.raises(ValueError, match="rows of one length"):
        next(replace(opening, matrices=(*opening.matrices, other)).prove(f))
    with pytest.raises(ValueError, match="at least one matrix"):
        next(replace(opening, matrices=()).prove(f))


def test_the_messages_and_their_error() -> None:
    opening = opening_of(PLAIN, (3, 1), 6)
    proof, rounds = prove(opening), list[Round]()
    run_verifier([(recorded(opening.verify(PLAIN), rounds), PLAIN.scalars)], proof, a_transcript())
    assert [(r.label, r.challenges, r.error) for r in rounds] == [
        ("o/combination", CHALLENGES, Code(6).query_error),
        ("o/columns", 0, None),
    ]


def test_columns_take_no_more_bytes_than_positions_need() -> None:
    opening = opening_of(PLAIN, (3, 1), 6)
    verifier = opening.verify(PLAIN)
    first = next(verifier)
    assert first.raw_bytes == 16 << 6
    prover = opening.prove(PLAIN)
    said = next(prover)
    challenges = ((0, 1, 256 + 1, 7),) * CHALLENGES
    wanted = verifier.send(Received((), challenges, said.raw))
    # positions 0, 1, 7; missing: 6; then the node over 2, 3 and that over 4, 5; then all of the upper levels' one each
    siblings = 32 * (1 + 2 + 0 + 5)
    assert wanted.raw_bytes == 3 * (16 + 3 * 4) + siblings + 3 * (16 + 4) + siblings
    assert len(prover.send(challenges).raw) == wanted.raw_bytes


@pytest.mark.parametrize("rows", [1, 11, 12, 13, 27, 28, 29, 60, 61, 124, 125, 200])
def test_words_that_are_not_kept(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vector, kept = random_vector(rows * 16, rows), commit(FAST, random_vector(rows * 16, rows), b"s", 4)
    monkeypatch.setattr("proofs.sumcheck.ligero.commit.KEPT", 0)
    streamed = commit(FAST, vector, b"s", 4)
    assert streamed.codewords is None and streamed.root == kept.root
    asked = [0, 3, 17, 63]
    assert np.array_equal(streamed.columns(FAST, asked), kept.columns(FAST, asked))
