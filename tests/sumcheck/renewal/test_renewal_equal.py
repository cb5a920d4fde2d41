"""Matrices with the same entries are proven equal, and only these; what a proof is about and how sure it is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from renewal_kit import BLOCK, FAST, LOG_COLUMNS, PLAIN, ROWS, TWINS, case_of, changed, entries, equal_case, refused

from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.sumcheck.fields import Field
from proofs.sumcheck.ligero.commit import commit
from proofs.sumcheck.ligero.parameters import Code, openings
from proofs.sumcheck.renewal.code import joint_code, openings_taken
from proofs.sumcheck.renewal.messages import rounds_of
from proofs.sumcheck.renewal.pair import Pair, Side, make_pair
from proofs.sumcheck.renewal.prover import prove_equal
from proofs.sumcheck.renewal.verifier import verify_equal
from proofs.sumcheck.soundness import proof_bits

SEED = b"s" * 32


@TWINS
@pytest.mark.parametrize("blocks", [(256, 256), (256, 512), (512, 256)])
@pytest.mark.parametrize("rows", [1, 3])
def test_equal_matrices_are_proven_equal(f: Field, blocks: tuple[int, int], rows: int) -> None:
    table = entries(rows)
    case = case_of(table, table, blocks, f)
    proof = prove_equal(f, case.pair, case.old, case.new, SEED)
    for verifier in (PLAIN, FAST):
        assert len(verify_equal(verifier, case.pair, proof)) == 4
    assert proof == prove_equal(PLAIN, case.pair, case.old, case.new, SEED)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([1, 2, 5]),
    st.sampled_from([(256, 256), (512, 512), (256, 512)]),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 511), st.integers(0, 2)), max_size=3),
)
def test_accepted_if_and_only_if_entries_are_equal(
    rows: int, blocks: tuple[int, int], changes: list[tuple[int, int, int]]
) -> None:
    old = new = entries(rows, seed=rows)
    for row, column, by in changes:
        new = changed(new, row % rows, column, by)
    case = case_of(old, new, blocks)
    proof = case.proof()
    if np.array_equal(old, new):
        verify_equal(FAST, case.pair, proof)
    else:
        refused(case, proof, "opening-value")
        with pytest.raises(InvalidInput, match="do not hold the same entries"):
            prove_equal(FAST, case.pair, case.old, case.new, SEED)


def test_the_format_is_what_it_was() -> None:
    """A renewed model's file must be read for ever: with another digest, older chains would be refused."""
    case = equal_case()
    proof = prove_equal(FAST, case.pair, case.old, case.new, SEED)
    assert hashlib.sha256(proof).hexdigest() == "d0725ed6fd74df6deb748f2fa89c058b620e167d1db68ee75aed3fe96609e722"


def test_a_proof_is_of_its_pair_alone() -> None:
    case = equal_case()
    proof, pair = case.proof(), case.pair
    verify_equal(FAST, pair, proof)
    others = [
        replace(pair, old=pair.new, new=pair.old),
        replace(pair, old=Side(bytes(32), BLOCK)),
        replace(pair, new=Side(bytes(32), BLOCK)),
        replace(pair, rows=ROWS + 1),
        replace(pair, log_columns=LOG_COLUMNS + 1),
        replace(pair, old=Side(pair.old.root, 512)),
        replace(pair, new=Side(pair.new.root, 512)),
    ]
    states = {other.transcript().exchange("", b"", 1, FAST.scalars) for other in (*others, pair)}
    assert len(states) == len(others) + 1
    for other in others:
        with pytest.raises((RejectedProof, MalformedProof)):
            verify_equal(FAST, other, proof)


def test_only_the_matrices_of_the_pair_are_proven_about() -> None:
    case = equal_case()
    for other in (
        replace(case.pair, old=Side(bytes(32), BLOCK)),
        replace(case.pair, new=Side(bytes(32), BLOCK)),
        replace(case.pair, new=Side(case.new.root, 512)),
    ):
        with pytest.raises(InvalidInput, match="is not the one under its root"):
            prove_equal(FAST, other, case.old, case.new, SEED)
    open_one = commit(FAST, entries().reshape(-1), b"1" * 32, LOG_COLUMNS)
    with pytest.raises(InvalidInput, match="is not the one under its root"):
        prove_equal(FAST, replace(case.pair, old=Side(open_one.root, BLOCK)), open_one, case.new, SEED)


@pytest.mark.parametrize(
    ("log_columns", "rows", "old", "new"),
    [
        (8, 1, Side(bytes(32), 256), Side(b"1" * 32, 256)),
        (25, 1, Side(bytes(32), 256), Side(b"1" * 32, 256)),
        (9, 0, Side(bytes(32), 256), Side(b"1" * 32, 256)),
        (9, 1, Side(bytes(32), 0), Side(b"1" * 32, 256)),
        (9, 1, Side(bytes(32), 256), Side(b"1" * 32, 300)),
        (9, 1, Side(bytes(32), 1024), Side(b"1" * 32, 256)),
        (9, 1, Side(bytes(31), 256), Side(b"1" * 32, 256)),
        (9, 1, Side(bytes(32), 256), Side(bytes(32), 256)),
    ],
)
def test_pairs_of_no_hiding_matrices(log_columns: int, rows: int, old: Side, new: Side) -> None:
    with pytest.raises(InvalidInput):
        make_pair(log_columns, rows, old, new)


def test_soundness_is_counted_round_by_round() -> None:
    case = equal_case()
    pair, size = case.pair, FAST.scalars.size - 1
    rounds = verify_equal(FAST, pair, case.proof())
    assert rounds[:3] == rounds_of(pair, FAST.scalars) and rounds[3].challenges == 0
    n, variables = Fraction(2048, size), 2 + LOG_COLUMNS
    assert rounds[0].chance(FAST.scalars) == 3 * n + Fraction(variables, size)
    assert rounds[1].chance(FAST.scalars) == n + Fraction(1, size)
    assert rounds[2].error == pair.code().query_error <= Fraction(1, 2**102)
    assert [found.challenges for found in rounds] == [variables + 1, 1, pair.code().challenges, 0]


@pytest.mark.parametrize(("log_columns", "rows"), [(9, 1), (12, 2000), (15, 107), (15, 1 << 16), (18, 1 << 12)])
def test_enough_bits_at_the_products_sizes(log_columns: int, rows: int) -> None:
    block = 1 << (log_columns - 1)
    pair = Pair(log_columns, rows, Side(bytes(32), block), Side(b"1" * 32, block))
    assert proof_bits(rounds_of(pair, FAST.scalars), FAST.scalars)[1] >= 100


@pytest.mark.parametrize("log_columns", [9, 12, 15])
def test_a_root_stands_for_one_matrix_in_every_code(log_columns: int) -> None:
    """Codes a matrix is opened in: its own, in proofs, and those of renewals. Any two find the same nearest words."""
    blocks = [1 << log for log in range(8, log_columns + 1)]
    for own in blocks:
        codes = [Code(log_columns, own), *(joint_code(log_columns, (own, other)) for other in blocks)]
        for one in codes:
            assert one.radius > 0
            for two in codes:
                largest = max(one.dimension, two.dimension)
                assert one.radius + two.radius < one.positions - largest


@pytest.mark.parametrize(("log_columns", "blocks"), [(9, (256, 512)), (15, (1 << 14, 1 << 14)), (15, (256, 1 << 15))])
def test_as_many_columns_as_the_radius_needs(log_columns: int, blocks: tuple[int, int]) -> None:
    code = joint_code(log_columns, blocks)
    bad = Fraction(code.radius + 1, code.positions)
    assert code.query_error <= Fraction(1, 2**102) < (1 - bad) ** (code.queries - 1)


@pytest.mark.parametrize("log_columns", [9, 11])
def test_an_opening_costs_the_columns_it_shows(log_columns: int) -> None:
    blocks = [1 << log for log in range(8, log_columns + 1)]
    for own in blocks:
        equal = joint_code(log_columns, (own, own))
        assert (equal.queries, equal.radius) == (Code(log_columns, own).queries, Code(log_columns, own).radius)
        assert openings_taken(equal, own) == 1
        for other in blocks:
            code = joint_code(log_columns, (own, other))
            taken = openings_taken(code, own)
            left = openings(log_columns, own) - taken
            assert left < 0 or left * Code(log_columns, own).queries + code.queries <= own - 1
