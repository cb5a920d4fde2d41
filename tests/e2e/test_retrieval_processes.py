"""Responder and requester as two processes that share the chain and a channel folder, and nothing else."""

from __future__ import annotations

import json
import shutil
import signal
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
from proofs.paths import cache_dir
from protocols.retrieval.events import State


@pytest.fixture
def bazaar(assay_home: Path, tmp_path: Path) -> Iterator[Bazaar]:
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        escrow = RetrievalEscrow.deploy(chain, dev_account(chain, 0), MIN_WINDOW_S)
        yield open_bazaar(chain, escrow, tiny_model(str(dev_account(chain, RESPONDER).address)), tmp_path)
        end_all()


def test_commands_sell_buy_and_audit(bazaar: Bazaar) -> None:
    """commit corpus, publish, run, buy and audit; the requester, in a home of its own, rebuilds the circuit."""
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

    places = ("--channel", root / "channel", "--listing", listing)
    served = ("responder", "run", *places, *goods, "--model", root / "model.onnx")
    responder = bazaar.command("run", RESPONDER, *served, "--state", root / "responder" / "jobs")
    wanted = ("requester", "buy", *places, "--class", 0, "--cap", 2, "--window", 3600, "--purpose", "zeros")
    requester = bazaar.command("buy", REQUESTER, *wanted, "--state", root / "requester" / "jobs")
    shutil.copytree(cache_dir() / "srs", root / "home" / "cache" / "srs")
    requester.environment = {"ASSAY_HOME": str(root / "home")}
    for actor in (responder, requester):
        actor.start()
    for _ in bazaar.until_done(responder, requester):
        assert responder.ended() in (None, 0) and requester.ended() in (None, 0), logs(responder, requester)
    bazaar.check_settled(State.COMPLETED)
    answers = [json.loads((root / f"{name}.json").read_text()) for name in ("run", "buy")]
    assert {answer["verdict"] for answer in answers} == {"completed"}
    assert [answer["selected"] for answer in answers] == [[0, 2], [0, 2]]
    assert answers[0]["job_id"] == answers[1]["job_id"]
    assert "stay online" in requester.said and "key" not in responder.said.replace("reveals the key", "")

    again = bazaar.command("again", REQUESTER, *wanted, "--state", root / "requester" / "jobs")
    again.environment = requester.environment
    again.start()
    wait_for(again)
    assert json.loads((root / "again.json").read_text())["balance_change"] == 0, "the same command must not buy twice"
    audit_a_sample(bazaar, served, places, requester.environment)


def audit_a_sample(
    bazaar: Bazaar, served: tuple[object, ...], places: tuple[object, ...], environment: dict[str, str]
) -> None:
    """The priced audit from the same listing: drawn by the chain, nothing proven."""
    root, spent = bazaar.root, bazaar.spent
    responder = bazaar.command("serve", RESPONDER, *served, "--state", root / "responder" / "jobs")
    asked = ("requester", "audit", *places, "-n", 1, "--window", 3600)
    requester = bazaar.command("audit", REQUESTER, *asked, "--state", root / "requester" / "jobs")
    requester.environment = environment
    for actor in (responder, requester):
        actor.start()
    for _ in bazaar.until_done(responder, requester):
        assert responder.ended() in (None, 0) and requester.ended() in (None, 0), logs(responder, requester)
    answers = [json.loads((root / f"{name}.json").read_text()) for name in ("serve", "audit")]
    assert [answer["verdict"] for answer in answers] == ["completed"] * 2
    assert len(answers[0]["selected"]) == 1 and answers[0]["selected"] == answers[1]["selected"]
    (folder,) = (root / "requester" / "jobs" / answers[1]["job_id"][2:]).glob("documents/*.payload")
    assert folder.read_bytes() == bazaar.payloads[answers[1]["selected"][0]]
    assert bazaar.spent == spent and "random documents" in requester.said


def test_killed_after_every_transaction_and_amid_a_proof(bazaar: Bazaar) -> None:
    """SIGKILL whenever a party's transaction is mined, and once while it proves; each goes on, and is paid once."""
    responder, requester = bazaar.examples()
    pairs = ((responder, bazaar.responder), (requester, bazaar.requester))
    spent = bazaar.spent

    def mark(actor: Actor, who: str) -> tuple[int, bool]:
        proving = actor is responder and bazaar.spent > spent
        return int(bazaar.chain.w3.eth.get_transaction_count(who)), proving  # type: ignore[arg-type]

    seen = {actor.name: mark(actor, who) for actor, who in pairs}
    for actor, _ in pairs:
        actor.start()
    for _ in bazaar.until_done(responder, requester):
        for actor, who in pairs:
            if actor.ended() is None and mark(actor, who) != seen[actor.name]:
                actor.kill()
                seen[actor.name] = mark(actor, who)
                if '"kind":"finished"' not in bazaar.journal(actor.name):
                    actor.start()
            if actor.ended() == -signal.SIGKILL and '"kind":"finished"' in bazaar.journal(actor.name):
                actor.command = [*actor.command[:1], "-c", "pass"]  # killed after its last line: nothing is left to do
                actor.start()
            assert actor.ended() in (None, 0, -signal.SIGKILL), logs(responder, requester)
    bazaar.check_settled(State.COMPLETED)
    # verifier, adapter, accept, two batches, deliver, reveal, withdraw, and a proof; open, acknowledge
    assert responder.kills >= 7 and requester.kills >= 2
    assert bazaar.spent - spent >= 3, "the proof that was killed counts as well"
