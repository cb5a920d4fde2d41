"""The table a retrieval game is played on: one scenario, one pace for each party, and the pen of all walkers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from protocols.games.board import EARLY, Board
from protocols.games.game import Step
from protocols.retrieval.events import Event
from protocols.retrieval.machine import JobState
from protocols.retrieval.paths import Node, OffChain, Role, Scenario


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast each party moves all game long: ``EARLY`` or ``LAST``."""

    requester: str
    responder: str

    def __str__(self) -> str:
        return f"requester {self.requester}, responder {self.responder}"

    def of(self, role: Role) -> str:
        """Pace of a role; strangers are quick."""
        return {Role.REQUESTER: self.requester, Role.RESPONDER: self.responder}.get(role, EARLY)


@dataclass(frozen=True, slots=True)
class Table:
    """Moves by role at its pace."""

    scenario: Scenario
    pace: Pace
    board: Board[JobState, Event, OffChain]

    def time(self, node: Node, role: Role, steps: int = 1) -> int:
        """Chain time of the first of ``steps`` moves in a row by ``role``, all before the deadline."""
        return node.now + 1 if self.pace.of(role) == EARLY else node.job.deadline - steps

    def move(
        self, node: Node, role: Role, event: Event, did: str, *, stray: bool = False, blocks: int = 1, after: int = 0
    ) -> Node:
        """A move in time, ``after`` seconds later than the pace says."""
        played = self.board.act(node, self.time(node, role, 1 + after) + after, role, event, blocks)
        return self.board.did(played, role, did, stray)

    def refused(self, node: Node, role: Role, *tries: tuple[Event, str], left: int = 0) -> Node:
        """Moves in a row that are refused, each by the rule named; ``left`` moves of the same role follow in time."""
        time = self.time(node, role, len(tries) + left)
        for offset, (event, rule) in enumerate(tries):
            node = self.board.attempt(node, Step(time + offset, role, event, rule))
        return node


def off_chain(node: Node, **changes: object) -> Node:
    """The node with some off-chain facts changed."""
    return replace(node, off_chain=replace(node.off_chain, **changes))  # type: ignore[arg-type]
