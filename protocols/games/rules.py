"""The rules every state machine shares, under the names of the contracts' errors.

Clock: an action is allowed iff now < deadline, finalising iff now >= deadline, so at every instant at most one side can
be too late and somebody can always move on.
"""

from __future__ import annotations

from protocols.errors import RuleViolation
from protocols.games.game import GameJob, GameState


def require(condition: bool, rule: str, detail: str) -> None:
    """Raise RuleViolation ``rule`` unless ``condition`` holds; ``detail`` says what was tried and what is allowed."""
    if not condition:
        raise RuleViolation(rule, detail)


def require_before(job: GameJob, state: GameState, now: int) -> None:
    """The job is in ``state`` and its mover is still in time (``WrongState``, ``TooLate``)."""
    require(job.state is state, "WrongState", f"the job is {job.state.name}, not {state.name}")
    require(now < job.deadline, "TooLate", f"time {now}, the deadline was {job.deadline}; only finalise is left")


def require_sender(sender: str, mover: str) -> None:
    """Only ``mover`` may do this (``NotYourMove``)."""
    require(sender == mover, "NotYourMove", f"{sender} may not do this; only {mover} may")


def require_mover(job: GameJob, state: GameState, sender: str, mover: str, now: int) -> None:
    """The checks of a move that only one party may make in one state before its deadline, in the contracts' order."""
    require_before(job, state, now)
    require_sender(sender, mover)


def require_past(job: GameJob, now: int) -> None:
    """The deadline has passed (``TooEarly``)."""
    require(now >= job.deadline, "TooEarly", f"time {now}, the mover has until {job.deadline}; finalise then")


def require_value(value: int, due: int) -> None:
    """Exactly what is due came with the call (``WrongValue``)."""
    require(value == due, "WrongValue", f"{value} wei sent; send exactly {due} wei")
