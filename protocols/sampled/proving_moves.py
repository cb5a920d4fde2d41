"""What can happen in the proving state: any grouping, forged and repeated proofs, the sample, silence, lateness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protocols.games.game import Step
from protocols.sampled.events import Rule, SubmitBatch
from protocols.sampled.paths import Node, OffChain, Role, Scenario
from protocols.sampled.table import Table, off_chain

Group = tuple[int, ...]


def walk_proving(table: Table, node: Node) -> Iterator[Node]:
    """Every proving behaviour; each path ends here."""
    able = _groups(table.scenario, node.off_chain, best_first=True)
    won = able is not None
    best = able if able is not None else _everything(table.scenario, node.off_chain)
    silence = table.board.did(node, Role.SELLER, "proves nothing", stray=won)
    if best and (won or not node.brief):
        yield from _submitted(table, node, best, Role.SELLER, "proves the best examples first", stray=not won)
    if not (won and node.brief):
        yield from table.board.expire(silence, Role.SELLER)
    if node.brief:
        return
    yield from _cheats(table, node)
    if best:
        yield from _sound_moves(table, node, best, stray=not won)


def _sound_moves(table: Table, node: Node, best: Sequence[Group], stray: bool) -> Iterator[Node]:
    """Valid proofs in other groupings, by others, late, repeated, or too few."""
    scenario, board = table.scenario, table.board
    other = _groups(scenario, node.off_chain, best_first=False)
    if other is not None and other != best:
        yield from _submitted(table, node, other, Role.SELLER, "proves the examples in order", stray)
    yield from _submitted(table, node, best, Role.STRANGER, "has a stranger submit its proofs", stray)
    *early, last = best
    begun = _submit(table, node, early, Role.SELLER, left=1)
    in_time = board.act(begun, node.job.deadline - 1, Role.SELLER, _proof(scenario, last))
    how = "submits the last proof in the last second"
    yield from _ended(table, board.did(_proven(in_time, len(best)), Role.SELLER, how, stray))
    late = board.attempt(begun, Step(node.job.deadline, Role.SELLER, _proof(scenario, last), Rule.TOO_LATE))
    late = board.did(_proven(late, len(best)), Role.SELLER, "submits the last proof at the deadline", stray=True)
    yield from board.expire(late, Role.SELLER)
    if early:
        yield from _after_the_first(table, node, best, won=not stray)


def _after_the_first(table: Table, node: Node, best: Sequence[Group], won: bool) -> Iterator[Node]:
    """One proof counted, then: nothing more, the same again, an example of it again, or a forged one."""
    scenario, board = table.scenario, table.board
    begun = _submit(table, node, best[:1], Role.SELLER, left=1)
    yield from board.expire(board.did(begun, Role.SELLER, "stops after the first proof", stray=won), Role.SELLER)
    overlapping = tuple(sorted((best[0][-1], *best[1][1:])))
    tries = [("submits the first proof again", SubmitBatch(scenario.terms.seller, best[0], _count(scenario, best[0])))]
    if overlapping != best[0]:
        again = SubmitBatch(scenario.terms.seller, overlapping, _count(scenario, overlapping))
        tries.append(("counts an example of the first proof again", again))
    for how, event in tries:
        tried = board.attempt(begun, Step(begun.now + 1, Role.SELLER, event, Rule.EXAMPLE_SPENT))
        yield from board.expire(board.did(tried, Role.SELLER, f"{how}, is refused", stray=True), Role.SELLER)
    forged = SubmitBatch(scenario.terms.seller, best[1], _count(scenario, best[1]), valid=False)
    tried = board.attempt(begun, Step(begun.now + 1, Role.SELLER, forged, Rule.PROOF_REJECTED))
    how = "follows a proof with a forged one, is refused"
    yield from board.expire(board.did(tried, Role.SELLER, how, stray=True), Role.SELLER)


def _cheats(table: Table, node: Node) -> Iterator[Node]:
    """Refused in the first attempt, after which nothing more comes."""
    scenario, terms, board = table.scenario, table.scenario.terms, table.board
    first, sample = scenario.rest[: terms.batch], scenario.sample[: terms.batch]
    count, size = _count(scenario, first), terms.batch
    inflated = (size, Rule.PROOF_REJECTED) if count < size else (size + 1, Rule.COUNT_TOO_HIGH)
    seller = terms.seller
    tries = [
        ("submits a forged proof", SubmitBatch(seller, first, count, valid=False), Rule.PROOF_REJECTED),
        ("submits an inflated count", SubmitBatch(seller, first, inflated[0], valid=False), inflated[1]),
        ("proves on the sample", SubmitBatch(seller, sample, _count(scenario, sample)), Rule.EXAMPLE_SPENT),
        ("proves on too few examples", SubmitBatch(seller, first[1:], 0, valid=False), Rule.WRONG_BATCH_SIZE),
    ]
    if size > 1:
        twice = (first[0],) * 2 + first[2:]
        tries.append(("counts an example twice", SubmitBatch(seller, twice, count, valid=False), Rule.NO_SUCH_EXAMPLE))
    for how, event, rule in tries:
        tried = board.attempt(node, Step(node.now + 1, Role.SELLER, event, rule))
        yield from board.expire(board.did(tried, Role.SELLER, f"{how}, is refused", stray=True), Role.SELLER)


def _submitted(
    table: Table, node: Node, groups: Sequence[Group], role: Role, how: str, stray: bool = False
) -> Iterator[Node]:
    """All of these proofs, and what follows when they are not enough."""
    yield from _ended(table, table.board.did(_submit(table, node, groups, role), Role.SELLER, how, stray))


def _ended(table: Table, node: Node) -> Iterator[Node]:
    """The completed game, or the deadline."""
    if node.job.state.ended:
        yield node
    else:
        yield from table.board.expire(node, Role.SELLER)


def _submit(table: Table, node: Node, groups: Sequence[Group], role: Role, left: int = 0) -> Node:
    """Proofs one after another at the role's pace, ``left`` more moves of its own to follow in time."""
    time = table.time(node, role, len(groups) + left)
    for offset, group in enumerate(groups):
        node = table.board.act(node, time + offset, role, _proof(table.scenario, group, role))
    return _proven(node, len(groups))


def _proven(node: Node, proofs: int) -> Node:
    """The node with its proofs paid for, and the run of the rest that chose them."""
    return off_chain(node, rest_run=True, batches_proven=proofs)


def _groups(scenario: Scenario, off_chain: OffChain, best_first: bool) -> list[Group] | None:
    """Fewest groups of examples the seller can prove that reach the target, or None when all of them do not."""
    usable = _usable(scenario, off_chain)
    if best_first:
        usable.sort(key=lambda index: (not scenario.right[index], index))
    chosen: list[Group] = []
    correct = 0
    for group in _split(usable, scenario.terms.batch):
        chosen.append(group)
        correct += _count(scenario, group)
        if correct >= scenario.terms.target:
            return chosen
    return None


def _everything(scenario: Scenario, off_chain: OffChain) -> list[Group]:
    """All the groups a seller can prove."""
    return _split(_usable(scenario, off_chain), scenario.terms.batch)


def _usable(scenario: Scenario, off_chain: OffChain) -> list[int]:
    """Examples of the rest the seller can prove on: it has their ciphertexts and key, and they are as committed."""
    if not (off_chain.holds and off_chain.key_known):
        return []
    return [index for index in scenario.rest if index != scenario.spoiled(off_chain)]


def _split(indices: Sequence[int], batch: int) -> list[Group]:
    """Whole groups in this order, each ascending."""
    whole = len(indices) // batch * batch
    return [tuple(sorted(indices[start : start + batch])) for start in range(0, whole, batch)]


def _count(scenario: Scenario, group: Group) -> int:
    """Right answers in a group."""
    return sum(scenario.right[index] for index in group)


def _proof(scenario: Scenario, group: Group, role: Role = Role.SELLER) -> SubmitBatch:
    """A valid proof of a group's true count."""
    return SubmitBatch(scenario.address(role), group, _count(scenario, group))
