"""Logits in the open: their tensor at a fresh point is what the verifier makes of the outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Point, bits
from proofs.sumcheck.committed.heads.head import Ended, Said
from proofs.sumcheck.committed.heads.vectors import at_point
from proofs.sumcheck.committed.instance import Instance, Outputs
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.sites import Site
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.layout.segment import Shape4
from proofs.sumcheck.reductions.claim import Claim

if TYPE_CHECKING:
    from proofs.sumcheck.committed.plan import Plan
    from proofs.sumcheck.committed.running import Running


class OutputsHead:
    """ "These are the logits": int64 (count, classes), which the transcript holds from the start."""

    def __init__(self, instance: Instance) -> None:
        if not isinstance(instance.head, Outputs):
            raise InvalidInput("outputs were expected")
        tensor, values = instance.network.tensors[-1], instance.head.values
        if values.shape != (instance.count, tensor.shape[0]):
            raise InvalidInput(f"outputs of shape {values.shape}, must be {(instance.count, tensor.shape[0])}")
        if values.min() < tensor.low or values.max() > tensor.high:
            raise InvalidInput(f"an output is outside {tensor.low} to {tensor.high}")
        self._values = values

    def sites(self) -> list[Site]:
        """None."""
        return []

    def extras(self) -> dict[str, Shape4]:
        """None."""
        return {}

    def put(self, running: Running) -> None:
        """The outputs are the execution's own."""
        own = running.tensor(len(running.plan.instance.network.nodes))
        if (own.reshape(own.shape[0], -1).T != self._values).any():
            raise InvalidInput("the outputs are not those of the network")

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        """Wait for the point."""
        drawn = yield Send("outputs", (), self._variables)
        segment = running.plan.tensor(len(running.plan.instance.network.nodes))
        return [Joint((at_point(running.field, segment, self._point(drawn)),))]

    def verify(self, field: Field, plan: Plan, said: Said, eta: Scalar) -> Verifier[list[Claim]]:
        """The outputs' extension at the point is the verifier's own."""
        point = self._point((yield Receive("outputs", 0, self._variables)).challenges)
        count, classes = self._values.shape
        columns = field.combine_columns(field.from_signed(self._values.T), field.eq_table(point[3], count))
        value = field.dot(columns, field.eq_table(point[0], classes))
        segment = plan.tensor(len(plan.instance.network.nodes))
        return [Claim((at_point(field, segment, point),), value)]

    @property
    def _variables(self) -> int:
        count, classes = self._values.shape
        return bits(count) + bits(classes)

    def _point(self, drawn: tuple[Scalar, ...]) -> Point:
        cut = bits(self._values.shape[1])
        return drawn[:cut], (), (), drawn[cut:]
