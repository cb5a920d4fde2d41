"""The walker's pen: moves that count, moves that are refused, and every clock, for the walkers of all protocols.

Times strictly increase and each step is one block, so the same steps replay on a chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic

from protocols.games.game import E, Game, J, O, Step
from protocols.games.paths import Node

EARLY, LAST = "at once", "in the last second"
PACES = (EARLY, LAST)


@dataclass(frozen=True, slots=True)
class Board(Generic[J, E, O]):
    """Plays on one game.

    Args:
        game: its facts and rules. finalise: the move that ends a neglected state, by its sender's address.
        finalisers: the roles that try it.
    """

    game: Game[J, E, O]
    finalise: Callable[[str], E]
    finalisers: tuple[str, ...]

    def root(self, off_chain: O) -> Node[J, E, O]:
        """The game before its first step."""
        return Node(self.game.unopened(), self.game.start, off_chain)

    def act(self, node: Node[J, E, O], time: int, actor: str, event: E, blocks: int = 1) -> Node[J, E, O]:
        """A move that counts, mined ``blocks`` blocks after the last step."""
        job, _ = self.game.apply(node.job, event, time)
        steps = (*node.steps, Step(time, actor, event))
        return replace(node, job=job, now=time, height=node.height + blocks, steps=steps)

    def attempt(self, node: Node[J, E, O], step: Step[E], blocks: int = 1) -> Node[J, E, O]:
        """A move that is refused (checked when the leaf is replayed)."""
        return replace(node, now=step.time, height=node.height + blocks, steps=(*node.steps, step))

    def did(self, node: Node[J, E, O], role: str, what: str, stray: bool = False) -> Node[J, E, O]:
        """Note a behaviour; ``stray`` when an honest party would not have done so."""
        strays = node.strays | {role} if stray else node.strays
        return replace(node, behaviours=(*node.behaviours, (role, what)), strays=strays)

    def harmless(self, node: Node[J, E, O], actor: str, what: str, stray: bool = False) -> Node[J, E, O]:
        """Note a behaviour that changed nothing: only the honest continuation is walked after it."""
        return replace(self.did(node, actor, what, stray), brief=True)

    def in_time(
        self, node: Node[J, E, O], actor: str, event: E, did: str, paces: tuple[str, ...], stray: bool = False
    ) -> Iterator[Node[J, E, O]]:
        """The move at each pace that is still in time."""
        for pace in paces:
            time = node.now + 1 if pace == EARLY else node.job.deadline - 1
            yield self.did(self.act(node, time, actor, event), actor, f"{did} {pace}", stray)

    def neglect(
        self,
        node: Node[J, E, O],
        actor: str,
        event: E,
        what: str,
        silent_too: bool = True,
        stray: bool = True,
    ) -> Iterator[Node[J, E, O]]:
        """The mover tries exactly at the deadline and is refused, or stays silent; then somebody finalises.

        Args:
            stray: whether an honest mover would have moved. A ``brief`` node is not neglected: nothing is yielded.
        """
        if node.brief:
            return
        late = self.attempt(node, Step(node.job.deadline, actor, event, "TooLate"))
        yield from self.expire(self.did(late, actor, f"tries to {what} at the deadline", stray), actor)
        if silent_too:
            yield from self.expire(self.did(node, actor, f"does not {what}", stray), actor)

    def expire(self, node: Node[J, E, O], silent: str | None) -> Iterator[Node[J, E, O]]:
        """Each finaliser (the first alone in a ``brief`` game) ends a neglected state.

        A second too early it is refused; the silent side does not try that.
        """
        for who in self.finalisers[:1] if node.brief else self.finalisers:
            finalise, deadline = self.finalise(self.game.address(who)), node.job.deadline
            ended = node
            if ended.now < deadline - 1 and who != silent:
                ended = self.attempt(ended, Step(deadline - 1, who, finalise, "TooEarly"))
            yield self.did(self.act(ended, max(ended.now + 1, deadline), who, finalise), who, "finalises")
