"""Provers of false claims above the network: their own marks, bits and counts, and all that follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from committed_cheats import FAST, Cheat
from committed_kit import Case
from numpy.typing import NDArray

from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.committed.heads.correct import BEATEN, COUNTED, WON, CorrectHead
from proofs.sumcheck.committed.heads.head import Ended
from proofs.sumcheck.committed.heads.margin_steps import look_up_rows
from proofs.sumcheck.committed.heads.marked import CHOSEN, MARKS, margins, one_hot_rows
from proofs.sumcheck.committed.heads.of_class import MARGINS, OfClassHead
from proofs.sumcheck.committed.heads.reaching import ReachingHead
from proofs.sumcheck.committed.heads.vectors import integers
from proofs.sumcheck.committed.instance import Correct, OfClass, Reaching
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.committed.site_values import SiteValues
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.triple import prove_triple

Table = NDArray[np.integer]


@dataclass
class Answers:
    """What a prover of an accuracy commits to.

    Args:
        marks: H, (K, B). beaten: w, (K, B). counted: c, (B,). chosen: S, (B,).
        won: what is looked up as w D, if that is not what it is. sums: whether S's value is said, not H L's sum.
    """

    marks: Table
    beaten: Table
    counted: Table
    chosen: Table
    won: Table | None = None
    sums: bool = False

    @classmethod
    def honest(cls, case: Case, top_k: int, labels: Table | None = None, correct: int | None = None) -> Answers:
        """Every right example is counted, or the first ``correct``, right or not."""
        logits, labels = case.logits.T, case.labels if labels is None else labels
        classes, needed = len(logits), len(logits) - top_k + 1
        marks = one_hot_rows(classes, labels)
        won = margins(logits, labels) >= 0
        counted = won.sum(axis=0) >= needed
        if correct is not None:
            counted = np.arange(len(labels)) < correct
        beaten = np.zeros((classes, len(labels)), dtype=np.int64)
        for n in np.flatnonzero(counted):
            order = np.argsort(~won[:, n], kind="stable")  # those it beats, then others
            beaten[order[:needed], n] = 1
        return cls(marks, beaten, counted.astype(np.int64), (marks * logits).sum(axis=0))

    def margins(self, logits: Table) -> Table:
        """D, as the verifier reads it from H, S and L."""
        later = self.marks[::-1].cumsum(axis=0)[::-1] - self.marks
        return self.chosen[None] - logits - later


class FalseCorrect(CorrectHead):
    """An accuracy of any answers."""

    def answering(self, answers: Answers) -> FalseCorrect:
        self._answers = answers
        return self

    def put(self, running: Running) -> None:
        said, witness, sites = self._answers, running.witness, running.plan.sites
        for name, value in ((MARKS, said.marks), (BEATEN, said.beaten), (COUNTED, said.counted[None])):
            witness.put(FAST, sites[name], SiteValues(None, value[:, None, None].astype(np.int32)))
        won = said.beaten * said.margins(running.logits()) if said.won is None else said.won
        witness.put(FAST, sites[WON], SiteValues(won[:, None, None].astype(np.int32), None))
        witness.put_extra(FAST, CHOSEN, said.chosen[None, None, None].astype(np.int64))

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        said, logits, marked = self._answers, running.logits(), self._marked(running.plan)
        r = yield Send("examples", (), bits(self._count))
        joints = [Joint(claim.functionals) for claim in self._row_claims(FAST, running.plan, r)]
        chosen = marked.prove_chosen(FAST, r, said.marks.astype(np.int64), logits)
        joints += yield from self._with_sums(r, chosen) if said.sums else chosen
        j = look_up_rows(FAST, ended[WON], eta)
        tables = [said.beaten, said.margins(logits)]
        proven = tables if said.won is None else [said.won, np.ones_like(said.won)]
        ready = (integers(FAST, t.astype(np.int64)).reshape(len(j), -1) for t in proven)
        end = yield from prove_triple(FAST, "margins", j, *ready, (self._classes, self._count))
        yield Send("margins/end", tuple(self._at(table, end.point) for table in tables), 0)
        return joints + self._ends(FAST, running.plan, marked, (end.point[0], (), (), end.point[1]))

    def _at(self, table: Table, point: Point) -> Scalar:
        """The extension of a (K, B) table."""
        columns = FAST.combine_columns(FAST.from_signed(table.astype(np.int64)), FAST.eq_table(point[1], self._count))
        return FAST.dot(columns, FAST.eq_table(point[0], self._classes))

    def _with_sums(self, r: tuple[Scalar, ...], prover: Prover[list[Joint]]) -> Prover[list[Joint]]:
        """The same but for the value said of S, which is the committed one's."""
        request = next(prover)
        chosen = integers(FAST, self._answers.chosen.astype(np.int64))
        request = replace(request, elements=(FAST.dot(chosen, FAST.eq_table(r, self._count)),))
        try:
            while True:
                request = prover.send((yield request))
        except StopIteration as end:
            found: list[Joint] = end.value
            return found


def false_correct(case: Case, head: Correct, answers: Answers) -> Cheat:
    """A prover of an accuracy."""
    return Cheat(head=FalseCorrect(case.instance(head)).answering(answers))


class FalseClass(OfClassHead):
    """Classes as one likes."""

    def saying(self, found: Table) -> FalseClass:
        self._said = found
        return self

    def _found(self, running: Running) -> Table:  # type: ignore[override]
        return self._said

    def put(self, running: Running) -> None:
        logits, witness, sites = running.logits(), running.witness, running.plan.sites
        marks = one_hot_rows(self._classes, self._said)
        witness.put(FAST, sites[MARKS], SiteValues(None, marks[:, None, None]))
        witness.put(FAST, sites[MARGINS], SiteValues(margins(logits, self._said)[:, None, None], None))
        witness.put_extra(FAST, CHOSEN, (marks * logits).sum(axis=0)[None, None, None])


def false_class(case: Case, head: OfClass, found: Table) -> Cheat:
    """A prover that says these classes were found."""
    return Cheat(head=FalseClass(case.instance(head)).saying(found))


class FalseReaching(ReachingHead):
    """Distances below zero."""

    def put(self, running: Running) -> None:
        site = running.plan.sites["distances"]
        running.witness.put(FAST, site, SiteValues(self._distances(running)[None, None, None], None))


def false_reaching(case: Case, head: Reaching) -> Cheat:
    """A prover that says whatever the claim does."""
    return Cheat(head=FalseReaching(case.instance(head)))
