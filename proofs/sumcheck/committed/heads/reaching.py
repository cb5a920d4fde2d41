"""Which examples' logit of a class reaches a threshold: both directions, for every example.

    (2 b_n - 1) (logit[n] - threshold) + (b_n - 1)  in  [0, 2^B)

with b_n public: b_n = 1 shows logit >= threshold, b_n = 0 shows threshold - logit - 1 >= 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp
from proofs.sumcheck.claims import Point
from proofs.sumcheck.committed.accumulators import Combining
from proofs.sumcheck.committed.heads.head import Ended, Said
from proofs.sumcheck.committed.heads.vectors import integers, only, table
from proofs.sumcheck.committed.instance import Instance, Reaching
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.site_values import SiteValues
from proofs.sumcheck.committed.sites import Site, asked
from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field, Integers
from proofs.sumcheck.layout.functional import Product
from proofs.sumcheck.layout.segment import Shape4
from proofs.sumcheck.layout.tensorise import prove_tensor, verify_tensor
from proofs.sumcheck.reductions.claim import Claim

if TYPE_CHECKING:
    from proofs.sumcheck.committed.plan import Plan
    from proofs.sumcheck.committed.running import Running

DISTANCES = "distances"


class ReachingHead:
    """ "Exactly the selected examples reach the threshold"."""

    def __init__(self, instance: Instance) -> None:
        head, tensor = instance.head, instance.network.tensors[-1]
        if not isinstance(head, Reaching):
            raise InvalidInput("a threshold was expected")
        if not 0 <= head.scored < tensor.shape[0] or len(head.selected) != instance.count:
            raise InvalidInput(
                f"class {head.scored} of {tensor.shape[0]}, {len(head.selected)} marks for {instance.count} examples"
            )
        if not tensor.low <= head.threshold <= tensor.high + 1:
            raise InvalidInput(
                f"threshold {head.threshold}: logits are {tensor.low} to {tensor.high}, so use one of {tensor.low} "
                f"(all reach it) to {tensor.high + 1} (none does)"
            )
        self._head, self._classes, self._count = head, tensor.shape[0], instance.count
        self._reach = max(tensor.high - head.threshold, head.threshold - tensor.low - 1)
        self._selected = np.array(head.selected, dtype=np.int64)

    def sites(self) -> list[Site]:
        """The distances."""
        return [asked(DISTANCES, "computed", (1, 1, 1, self._count), Clamp(0, self._reach, 0, 0))]

    def extras(self) -> dict[str, Shape4]:
        """None."""
        return {}

    def put(self, running: Running) -> None:
        """Place the distances. Raises InvalidInput if others than the selected reach the threshold."""
        found = self._distances(running)
        if (found < 0).any():
            raise InvalidInput(f"the selected examples are not those reaching {self._head.threshold}")
        site = running.plan.sites[DISTANCES]
        running.witness.put(running.field, site, SiteValues(found[None, None, None], None))

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        """The distances at a point."""
        field = running.field
        parts = Combining(field.scalars, eta).placed(ended[DISTANCES])
        found = self._distances(running)[None, None, None]
        end = yield from prove_tensor(field, DISTANCES, parts, found)
        return [Joint((self._scores(field, running.plan, end.point),))]

    def verify(self, field: Field, plan: Plan, said: Said, eta: Scalar) -> Verifier[list[Claim]]:
        """The same, the public terms taken away. Raises RejectedProof."""
        combining = Combining(field.scalars, eta)
        parts = combining.placed([(value.part, value.point) for value in said[DISTANCES]])
        end = yield from verify_tensor(field, DISTANCES, parts, combining.value(said[DISTANCES]))
        weights = field.eq_table(end.point[3], self._count)
        public = self._selected - 1 - (2 * self._selected - 1) * self._head.threshold
        value = field.scalars.sub(end.value, field.dot(integers(field, public), weights))
        return [Claim((self._scores(field, plan, end.point),), value)]

    def _scores(self, field: Field, plan: Plan, point: Point) -> Product:
        """sum_n eq(point, n) (2 b_n - 1) logit[scored, n]."""
        signs = integers(field, 2 * self._selected - 1)
        weights = field.mul(field.eq_table(point[3], self._count), signs)
        return table(field, plan.logits, only(field, self._classes, self._head.scored), weights)

    def _distances(self, running: Running) -> Integers:
        scores = running.logits()[self._head.scored]
        found: Integers = (2 * self._selected - 1) * (scores - self._head.threshold) + self._selected - 1
        return found
