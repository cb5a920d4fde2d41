"""What the prover's steps share: the field, the plan, the numbers, and whom to tell how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from proofs.errors import InvalidInput
from proofs.networks.execution import Execution, NodeRun
from proofs.networks.network import Maximum
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.witness import Secret, Witness
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field, Integers

OnStage = Callable[[str], None]


@dataclass(slots=True, eq=False)
class Running:
    """A proof being made.

    Args:
        execution: until the layers are proven.
        stage: called with the name of what comes next.
    """

    field: Field
    plan: Plan
    secret: Secret
    execution: Execution | None
    witness: Witness
    stage: OnStage

    def tensor(self, index: int) -> Integers:
        """A tensor of the network, (C, H, W, count)."""
        return self.secret.x if index == 0 else self._ran(index - 1).y

    def logits(self) -> Integers:
        """int64 (classes, count)."""
        found = self.tensor(len(self.plan.instance.network.nodes))
        return found.reshape(found.shape[0], -1).astype(np.int64)

    def labels(self) -> Integers:
        """int64 (count,). Raises InvalidInput where there are none."""
        if self.secret.labels is None:
            raise InvalidInput("accuracy needs labels")
        return self.secret.labels

    def accumulators(self, index: int, eta: Scalar) -> Integers | Ext:
        """acc of a node, or for a maximum (first - second) + eta second."""
        ran, node = self._ran(index), self.plan.instance.network.nodes[index]
        if isinstance(node, Maximum):
            return self._maximum(ran.q, ran.y, eta)
        if ran.rem is None:
            return ran.q
        return (ran.q << node.shift) + (ran.rem - np.int32(1 << (node.shift - 1)))

    def release(self) -> None:
        """Let go of what only look-ups and layers need: a third of the memory, just before the most is needed."""
        self.execution = None
        self.witness.first.clear()

    def _ran(self, index: int) -> NodeRun:
        """What a node computed."""
        if self.execution is None:
            raise ValueError("the execution was released")
        return self.execution.nodes[index]

    def _maximum(self, difference: Integers, greater: Integers, eta: Scalar) -> Ext:
        """second = max - relu(first - second)."""
        second = self.field.from_signed(greater - np.maximum(difference, 0))
        shape = second.shape
        table = self.field.scale(self.field.lift(second.reshape(-1)), eta)
        table[0] = self.field.add(np.ascontiguousarray(table[0]), self.field.from_signed(difference.reshape(-1)))
        return table.reshape(-1, *shape)
