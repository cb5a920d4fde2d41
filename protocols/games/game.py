"""What a game is made of, whatever the protocol: who moves, one step, what a move credits, and the rules behind it.

A protocol's scenario *is* a ``Game``: it knows the pure state machine, the accounts of the roles, and what each ending
is worth. Roles are the members of a ``StrEnum`` of the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Credit:
    """``amount`` wei that ``who`` may withdraw."""

    who: str
    amount: int


class GameState(Protocol):
    """A state of a job: a member of the protocol's ``State`` enum, which is numbered as the contract's."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> int: ...

    @property
    def ended(self) -> bool: ...


class GameJob(Protocol):
    """A job of any state machine: its state, the mover's deadline (chain seconds), and the wei the escrow holds."""

    @property
    def state(self) -> GameState: ...

    @property
    def deadline(self) -> int: ...

    @property
    def locked(self) -> int: ...


class GameEvent(Protocol):
    """A move; one that pays in has a ``value`` in wei as well, one that depends on the height a ``block``."""

    @property
    def sender(self) -> str: ...


J = TypeVar("J", bound=GameJob)
E = TypeVar("E", bound=GameEvent)
O = TypeVar("O")  # noqa: E741  # what a path did off chain
E_co = TypeVar("E_co", bound=GameEvent, covariant=True)
E_contra = TypeVar("E_contra", bound=GameEvent, contravariant=True)
O_contra = TypeVar("O_contra", contravariant=True)


@dataclass(frozen=True)  # no slots: an alias like Step[Event] can't be called on a frozen class with slots
class Step(Generic[E_co]):
    """At chain time ``time`` ``actor`` sends ``event``; ``reverts`` names the rule that refuses it, if one does."""

    time: int
    actor: str
    event: E_co
    reverts: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[J]):
    """End of a replay: the job, and each role's wei on chain (credits minus deposits; sums to zero)."""

    job: J
    net: dict[str, int]


class Game(Protocol[J, E_contra, O_contra]):
    """The facts and rules one game is played by."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def start(self) -> int:
        """Chain time of the opening, seconds."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Everybody with an account in the game."""

    def address(self, role: str) -> str:
        """The account of a role."""

    def unopened(self) -> J:
        """The job before the opening."""

    def apply(self, job: J, event: E_contra, now: int) -> tuple[J, tuple[Credit, ...]]:
        """Play one move; RuleViolation when the contract would revert."""

    def pay_offs(self, outcome: Outcome[J], off_chain: O_contra) -> Mapping[str, int]:
        """Wei by role, with costs and values outside the escrow."""


def paid_in(event: GameEvent) -> int:
    """Wei that comes with a move."""
    return int(getattr(event, "value", 0))
