"""How a round ends: receipts collected, old, forged or left; finalised by the provider early or by anyone late."""

from __future__ import annotations

from collections.abc import Iterator

from protocols.games.game import Step
from protocols.predictions.events import Collect, Finalise, Rule
from protocols.predictions.paths import GameNode, Role, Scenario
from protocols.predictions.serving_moves import PredictionBoard


def settle_plainly(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """The provider collects what it can and ends the round as soon as it may; else the client at the prove end."""
    if node.off_chain.receipted and not node.job.open_contests:
        node = _collected(board, node, scenario, node.off_chain.receipted, "collects")
    if not node.job.open_contests and node.now < node.job.deadline:
        yield _provider_finalises(board, node)
    else:
        yield _late(board, node, Role.CLIENT)


def settle_every_way(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """Every way to collect with every way to finalise."""
    for collected in _collections(board, node, scenario):
        yield from _finalisations(board, collected)
    latest = node.off_chain.receipted
    if latest and not node.job.open_contests:
        yield from _too_late(board, node, scenario, latest)


def _collections(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """What the provider does with the receipts it holds, or does not hold."""
    latest, provider = node.off_chain.receipted, Role.PROVIDER
    if not latest:
        yield node
    else:
        yield _collected(board, node, scenario, latest, "collects")
        yield board.did(node, provider, "does not collect", stray=True)
        again = _collected(board, node, scenario, latest, "collects")
        yield _refused(board, again, scenario, latest, Rule.NOTHING_NEW, "shows the receipt twice")
    if latest > 1:
        yield _collected(board, node, scenario, latest - 1, "collects an old receipt", stray=True)
        newer = _collected(board, node, scenario, 1, "collects an old receipt")
        yield _collected(board, newer, scenario, latest, "collects the newest")
        back = _collected(board, node, scenario, latest, "collects")
        yield _refused(board, back, scenario, latest - 1, Rule.NOTHING_NEW, "shows an older receipt")
    if latest < scenario.terms.round:
        event = Collect(scenario.terms.provider, scenario.terms.round, signed=False)
        forged = board.attempt(node, Step(node.now + 1, provider, event, Rule.BAD_SIGNATURE))
        yield board.did(forged, provider, "forges a receipt", stray=True)
    beyond = _refused(board, node, scenario, scenario.terms.round + 1, Rule.NO_SUCH_ANSWER, "claims beyond the round")
    yield beyond
    theirs = Collect(scenario.terms.client, latest or 1)
    tried = board.attempt(node, Step(node.now + 1, Role.CLIENT, theirs, Rule.NOT_YOUR_MOVE))
    tried = board.did(tried, Role.CLIENT, "collects itself", stray=True)
    yield _collected(board, tried, scenario, latest, "collects") if latest else tried


def _finalisations(board: PredictionBoard, node: GameNode) -> Iterator[GameNode]:
    """Who ends the round, and when; a second too early each is refused."""
    if not node.job.open_contests and node.now < node.job.deadline:
        yield _provider_finalises(board, node)
    for who in (Role.CLIENT, Role.PROVIDER, Role.STRANGER):
        yield _late(board, node, who)


def _provider_finalises(board: PredictionBoard, node: GameNode) -> GameNode:
    """The provider ends a served round at the round's end, after a premature attempt, and one by a stranger."""
    for who in (Role.PROVIDER, Role.STRANGER):
        at = node.job.round_end - (2 if who is Role.PROVIDER else 1)
        if node.now < at:
            early = Step(at, who, Finalise(board.game.address(who)), Rule.TOO_EARLY)
            node = board.attempt(node, early)
    provider = board.game.address(Role.PROVIDER)
    ended = board.act(node, max(node.now + 1, node.job.round_end), Role.PROVIDER, Finalise(provider))
    return board.did(ended, Role.PROVIDER, "ends the round")


def _late(board: PredictionBoard, node: GameNode, who: Role) -> GameNode:
    """Anybody ends the round at the prove end; in the last second before it is refused (all but a served provider)."""
    deadline, finalise = node.job.deadline, Finalise(board.game.address(who))
    allowed = who is Role.PROVIDER and not node.job.open_contests
    if node.now < deadline - 1 and not allowed:
        node = board.attempt(node, Step(deadline - 1, who, finalise, Rule.TOO_EARLY))
    ended = board.act(node, max(node.now + 1, deadline), who, finalise)
    return board.did(ended, who, "finalises")


def _too_late(board: PredictionBoard, node: GameNode, scenario: Scenario, latest: int) -> Iterator[GameNode]:
    """Collecting after the prove end: it counts as long as nobody has finalised, and is refused afterwards."""
    event = Collect(scenario.terms.provider, latest)
    at = max(node.now + 1, node.job.deadline)
    grace = board.did(board.act(node, at, Role.PROVIDER, event), Role.PROVIDER, "collects at the prove end")
    yield _late(board, grace, Role.CLIENT)
    ended = _late(board, node, Role.CLIENT)
    step = Step(ended.now + 1, Role.PROVIDER, event, Rule.WRONG_STATE)
    yield board.did(board.attempt(ended, step), Role.PROVIDER, "collects after the ending", stray=True)


def _collected(
    board: PredictionBoard, node: GameNode, scenario: Scenario, answered: int, did: str, stray: bool = False
) -> GameNode:
    event = Collect(scenario.terms.provider, answered)
    return board.did(board.act(node, node.now + 1, Role.PROVIDER, event), Role.PROVIDER, did, stray)


def _refused(
    board: PredictionBoard, node: GameNode, scenario: Scenario, answered: int, rule: Rule, did: str
) -> GameNode:
    step = Step(node.now + 1, Role.PROVIDER, Collect(scenario.terms.provider, answered), rule)
    return board.did(board.attempt(node, step), Role.PROVIDER, did, stray=True)
