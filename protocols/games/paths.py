"""Game paths: the steps anybody can replay (here or on a chain), and what they leave in each pocket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from protocols.errors import RuleViolation
from protocols.games.game import E, Game, J, O, Outcome, Step, paid_in


@dataclass(frozen=True)  # no slots, as ``Step``
class Path(Generic[J, E, O]):
    """One complete game: its steps, who behaved how, where it ended and what it is worth to each.

    Args:
        name: behaviours joined, unique in a walk. steps: at strictly increasing times. behaviours: (role, deed) pairs.
        strays: roles that left honest conduct. job: the ended job. net: wei on chain by role (sums to zero).
        payoff: wei by role with the costs and values outside the escrow.
    """

    name: str
    scenario: Game[J, E, O]
    steps: tuple[Step[E], ...]
    behaviours: tuple[tuple[str, str], ...]
    strays: frozenset[str]
    off_chain: O
    job: J
    net: Mapping[str, int] = field(hash=False)
    payoff: Mapping[str, int] = field(hash=False)

    @property
    def chain_key(self) -> tuple[Step[E], ...]:
        """Equal for paths that no chain can tell apart (they differ off chain only)."""
        return self.steps


AnyPath = TypeVar("AnyPath", bound=Path[Any, Any, Any])


def replay(game: Game[J, E, O], steps: Iterable[Step[E]]) -> Outcome[J]:
    """Play steps on the pure state machine.

    Raises:
        RuleViolation: a step is refused by another rule than it names, refused though it should count, or counts
            though it should be refused (``"ExpectedRefusal"``); or wei is not conserved (``"Conservation"``).
    """
    job = game.unopened()
    net = dict.fromkeys(game.roles, 0)
    roles = {game.address(role): role for role in game.roles}
    for step in steps:
        if step.reverts is not None:
            expect_refusal(game, job, step)
            continue
        job, credits = game.apply(job, step.event, step.time)
        net[roles[step.event.sender]] -= paid_in(step.event)
        for credit in credits:
            net[roles[credit.who]] += credit.amount
        if sum(net.values()) + job.locked != 0:
            raise RuleViolation("Conservation", f"{sum(net.values()) + job.locked} wei appeared at {step}")
    return Outcome(job, net)


def expect_refusal(game: Game[J, E, O], job: J, step: Step[E]) -> None:
    """Check that the machine refuses ``step`` by the rule it names."""
    try:
        game.apply(job, step.event, step.time)
    except RuleViolation as refusal:
        if refusal.rule == step.reverts:
            return
        raise RuleViolation("ExpectedRefusal", f"{step} was refused by {refusal.rule}") from refusal
    raise RuleViolation("ExpectedRefusal", f"{step} was not refused")


def distinct_on_chain(paths: Iterable[AnyPath]) -> list[AnyPath]:
    """One path for each different sequence of transactions: enough for a replay on a chain."""
    seen: dict[tuple[str, tuple[Step[Any], ...]], AnyPath] = {}
    for path in paths:
        seen.setdefault((path.scenario.name, path.chain_key), path)
    return list(seen.values())


def illegal_attempts(game: Game[J, E, O], job: J, repertoire: Mapping[str, Iterable[E]], now: int) -> list[Step[E]]:
    """Every refused move of a repertoire at chain time ``now``; moves that would count are left out.

    Args:
        repertoire: what each role may try.

    Returns:
        Steps with ``reverts`` set; none of them changes the job.
    """
    refused: list[Step[E]] = []
    for actor, events in repertoire.items():
        for event in events:
            try:
                game.apply(job, event, now)
            except RuleViolation as refusal:
                refused.append(Step(now, actor, event, refusal.rule))
    return refused


def finish(game: Game[J, E, O], node: Node[J, E, O]) -> Path[J, E, O]:
    """Replay a leaf and work out its pay-offs; RuleViolation ``"Stuck"`` when the job is not ended by it."""
    outcome = replay(game, node.steps)
    if not outcome.job.state.ended or outcome.job.locked:
        raise RuleViolation("Stuck", f"the job is left {outcome.job.state.name} by {node.behaviours}")
    name = "; ".join(f"{role} {did}" for role, did in node.behaviours)
    payoff = game.pay_offs(outcome, node.off_chain)
    return Path(name, game, node.steps, node.behaviours, node.strays, node.off_chain, outcome.job, outcome.net, payoff)


@dataclass(frozen=True)  # no slots, as ``Step``
class Node(Generic[J, E, O]):
    """An unfinished game: the job, the time and height of the last step, and what happened so far.

    Args:
        now: chain seconds. height: blocks since the opening, which is at 0. brief: what happened so far changed
            nothing, so only the honest continuation is walked from here.
    """

    job: J
    now: int
    off_chain: O
    height: int = -1
    steps: tuple[Step[E], ...] = ()
    behaviours: tuple[tuple[str, str], ...] = ()
    strays: frozenset[str] = frozenset()
    brief: bool = False
