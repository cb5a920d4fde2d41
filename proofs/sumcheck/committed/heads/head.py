"""What a claim about logits offers to the walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.joint import Joint
from proofs.sumcheck.committed.sites import Site
from proofs.sumcheck.committed.values import Flat, PartValue
from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.layout.segment import Segment, Shape4
from proofs.sumcheck.reductions.claim import Claim

if TYPE_CHECKING:
    from proofs.sumcheck.committed.groups import Part
    from proofs.sumcheck.committed.plan import Plan
    from proofs.sumcheck.committed.running import Running

Ended = Mapping[str, Sequence[tuple["Part", Flat]]]
"""The points at which each site's look-ups ended."""
Said = Mapping[str, Sequence[PartValue]]
"""What was said there."""


class HeadProtocol(Protocol):
    """A claim about the logits."""

    def __init__(self, instance: Instance) -> None:
        """Raises InvalidInput for a claim that cannot be true of the network."""

    def sites(self) -> list[Site]:
        """Look-ups it adds."""

    def extras(self) -> dict[str, Shape4]:
        """Committed tensors it adds, without look-ups."""

    def put(self, running: Running) -> None:
        """Place the prover's numbers. Raises InvalidInput where the claim is not true."""

    def prove(self, running: Running, ended: Ended, eta: Scalar) -> Prover[list[Joint]]:
        """The prover's side; what its claims are about, in the verifier's order."""

    def verify(self, field: Field, plan: Plan, said: Said, eta: Scalar) -> Verifier[list[Claim]]:
        """The verifier's side; the claims left."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the tensors a claim is about lie in the flat vector."""

    segments: Mapping[str, Segment]

    def __getitem__(self, name: str) -> Segment:
        return self.segments[name]
