"""The facts a game of protocol A' is played in, what a path did off chain, and what that is worth to each party."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from proofs.errors import InvalidInput
from protocols.games.game import Credit, Outcome
from protocols.games.game import Step as AnyStep
from protocols.games.paths import Node as AnyNode
from protocols.games.paths import Path as AnyPath
from protocols.sampled import machine
from protocols.sampled.drawing import drawn, remaining
from protocols.sampled.events import Event, State
from protocols.sampled.machine import JobState
from protocols.sampled.terms import WINDOW_FIELDS, SampledTerms


class Role(StrEnum):
    """Who moves. A stranger is any third account; the fee recipient never moves."""

    BUYER = "buyer"
    SELLER = "seller"
    STRANGER = "stranger"
    FEE_RECIPIENT = "fee recipient"


class Delivery(StrEnum):
    """What came over the channel behind a hand-over."""

    NONE = "nothing yet"
    COMMITTED = "the committed test set"
    WITHHELD = "a root, and sends nothing that fits it"
    SPOILED_SAMPLE = "the test set with an example of the sample exchanged"
    SPOILED_REST = "the test set with an example of the rest exchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The 32-byte words a game posts; made up, or those of real ciphertexts for a replay on a chain.

    Args:
        sample_key, rest_key: of this job. sample_key_hash, rest_key_hash: what commits to them. wrong_key: neither.
        honest, spoiled_sample, spoiled_rest: ciphertext roots. chunks: ciphertexts of all examples.
    """

    sample_key: bytes = b"\x4e" * 32
    rest_key: bytes = b"\x4f" * 32
    sample_key_hash: bytes = b"\x7a" * 32
    rest_key_hash: bytes = b"\x7b" * 32
    wrong_key: bytes = b"\x99" * 32
    honest: bytes = b"\xc1" * 32
    spoiled_sample: bytes = b"\xc5" * 32
    spoiled_rest: bytes = b"\xc6" * 32
    chunks: int = 12

    def root(self, delivery: Delivery) -> bytes:
        """The ciphertext root a hand-over names."""
        other = {Delivery.SPOILED_SAMPLE: self.spoiled_sample, Delivery.SPOILED_REST: self.spoiled_rest}
        return other.get(delivery, self.honest)


@dataclass(frozen=True, slots=True)
class OffChain:
    """What a path did outside the escrow.

    Args:
        delivery: what the buyer sent. holds: whether the seller has the ciphertexts under the root. sample_run,
            rest_run: whether the model was run on them. key_known: whether the seller has the rest's key.
        batches_proven: proofs honestly made.
    """

    delivery: Delivery = Delivery.NONE
    holds: bool = False
    sample_run: bool = False
    key_known: bool = False
    rest_run: bool = False
    batches_proven: int = 0


@dataclass(frozen=True, kw_only=True)  # no slots: the draw is made once
class Scenario:
    """The facts a game is played in.

    Args:
        name: for people. terms: of the job. stranger: address of a third account. start: chain time of the opening.
        right: per example of the N, whether the seller's model answers as labelled. promising: what a run of the sample
            tells an honest seller, go on or leave. false_view: an example of the rest whose committed view does not
            hash to the committed hash. sham_labels: the buyer made the labels up (its test set cost nothing).
        value: v, wei the buyer gains from a completed audit. seed: the seller's. job_id: what the draw depends on.
        words: what is posted. min_window: the escrow's, seconds.

    Raises:
        InvalidInput: facts that do not fit the terms, or windows too short to play every clock in.
    """

    name: str
    terms: SampledTerms
    stranger: str
    right: tuple[bool, ...]
    promising: bool = True
    false_view: int | None = None
    sham_labels: bool = False
    value: int = 0
    start: int = 0
    seed: bytes = b"\x5e" * 32
    job_id: bytes = bytes(32)
    words: Words = field(default_factory=Words)
    min_window: int = 1

    def __post_init__(self) -> None:
        terms = self.terms
        if len(self.right) != terms.total:
            raise InvalidInput(f"scenario {self.name}: {len(self.right)} answers for {terms.total} examples")
        if self.false_view is not None and self.false_view not in self.rest:
            raise InvalidInput(f"scenario {self.name}: example {self.false_view} is not one of the rest")
        shortest, needed = min(getattr(terms, name) for name in WINDOW_FIELDS), terms.batches + 8
        if shortest < needed:
            raise InvalidInput(f"scenario {self.name}: the windows need {needed} s to play every clock in")

    @cached_property
    def sample(self) -> tuple[int, ...]:
        """The N1 examples the seed draws, ascending."""
        return drawn(self.terms, self.job_id, self.seed)

    @cached_property
    def rest(self) -> tuple[int, ...]:
        """The N2 others, ascending."""
        return remaining(self.terms, self.sample)

    @property
    def winnable(self) -> bool:
        """Whether the model reaches the target on the rest as committed."""
        return sum(self.right[index] for index in self.rest) >= self.terms.target

    def spoiled(self, off_chain: OffChain) -> int | None:
        """The example of the rest that is not what was committed, if there is one."""
        if self.false_view is not None:
            return self.false_view
        return self.rest[-1] if off_chain.delivery is Delivery.SPOILED_REST else None

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
        return JobState(terms=self.terms, job_id=self.job_id, min_window=self.min_window)

    def apply(self, job: JobState, event: Event, now: int) -> tuple[JobState, tuple[Credit, ...]]:
        """Play one move on the pure state machine."""
        return machine.apply(job, event, now)

    def pay_offs(self, outcome: Outcome[JobState], off_chain: OffChain) -> dict[str, int]:
        """Wei by role: on-chain net, less E per example made, P per example plainly run, Z per example proven; v once
        completed."""
        terms, payoff = self.terms, dict(outcome.net)
        if not self.sham_labels:
            payoff[Role.BUYER] -= terms.total * terms.example_cost
        if outcome.job.state is State.COMPLETED:
            payoff[Role.BUYER] += self.value
        run = terms.sample * off_chain.sample_run + terms.rest * off_chain.rest_run
        payoff[Role.SELLER] -= run * terms.inference_cost
        payoff[Role.SELLER] -= off_chain.batches_proven * terms.batch * terms.proving_cost
        return payoff


Step = AnyStep[Event]
Node = AnyNode[JobState, Event, OffChain]
Path = AnyPath[JobState, Event, OffChain]
ENDINGS = (State.COMPLETED, State.REJECTED, State.ABORTED, State.SPOILED, State.EXPIRED)
