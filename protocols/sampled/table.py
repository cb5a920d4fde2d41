"""The table a game of protocol A' is played on: one scenario, one pace for each party, and the pen of all walkers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from protocols.games.board import EARLY, Board
from protocols.games.game import Step
from protocols.sampled.events import Event
from protocols.sampled.machine import JobState
from protocols.sampled.paths import Node, OffChain, Role, Scenario


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast each party moves all game long: ``EARLY`` or ``LAST``."""

    buyer: str
    seller: str

    def __str__(self) -> str:
        return f"buyer {self.buyer}, seller {self.seller}"

    def of(self, role: Role) -> str:
        """Pace of a role; strangers are quick."""
        return {Role.BUYER: self.buyer, Role.SELLER: self.seller}.get(role, EARLY)


@dataclass(frozen=True, slots=True)
class Table:
    """Moves by role at its pace.

    Args:
        scenario, pace, board: as they say. thorough: whether everything is walked on every way to a state; else all of
            it on the straight way, and only the honest continuation on the others.
    """

    scenario: Scenario
    pace: Pace
    board: Board[JobState, Event, OffChain]
    thorough: bool = False

    def aside(self, node: Node) -> Node:
        """A node that is not on the straight way."""
        return node if self.thorough else replace(node, brief=True)

    def time(self, node: Node, role: Role, steps: int = 1) -> int:
        """Chain time of the first of ``steps`` moves in a row by ``role``, all before the deadline."""
        return node.now + 1 if self.pace.of(role) == EARLY else max(node.now + 1, node.job.deadline - steps)

    def move(self, node: Node, role: Role, event: Event, did: str, *, stray: bool = False) -> Node:
        """A move in time."""
        return self.board.did(self.board.act(node, self.time(node, role), role, event), role, did, stray)

    def late(self, node: Node, role: Role, event: Event, what: str, *, stray: bool = False) -> Node:
        """The move tried in the second of the deadline, and refused."""
        tried = self.board.attempt(node, Step(node.job.deadline, role, event, "TooLate"))
        return self.board.did(tried, role, f"tries to {what} at the deadline", stray)

    def refused(self, node: Node, role: Role, *tries: tuple[Event, str], left: int = 0) -> Node:
        """Moves in a row that are refused, each by the rule named; ``left`` moves of the same role follow in time."""
        time = self.time(node, role, len(tries) + left)
        for offset, (event, rule) in enumerate(tries):
            node = self.board.attempt(node, Step(time + offset, role, event, rule))
        return node


def off_chain(node: Node, **changes: object) -> Node:
    """The node with some off-chain facts changed."""
    return replace(node, off_chain=replace(node.off_chain, **changes))  # type: ignore[arg-type]
