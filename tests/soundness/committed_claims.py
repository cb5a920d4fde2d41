"""Provers of false claims above the network: their own marks, bits and counts, and all that follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from committed_cheats import FAST, Cheat
from committed_kit import Case
from numpy.typing import NDArray

from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.committed.accumulators import Combining
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
from proofs.sumcheck.fields import Ext, Scalar
from proofs.sumcheck.layout.tensorise import prove_tensor
from proofs.sumcheck.triple import prove_triple

Table = NDArray[np.integer]


@dataclass
class Answers:
    """What a prover of an accuracy commits to.

    Args:
        marks: H, (K, B). beaten: w, (K, B). counted: c, (B,). chosen: S, (B,).
        said: tables that the sum-checks run over in place of the committed ones, by name: "marks", "logits",
            "beaten", "margins", (K, B); and "chosen", (B,). won: what is looked up, if not their product.
        true_ends: whether the values at the margins' end are nevertheless the committed ones.
    """

    marks: Table
    beaten: Table
    counted: Table
    chosen: Table
    said: dict[str, Table] = field(default_factory=dict)
    won: Table | None = None
    true_ends: bool = False

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
    """An accuracy of any answers; of the claims on S, H and L the first ``skipped`` are left out."""

    skipped = 0

    def answering(self, answers: Answers) -> FalseCorrect:
        self._answers = answers
        return self

    def put(self, running: Running) -> None:
        said, witness, sites = self._answers, running.witness, running.plan.sites
        for name, value in ((MARKS, said.marks), (BEATEN, said.beaten), (COUNTED, said.counted[None])):
            witness.put(FAST, sites[name], SiteValues(None, value[:, None, None].astype(np.int32)))
        beaten, margin = self._margins(running)
        won = beaten * margin if said.won is None else said.won
        witness.put(FAST, sites[WON], SiteValues(won[:, None, None].astype(np.int32), None))
        witness.put_extra(FAST, CHOSEN, said.chosen[None, None, None].astype(np.int64))

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        said, marked, shape = self._answers, self._marked(running.plan), (self._classes, self._count)
        r = yield Send("examples", (), bits(self._count))
        joints = [Joint(claim.functionals) for claim in self._row_claims(FAST, running.plan, r)]
        weights = FAST.eq_table(r, self._count)
        marks, logits = said.said.get("marks", said.marks), said.said.get("logits", running.logits())
        chosen = integers(FAST, said.said.get("chosen", said.chosen).astype(np.int64))
        yield Send("chosen", (FAST.dot(chosen, weights),), 0)
        spread = np.ascontiguousarray(np.broadcast_to(weights[:, None, :], (len(weights), *shape))).reshape(4, -1)
        end = yield from prove_triple(FAST, "chosen", spread, flat(marks), flat(logits), shape)
        yield Send("chosen/end", (self._at(marks, end.point), self._at(logits, end.point)), 0)
        joints += marked._joints(FAST, r, (end.point[0], (), (), end.point[1]))[self.skipped :]
        j = look_up_rows(FAST, ended[WON], eta)
        tables = self._margins(running)
        proven = tables if said.won is None else (said.won, np.ones_like(said.won))
        end = yield from prove_triple(FAST, "margins", j, *map(flat, proven), shape)
        ends = (said.beaten, said.margins(running.logits())) if said.true_ends else tables
        yield Send("margins/end", tuple(self._at(table, end.point) for table in ends), 0)
        return joints + self._ends(FAST, running.plan, marked, (end.point[0], (), (), end.point[1]))

    def _margins(self, running: Running) -> tuple[Table, Table]:
        """w and D as said."""
        said = self._answers
        return said.said.get("beaten", said.beaten), said.said.get("margins", said.margins(running.logits()))

    def _at(self, table: Table, point: Point) -> Scalar:
        """The extension of a (K, B) table."""
        columns = FAST.combine_columns(FAST.from_signed(table.astype(np.int64)), FAST.eq_table(point[1], self._count))
        return FAST.dot(columns, FAST.eq_table(point[0], self._classes))


def flat(table: Table) -> Ext:
    """An extension array of a table's entries."""
    return integers(FAST, table.astype(np.int64)).reshape(4, -1)


def false_correct(case: Case, head: Correct, answers: Answers) -> Cheat:
    """A prover of an accuracy."""
    return Cheat(head=FalseCorrect(case.instance(head)).answering(answers))


class FalseClass(OfClassHead):
    """Classes as one likes; or marks as one likes, and margins looked up that are not theirs."""

    def saying(self, found: Table, marks: Table | None, looked_up: Callable[[Table], Table]) -> FalseClass:
        self._said, self._looked_up = found, looked_up
        self._marks = one_hot_rows(self._classes, found) if marks is None else marks
        return self

    def put(self, running: Running) -> None:
        witness, sites = running.witness, running.plan.sites
        witness.put(FAST, sites[MARKS], SiteValues(None, self._marks[:, None, None].astype(np.int32)))
        witness.put(FAST, sites[MARGINS], SiteValues(self._margins(running), None))
        witness.put_extra(FAST, CHOSEN, self._chosen(running)[None, None, None])

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        marked, logits = self._marked(running.plan), running.logits()
        r = yield Send("examples", (), bits(self._count))
        joints = [Joint(claim.functionals) for claim in self._row_claims(FAST, marked, r)]
        joints += yield from marked.prove_chosen(FAST, r, self._marks, logits)
        parts = Combining(FAST.scalars, eta).placed(ended[MARGINS])
        end = yield from prove_tensor(FAST, MARGINS, parts, self._margins(running))
        return [*joints, marked.margin(FAST, end.point)]

    def _chosen(self, running: Running) -> Table:
        return (self._marks * running.logits()).sum(axis=0)

    def _margins(self, running: Running) -> Table:
        later = self._marks[::-1].cumsum(axis=0)[::-1] - self._marks
        return self._looked_up(self._chosen(running)[None] - running.logits() - later)[:, None, None]


def false_class(
    case: Case,
    head: OfClass,
    found: Table,
    marks: Table | None = None,
    looked_up: Callable[[Table], Table] = lambda margins: margins,
) -> Cheat:
    """A prover that says these classes were found."""
    return Cheat(head=FalseClass(case.instance(head)).saying(found, marks, looked_up))


class FalseReaching(ReachingHead):
    """Distances below zero, or the others' size."""

    turned = False

    def put(self, running: Running) -> None:
        site = running.plan.sites["distances"]
        running.witness.put(FAST, site, SiteValues(self._distances(running)[None, None, None], None))

    def _distances(self, running: Running) -> Table:
        found = super()._distances(running)
        return np.maximum(found, 0) if self.turned else found


def false_reaching(case: Case, head: Reaching, turned: bool = False) -> Cheat:
    """A prover that says whatever the claim does."""
    prover = FalseReaching(case.instance(head))
    prover.turned = turned
    return Cheat(head=prover)
