"""The facts a game of protocol A is played in, what a path did off chain, and what that is worth to each party."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from proofs.errors import InvalidInput
from protocols.accuracy import machine
from protocols.accuracy.events import Event
from protocols.accuracy.machine import JobState
from protocols.accuracy.terms import WINDOW_FIELDS, AccuracyTerms
from protocols.games.game import Credit, Outcome
from protocols.games.game import Step as AnyStep
from protocols.games.paths import Node as AnyNode
from protocols.games.paths import Path as AnyPath
from protocols.games.paths import expect_refusal, replay


class Role(StrEnum):
    """Who moves. A stranger is any third account; the fee recipient never moves."""

    BUYER = "buyer"
    SELLER = "seller"
    STRANGER = "stranger"
    FEE_RECIPIENT = "fee recipient"


class Delivery(StrEnum):
    """What came over the channel behind a hand-over."""

    NONE = "nothing"
    COMMITTED = "the committed test set"
    GARBAGE = "something else than the committed test set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The facts a game is played in.

    Args:
        name: for people. terms: of the job. stranger: address of a third account. start: chain time of the opening.
        counts: right answers per batch of the committed labels that the seller's model really has.
        sham_labels: the buyer made the labels up (its test set cost nothing) to harm the seller.
        value: v, wei the buyer gains from a completed audit. min_window: the escrow's, seconds.

    Raises:
        InvalidInput: counts that do not fit the terms, or windows too short to play every clock in.
    """

    name: str
    terms: AccuracyTerms
    stranger: str
    counts: tuple[int, ...]
    sham_labels: bool = False
    value: int = 0
    start: int = 0
    min_window: int = 1

    def __post_init__(self) -> None:
        terms = self.terms
        if len(self.counts) != terms.batches or not all(0 <= count <= terms.batch for count in self.counts):
            raise InvalidInput(f"scenario {self.name}: counts {self.counts} do not fit {terms.batches} batches")
        shortest = min(getattr(terms, name) for name in WINDOW_FIELDS)
        if shortest < terms.batches + 4:
            raise InvalidInput(f"scenario {self.name}: the windows need {terms.batches + 4} s to play every clock in")

    @property
    def roles(self) -> tuple[str, ...]:
        """Everybody with an account in the game."""
        return tuple(Role)

    def address(self, role: str) -> str:
        """The account of a role."""
        return {
            Role.BUYER: self.terms.buyer,
            Role.SELLER: self.terms.seller,
            Role.STRANGER: self.stranger,
            Role.FEE_RECIPIENT: self.terms.fee_recipient,
        }[Role(role)]

    def unopened(self) -> JobState:
        """The job before the opening."""
        return JobState(terms=self.terms, min_window=self.min_window)

    def apply(self, job: JobState, event: Event, now: int) -> tuple[JobState, tuple[Credit, ...]]:
        """Play one move on the pure state machine."""
        return machine.apply(job, event, now)

    def pay_offs(self, outcome: Outcome[JobState], off_chain: OffChain) -> dict[str, int]:
        """Wei by role: on-chain net, less E per example made, P per example run, Z per example proven; v once
        completed."""
        terms, payoff = self.terms, dict(outcome.net)
        if not self.sham_labels:
            payoff[Role.BUYER] -= terms.total * terms.example_cost
        if outcome.job.state.name == "COMPLETED":
            payoff[Role.BUYER] += self.value
        if off_chain.model_run:
            payoff[Role.SELLER] -= terms.total * terms.inference_cost
        payoff[Role.SELLER] -= off_chain.batches_proven * terms.batch * terms.proving_cost
        return payoff

    @property
    def winnable(self) -> bool:
        """Whether the model reaches the target on the committed test set."""
        return sum(self.counts) >= self.terms.target


@dataclass(frozen=True, slots=True)
class OffChain:
    """What a path costs outside the escrow: what came over the channel, was the model run, how many batches proven."""

    delivery: Delivery = Delivery.NONE
    model_run: bool = False
    batches_proven: int = 0


Step = AnyStep[Event]
Node = AnyNode[JobState, Event, OffChain]
Path = AnyPath[JobState, Event, OffChain]

__all__ = ["Delivery", "Node", "OffChain", "Outcome", "Path", "Role", "Scenario", "Step", "expect_refusal", "replay"]
