"""What a game of protocol B is made of: who plays, with which answers, and what each ending is worth to whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from proofs.errors import InvalidInput
from protocols.games.game import Credit, Outcome, Step
from protocols.games.paths import Node, Path
from protocols.predictions.answers import outputs_hash
from protocols.predictions.events import Event
from protocols.predictions.machine import JobState, apply
from protocols.predictions.terms import WINDOW_FIELDS, PredictionTerms

Outputs = tuple[int, ...]


class Role(StrEnum):
    """Who moves. A stranger is any third account; the fee recipient never moves."""

    CLIENT = "client"
    PROVIDER = "provider"
    STRANGER = "stranger"
    FEE_RECIPIENT = "fee recipient"


@dataclass(frozen=True, slots=True)
class OffChain:
    """What happened outside the escrow.

    Args:
        answered: indices answered before the round's end, in order. wrong: those answered cheaply and wrongly.
        receipted: the highest receipt the provider holds. proofs: proofs made. checked: right answers the client worked
            out for itself. twice: the provider signed a wrong answer to question 0 beside the right one.
    """

    answered: tuple[int, ...] = ()
    wrong: frozenset[int] = frozenset()
    receipted: int = 0
    proofs: int = 0
    checked: int = 0
    twice: bool = False

    @property
    def right(self) -> tuple[int, ...]:
        """Indices answered by really running the model."""
        return tuple(index for index in self.answered if index not in self.wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The facts a game is played in, for one K and K1; what the players do is the walk's.

    Args:
        name: for people. terms: of the job. stranger: address of a third account. start: chain time of the opening.
        hashes: circuit hash of each of the K inputs. outputs: the model's outputs for each, as signed when honest.
        example_cost, inference_cost, cheap_cost: E, P and c, wei for one right answer of the client's own, for one run
            of the model, and for one wrong answer. value: w, wei one right answer is worth to the client.
        min_window: the escrow's, seconds.

    Raises:
        InvalidInput: facts that do not fit the terms, or windows too short to play every clock in.
    """

    name: str
    terms: PredictionTerms
    stranger: str
    hashes: tuple[int, ...]
    outputs: tuple[Outputs, ...]
    example_cost: int = 0
    inference_cost: int = 0
    cheap_cost: int = 0
    value: int = 0
    start: int = 0
    min_window: int = 1

    def __post_init__(self) -> None:
        terms = self.terms
        if len(self.hashes) != terms.round or len(self.outputs) != terms.round:
            raise InvalidInput(f"scenario {self.name}: give {terms.round} hashes and outputs, one for each question")
        if any(len(outputs) != terms.outputs for outputs in self.outputs):
            raise InvalidInput(f"scenario {self.name}: each answer has {terms.outputs} outputs")
        shortest, needed = min(getattr(terms, name) for name in WINDOW_FIELDS), 2 * terms.contests + 8
        if shortest < needed:
            raise InvalidInput(f"scenario {self.name}: the windows need {needed} s to play every clock in")

    @property
    def roles(self) -> tuple[str, ...]:
        """Everybody with an account in the game."""
        return tuple(Role)

    def address(self, role: str) -> str:
        """The account of a role."""
        return {
            Role.CLIENT: self.terms.client,
            Role.PROVIDER: self.terms.provider,
            Role.STRANGER: self.stranger,
            Role.FEE_RECIPIENT: self.terms.fee_recipient,
        }[Role(role)]

    def unopened(self) -> JobState:
        """The job before the opening."""
        return JobState(terms=self.terms, min_window=self.min_window)

    def apply(self, job: JobState, event: Event, now: int) -> tuple[JobState, tuple[Credit, ...]]:
        """One move on the pure state machine."""
        return apply(job, event, now)

    def outputs_of(self, index: int, wrong: bool) -> Outputs:
        """The outputs signed for a question: the model's own, or those with the first one off by one."""
        right = self.outputs[index]
        return (right[0] + 1, *right[1:]) if wrong else right

    def signed_hash(self, index: int, wrong: bool) -> bytes:
        """Digest of the outputs signed for a question, 32 bytes."""
        return _hash(self.outputs_of(index, wrong))

    def pay_offs(self, outcome: Outcome[JobState], off_chain: OffChain) -> dict[str, int]:
        """Wei by role: on-chain net; less E per answer checked, P per right answer, c per wrong one, Z per proof made;
        w for each right answer received."""
        payoff, right = dict(outcome.net), len(off_chain.right)
        cheap = len(off_chain.wrong) + int(off_chain.twice)
        payoff[Role.CLIENT] += right * self.value - off_chain.checked * self.example_cost
        payoff[Role.PROVIDER] -= right * self.inference_cost + cheap * self.cheap_cost
        payoff[Role.PROVIDER] -= off_chain.proofs * self.terms.proving_cost
        return payoff


@lru_cache(maxsize=1_024)
def _hash(outputs: Outputs) -> bytes:
    return outputs_hash(outputs)


GameNode = Node[JobState, Event, OffChain]
GamePath = Path[JobState, Event, OffChain]
GameStep = Step[Event]
