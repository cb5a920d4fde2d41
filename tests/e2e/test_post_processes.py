"""Both exchanges by two processes at two loopback addresses, which share a chain and nothing else."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_processes import DEADLINE_S, Actor, end_all, logs, wait_for
from e2e_world import BUYER, SELLER, STAKE, TOTAL, World
from helpers.market import MIN_WINDOW_S, REQUESTER, RESPONDER
from helpers.tiny_retrieval import tiny_model
from retrieval_world import Bazaar, open_bazaar

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.retrieval import RetrievalEscrow
from protocols.accuracy.events import State
from protocols.retrieval.events import State as Sale


@pytest.fixture
def bazaar(assay_home: Path, tmp_path: Path) -> Iterator[Bazaar]:
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        escrow = RetrievalEscrow.deploy(chain, dev_account(chain, 0), MIN_WINDOW_S)
        yield open_bazaar(chain, escrow, tiny_model(str(dev_account(chain, RESPONDER).address)), tmp_path)
        end_all()


def free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_retrieval_with_a_requester_that_nobody_can_call(bazaar: Bazaar) -> None:
    root = bazaar.root
    model, corpus, listing = (root / "responder" / "model.commit", root / "responder" / "c", root / "corpus.listing")
    size = ("--batch", 2, "--scale-bits", 7)
    committed = ("commit", "corpus", root / "documents.npz", *size, "-o", corpus)
    actor = Actor("corpus", [sys.executable, "-m", "assay", *map(str, committed)], root / "corpus.log")
    actor.start()
    wait_for(actor)
    goods = ("--commit", model, "--corpus", corpus)
    prices = ("--price", 10**15, "--max-deposit", 10**18, "--escrow", bazaar.escrow.address)
    published = bazaar.command("publish", RESPONDER, "responder", "publish", *goods, *prices, "-o", listing)
    published.start()
    wait_for(published)
    port = free_port("127.0.0.2")
    served = ("responder", "run", "--listing", listing, "--listen", f"127.0.0.2:{port}", *goods)
    responder = bazaar.command(
        "run", RESPONDER, *served, "--model", root / "model.onnx", "--state", root / "responder" / "jobs"
    )
    wanted = ("requester", "buy", "--listing", listing, "--peer", f"http://127.0.0.2:{port}")
    asked = ("--class", 0, "--cap", 2, "--window", 3600, "--purpose", "zeros")
    requester = bazaar.command("buy", REQUESTER, *wanted, *asked, "--state", root / "requester" / "jobs")
    for actor in (responder, requester):
        actor.start()
    for _ in bazaar.until_done(responder, requester):
        assert responder.ended() in (None, 0) and requester.ended() in (None, 0), logs(responder, requester)
    bazaar.check_settled(Sale.COMPLETED)
    answers = [json.loads((root / f"{name}.json").read_text()) for name in ("run", "buy")]
    assert [answer["selected"] for answer in answers] == [[0, 2], [0, 2]]
    assert [path.name for path in (root / "channel").iterdir()] == ["contracts.json"]


def killed_when(actor: Actor, journals: Path, kind: str) -> None:
    """SIGKILL once the party's journal has an entry of this kind, then the same command again."""
    give_up = time.monotonic() + DEADLINE_S
    while not any(f'"kind":"{kind}"' in path.read_text() for path in journals.glob("*/journal.jsonl")):
        assert actor.ended() is None and time.monotonic() < give_up, logs(actor)
        time.sleep(0.02)
    actor.kill()
    actor.start()


@pytest.mark.slow
def test_an_audit_between_two_offices(world: World) -> None:
    """Either side has an office and calls at the other's; either is killed on the way."""
    root = world.root
    listing, model = root / "model.listing", root / "seller" / "model.commit"
    data = ("commit", "data", root / "data.npz", "--format", model, "-o", root / "data.commit")
    committed = Actor("data", [sys.executable, "-m", "assay", *map(str, data)], root / "data.log")
    chosen = ("--commit", model, "--escrow", world.escrow.address, "--stake", STAKE, "-o", listing)
    published = command(world, "publish", SELLER, "seller", "publish", *chosen)
    for actor in (committed, published):
        actor.start()
    wait_for(committed, published)
    here, there = (f"{host}:{free_port(host)}" for host in ("127.0.0.1", "127.0.0.2"))
    goods = ("--listing", listing, "--model", root / "model.onnx", "--commit", model)
    ways = ("--listen", there, "--peer", f"http://{here}")
    seller = command(world, "run", SELLER, "seller", "run", *goods, *ways, "--state", root / "seller" / "jobs")
    wanted = ("--listing", listing, "--data-commit", root / "data.commit", "--target", TOTAL - 1, "--window", 3600)
    ways = ("--listen", here, "--peer", f"http://{there}")
    buyer = command(world, "audit", BUYER, "buyer", "audit", *wanted, *ways, "--state", root / "buyer" / "jobs")
    for actor in (seller, buyer):
        actor.start()
    killed_when(buyer, root / "buyer" / "jobs", "sealed")
    killed_when(seller, root / "seller" / "jobs", "test-set")
    wait_for(seller, buyer, deadline_s=400)
    jobs = [path for role in ("seller", "buyer") for path in (root / role / "jobs").iterdir() if len(path.name) == 64]
    assert (
        len({path.name for path in jobs}) == 1
        and world.escrow.job(bytes.fromhex(jobs[0].name)).state is State.COMPLETED
    )
    assert not [path for path in world.channel.iterdir() if path.is_dir()]


def command(world: World, name: str, account: int, *words: object) -> Actor:
    """``assay`` with the chain, the account, and a JSON file named after the actor."""
    common = ("--rpc", world.chain.url, "--dev-account", account, "--json", world.root / f"{name}.json")
    arguments = [str(word) for word in (*words, *common)]
    return Actor(name, [sys.executable, "-m", "assay", *arguments], world.root / f"{name}.log")
