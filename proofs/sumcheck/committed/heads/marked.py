"""One-hot rows and margins: the parts that accuracy and the class of an example share.

For every example n, H is the one-hot row of a class l_n, S the logit of that class, L the logits, and

    D[n, k] = S[n] - L[n, k] - [k < l_n]

is not negative exactly if class l_n comes before class k, an equal logit of a lower class coming first. [k < l_n] is
the sum of H[n, k'] over k' > k, so D is linear in H, S and L. Proven of H and S, at a fresh point r of the examples:
H's entries are bits (looked up), its rows sum to 1, and S[n] = sum_k H[n, k] L[n, k].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.networks.network import Clamp
from proofs.sumcheck.claims import Point
from proofs.sumcheck.committed.heads.vectors import at_point, earlier, integers, negated, ones, table, total_of
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.sites import Site, asked
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field, Integers
from proofs.sumcheck.functionals import overlap
from proofs.sumcheck.layout.segment import Segment, Shape4
from proofs.sumcheck.mle import indicator
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.triple import prove_triple, verify_triple

BITS = Clamp(0, 1, 0, 0)
MARKS, CHOSEN = "class marks", "chosen logits"


def marks_site(classes: int, count: int) -> Site:
    """H, (classes, 1, 1, count)."""
    return asked(MARKS, "committed", (classes, 1, 1, count), BITS)


def chosen_extra(count: int) -> dict[str, Shape4]:
    """S, (1, 1, 1, count)."""
    return {CHOSEN: (1, 1, 1, count)}


@dataclass(frozen=True, slots=True)
class Marked:
    """Where H, L and S lie in the flat vector."""

    marks: Segment
    logits: Segment
    chosen: Segment

    @property
    def classes(self) -> int:
        """K."""
        return self.logits.shape[0]

    @property
    def count(self) -> int:
        """B."""
        return self.logits.shape[3]

    def one_hot(self, field: Field, r: tuple[Scalar, ...]) -> Claim:
        """Rows of H sum to 1."""
        functional = table(field, self.marks, ones(field, self.classes), field.eq_table(r, self.count))
        return Claim((functional,), indicator(field.scalars, r, self.count))

    def margin(self, field: Field, point: Point) -> Joint:
        """D at a point."""
        classes, examples = field.eq_table(point[0], self.classes), field.eq_table(point[3], self.count)
        every = field.pack([total_of(field, classes)])
        return Joint(
            (
                table(field, self.chosen, every, examples),
                table(field, self.logits, negated(field, classes), examples),
                table(field, self.marks, negated(field, earlier(field, classes)), examples),
            )
        )

    def prove_chosen(
        self, field: Field, r: tuple[Scalar, ...], marks: Integers, logits: Integers
    ) -> Prover[list[Joint]]:
        """S at r is the sum of H L there. marks, logits: (K, B)."""
        weights = field.eq_table(r, self.count)
        chosen = integers(field, (marks * logits).sum(axis=0))
        yield Send("chosen", (field.dot(chosen, weights),), 0)
        j = np.ascontiguousarray(np.broadcast_to(weights[:, None, :], (len(weights), *marks.shape)))
        tables = (j, integers(field, marks), integers(field, logits))
        first, second, third = (entries.reshape(len(entries), -1) for entries in tables)
        shape = (self.classes, self.count)
        end = yield from prove_triple(field, "chosen", first, second, third, shape)
        yield Send("chosen/end", (end.a_value, end.b_value), 0)
        return self._joints(field, r, (end.point[0], (), (), end.point[1]))

    def verify_chosen(self, field: Field, r: tuple[Scalar, ...]) -> Verifier[list[Claim]]:
        """The same; leaves a claim on S, H and L each. Raises RejectedProof."""
        scalars = field.scalars
        (value,) = (yield Receive("chosen", 1, 0)).elements
        end = yield from verify_triple(scalars, "chosen", value, (self.classes, self.count))
        mark, logit = (yield Receive("chosen/end", 2, 0, products=((0, 1),))).elements
        weight = overlap(scalars, r, end.point[1], self.count)
        weight = scalars.mul(weight, indicator(scalars, end.point[0], self.classes))
        detail = "the logits of the marked classes do not follow from marks and logits"
        scalars.require_equal(scalars.mul(weight, scalars.mul(mark, logit)), end.value, "chosen", detail)
        joints = self._joints(field, r, (end.point[0], (), (), end.point[1]))
        values = (value, mark, logit)
        return [Claim(joint.members, found) for joint, found in zip(joints, values, strict=True)]

    def _joints(self, field: Field, r: tuple[Scalar, ...], point: Point) -> list[Joint]:
        one = field.pack([field.scalars.one])
        return [
            Joint((table(field, self.chosen, one, field.eq_table(r, self.count)),)),
            Joint((at_point(field, self.marks, point),)),
            Joint((at_point(field, self.logits, point),)),
        ]


def one_hot_rows(classes: int, labels: Integers) -> Integers:
    """H, (K, B), of labels (B,)."""
    found: Integers = (np.arange(classes)[:, None] == labels[None, :]).astype(np.int32)
    return found


def margins(logits: Integers, labels: Integers) -> Integers:
    """D, (K, B), of logits (K, B) and labels (B,)."""
    chosen = logits[labels, np.arange(logits.shape[1])]
    lower = np.arange(len(logits))[:, None] < labels[None, :]
    found: Integers = chosen[None, :] - logits - lower
    return found
