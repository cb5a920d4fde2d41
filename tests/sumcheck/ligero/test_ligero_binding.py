"""One root, one matrix: whatever words a root was made of, at most one matrix opens at more than a few positions.

On sizes where every word near enough can be listed. A claim's luck is the number of positions that would let it pass
if they were asked for alone; ``query_error`` counts on at most n - e - 1 for every claim but one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from ligero_kit import (
    PLAIN,
    TWINS,
    Opening,
    P,
    Table,
    asking,
    claiming,
    converse,
    random_point,
    random_vector,
    stated,
    value_of,
    with_codewords,
    with_rows,
)

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.circle.domain import domain
from proofs.sumcheck.fields import Ext, Field
from proofs.sumcheck.ligero.commit import Committed, commit
from proofs.sumcheck.ligero.parameters import Code, positions


def all_close(word: Table) -> set[tuple[int, ...]]:
    """The coefficients (a, b) of every word a + b y of the code of two columns that two of a word's entries lie on."""
    y = domain(3)[1].tolist()
    found = set()
    for i, j in combinations(range(8), 2):
        if y[i] != y[j]:
            b = (int(word[i]) - int(word[j])) * pow(y[i] - y[j], -1, P) % P
            found.add(((int(word[i]) - b * y[i]) % P, b))
    return found


def distance(row: tuple[int, ...], word: Table) -> int:
    """How many positions a row's word differs in."""
    return int((encode(PLAIN, np.array(row, dtype=np.uint32)) != word).sum())


def spoilt(word: Table, other: Table) -> Iterator[Table]:
    """The word with up to e entries replaced: by the other's."""
    for count in range(Code(1).radius + 1):
        for places in combinations(range(8), count):
            changed = word.copy()
            changed[list(places)] = other[list(places)]
            yield changed


def luck(opening: Opening, matrices: tuple[Committed, ...], u: Ext, f: Field = PLAIN) -> int:
    """The positions that would let the combination ``u`` pass, its own value claimed."""
    passed = 0
    for position in range(positions(opening.log_columns)):
        try:
            converse(opening, claiming(matrices, u, opening.log_columns), asking(position), f=f)
            passed += 1
        except RejectedProof as refused:
            assert refused.check == "opening-columns"
    return passed


def claim(matrix: Committed, row: tuple[int, ...]) -> tuple[Opening, Ext]:
    """The statement that the single row under a root is another, and the combination that shows it."""
    rows = np.array([row], dtype=np.uint32)
    point = random_point(1, 3)
    opening = stated([with_rows(matrix, rows)], point, 1)
    return opening, PLAIN.lift(rows[0])


def test_a_word_spoilt_within_the_radius_has_one_nearest_row() -> None:
    assert (positions(1), Code(1).radius) == (8, 2)
    row = (123456789, 987654321)
    word = encode(PLAIN, np.array(row, dtype=np.uint32))
    for other in ((5, 987654321), (123456789, 11), (0, 0)):
        for changed in spoilt(word, encode(PLAIN, np.array(other, dtype=np.uint32))):
            near = {found for found in all_close(changed) if distance(found, changed) <= Code(1).radius}
            assert near == {row}


def test_only_the_nearest_row_opens_at_more_than_a_few_positions() -> None:
    row = (123456789, 987654321)
    matrix = commit(PLAIN, np.array(row, dtype=np.uint32), b"s", 1)
    other = encode(PLAIN, np.array((123456789, 11), dtype=np.uint32))
    for changed in list(spoilt(matrix.codewords[0], other))[::7]:
        false = with_codewords(matrix, changed[None])
        for candidate in sorted(all_close(changed)):
            passed = luck(*claim_parts(false, candidate))
            assert passed == 8 - distance(candidate, changed)
            assert (passed <= 8 - Code(1).radius - 1) == (candidate != row)


def claim_parts(matrix: Committed, row: tuple[int, ...]) -> tuple[Opening, tuple[Committed, ...], Ext]:
    """What ``luck`` takes."""
    opening, u = claim(matrix, row)
    return opening, (matrix,), u


@TWINS
def test_no_root_opens_to_two_vectors(f: Field) -> None:
    """The forger's best: words half way between two vectors'. Neither then opens often enough to count on."""
    first, second = random_vector(4, 1), random_vector(4, 2)
    second[2:] = first[2:]
    one, two = (commit(PLAIN, vector, b"s", 2) for vector in (first, second))
    agree = one.codewords[0] == two.codewords[0]
    mixed = one.codewords.copy()
    half = np.flatnonzero(~agree)[: (~agree).sum() // 2]
    mixed[0, half] = two.codewords[0, half]
    false = with_codewords(one, mixed)
    for vector in (first, second):
        opening = stated([with_rows(false, vector[None])], random_point(2, 3), 2)
        assert luck(opening, (false,), PLAIN.lift(vector), f) <= positions(2) - Code(2).radius - 1
        with pytest.raises(RejectedProof, match="opening-columns"):
            converse(opening, claiming((false,), PLAIN.lift(vector), 2), f=f)


@TWINS
@pytest.mark.parametrize("spoil", ["one entry", "a third", "everything"])
def test_words_that_are_not_of_the_code_are_refused(f: Field, spoil: str) -> None:
    """The prover claims what its own rows give; 151 queries among 64 positions meet a single spoilt entry."""
    matrix = commit(f, random_vector(3 << 4), b"s", 4)
    words = matrix.codewords.copy()
    places = {"one entry": [17], "a third": list(range(0, 64, 3)), "everything": list(range(64))}[spoil]
    words[1, places] = (words[1, places] + 1) % P
    false = with_codewords(matrix, words)
    opening = stated([false, commit(f, random_vector(16, 5), b"t", 4)], random_point(6), 4)
    everywhere = tuple((4 * k % 64, 4 * k % 64 + 1, 4 * k % 64 + 2, 4 * k % 64 + 3) for k in range(38))
    with pytest.raises(RejectedProof, match="opening-columns"):
        converse(opening, challenges=everywhere, f=f)


@TWINS
def test_a_word_of_higher_degree_is_no_word(f: Field) -> None:
    """Words of twice as many coefficients, not zero in the upper half: the prover cannot open them at all."""
    wide = commit(f, random_vector(32), b"s", 5)
    from_wide = encode(f, wide.rows)[:, ::2]
    narrow = commit(f, wide.rows[0, :16].copy(), b"s", 4)
    false = with_codewords(narrow, np.ascontiguousarray(from_wide))
    with pytest.raises(RejectedProof, match="opening-columns"):
        converse(stated([false], random_point(4), 4), f=f)


def test_the_value_follows_from_the_rows_that_a_root_stands_for() -> None:
    """Any other value needs another combination, and that one differs nearly everywhere."""
    matrix = commit(PLAIN, random_vector(3 << 2), b"s", 2)
    opening = stated([matrix], random_point(4, 9), 2)
    weights = PLAIN.eq_table(opening.point[:2], 3)
    u = PLAIN.combine_rows(matrix.rows.view(np.int32), weights)
    assert luck(opening, (matrix,), u) == 16
    for column in range(4):
        other = u.copy()
        other[0, column] = (other[0, column] + 1) % P
        value = PLAIN.dot(other, PLAIN.eq_table(opening.point[2:], 4))
        assert value != opening.value == value_of(matrix.rows, opening.point)
        assert luck(replace(opening, value=value), (matrix,), other) <= 4
