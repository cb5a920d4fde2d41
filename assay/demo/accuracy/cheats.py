"""Sellers who do not do what they committed to. Each differs from the honest one in a single step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from escrow.parties.seller import Seller
from proofs.bundle import BatchProof
from proofs.commitment.test_set import TestSet
from proofs.halo2.prover import proving
from protocols.accuracy.actions import Action, Done, ProveBatch


class HopefulSeller(Seller):
    """Expects to get everything right, whatever the model says."""

    def predict(self) -> list[int]:
        """Full marks in every batch."""
        return [self.job.terms.batch] * self.job.terms.batches


class LazySeller(HopefulSeller):
    """Proves with a cheaper model's weights under the good model's id (it is given the lazy model)."""


class TamperingSeller(Seller):
    """Changes one bit of an honest proof."""

    def submit(self, proof: BatchProof) -> None:
        """Submit it with the last bit flipped."""
        super().submit(replace(proof, proof=proof.proof[:-1] + bytes([proof.proof[-1] ^ 1])))


class SwappingSeller(HopefulSeller):
    """Proves, honestly, on examples of its own choosing."""

    def __init__(self, *arguments: Any, easy: TestSet, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.easy = easy

    def prove(self, index: int) -> BatchProof:
        """A genuine proof for this job's tag, on other examples."""
        tag = self.bound_tag()
        if self.session is None:
            self.session = self.stack.enter_context(proving(self.model, self.easy))
        return self.session.prove_batch(index, tag)[0]


class SilentSeller(Seller):
    """Promises to prove, and is never heard of again."""

    def decide(self) -> Action:
        """Nothing, once proving has begun."""
        action = super().decide()
        return Done("says nothing more") if isinstance(action, ProveBatch) else action
