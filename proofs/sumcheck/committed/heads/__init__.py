"""What is claimed of the logits, above the network: further look-ups, further committed values, further equations."""

from __future__ import annotations

from proofs.sumcheck.committed.heads.correct import CorrectHead
from proofs.sumcheck.committed.heads.head import HeadProtocol
from proofs.sumcheck.committed.heads.of_class import OfClassHead
from proofs.sumcheck.committed.heads.outputs import OutputsHead
from proofs.sumcheck.committed.heads.reaching import ReachingHead
from proofs.sumcheck.committed.instance import Correct, Head, Instance, OfClass, Outputs, Reaching

__all__ = ["HeadProtocol", "head_of"]

_PROTOCOLS: dict[type[Head], type[HeadProtocol]] = {
    Outputs: OutputsHead,
    Correct: CorrectHead,
    OfClass: OfClassHead,
    Reaching: ReachingHead,
}


def head_of(instance: Instance) -> HeadProtocol:
    """The protocol of an instance's claim. Raises InvalidInput for a claim that cannot be true of its network."""
    return _PROTOCOLS[type(instance.head)](instance)
