"""Provers whose matrices differ, or are no words of the code: each is refused, by the check meant for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from renewal_kit import (
    BLOCK,
    FAST,
    SCALARS,
    Case,
    P,
    case_of,
    changed,
    converse,
    drawn,
    entries,
    equal_case,
    masked_by,
    other_case,
    refused,
    saying,
    stated,
    with_codewords,
)

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.ligero.opening import shown
from proofs.sumcheck.ligero.queries import queried, read_entries, write_entries
from proofs.sumcheck.renewal.messages import COMBINATION, VALUE
from proofs.sumcheck.renewal.verifier import verify_equal


@pytest.mark.parametrize(("row", "column", "by"), [(0, 0, 1), (1, 7, P - 1), (2, 511, 5)])
def test_one_entry_differs(row: int, column: int, by: int) -> None:
    case = case_of(entries(), changed(entries(), row, column, by))
    refused(case, case.proof(), "opening-value")


def value_for(case: Case, s: Scalar) -> Prover[None]:
    """A prover that sends the value which is right for one s."""

    def change(message: Send) -> Send:
        sent = message.elements[0]
        difference = SCALARS.sub(value(case.new.rows), value(case.old.rows))
        return replace(message, elements=(SCALARS.add(sent, SCALARS.mul(SCALARS.mul(factor, s), difference)),))

    def value(rows: np.ndarray) -> Scalar:
        weights, columns = FAST.eq_table(point[:2], len(rows)), FAST.eq_table(point[2:], rows.shape[1])
        return FAST.dot(FAST.combine_rows(rows.view(np.int32), weights), columns)

    *point, factor = drawn(1)("mask", 12)
    return saying(case.prover(), VALUE, change)


def test_a_guessed_challenge_is_the_only_way() -> None:
    """Whoever knew s in advance would pass, so it must come after the value; with any other s the same is refused."""
    case = other_case()
    (s,) = drawn(1)("value", 1)
    converse(case.pair, value_for(case, s), drawn(1))
    wrong = SCALARS.add(s, SCALARS.one)
    with pytest.raises(RejectedProof) as error:
        converse(case.pair, value_for(case, wrong), drawn(1))
    assert error.value.check == "opening-value"


def test_a_combination_with_the_value_that_was_sent() -> None:
    """The old matrix' rows in place of the new ones: the value is right, the columns are not."""
    case = other_case()
    lie = replace(case, new=case.old)

    def prover() -> Prover[None]:
        honest = lie.prover()
        asked: Sequence[Scalar] = ()
        message = next(honest)
        while message.label != "columns":
            asked = yield message
            message = honest.send(tuple(asked))
        places = queried(asked, case.pair.code())
        matrices = (case.old, case.new, case.mask().matrix)
        yield Send("columns", (), 0, b"".join(shown(FAST, matrix, places) for matrix in matrices))

    refused(case, case.proof(prover()), "opening-columns")


@pytest.mark.parametrize("side", ["old", "new"])
def test_columns_of_another_matrix(side: str) -> None:
    """Everything is of one matrix with the right entries; the root is another's."""
    case, other = equal_case(), case_of(entries(seed=5), entries(seed=5))
    named = replace(case.pair, **{side: getattr(other.pair, side)})
    lie = replace(case, pair=named)
    refused(lie, lie.proof(), "opening-root")


def test_a_mask_that_was_not_committed() -> None:
    case = equal_case()
    mask = replace(case.mask(), matrix=case.mask(b"o" * 32).matrix)
    refused(case, case.proof(case.prover(mask)), "opening-columns")


def test_a_combination_of_ones_choice() -> None:
    """With the right value, so that only columns tell: one element of the block's part is another."""

    def change(message: Send) -> Send:
        table = read_entries(message.raw, "").copy()
        table[-1] = (int(table[-1]) + 1) % P
        return replace(message, raw=write_entries(table))

    case = equal_case()
    refused(case, case.proof(saying(case.prover(), COMBINATION, change)), "opening-columns")


def garbage(case: Case, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, P, case.old.codewords.shape, dtype=np.uint32)


def test_matrices_near_no_words_whose_difference_is() -> None:
    """Both are off by the same noise: their difference is a word with no entries, which alone proves nothing."""
    honest = equal_case()
    noise = garbage(honest)
    old, new = (with_codewords(m, FAST.add(m.codewords, noise)) for m in (honest.old, honest.new))
    case = stated(old, new)
    refused(case, case.proof(), "opening-columns")


def test_noise_that_the_mask_takes_away() -> None:
    """A mask off by as much, the other way: it would work were rows not multiplied by a challenge."""
    case = case_of(entries(1), entries(1))
    noise = garbage(case)
    old, new = (with_codewords(m, FAST.add(m.codewords, noise)) for m in (case.old, case.new))
    case = stated(old, new)
    mask = case.mask()
    words = mask.matrix.codewords.copy()
    words[0] = FAST.sub(np.ascontiguousarray(words[:1]), noise)[0]
    lie = replace(mask, matrix=with_codewords(mask.matrix, words))

    def challenges(label: str, count: int) -> Sequence[Scalar]:
        found = list(drawn(1)(label, count))
        return [*found[:-1], factor] if label == "mask" else found

    factor: Scalar = SCALARS.one
    converse(case.pair, case.prover(lie), challenges)
    factor = SCALARS.from_int(2)
    with pytest.raises(RejectedProof) as error:
        converse(case.pair, case.prover(lie), challenges)
    assert error.value.check == "opening-columns"


def test_an_old_matrix_made_of_two() -> None:
    """Half of its columns are of one matrix, half of another: it is not renewed to either of them."""
    one, two = case_of(entries(seed=1), entries(seed=1)), case_of(entries(seed=2), entries(seed=2))
    words = one.old.codewords.copy()
    words[:, ::2] = two.old.codewords[:, ::2]
    mixed = with_codewords(one.old, words)
    for own in (one, two):
        case = stated(replace(mixed, parts=own.old.parts), own.new)
        refused(case, case.proof(), "opening-columns")


def test_soundness_needs_no_randomness_of_the_prover() -> None:
    """Nothing obliges a prover to hide what is its own: soundness needs no mask."""
    case = equal_case()
    zero = masked_by(case.pair, np.zeros((4, 512 + BLOCK), dtype=np.uint32))
    verify_equal(FAST, case.pair, case.proof(case.prover(zero)))
    other = other_case()
    refused(other, other.proof(other.prover(zero)), "opening-value")


def test_words_of_the_honest_matrices() -> None:
    """What the tests above rely on: rows with their blocks are the words kept."""
    case = equal_case()
    part = case.old.parts[0]
    assert np.array_equal(encode(FAST, part.entries, part.block), case.old.codewords)
