"""Both exchanges by two processes on two loopback hosts, which share a chain and nothing else."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_processes import Actor, end_all, logs, wait_for
from helpers.market import MIN_WINDOW_S, REQUESTER, RESPONDER
from helpers.tiny_retrieval import tiny_model
from retrieval_world import Bazaar, open_bazaar

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.retrieval import RetrievalEscrow
from protocols.retrieval.events import State


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
def test_retrieval_over_two_hosts(bazaar: Bazaar) -> None:
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
    bazaar.check_settled(State.COMPLETED)
    answers = [json.loads((root / f"{name}.json").read_text()) for name in ("run", "buy")]
    assert [answer["selected"] for answer in answers] == [[0, 2], [0, 2]]
    assert [path.name for path in (root / "channel").iterdir()] == ["contracts.json"]
