"""Whether an audit ended as the contract promises: state, balances to the wei, contracts deployed, proofs counted."""

from __future__ import annotations

import re

from e2e_world import STAKE, World

from protocols.accuracy.endings import settle
from protocols.accuracy.events import State
from protocols.journal import Entry, read_journal

START_WEI = 10_000 * 10**18  # of each of anvil's development accounts
CIRCUIT_CONTRACTS = 2  # generated verifier and adapter


def only_job(world: World) -> bytes:
    """The one job in the seller's folder: a second one would have been paid for twice."""
    names = [
        path.name for path in (world.root / "seller" / "jobs").iterdir() if re.fullmatch("[0-9a-f]{64}", path.name)
    ]
    assert len(names) == 1
    assert names == [path.name for path in (world.root / "buyer" / "jobs").iterdir()]
    return bytes.fromhex(names[0])


def journal(world: World, role: str) -> list[Entry]:
    """A party's journal."""
    job_id = only_job(world)
    return read_journal(world.root / role / "jobs" / job_id.hex() / "journal.jsonl", role.encode() + job_id)


def check_settled(world: World, ending: State, stake: int = STAKE) -> None:
    """Everybody has, to the wei, what the pure rules promise; nothing was deployed, opened or paid twice."""
    job_id = only_job(world)
    terms = world.escrow.terms(job_id)
    assert world.escrow.job(job_id).state is ending
    promised = {
        str(world.seller.address): START_WEI - terms.deposit - stake,
        str(world.buyer.address): START_WEI - terms.deposit,
    }
    for credit in settle(terms, State.PROVING, ending):
        if credit.who in promised:
            promised[credit.who] += credit.amount
    for who, wei in promised.items():
        assert world.chain.balance(who) == wei - world.fees(who)
        assert world.escrow.owed(who) == 0
    assert world.registry.model(terms.model_id).stake_wei == stake
    assert world.deployments(str(world.seller.address)) == CIRCUIT_CONTRACTS
