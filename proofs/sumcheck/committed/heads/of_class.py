"""Which examples have a given class as their first largest logit: every example's class is proven, none left out.

H marks the class of every example (marked.py): all its margins D[n, k] are looked up in [0, high - low], so no class
comes before the marked one; and the selected examples are those marked with the class asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp
from proofs.sumcheck.claims import bits
from proofs.sumcheck.committed.accumulators import Combining
from proofs.sumcheck.committed.heads.head import Ended, Said
from proofs.sumcheck.committed.heads.marked import (
    CHOSEN,
    MARKS,
    Marked,
    chosen_extra,
    margins,
    marks_site,
    one_hot_rows,
)
from proofs.sumcheck.committed.heads.vectors import integers, only, table
from proofs.sumcheck.committed.instance import Instance, OfClass
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.site_values import SiteValues
from proofs.sumcheck.committed.sites import Site, asked
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field, Integers
from proofs.sumcheck.layout.segment import Shape4
from proofs.sumcheck.layout.tensorise import prove_tensor, verify_tensor
from proofs.sumcheck.reductions.claim import Claim

if TYPE_CHECKING:
    from proofs.sumcheck.committed.plan import Plan
    from proofs.sumcheck.committed.running import Running

MARGINS = "margins"


class OfClassHead:
    """ "Exactly the selected examples are of the class wanted"."""

    def __init__(self, instance: Instance) -> None:
        head, tensor = instance.head, instance.network.tensors[-1]
        if not isinstance(head, OfClass):
            raise InvalidInput("a class was expected")
        if not 0 <= head.wanted < tensor.shape[0] or len(head.selected) != instance.count:
            raise InvalidInput(
                f"class {head.wanted} of {tensor.shape[0]}, {len(head.selected)} marks for {instance.count} examples"
            )
        self._head, self._classes, self._count = head, tensor.shape[0], instance.count
        self._span = tensor.high - tensor.low

    def sites(self) -> list[Site]:
        """H and the margins."""
        shape: Shape4 = (self._classes, 1, 1, self._count)
        return [
            marks_site(self._classes, self._count),
            asked(MARGINS, "computed", shape, Clamp(0, self._span, 0, 0)),
        ]

    def extras(self) -> dict[str, Shape4]:
        """S."""
        return chosen_extra(self._count)

    def put(self, running: Running) -> None:
        """Mark every example's class. Raises InvalidInput if others than the selected are of the class."""
        logits, found = running.logits(), self._found(running)
        if ((found == self._head.wanted) != np.array(self._head.selected)).any():
            raise InvalidInput(f"the selected examples are not those of class {self._head.wanted}")
        marks = one_hot_rows(self._classes, found)
        witness, field, sites = running.witness, running.field, running.plan.sites
        witness.put(field, sites[MARKS], SiteValues(None, marks[:, None, None]))
        witness.put(field, sites[MARGINS], SiteValues(margins(logits, found)[:, None, None], None))
        witness.put_extra(field, CHOSEN, (marks * logits).sum(axis=0)[None, None, None])

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        """H and S, the selection, and the margins at a point."""
        field, marked = running.field, self._marked(running.plan)
        logits, found = running.logits(), self._found(running)
        r = yield Send("examples", (), bits(self._count))
        joints = [Joint(claim.functionals) for claim in self._row_claims(field, marked, r)]
        joints += yield from marked.prove_chosen(field, r, one_hot_rows(self._classes, found), logits)
        parts = Combining(field.scalars, eta).placed(ended[MARGINS])
        end = yield from prove_tensor(field, MARGINS, parts, margins(logits, found)[:, None, None])
        return [*joints, marked.margin(field, end.point)]

    def verify(self, field: Field, plan: Plan, said: Said, eta: Scalar) -> Verifier[list[Claim]]:
        """The same. Raises RejectedProof."""
        marked, combining = self._marked(plan), Combining(field.scalars, eta)
        r = (yield Receive("examples", 0, bits(self._count))).challenges
        claims = self._row_claims(field, marked, r)
        claims += yield from marked.verify_chosen(field, r)
        parts = combining.placed([(value.part, value.point) for value in said[MARGINS]])
        end = yield from verify_tensor(field, MARGINS, parts, combining.value(said[MARGINS]))
        return [*claims, Claim(marked.margin(field, end.point).members, end.value)]

    def _row_claims(self, field: Field, marked: Marked, r: tuple[Scalar, ...]) -> list[Claim]:
        """Rows of H sum to 1; its column of the class is the selection."""
        weights = field.eq_table(r, self._count)
        selected = integers(field, np.array(self._head.selected, dtype=np.int64))
        column = table(field, marked.marks, only(field, self._classes, self._head.wanted), weights)
        return [marked.one_hot(field, r), Claim((column,), field.dot(selected, weights))]

    def _marked(self, plan: Plan) -> Marked:
        marks = plan.sites[MARKS].place
        if marks is None:
            raise InvalidInput("the class marks are not committed")
        return Marked(marks, plan.logits, plan.extras[CHOSEN])

    @staticmethod
    def _found(running: Running) -> Integers:
        """The first largest logit's class of every example."""
        found: Integers = running.logits().argmax(axis=0)
        return found
