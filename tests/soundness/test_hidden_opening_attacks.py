"""Attacks on the last equation of a hidden proof: pads and tails chosen late, false masks, rows of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from committed_cheats import FAST, Cheat, accepts, refused
from committed_kit import Case, least
from hidden_cheats import Below, commit, refusal_of, saying

from proofs.sumcheck.committed.hidden import verifier as hidden_verifier
from proofs.sumcheck.committed.hidden.combining import Combined
from proofs.sumcheck.committed.hidden.rows import Covers
from proofs.sumcheck.committed.instance import Instance, Outputs
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.exchange import Prover, Send, Verifier
from proofs.sumcheck.fields import Base, Scalar
from proofs.sumcheck.hiding import opening
from proofs.sumcheck.hiding.opening import Left, prove_left
from proofs.sumcheck.hiding.tails import elements
from proofs.sumcheck.ligero import opening as ligero_opening
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import Committed, Rows, commit_rows
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.queries import read_entries, write_entries

S = FAST.scalars
Change = Callable[[Send], Send]
LAMBDA = (7, 0, 3, 1)


@pytest.fixture(scope="module")
def case() -> Case:
    return least(FAST, 3).hidden()


@pytest.fixture(scope="module")
def false(case: Case) -> Instance:
    """An output said otherwise: one claim is false, and with it what all claims combine to."""
    wrong = case.logits.copy()
    wrong[1, 0] += 1 if wrong[1, 0] < case.network.tensors[-1].high else -1
    return case.instance(Outputs(wrong))


def cheat(**below: object) -> Cheat:
    return Cheat(put=False, below=Below(**below))  # type: ignore[arg-type]


def without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened columns are not compared with the rows sent."""
    monkeypatch.setattr(opening, "_check_words", lambda *_: None)


class Anything:
    """A root equal to every other."""

    def __ne__(self, other: object) -> bool:
        return False


def test_the_claim_is_false(case: Case, false: Instance) -> None:
    proof = cheat().prove(case, false)
    assert refusal_of(false, proof) == ("opening-value", ["batching"])
    refused(case, false, proof, "batching")


# -- pads that are changed once everything is combined ----------------------------------------------------------------
def fitted(running: Running, combined: Combined) -> Base:
    """The vector with one pad more, so that the combined claim is true of it."""
    vector = running.witness.vector.copy()
    weights = combined.spread(FAST, vector.size)
    missing = S.sub(combined.value, FAST.dot(weights, FAST.lift(vector)))
    assert any(missing)
    place, period = combined.pads.offset, combined.pads.high * combined.pads.low
    factor = FAST.element(np.ascontiguousarray(combined.table), 0)
    for coordinate, more in enumerate(S.mul(missing, S.inverse(factor))):
        at = place + coordinate * period
        vector[at] = (int(vector[at]) + more) % S.p
    assert FAST.dot(weights, FAST.lift(vector)) == combined.value
    return vector


def under_another_root(
    running: Running, covers: Covers, combined: Combined, committed: Committed
) -> tuple[Base, Committed]:
    vector = fitted(running, combined)
    return vector, commit(running, covers, vector)


def in_place(running: Running, covers: Covers, combined: Combined, committed: Committed) -> tuple[Base, Committed]:
    """The rows combined are the new ones, the columns shown the old ones."""
    vector = fitted(running, combined)
    entries = vector[running.plan.first_row * running.plan.columns :].reshape(-1, running.plan.columns)
    first = replace(committed.parts[0], entries=entries)
    return vector, replace(committed, parts=(first, *committed.parts[1:]))


def test_pads_of_another_root(case: Case, false: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = cheat(late=under_another_root).prove(case, false)
    refused(case, false, proof, "opening-root")
    monkeypatch.setattr(ligero_opening, "root_of_proof", lambda *_: Anything())
    assert accepts(case, false, proof)


def test_pads_that_are_not_the_committed_ones(case: Case, false: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = cheat(late=in_place).prove(case, false)
    refused(case, false, proof, "opening-columns")
    without_words(monkeypatch)
    assert accepts(case, false, proof)


# -- tails, the mask's value, rows ------------------------------------------------------------------------------------
def missing(running: Running, covers: Covers, left: Left) -> Scalar:
    """How far weight v~(point) - <factors, t> is from the value."""
    value = FAST.dot(FAST.lift(running.witness.vector), FAST.eq_table(left.point, running.witness.vector.size))
    tails = elements(covers.tails, covers.masks.tails)
    made = S.sub(S.mul(left.weight, value), FAST.dot(left.factors, tails))
    found = S.sub(left.value, made)
    assert any(found)
    return found


def other_tails(running: Running, covers: Covers, matrices: Sequence[Committed], left: Left) -> Prover[None]:
    """One tail is what makes the equation true."""
    factor = FAST.element(np.ascontiguousarray(left.factors), 0)
    more = S.mul(missing(running, covers, left), S.inverse(factor))
    table = covers.masks.tails.copy()
    old = tuple(int(c) for c in table[:, 0, 0])
    table[:, 0, 0] = np.array(S.sub(old, more), dtype=table.dtype)
    masks = replace(covers.masks, tails=table)
    yield from prove_left(FAST, "opening", matrices, masks, covers.tails, left)


def test_tails_that_are_not_the_committed_ones(case: Case, false: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = cheat(open=other_tails).prove(case, false)
    refused(case, false, proof, "opening-columns")
    without_words(monkeypatch)
    assert accepts(case, false, proof)


def said_mask(challenge: Scalar) -> Callable[..., Prover[None]]:
    """e is chosen for a challenge not yet drawn."""

    def prove(running: Running, covers: Covers, matrices: Sequence[Committed], left: Left) -> Prover[None]:
        less = S.mul(challenge, missing(running, covers, left))

        def say(sent: Send) -> Send:
            if sent.label != "opening/mask":
                return sent
            return replace(sent, elements=(S.sub(sent.elements[0], less),))

        yield from saying(prove_left(FAST, "opening", matrices, covers.masks, covers.tails, left), say)

    return prove


def knowing(coroutine: Prover[None] | Verifier[None], receives: bool) -> Prover[None] | Verifier[None]:
    """The challenge after the mask's value is known beforehand, or the one of another proof."""
    try:
        request = next(coroutine)
        while True:
            answer = yield request
            if request.label == "opening/mask":
                answer = replace(answer, challenges=(LAMBDA,)) if receives else (LAMBDA,)
            request = coroutine.send(answer)
    except StopIteration as end:
        return end.value


def test_a_mask_s_value_chosen_after_the_challenge(
    case: Case, false: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = said_mask(LAMBDA)
    refused(case, false, cheat(open=chosen).prove(case, false), "batching")
    honest = hidden_verifier.verify_left
    monkeypatch.setattr(hidden_verifier, "verify_left", lambda *args: knowing(honest(*args), receives=True))
    true = case.instance()
    assert accepts(case, true, cheat(open=known_to_both(prove_honestly)).prove(case, true))
    refused(case, false, cheat(open=known_to_both(prove_honestly)).prove(case, false), "batching")
    assert accepts(case, false, cheat(open=known_to_both(chosen)).prove(case, false))


def prove_honestly(running: Running, covers: Covers, matrices: Sequence[Committed], left: Left) -> Prover[None]:
    yield from prove_left(FAST, "opening", matrices, covers.masks, covers.tails, left)


def known_to_both(prove: Callable[..., Prover[None]]) -> Callable[..., Prover[None]]:
    return lambda *args: knowing(prove(*args), receives=False)


def other_rows(in_block: bool, in_tails: bool) -> Callable[..., Prover[None]]:
    """u (or u_T) is what it should be and something more, so that the equation holds; the block beside less so much."""

    def prove(running: Running, covers: Covers, matrices: Sequence[Committed], left: Left) -> Prover[None]:
        code, tails = covers.tails.code, covers.tails
        drawn: list[Scalar] = []
        lacking = missing(running, covers, left)

        def say(sent: Send) -> Send:
            if sent.label != "opening/combination":
                return sent
            table = read_entries(sent.raw, "", S.p).reshape(-1, 4).copy()
            more = S.mul(drawn[0], lacking)
            if in_tails:
                factor = S.neg(FAST.element(np.ascontiguousarray(left.factors), 0))
                add(table, code.dimension, S.mul(more, S.inverse(factor)))
            else:
                cut = len(left.point) - code.log_columns
                first = FAST.element(FAST.eq_table(left.point[cut:], code.columns), 0)
                more = S.mul(more, S.inverse(S.mul(left.weight, first)))
                add(table, 0, more)
                if in_block:
                    add(table, code.columns, S.neg(more))
            return replace(sent, raw=write_entries(table))

        prover = prove_left(FAST, "opening", matrices, covers.masks, tails, left)
        yield from saying(noting(prover, drawn), say)

    return prove


def noting(prover: Prover[None], drawn: list[Scalar]) -> Prover[None]:
    """The same prover; the challenge after the mask's value is kept."""
    try:
        sent = next(prover)
        while True:
            challenges = yield sent
            drawn += challenges if sent.label == "opening/mask" else ()
            sent = prover.send(challenges)
    except StopIteration:
        return


def add(table: Base, row: int, more: Scalar) -> None:
    table[row] = S.add(tuple(int(c) for c in table[row]), more)


@pytest.mark.parametrize(("in_block", "in_tails"), [(False, False), (True, False), (False, True)])
def test_rows_that_are_not_combined_from_the_committed_ones(
    case: Case, false: Instance, monkeypatch: pytest.MonkeyPatch, in_block: bool, in_tails: bool
) -> None:
    proof = cheat(open=other_rows(in_block, in_tails)).prove(case, false)
    refused(case, false, proof, "opening-columns")
    without_words(monkeypatch)
    assert accepts(case, false, proof)


def test_rows_combined_at_another_point(case: Case) -> None:
    """Of a true claim: other rows than the point says."""
    instance = case.instance()

    def elsewhere(running: Running, covers: Covers, matrices: Sequence[Committed], left: Left) -> Prover[None]:
        moved = replace(left, point=(S.add(left.point[0], S.one), *left.point[1:]))
        yield from prove_left(FAST, "opening", matrices, covers.masks, covers.tails, moved)

    assert refusal_of(instance, cheat(open=elsewhere).prove(case, instance)) == ("opening-value", [])


# -- masks ------------------------------------------------------------------------------------------------------------
def noise(committed: Committed, rows: slice, columns: int | slice) -> Committed:
    """Words of some rows are others, which may be no words of the code."""
    words = committed.codewords.copy()
    words[rows, columns] = np.random.default_rng(5).integers(0, S.p, words[rows, columns].shape, dtype=np.uint32)
    tree = Tree.over(plain.leaf_digests(committed.salts, words), plain.parents)
    return replace(committed, root=tree.root, codewords=words, tree=tree)


@pytest.mark.parametrize("part", [1, 2, 3], ids=["M", "T", "M_T"])
@pytest.mark.parametrize("coordinate", [0, 3])
def test_masks_that_are_no_words(case: Case, monkeypatch: pytest.MonkeyPatch, part: int, coordinate: int) -> None:
    """One row, half of its positions."""

    def spoiled(running: Running, covers: Covers, vector: Base) -> Committed:
        honest = commit(running, covers, vector)
        row = sum(map(len, honest.parts[:part])) + coordinate
        return noise(honest, slice(row, row + 1), slice(0, None, 2))

    instance = case.instance()
    proof = Cheat(below=Below(commit=spoiled)).prove(case, instance)
    assert refusal_of(instance, proof) == ("opening-columns", [])
    without_words(monkeypatch)
    assert accepts(case, instance, proof)


@pytest.mark.parametrize("part", [2, 3], ids=["T", "M_T"])
@pytest.mark.parametrize("place", ["behind it", "the last entry", "a block"])
def test_rows_of_tails_longer_than_their_length(
    case: Case, monkeypatch: pytest.MonkeyPatch, part: int, place: str
) -> None:
    """Words of the code, of rows with one entry more: at 512, where nothing may be, or in a block of their own."""

    def longer(running: Running, covers: Covers, vector: Base) -> Committed:
        honest = commit(running, covers, vector)
        rows = honest.parts[part]
        entries, block = rows.entries.copy(), None
        if place == "a block":
            block = np.zeros((len(entries), 256), dtype=np.uint32)
            block[1, 3] = 5
        else:
            entries[1, covers.tails.length if place == "behind it" else -1] = 5
        parts = (*honest.parts[:part], Rows(entries, block), *honest.parts[part + 1 :])
        return commit_rows(FAST, parts, running.secret.seed, running.plan.instance.log_columns)

    long = replace(case, log_columns=10)
    instance = long.instance()
    proof = Cheat(below=Below(commit=longer)).prove(long, instance)
    assert refusal_of(instance, proof) == ("opening-columns", [])
    without_words(monkeypatch)
    assert accepts(long, instance, proof)
