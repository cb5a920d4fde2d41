"""False accuracies, classes and scores: each way to count more than is right, and the check that stops just it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from committed_cheats import FAST, Cheat, P, accepts, lied, refused
from committed_claims import Answers, FalseCorrect, false_class, false_correct, false_reaching
from committed_kit import MODES, Case, every_kind, of_class, reaching

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp
from proofs.sumcheck.committed.heads import correct, marked
from proofs.sumcheck.committed.heads import of_class as of_class_module
from proofs.sumcheck.committed.heads import reaching as reaching_module
from proofs.sumcheck.committed.heads.head import HeadProtocol
from proofs.sumcheck.committed.heads.marked import one_hot_rows
from proofs.sumcheck.committed.instance import Chunk, Correct, OfClass, Outputs, Reaching
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.fields import Base
from proofs.sumcheck.layout.arrange import flatten, unflatten

TOPS = pytest.mark.parametrize("top_k", [1, 3])


@pytest.fixture(scope="module", params=MODES)
def case(request: pytest.FixtureRequest) -> Case:
    return every_kind(FAST, 9).in_mode(request.param)


def with_table(monkeypatch: pytest.MonkeyPatch, head: type[HeadProtocol], name: str, table: Clamp) -> None:
    """Sites of a name look up in another table, on both sides."""
    honest = head.sites
    changed = lambda self: [replace(s, table=table) if s.name == name else s for s in honest(self)]  # noqa: E731
    monkeypatch.setattr(head, "sites", changed)


def without_claim(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """One of accuracy's row equations is not looked at, by either side."""
    honest = correct.CorrectHead._row_claims

    def rows(self: object, *args: object) -> list[object]:
        claims = honest(self, *args)
        return claims[:number] + claims[number + 1 :]

    monkeypatch.setattr(correct.CorrectHead, "_row_claims", rows)


def without_first(honest: Callable[..., Iterator[object]]) -> Callable[..., Iterator[object]]:
    """A side of a conversation whose first claim is dropped."""

    def side(*args: object) -> Iterator[object]:
        claims = yield from honest(*args)
        return claims[1:]

    return side


def test_the_cheats_prove_what_is_true(case: Case) -> None:
    for top_k in (1, 2, 5):
        head = case.right(top_k)
        cheat = false_correct(case, head, Answers.honest(case, top_k))
        assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))
    head = of_class(case, 0)
    cheat = false_class(case, head, case.logits.argmax(axis=1))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


# -- accuracy --------------------------------------------------------------------------------------------------------
@TOPS
def test_more_than_were_counted(case: Case, monkeypatch: pytest.MonkeyPatch, top_k: int) -> None:
    right = case.right(top_k)
    head = replace(right, correct=right.correct + 1)
    cheat = false_correct(case, head, Answers.honest(case, top_k))
    lied(case, head, cheat, "batching")
    without_claim(monkeypatch, 3)
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


@TOPS
def test_a_wrong_example_counted(case: Case, monkeypatch: pytest.MonkeyPatch, top_k: int) -> None:
    """Its label is said to beat a class that it does not beat."""
    right = case.right(top_k)
    head = replace(right, correct=min(right.correct + 1, 9))
    answers = Answers.honest(case, top_k, correct=head.correct)
    cheat = false_correct(case, head, answers)
    assert (answers.beaten * answers.margins(case.logits.T)).min() < 0
    lied(case, head, cheat, "lookup-balance")
    with_table(monkeypatch, correct.CorrectHead, correct.WON, Clamp(-500, 500, 0, 0))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


@TOPS
def test_an_example_counted_with_too_few_beaten(case: Case, monkeypatch: pytest.MonkeyPatch, top_k: int) -> None:
    """Top-k with k classes before it: as many bits as are needed, less one."""
    head = replace(case.right(top_k), correct=9)
    answers = Answers.honest(case, top_k, correct=9)
    answers.beaten[answers.margins(case.logits.T) < 0] = 0
    cheat = false_correct(case, head, answers)
    lied(case, head, cheat, "batching")
    without_claim(monkeypatch, 2)
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


@TOPS
def test_counts_that_are_no_bits(case: Case, monkeypatch: pytest.MonkeyPatch, top_k: int) -> None:
    """c = (A, 0, 0, ...): the sum is right, and one example's bits are multiplied."""
    head, answers = Correct(top_k, 9), Answers.honest(case, top_k)
    best = int(np.flatnonzero(answers.counted)[0])
    answers.counted[:] = 0
    answers.counted[best] = 9
    answers.beaten = answers.beaten * answers.counted[None]
    cheat = false_correct(case, head, answers)
    lied(case, head, cheat, "lookup-balance")
    with_table(monkeypatch, correct.CorrectHead, correct.COUNTED, Clamp(0, 9, 0, 0))
    instance = case.instance(head)
    refused(case, instance, cheat.prove(case, instance), "lookup-balance")
    with_table(monkeypatch, correct.CorrectHead, correct.BEATEN, Clamp(0, 9, 0, 0))
    with_table(monkeypatch, correct.CorrectHead, correct.WON, Clamp(0, 5000, 0, 0))
    assert accepts(case, instance, cheat.prove(case, instance))


@TOPS
def test_one_class_beaten_many_times(case: Case, monkeypatch: pytest.MonkeyPatch, top_k: int) -> None:
    """w = (classes - top_k + 1, 0, ...) on the label itself, whose margin is zero."""
    head, answers = Correct(top_k, 9), Answers.honest(case, top_k, correct=9)
    answers.beaten = answers.marks * (5 - top_k + 1)
    cheat = false_correct(case, head, answers)
    lied(case, head, cheat, "lookup-balance")
    with_table(monkeypatch, correct.CorrectHead, correct.BEATEN, Clamp(0, 5, 0, 0))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


def test_other_labels(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks of the classes found, whatever the committed labels."""
    head = Correct(1, 9)
    cheat = false_correct(case, head, Answers.honest(case, 1, case.logits.argmax(axis=1)))
    lied(case, head, cheat, "batching")
    without_claim(monkeypatch, 1)
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


def test_marks_that_are_not_one_hot(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Class 0 marked beside the label: the sum of their logits beats every class, and 0 adds nothing to the label."""
    changed = replace(case, labels=np.full(9, 2))
    assert changed.right(1).correct == 0
    answers = Answers.honest(changed, 1)
    answers.marks[0] = 1
    answers.chosen = (answers.marks * changed.logits.T).sum(axis=0)
    head = counting(answers, changed)
    cheat = false_correct(changed, head, answers)
    lied(changed, head, cheat, "batching")
    without_claim(monkeypatch, 0)
    assert accepts(changed, changed.instance(head), cheat.prove(changed, changed.instance(head)))


def counting(answers: Answers, case: Case) -> Correct:
    """Everything counted whose margins are in range."""
    margins = answers.margins(case.logits.T)
    tensor = case.network.tensors[-1]
    answers.counted = ((margins >= 0) & (margins <= tensor.high - tensor.low)).all(axis=0).astype(np.int64)
    answers.beaten = np.broadcast_to(answers.counted, margins.shape).copy()
    assert answers.counted.sum() > 0
    return Correct(1, int(answers.counted.sum()))


def test_marks_that_are_no_bits(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that sum to 1 and to the label, with 1 - a in one place and a in another."""
    changed = replace(case, labels=np.full(9, 2))
    assert changed.right(1).correct == 0
    answers = Answers.honest(changed, 1, correct=9)
    answers.marks = np.zeros((5, 9), dtype=np.int64)
    answers.marks[0], answers.marks[1], answers.marks[3] = 1, -1, 1  # sum 1, and 3 - 1 = 2
    answers.chosen = (answers.marks * changed.logits.T).sum(axis=0)
    head = counting(answers, changed)
    cheat = false_correct(changed, head, answers)
    lied(changed, head, cheat, "lookup-balance")
    with_table(monkeypatch, correct.CorrectHead, correct.MARKS, Clamp(-1, 1, 0, 0))
    assert accepts(changed, changed.instance(head), cheat.prove(changed, changed.instance(head)))


def test_another_logit_chosen(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """S is said to be the largest logit, whatever the marks; the sum-check of S = sum H L stops it."""
    head, answers = Correct(1, 9), Answers.honest(case, 1, correct=9)
    answers.chosen = case.logits.max(axis=1) + 1
    answers.beaten = np.ones((5, 9), dtype=np.int64)
    answers.said = {"chosen": (answers.marks * case.logits.T).sum(axis=0)}
    cheat = false_correct(case, head, answers)
    assert (answers.margins(case.logits.T) >= 0).all()
    lied(case, head, cheat, "batching")
    monkeypatch.setattr(FalseCorrect, "skipped", 1)
    monkeypatch.setattr(marked.Marked, "verify_chosen", without_first(marked.Marked.verify_chosen))
    with_table(monkeypatch, correct.CorrectHead, correct.WON, Clamp(0, 900, 0, 0))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


def test_a_chosen_logit_said_to_be_the_committed_one(case: Case) -> None:
    """The same, S's own value said: then the sum-check of H L ends in something else."""
    head, answers = Correct(1, 9), Answers.honest(case, 1, correct=9)
    answers.chosen = case.logits.max(axis=1) + 1
    answers.beaten = np.ones((5, 9), dtype=np.int64)
    lied(case, head, false_correct(case, head, answers), "chosen")
    logits = np.broadcast_to(answers.chosen, (5, 9))  # as if every logit were S: their claim is false
    lied(case, head, false_correct(case, head, replace(answers, said={"logits": logits})), "batching")
    inverses = np.vectorize(lambda value: pow(int(value), -1, P))(case.logits.T)
    marks = answers.marks * answers.chosen * inverses % P  # as if marks were S over the logit: theirs is
    lied(case, head, false_correct(case, head, replace(answers, said={"marks": marks})), "batching")


@TOPS
def test_margins_looked_up_that_are_not_those_of_the_bits(case: Case, top_k: int) -> None:
    """Looked up are zeros, whatever is counted: the look-ups end at bits times margins, or are refused."""
    head, answers = Correct(top_k, 9), Answers.honest(case, top_k, correct=9)
    assert (answers.beaten * answers.margins(case.logits.T)).min() < 0
    zero = np.zeros((5, 9), dtype=np.int64)
    cheat = replace(answers, won=zero, true_ends=True)
    lied(case, head, false_correct(case, head, cheat), "margins")
    for said in ({"beaten": zero}, {"margins": np.maximum(answers.margins(case.logits.T), 0)}):
        lied(case, head, false_correct(case, head, replace(answers, said=said)), "batching")


def test_one_example_counted_twice(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the top 4 of 5 a label beats two classes, itself included; one that beats four has bits for two."""
    right = case.right(4)
    head, answers = replace(right, correct=right.correct + 1), Answers.honest(case, 4)
    best = int(np.flatnonzero((answers.margins(case.logits.T) >= 0).sum(axis=0) >= 4)[0])
    answers.counted[best] = 2
    answers.beaten[:, best] = answers.margins(case.logits.T)[:, best] >= 0
    answers.beaten[np.flatnonzero(answers.beaten[:, best])[4:], best] = 0
    cheat = false_correct(case, head, answers)
    lied(case, head, cheat, "lookup-balance")
    clean = replace(answers, counted=np.minimum(answers.counted, 1))

    def twice(running: Running) -> Base:
        """Looked up is 1, committed 2."""
        vector, place = running.witness.vector.copy(), running.plan.sites[correct.COUNTED].place
        assert place is not None
        entries = unflatten(place, vector[place.offset : place.end]).copy()
        entries[0, 0, 0, best] = 2
        vector[place.offset : place.end] = flatten(place, entries)
        return vector

    other = replace(false_correct(case, head, clean), instead=twice)
    lied(case, head, other, "batching")
    with_table(monkeypatch, correct.CorrectHead, correct.COUNTED, Clamp(0, 2, 0, 0))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


# -- ties ------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def tied(case: Case) -> Case:
    """Classes 0 and 3 always have one logit: the weights and biases of one are the other's."""
    weights = dict(case.weights)
    last = weights[6]
    weight, bias = last.weight.copy(), last.bias.copy()
    weight[3], bias[3] = weight[0], bias[0]
    weights[6] = replace(last, weight=weight, bias=bias)
    found = replace(case, weights=weights, labels=np.full(9, 3))
    assert (found.logits[:, 0] == found.logits[:, 3]).all()
    assert (found.logits.argmax(axis=1) == 0).any()
    return found


def test_a_tie_goes_to_the_lower_class(tied: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tied.right(1).correct == 0
    number = int((tied.logits.max(axis=1) == tied.logits[:, 3]).sum())
    head, answers = Correct(1, number), Answers.honest(tied, 1)
    answers.counted = (tied.logits.max(axis=1) == tied.logits[:, 3]).astype(np.int64)
    answers.beaten = np.broadcast_to(answers.counted, (5, 9)).copy()
    assert (answers.beaten * answers.margins(tied.logits.T)).min() == -1
    cheat = false_correct(tied, head, answers)
    lied(tied, head, cheat, "lookup-balance")
    with_table(monkeypatch, correct.CorrectHead, correct.WON, Clamp(-1, 254, 0, 0))
    assert accepts(tied, tied.instance(head), cheat.prove(tied, tied.instance(head)))


def test_a_tie_does_not_make_the_higher_class_first(tied: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tied.logits.argmax(axis=1)
    found = np.where(found == 0, 3, found)
    head = OfClass(3, tuple((found == 3).tolist()))
    assert head.selected != of_class(tied, 3).selected
    cheat = false_class(tied, head, found)
    lied(tied, head, cheat, "lookup-balance")
    with_table(monkeypatch, of_class_module.OfClassHead, of_class_module.MARGINS, Clamp(-1, 254, 0, 0))
    assert accepts(tied, tied.instance(head), cheat.prove(tied, tied.instance(head)))


# -- retrieval -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("flipped", [0, 4, 8])
def test_one_example_too_few_or_too_many(case: Case, monkeypatch: pytest.MonkeyPatch, flipped: int) -> None:
    """Marks follow the selection: a margin is negative."""
    found = case.logits.argmax(axis=1).copy()
    found[flipped] = 0 if found[flipped] else 1
    head = OfClass(0, tuple((found == 0).tolist()))
    cheat = false_class(case, head, found)
    lied(case, head, cheat, "lookup-balance")
    with_table(monkeypatch, of_class_module.OfClassHead, of_class_module.MARGINS, Clamp(-500, 500, 0, 0))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


def test_an_example_of_two_classes(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked for its own class and for another: the sum of both logits beats every class."""
    logits, found = case.logits.T, case.logits.argmax(axis=1)
    marks = np.array(one_hot_rows(5, found))
    n = int(np.flatnonzero((found == 0) & (logits[2] > 0))[0])
    marks[2, n] = 1
    head = OfClass(2, tuple((marks[2] == 1).tolist()))
    assert head != of_class(case, 2)
    lied(case, head, false_class(case, head, found, marks), "batching")


def test_margins_that_are_not_those_of_the_marks(case: Case) -> None:
    """Looked up are the margins, none below zero."""
    found = np.where(np.arange(9) == 4, 1, case.logits.argmax(axis=1))
    head = OfClass(1, tuple((found == 1).tolist()))
    assert head != of_class(case, 1)
    lied(case, head, false_class(case, head, found, None, lambda margins: np.maximum(margins, 0)), "batching")


def test_distances_that_are_not_those_of_the_scores(case: Case) -> None:
    true = reaching(case, 3, int(np.sort(case.logits[:, 3])[4]))
    head = replace(true, selected=tuple(not bit for bit in true.selected))
    lied(case, head, false_reaching(case, head, turned=True), "batching")


def test_a_selection_other_than_the_marks(case: Case) -> None:
    head = of_class(case, 0)
    head = replace(head, selected=tuple(not bit for bit in head.selected))
    lied(case, head, false_class(case, head, case.logits.argmax(axis=1)), "batching")


@pytest.mark.parametrize("flipped", range(9))
def test_a_score_on_the_other_side(case: Case, monkeypatch: pytest.MonkeyPatch, flipped: int) -> None:
    """Both directions: one that reaches the threshold left out, one that does not put in."""
    true = reaching(case, 3, int(np.sort(case.logits[:, 3])[4]))
    selected = tuple(bit != (n == flipped) for n, bit in enumerate(true.selected))
    head = replace(true, selected=selected)
    cheat = false_reaching(case, head)
    lied(case, head, cheat, "lookup-balance")
    with_table(monkeypatch, reaching_module.ReachingHead, reaching_module.DISTANCES, Clamp(-500, 500, 0, 0))
    assert accepts(case, case.instance(head), cheat.prove(case, case.instance(head)))


def test_an_output_said_otherwise(case: Case) -> None:
    wrong = case.logits.copy()
    wrong[2, 2] += 1
    instance = case.instance(Outputs(wrong))
    refused(case, instance, Cheat(put=False).prove(case, instance), "batching")


# -- claims that cannot be ------------------------------------------------------------------------------------------
def test_claims_that_cannot_be_true_are_refused_beforehand(case: Case) -> None:
    bits = (True,) * 9
    low = case.network.tensors[-1].low
    wrong = case.logits.copy()
    wrong[0, 0] = 128
    heads: list[object] = [Correct(0, 1), Correct(6, 1), Correct(1, 10), Correct(1, -1), OfClass(5, bits)]
    heads += [OfClass(-1, bits), OfClass(0, bits[:-1]), Reaching(5, 0, bits), Reaching(-1, 0, bits), Outputs(wrong)]
    heads += [Reaching(0, 0, (*bits, True)), Reaching(0, 129, bits), Reaching(0, low - 1, bits), Outputs(wrong[1:])]
    for head in heads:
        with pytest.raises(InvalidInput):
            make_plan(case.instance(head))
    instance = case.instance(case.right(1))
    with pytest.raises(InvalidInput, match="no labels"):
        make_plan(replace(instance, chunk=Chunk(instance.chunk.matrix, instance.chunk.examples, False)))
