"""Both parties killed with SIGKILL again and again, each time they have got one step further, and started again."""

from __future__ import annotations

import signal
import time

from e2e_processes import Actor, logs, tiny_pair
from e2e_settled import check_settled, journal
from e2e_world import STAKE, TOTAL, World

from protocols.accuracy.events import State

SELLER_KINDS = {"offer-checked", "accept-seed", "acceptance-sent", "test-set", "fidelity", "predicted", "receipt-sent"}
RESTARTS_S = 420  # some twenty starts of a Python that has to load a chain library, on a machine that does other work
BUYER_KINDS = {"offer-made", "offer-sent", "acceptance", "sealed", "test-set-sent"}


def marker(world: World, name: str, who: str) -> tuple[int, int, bool]:
    """How far a party has got: lines in its journal, transactions, whether it has begun a proof.

    Only the first: killed whenever a proof has begun, no proof would ever be finished.
    """
    lines = sum(len(path.read_bytes().splitlines()) for path in (world.root / name).glob("jobs/*/journal.jsonl"))
    begun = name == "seller" and world.budget.spent > world.spent_before
    return lines, int(world.chain.w3.eth.get_transaction_count(who)), begun


def finished(world: World, name: str) -> bool:
    """Whether the party has written down that nothing is left to do: from then on it would wait for the next job."""
    journals = list((world.root / name).glob("jobs/*/journal.jsonl"))
    return bool(journals) and all(b'"kind":"finished"' in path.read_bytes() for path in journals)


def kill_at_every_step(world: World, *pairs: tuple[Actor, str]) -> None:
    """Start each actor; kill it whenever its marker has changed; start it again, until it ends by itself."""
    give_up = time.monotonic() + RESTARTS_S
    actors = [actor for actor, _ in pairs]
    seen = {actor.name: marker(world, actor.name, who) for actor, who in pairs}
    for actor in actors:
        actor.start()
    while any(actor.ended() != 0 and not finished(world, actor.name) for actor in actors):
        assert time.monotonic() < give_up, logs(*actors)
        for actor, who in pairs:
            now = marker(world, actor.name, who)
            if actor.ended() is None and now != seen[actor.name]:
                actor.kill()
                seen[actor.name] = marker(world, actor.name, who)
                if not finished(world, actor.name):
                    actor.start()
            assert actor.ended() in (None, 0, -signal.SIGKILL), logs(*actors)
        time.sleep(0.01)


def test_killed_at_every_step_both_resume(world: World) -> None:
    """Each journal entry, transaction and begun proof ends in a SIGKILL; the audit is completed and paid once."""
    seller, buyer = tiny_pair(world.root, world.chain.url, TOTAL, TOTAL - 1, STAKE)
    kill_at_every_step(world, (seller, world.seller.address), (buyer, world.buyer.address))
    check_settled(world, State.COMPLETED)
    assert SELLER_KINDS <= {entry.kind for entry in journal(world, "seller")}
    assert BUYER_KINDS <= {entry.kind for entry in journal(world, "buyer")}
    proven = {entry.body["batch"] for entry in journal(world, "seller") if entry.kind == "proof-ready"}
    assert world.budget.spent - world.spent_before >= len(proven) + 1  # the one killed while proving counts as well
    assert seller.kills >= len(SELLER_KINDS)
    assert buyer.kills >= len(BUYER_KINDS) - 1
