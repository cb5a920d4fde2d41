"""The game walker of protocol A: every path of honest, lazy, malicious, silent and aborting moves, with its clocks.

At each state the mover may act at once, in the last second before the deadline, in the second of the deadline (too
late, refused), or not at all; every neglected deadline is ended by either side or a stranger, after a premature attempt
that is refused. Every leaf is replayed: wei conserved, no job left open. Times strictly increase, one step a block, so
the same steps replay on a chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, Rule
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Delivery, OffChain, Path, Role, Scenario, Step, pay_offs, replay
from protocols.accuracy.proving_moves import ProvingMove, proving_moves
from protocols.errors import RuleViolation

EARLY, LAST = "at once", "in the last second"
PACES = (EARLY, LAST)


@dataclass(frozen=True, slots=True)
class Node:
    """An unfinished game: the job, the time of the last step, and what happened so far."""

    job: JobState
    now: int
    steps: tuple[Step, ...] = ()
    behaviours: tuple[tuple[Role, str], ...] = ()
    off_chain: OffChain = field(default_factory=OffChain)


def walk(scenario: Scenario, paces: Iterable[str] = PACES) -> Iterator[Path]:
    """Every path of a scenario.

    Args:
        scenario: the facts of the game. paces: clocks tried for each move; one pace alone gives a short walk.

    Raises:
        RuleViolation: a leaf that does not conserve wei, or a job that can't be ended.
    """
    paces = tuple(paces)
    root = Node(JobState(terms=scenario.terms, min_window=scenario.min_window), scenario.start)
    opened = _act(root, scenario.start, Role.BUYER, Open(scenario.terms.buyer, scenario.terms.deposit))
    labels = "made-up labels" if scenario.sham_labels else "a real test set"
    yield from _finish(scenario, _walk_open(scenario, _did(opened, Role.BUYER, f"opens with {labels}"), paces))


def distinct_on_chain(paths: Iterable[Path]) -> list[Path]:
    """One path for each different sequence of transactions: enough for a replay on a chain."""
    seen: dict[tuple[str, tuple[Step, ...]], Path] = {}
    for path in paths:
        seen.setdefault((path.scenario.name, path.chain_key), path)
    return list(seen.values())


def _finish(scenario: Scenario, nodes: Iterator[Node]) -> Iterator[Path]:
    """Replay each leaf and work out its pay-offs."""
    for node in nodes:
        outcome = replay(scenario, node.steps)
        if not outcome.job.state.ended or outcome.job.locked:
            raise RuleViolation("Stuck", f"the job is left {outcome.job.state.name} by {node.behaviours}")
        payoff = pay_offs(scenario, outcome, node.off_chain)
        name = "; ".join(f"{role} {did}" for role, did in node.behaviours)
        yield Path(name, scenario, node.steps, node.behaviours, node.off_chain, outcome.job, outcome.net, payoff)


def _walk_open(scenario: Scenario, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The seller accepts, or not."""
    accept = Accept(scenario.terms.seller, scenario.terms.deposit, b"\x5e" * 32)
    for accepted in _in_time(node, Role.SELLER, accept, "accepts", paces):
        yield from _walk_accepted(scenario, accepted, paces)
    yield from _neglect(scenario, node, Role.SELLER, accept, "accept")


def _walk_accepted(scenario: Scenario, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The buyer hands over the committed test set, something else, or nothing."""
    hand_over = HandOver(scenario.terms.buyer, b"\xc1" * 32)
    for delivery in (Delivery.COMMITTED, Delivery.GARBAGE):
        for handed in _in_time(node, Role.BUYER, hand_over, f"hands over {delivery}", paces):
            off_chain = replace(handed.off_chain, delivery=delivery)
            yield from _walk_handed_over(scenario, replace(handed, off_chain=off_chain), paces)
    yield from _neglect(scenario, node, Role.BUYER, hand_over, "hand over")


def _walk_handed_over(scenario: Scenario, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The seller looks or not, then proceeds, aborts or falls silent: honest, lazy and malicious alike."""
    proceed, abort = Proceed(scenario.terms.seller), Abort(scenario.terms.seller)
    looks = [(False, "without running the model")]
    if node.off_chain.delivery is Delivery.COMMITTED:
        looks.insert(0, (True, "having run the model"))
    for run, how in looks:
        seen = replace(node, off_chain=replace(node.off_chain, model_run=run))
        for proving in _in_time(seen, Role.SELLER, proceed, f"proceeds {how}", paces):
            yield from _walk_proving(scenario, proving, paces)
        yield from _in_time(seen, Role.SELLER, abort, f"aborts {how}", paces)
        yield from _neglect(scenario, seen, Role.SELLER, proceed, f"decide {how}")
        yield from _neglect(scenario, seen, Role.SELLER, abort, f"abort {how}", silent_too=False)


def _walk_proving(scenario: Scenario, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The seller proves, cheats, stops short, or comes too late."""
    for move in proving_moves(scenario, node.job, node.now, node.off_chain, paces == (LAST,)):
        played = _play(node, move)
        if played.job.state.ended:
            yield played
        else:
            yield from _expire(scenario, played, Role.SELLER)


def _play(node: Node, move: ProvingMove) -> Node:
    """Append a whole proving move."""
    for step in move.steps:
        node = _attempt(node, step) if step.reverts else _act(node, step.time, step.actor, step.event)
    node = _did(node, Role.SELLER, move.name)
    return replace(node, off_chain=replace(node.off_chain, batches_proven=move.batches_proven))


def _in_time(node: Node, actor: Role, event: Event, did: str, paces: tuple[str, ...]) -> Iterator[Node]:
    """The move at each pace that is still in time."""
    for pace in paces:
        time = node.now + 1 if pace == EARLY else node.job.deadline - 1
        yield _did(_act(node, time, actor, event), actor, f"{did} {pace}")


def _neglect(
    scenario: Scenario, node: Node, actor: Role, event: Event, what: str, silent_too: bool = True
) -> Iterator[Node]:
    """The mover tries exactly at the deadline and is refused, or stays silent; then somebody finalises."""
    late = _attempt(node, Step(node.job.deadline, actor, event, Rule.TOO_LATE))
    yield from _expire(scenario, _did(late, actor, f"tries to {what} at the deadline"), actor)
    if silent_too:
        yield from _expire(scenario, _did(node, actor, f"does not {what}"), actor)


def _expire(scenario: Scenario, node: Node, silent: Role) -> Iterator[Node]:
    """The other side, the silent side or a stranger ends a neglected state; a second too early is refused."""
    for who in (Role.BUYER, Role.SELLER, Role.STRANGER):
        finalise, deadline = Finalise(scenario.address(who)), node.job.deadline
        ended = node
        if ended.now < deadline - 1 and who is not silent:
            ended = _attempt(ended, Step(deadline - 1, who, finalise, Rule.TOO_EARLY))
        yield _did(_act(ended, max(ended.now + 1, deadline), who, finalise), who, "finalises")


def _act(node: Node, time: int, actor: Role, event: Event) -> Node:
    """A move that counts."""
    job, _ = apply(node.job, event, time)
    return replace(node, job=job, now=time, steps=(*node.steps, Step(time, actor, event)))


def _attempt(node: Node, step: Step) -> Node:
    """A move that is refused (checked when the leaf is replayed)."""
    return replace(node, now=step.time, steps=(*node.steps, step))


def _did(node: Node, role: Role, what: str) -> Node:
    """Note a behaviour."""
    return replace(node, behaviours=(*node.behaviours, (role, what)))
