"""Provider, its service and the client as processes that share the chain, a channel folder and a port."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from e2e_processes import Actor, end_all, example, logs
from helpers.rounds import CLIENT, COUNT, INPUTS, PRICES, PROVIDER, WINDOW_S
from helpers.tiny_models import mlp
from helpers.tiny_retrieval import tiny_model

from assay.cli import run
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to
from escrow.predictions import PredictionEscrow
from escrow.predictions_views import RoundStatus
from proofs.halo2.secret_model import write_secret_model
from protocols.predictions.endings import settle
from protocols.predictions.events import State

START_WEI = 10_000 * 10**18
WAIT_S, MIN_WINDOW_S = 240, 60
MARGIN_S = 60


@dataclass
class Arcade:
    """Folders under ``root``: channel, provider's, client's."""

    chain: Chain
    escrow: PredictionEscrow
    root: Path
    port: int

    @property
    def job_id(self) -> bytes | None:
        """The one job, once there is an offer."""
        found = [bytes.fromhex(path.name) for path in (self.root / "channel").glob("*") if len(path.name) == 64]
        return found[0] if found else None

    @property
    def status(self) -> RoundStatus | None:
        return self.escrow.job(self.job_id) if self.job_id else None

    def words(self, name: str, account: int, *words: object) -> list[str]:
        """Arguments of ``assay`` with the chain, the account, and a JSON file of this name."""
        common = ("--rpc", self.chain.url, "--dev-account", account, "--json", self.root / f"{name}.json")
        return [str(word) for word in (*words, *common)]

    def process(self, name: str, account: int, *words: object) -> Actor:
        """A command as a process of its own."""
        command = [sys.executable, "-m", "assay", *self.words(name, account, *words)]
        return Actor(name, command, self.root / f"{name}.log")

    def run(self, name: str, account: int, *words: object) -> dict[str, Any]:
        """A command in this process; returns what it wrote for scripts."""
        run(self.words(name, account, *words))
        return self.result(name)

    def result(self, name: str) -> dict[str, Any]:
        """What a command wrote for scripts."""
        return dict(json.loads((self.root / f"{name}.json").read_text()))

    def journal(self, role: str) -> str:
        return "".join(path.read_text() for path in (self.root / role).glob("**/journal.jsonl"))

    def pass_time(self) -> None:
        """Once all is signed for, and contested answers are proven: to the provider's collecting, then to the end."""
        status = self.status
        if status is None or status.state is not State.SERVING or status.proven < max(status.contested, 1):
            return
        if '"kind":"receipt-sent"' in self.journal("client") and f'"answered":"{COUNT}"' in self.journal("client"):
            advance_to(self.chain, status.round_end if status.answered else status.round_end - MARGIN_S)

    def until(self, reached: Callable[[], bool], *actors: Actor) -> None:
        """Let everybody work, and time pass, until something has happened."""
        give_up = time.monotonic() + WAIT_S
        while not reached():
            assert time.monotonic() < give_up and all(actor.ended() in (None, 0) for actor in actors), logs(*actors)
            self.pass_time()
            time.sleep(0.02)

    def check_settled(self, proven: int) -> None:
        """Completed, and everybody has what the pure rules promise; nothing is left in the escrow but the fees."""
        assert self.job_id is not None
        seen = self.escrow.snapshot(self.job_id)
        assert (seen.status.state, seen.status.proven, seen.status.answered) == (State.COMPLETED, proven, COUNT)
        terms = seen.terms
        assert seen.owed == {terms.client: 0, terms.provider: 0, terms.fee_recipient: 2 * terms.fee}
        change = {terms.client: -terms.client_funds, terms.provider: -terms.provider_funds, terms.fee_recipient: 0}
        for credit in settle(terms, State.SERVING, State.COMPLETED, proven, COUNT):
            change[credit.who] += credit.amount
        for who in (terms.client, terms.provider):
            assert self.chain.balance(who) == START_WEI + change[who] - self.fees(who)

    def fees(self, who: str) -> int:
        """Wei ``who`` has paid for gas since the chain began."""
        total = 0
        for number in range(self.chain.block_number() + 1):
            for transaction in self.chain.w3.eth.get_block(number, full_transactions=True)["transactions"]:
                if transaction["from"] == who:
                    receipt = self.chain.w3.eth.get_transaction_receipt(transaction["hash"])
                    total += receipt["gasUsed"] * receipt["effectiveGasPrice"]
        return total


@pytest.fixture
def arcade(assay_home: Path, tmp_path: Path) -> Iterator[Arcade]:
    with Anvil() as anvil, socket.socket() as probe:
        chain = Chain.connect(anvil.url)
        escrow = PredictionEscrow.deploy(chain, dev_account(chain, 9), MIN_WINDOW_S)
        for name in ("channel", "provider", "client"):
            (tmp_path / name).mkdir(mode=0o700)
        (tmp_path / "model.onnx").write_bytes(mlp(0))
        write_secret_model(tmp_path / "provider" / "model.commit", tiny_model(dev_account(chain, PROVIDER).address))
        np.savez(tmp_path / "x.npz", x=INPUTS)
        (tmp_path / "channel" / "contracts.json").write_text(json.dumps({"predictions": escrow.address}))
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        yield Arcade(chain, escrow, tmp_path, port)
        end_all()


def test_provider_killed_between_contest_and_proof(arcade: Arcade) -> None:
    """SIGKILL takes the provider and its service with it; started again, it proves, collects and is paid."""
    root, url = arcade.root, arcade.chain.url
    goods = (
        "--model",
        str(root / "model.onnx"),
        "--port",
        str(arcade.port),
        "--credit",
        "2",
        "--margin",
        str(MARGIN_S),
    )
    provider = example("provider", root, url, *goods, "--wait", str(WAIT_S))
    wishes = ("--data", str(root / "x.npz"), "--questions", str(COUNT), "--contests", "1", "--window", str(WINDOW_S))
    places = ("--service", f"http://127.0.0.1:{arcade.port}", "--wait", str(WAIT_S), "--margin", str(MARGIN_S))
    client = example("client", root, url, *wishes, *places)
    for actor in (provider, client):
        actor.start()
    arcade.until(lambda: arcade.status is not None and arcade.status.contested == 1, provider, client)
    provider.kill()
    assert arcade.status is not None and arcade.status.proven == 0
    give_up = time.monotonic() + 10
    while _answers(arcade.port):
        assert time.monotonic() < give_up, "the service outlived its provider"
        time.sleep(0.05)
    provider.start()
    arcade.until(lambda: {provider.ended(), client.ended()} == {0}, provider, client)
    arcade.check_settled(1)
    assert f"classes of the {COUNT} inputs answered" in client.said


def test_commands_sell_and_buy(arcade: Arcade) -> None:
    """publish, run and serve; open, ask, contest, run and settle: each command on its own, the round settled once."""
    root, url = arcade.root, f"http://127.0.0.1:{arcade.port}"
    commit, listing = root / "provider" / "model.commit", root / "rounds.listing"
    prices = ("--price", PRICES.price, "--proving-cost", PRICES.proving_cost, "--max-deposit", PRICES.max_deposit)
    offer = (*prices, "--escrow", arcade.escrow.address, "-o", listing)
    assert "adapter" in arcade.run("publish", PROVIDER, "provider", "publish", "--commit", commit, *offer)

    answers = ("--data-dir", root / "answers", "--credit", 2)
    places = ("--listing", listing, "--channel", root / "channel")
    goods = ("--model", root / "model.onnx", "--commit", commit, "--state", root / "provider" / "jobs")
    provider = arcade.process(
        "run", PROVIDER, "provider", "run", *places, *goods, *answers, "--out", root / "round", "--prove-s", 5
    )  # fmt: skip
    provider.start()
    state = ("--state", root / "client")
    wishes = ("--contests", 2, "--window", WINDOW_S)
    opened = arcade.run("open", CLIENT, "client", "open", *places, *state, "--round", COUNT, *wishes)
    assert opened["verdict"] == "serving", logs(provider)

    serve = ("serve", root / "model.onnx", "--commit", commit, "--job", root / "round", "--port", arcade.port)
    service = arcade.process("serve", PROVIDER, *serve, *answers)
    service.start()
    arcade.until(lambda: _answers(arcade.port), provider, service)
    asking = ("--data", root / "x.npz", *state)
    job = ("--job", root / "round")
    asked = arcade.run("ask", CLIENT, "client", "ask", url, *job, *asking, "--contest", 1, "--group", 2)
    assert asked["answered"] == COUNT
    contested = arcade.run("contest", CLIENT, "client", "contest", *places, *state)
    assert (contested["verdict"], contested["job"]["contested"]) == ("serving", 1)

    client = arcade.process("whole", CLIENT, "client", "run", url, *places, *asking, "--audit", 0, *wishes)
    client.start()
    arcade.until(lambda: (provider.ended(), client.ended()) == (0, 0), provider, client)
    arcade.check_settled(1)
    assert [arcade.result(name)["verdict"] for name in ("run", "whole")] == ["completed"] * 2
    assert arcade.run("settle", CLIENT, "client", "settle", *places, *state)["balance_change"] == 0
    arcade.until(lambda: _closed(url, contested["job_id"]), service)
    late = arcade.run("late", CLIENT, "client", "ask", url, *job, "--data", root / "x.npz", "--state", root / "late")
    assert late["exit_code"] == 4 and "the job is completed, no round is running" in late["message"]


def _closed(url: str, job_id: str) -> bool:
    """Whether the service has seen the end of a round."""
    return httpx.get(f"{url}/v1/jobs/{job_id}").json()["closed"] is not None


def _answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
