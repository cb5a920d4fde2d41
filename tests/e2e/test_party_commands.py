"""The same audit with the program's own commands: publish, run, audit, each answering one JSON document."""

from __future__ import annotations

import json
import sys
from typing import Any

from e2e_processes import Actor, logs, wait_for
from e2e_settled import check_settled
from e2e_world import BUYER, SELLER, STAKE, TOTAL, World

from protocols.accuracy.events import State


def command(world: World, name: str, account: int, *words: object) -> Actor:
    """``assay`` with the chain, the account, and a JSON file named after the actor."""
    common = ("--rpc", world.chain.url, "--dev-account", account, "--json", world.root / f"{name}.json")
    arguments = [str(word) for word in (*words, *common)]
    return Actor(name, [sys.executable, "-m", "assay", *arguments], world.root / f"{name}.log")


def answer(world: World, name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((world.root / f"{name}.json").read_text())
    return parsed


def test_publish_run_and_audit(world: World) -> None:
    root = world.root
    listing, model = root / "model.listing", root / "seller" / "model.commit"
    data = ("commit", "data", root / "data.npz", "--format", model, "-o", root / "data.commit")
    committed = Actor("data", [sys.executable, "-m", "assay", *map(str, data)], root / "data.log")
    chosen = ("--commit", model, "--escrow", world.escrow.address, "--stake", STAKE, "-o", listing)
    published = command(world, "publish", SELLER, "seller", "publish", *chosen)
    for actor in (committed, published):
        actor.start()
    wait_for(committed, published)
    assert answer(world, "publish")["gas_used"] > 0

    served = ("--listing", listing, "--model", root / "model.onnx", "--commit", model, "--channel", world.channel)
    seller = command(world, "run", SELLER, "seller", "run", *served, "--state", root / "seller" / "jobs")
    wanted = ("--listing", listing, "--data-commit", root / "data.commit", "--target", TOTAL - 1, "--window", 3600)
    places = ("--channel", world.channel, "--state", root / "buyer" / "jobs")
    buyer = command(world, "audit", BUYER, "buyer", "audit", *wanted, *places)
    for actor in (seller, buyer):
        actor.start()
    wait_for(seller, buyer)
    check_settled(world, State.COMPLETED)
    for name in ("run", "audit"):
        document = answer(world, name)
        assert document["verdict"] == "completed", logs(seller, buyer)
        assert document["gas_used"] > 0
    assert answer(world, "audit")["job_id"] == answer(world, "run")["job_id"]

    again = command(world, "again", BUYER, "buyer", "audit", *wanted, *places)
    again.start()
    wait_for(again)
    assert answer(world, "again")["balance_change_wei"] == 0, "the same command must not buy a second audit"
    check_settled(world, State.COMPLETED)
