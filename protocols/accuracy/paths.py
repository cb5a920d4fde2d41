"""Game paths of protocol A: the steps anybody can replay (here or on a chain), and what they leave in each pocket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from proofs.errors import InvalidInput
from protocols.accuracy.events import Accept, Event, Open, Rule
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.terms import WINDOW_FIELDS, AccuracyTerms
from protocols.errors import RuleViolation


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

    def address(self, role: Role) -> str:
        """The account of a role."""
        return {
            Role.BUYER: self.terms.buyer,
            Role.SELLER: self.terms.seller,
            Role.STRANGER: self.stranger,
            Role.FEE_RECIPIENT: self.terms.fee_recipient,
        }[role]

    @property
    def winnable(self) -> bool:
        """Whether the model reaches the target on the committed test set."""
        return sum(self.counts) >= self.terms.target


@dataclass(frozen=True, slots=True)
class Step:
    """At chain time ``time`` ``actor`` sends ``event``; ``reverts`` names the rule that refuses it, if one does."""

    time: int
    actor: Role
    event: Event
    reverts: Rule | None = None


@dataclass(frozen=True, slots=True)
class OffChain:
    """What a path costs outside the escrow: what came over the channel, was the model run, how many batches proven."""

    delivery: Delivery = Delivery.NONE
    model_run: bool = False
    batches_proven: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """End of a replay: the job, and each role's wei on chain (credits minus deposits; sums to zero)."""

    job: JobState
    net: dict[Role, int]


@dataclass(frozen=True, slots=True)
class Path:
    """One complete game: its steps, who behaved how, where it ended and what it is worth to each.

    Args:
        name: behaviours joined, unique in a walk. steps: at strictly increasing times. behaviours: (role, deed) pairs.
        job: the ended job. net: wei on chain by role. payoff: wei by role with the costs E, Z, P and the value v.
    """

    name: str
    scenario: Scenario
    steps: tuple[Step, ...]
    behaviours: tuple[tuple[Role, str], ...]
    off_chain: OffChain
    job: JobState
    net: dict[Role, int] = field(hash=False)
    payoff: dict[Role, int] = field(hash=False)

    @property
    def chain_key(self) -> tuple[Step, ...]:
        """Equal for paths that no chain can tell apart (they differ off chain only)."""
        return self.steps


def replay(scenario: Scenario, steps: Iterable[Step]) -> Outcome:
    """Play steps on the pure state machine.

    Raises:
        RuleViolation: a step is refused by another rule than it names, refused though it should count, or counts
            though it should be refused (``"ExpectedRefusal"``); or wei is not conserved (``"Conservation"``).
    """
    job = JobState(terms=scenario.terms, min_window=scenario.min_window)
    net = dict.fromkeys(Role, 0)
    roles = {scenario.address(role): role for role in Role}
    for step in steps:
        if step.reverts is not None:
            expect_refusal(job, step)
            continue
        job, credits = apply(job, step.event, step.time)
        if isinstance(step.event, (Open, Accept)):
            net[roles[step.event.sender]] -= step.event.value
        for credit in credits:
            net[roles[credit.who]] += credit.amount
        if sum(net.values()) + job.locked != 0:
            raise RuleViolation("Conservation", f"{sum(net.values()) + job.locked} wei appeared at {step}")
    return Outcome(job, net)


def expect_refusal(job: JobState, step: Step) -> None:
    """Check that the machine refuses ``step`` by the rule it names."""
    try:
        apply(job, step.event, step.time)
    except RuleViolation as refusal:
        if refusal.rule == step.reverts:
            return
        raise RuleViolation("ExpectedRefusal", f"{step} was refused by {refusal.rule}") from refusal
    raise RuleViolation("ExpectedRefusal", f"{step} was not refused")


def pay_offs(scenario: Scenario, outcome: Outcome, off_chain: OffChain) -> dict[Role, int]:
    """Wei by role: on-chain net, less E per example made, P per example run, Z per example proven; v once completed."""
    terms, payoff = scenario.terms, dict(outcome.net)
    if not scenario.sham_labels:
        payoff[Role.BUYER] -= terms.total * terms.example_cost
    if outcome.job.state.name == "COMPLETED":
        payoff[Role.BUYER] += scenario.value
    if off_chain.model_run:
        payoff[Role.SELLER] -= terms.total * terms.inference_cost
    payoff[Role.SELLER] -= off_chain.batches_proven * terms.batch * terms.proving_cost
    return payoff
