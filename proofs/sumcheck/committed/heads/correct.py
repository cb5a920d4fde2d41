"""How many labels are among the first K logits: counted inside the proof, under committed labels.

Committed besides H, S (marked.py): bits c_n, "example n is counted", and bits w[n, k], "its label beats class k".

    sum_k w[n, k] = (classes - top_k + 1) c_n      a counted label beats all classes but top_k - 1, itself included
    w[n, k] D[n, k] in [0, high - low]             where w says so, it does
    sum_k k H[n, k] = label n                      H marks the committed label
    sum_n c_n = correct

Bits are looked up, without which c = (correct, 0, 0, ...) would pass. Only c_n = 1 says anything: a prover may count
fewer than it could.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp
from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.committed.accumulators import Combining
from proofs.sumcheck.committed.heads.head import Ended, Said
from proofs.sumcheck.committed.heads.margin_steps import look_up_at, look_up_rows
from proofs.sumcheck.committed.heads.marked import (
    BITS,
    CHOSEN,
    MARKS,
    Marked,
    chosen_extra,
    margins,
    marks_site,
    one_hot_rows,
)
from proofs.sumcheck.committed.heads.vectors import at_point, integers, ones, table
from proofs.sumcheck.committed.instance import Correct, Instance
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.site_values import SiteValues
from proofs.sumcheck.committed.sites import Site, asked
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field, Integers
from proofs.sumcheck.layout.segment import Segment, Shape4
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.triple import prove_triple, verify_triple

if TYPE_CHECKING:
    from proofs.sumcheck.committed.plan import Plan
    from proofs.sumcheck.committed.running import Running

BEATEN, COUNTED, WON = "beaten classes", "counted examples", "margins won"


class CorrectHead:
    """ "``correct`` examples have their committed label among the top_k first logits"."""

    def __init__(self, instance: Instance) -> None:
        head, tensor = instance.head, instance.network.tensors[-1]
        if not isinstance(head, Correct):
            raise InvalidInput("an accuracy was expected")
        if not instance.chunk.labelled:
            raise InvalidInput("accuracy needs labelled examples; this chunk has no labels")
        self._classes, self._count = tensor.shape[0], instance.count
        if not 1 <= head.top_k <= self._classes or not 0 <= head.correct <= instance.count:
            raise InvalidInput(f"{head.correct} of {instance.count} correct among the top {head.top_k} cannot be")
        self._head, self._span = head, tensor.high - tensor.low

    def sites(self) -> list[Site]:
        """H, w, c, and the margins won."""
        shape: Shape4 = (self._classes, 1, 1, self._count)
        return [
            marks_site(self._classes, self._count),
            asked(BEATEN, "committed", shape, BITS),
            asked(COUNTED, "committed", (1, 1, 1, self._count), BITS),
            asked(WON, "computed", shape, Clamp(0, self._span, 0, 0)),
        ]

    def extras(self) -> dict[str, Shape4]:
        """S."""
        return chosen_extra(self._count)

    def put(self, running: Running) -> None:
        """Count as many examples as claimed. Raises InvalidInput if fewer are right."""
        logits, labels = running.logits(), running.labels()
        if labels.min() < 0 or labels.max() >= self._classes:
            raise InvalidInput(f"labels must be classes 0 to {self._classes - 1}")
        found = margins(logits, labels)
        beaten, counted = self._counted(found)
        witness, field, sites = running.witness, running.field, running.plan.sites
        marks = one_hot_rows(self._classes, labels)
        chosen = (marks * logits).sum(axis=0)
        for name, value in ((MARKS, marks), (BEATEN, beaten), (COUNTED, counted[None])):
            witness.put(field, sites[name], SiteValues(None, _four(value)))
        witness.put(field, sites[WON], SiteValues(_four(beaten * found), None))
        witness.put_extra(field, CHOSEN, chosen[None, None, None])

    def _counted(self, found: Integers) -> tuple[Integers, Integers]:
        """w (K, B) and c (B,): the first ``correct`` examples that are right, each beating just enough classes."""
        needed = self._classes - self._head.top_k + 1
        won = found >= 0
        right = np.flatnonzero(won.sum(axis=0) >= needed)
        if len(right) < self._head.correct:
            raise InvalidInput(f"{len(right)} of {self._count} examples are right, not {self._head.correct}")
        counted = np.zeros(self._count, dtype=np.int32)
        counted[right[: self._head.correct]] = 1
        beaten = won & (np.cumsum(won, axis=0) <= needed) & (counted[None] == 1)
        return beaten.astype(np.int32), counted

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        """H and S, the equations of the rows, and the margins won."""
        field, marked = running.field, self._marked(running.plan)
        logits, labels = running.logits(), running.labels()
        r = yield Send("examples", (), bits(self._count))
        joints = [Joint(claim.functionals) for claim in self._row_claims(field, running.plan, r)]
        marks = one_hot_rows(self._classes, labels)
        joints += yield from marked.prove_chosen(field, r, marks, logits)
        found = margins(logits, labels)
        beaten, _ = self._counted(found)
        j = look_up_rows(field, ended[WON], eta)
        won, margin = (integers(field, table).reshape(len(j), -1) for table in (beaten, found))
        end = yield from prove_triple(field, "margins", j, won, margin, (self._classes, self._count))
        yield Send("margins/end", (end.a_value, end.b_value), 0)
        return joints + self._ends(field, running.plan, marked, (end.point[0], (), (), end.point[1]))

    def verify(self, field: Field, plan: Plan, said: Said, eta: Scalar) -> Verifier[list[Claim]]:
        """The same. Raises RejectedProof."""
        marked, scalars = self._marked(plan), field.scalars
        r = (yield Receive("examples", 0, bits(self._count))).challenges
        claims = self._row_claims(field, plan, r)
        claims += yield from marked.verify_chosen(field, r)
        value = Combining(scalars, eta).value(said[WON])
        end = yield from verify_triple(scalars, "margins", value, (self._classes, self._count))
        won, margin = (yield Receive("margins/end", 2, 0, products=((0, 1),))).elements
        point = (end.point[0], (), (), end.point[1])
        weight = look_up_at(field, [(v.part, v.point) for v in said[WON]], eta, point)
        detail = "the margins looked up are not those of the counted examples"
        scalars.require_equal(scalars.mul(weight, scalars.mul(won, margin)), end.value, "margins", detail)
        joints = self._ends(field, plan, marked, point)
        return claims + [Claim(j.members, v) for j, v in zip(joints, (won, margin), strict=True)]

    def _row_claims(self, field: Field, plan: Plan, r: tuple[Scalar, ...]) -> list[Claim]:
        """The equations of H, w and c, their rows folded at r, and the count."""
        scalars, weights = field.scalars, field.eq_table(r, self._count)
        beaten, counted, labels = _place(plan, BEATEN), _place(plan, COUNTED), plan.chunk.labels
        if labels is None:
            raise InvalidInput("accuracy needs labelled examples")
        every, one = ones(field, self._classes), field.pack([scalars.one])
        needed = field.pack([scalars.from_int(self._head.top_k - 1 - self._classes)])
        minus = field.pack([scalars.from_int(-1)])
        index = integers(field, np.arange(self._classes))
        marks = self._marked(plan).marks
        of_labels = (table(field, marks, index, weights), table(field, labels, minus, weights))
        of_beaten = (table(field, beaten, every, weights), table(field, counted, needed, weights))
        everyone = table(field, counted, one, ones(field, self._count))
        return [
            self._marked(plan).one_hot(field, r),
            Claim(of_labels, scalars.zero),
            Claim(of_beaten, scalars.zero),
            Claim((everyone,), scalars.from_int(self._head.correct)),
        ]

    def _ends(self, field: Field, plan: Plan, marked: Marked, point: Point) -> list[Joint]:
        return [Joint((at_point(field, _place(plan, BEATEN), point),)), marked.margin(field, point)]

    def _marked(self, plan: Plan) -> Marked:
        return Marked(_place(plan, MARKS), plan.logits, plan.extras[CHOSEN])


def _place(plan: Plan, name: str) -> Segment:
    found = plan.sites[name].place
    if found is None:
        raise InvalidInput(f"{name} are not committed")
    return found


def _four(values: Integers) -> Integers:
    """(K, B) as (K, 1, 1, B)."""
    return values[:, None, None, :]
