"""What two processes need to trade documents: a chain, folders, a committed model, and somebody who lets time pass."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from e2e_processes import Actor, example, logs
from helpers.market import REQUESTER, RESPONDER
from helpers.tiny_models import mlp
from helpers.tiny_retrieval import tiny_corpus

from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to, mine
from escrow.retrieval import RetrievalEscrow
from proofs.budget import Budget
from proofs.halo2.secret_model import SecretModel, write_secret_model
from protocols.retrieval.events import State

START_WEI = 10_000 * 10**18
WAIT_S = 240


@dataclass
class Bazaar:
    """Folders under ``root``: channel, responder's, requester's; ``payloads`` are what the corpus holds."""

    chain: Chain
    escrow: RetrievalEscrow
    model: SecretModel
    root: Path
    payloads: list[bytes]

    @property
    def responder(self) -> str:
        return str(dev_account(self.chain, RESPONDER).address)

    @property
    def requester(self) -> str:
        return str(dev_account(self.chain, REQUESTER).address)

    @property
    def spent(self) -> int:
        """Proofs begun under the model's commitment."""
        return Budget(self.model.commitment.weights_commitment, self.model.description.budget).spent

    def examples(self) -> tuple[Actor, Actor]:
        """The two scripts of ``examples``, on the tiny model and the tiny corpus."""
        size = ["--batch", "2", "--scale-bits", "7", "--documents", "3"]
        goods = ["--source", str(self.root / "documents.npz"), "--model", str(self.root / "model.onnx"), *size]
        responder = example("responder", self.root, self.chain.url, *goods, "--wait", str(WAIT_S))
        wishes = ["--class", "0", "--cap", "2", "--wait", str(WAIT_S)]
        return responder, example("requester", self.root, self.chain.url, *wishes)

    def command(self, name: str, account: int, *words: object) -> Actor:
        """``assay`` with the chain, the account, and a JSON file named after the actor."""
        common = ("--rpc", self.chain.url, "--dev-account", account, "--json", self.root / f"{name}.json")
        arguments = [str(word) for word in (*words, *common)]
        return Actor(name, [sys.executable, "-m", "assay", *arguments], self.root / f"{name}.log")

    def jobs(self, role: str) -> list[bytes]:
        """The jobs in a party's folder."""
        return [bytes.fromhex(path.name) for path in (self.root / role / "jobs").glob("*") if len(path.name) == 64]

    def journal(self, role: str) -> str:
        """A party's journals, as text."""
        return "".join(path.read_text() for path in (self.root / role / "jobs").glob("*/journal.jsonl"))

    def pass_time(self) -> None:
        """Blocks for a draw, and once the documents are decrypted, the end of the complaint window."""
        for job_id in self.jobs("requester"):
            status = self.escrow.job(job_id)
            journal = self.root / "requester" / "jobs" / job_id.hex() / "journal.jsonl"
            if status.state is State.PROVING and self.chain.block_number() <= status.draw_block:
                mine(self.chain)
            elif status.state is State.REVEALED and '"kind":"decrypted"' in journal.read_text():
                advance_to(self.chain, status.deadline)

    def until_done(self, *actors: Actor) -> Iterator[None]:
        """Yields now and then until every actor has ended well."""
        give_up = time.monotonic() + WAIT_S
        while any(actor.ended() != 0 for actor in actors):
            assert time.monotonic() < give_up, logs(*actors)
            self.pass_time()
            yield
            time.sleep(0.02)

    def check_settled(self, ending: State) -> None:
        """One job, ended like this; everybody has what the escrow's events say, nothing is left in it."""
        (job_id,) = self.jobs("requester")
        assert self.jobs("responder") == [job_id]
        seen = self.escrow.snapshot(job_id)
        assert seen.status.state is ending and seen.selected == (0, 2)
        terms = seen.terms
        assert seen.owed == {terms.requester: 0, terms.responder: 0, terms.fee_recipient: 2 * terms.fee}
        earned = terms.base_fee + 2 * terms.price
        for who, change in ((terms.responder, earned - terms.fee), (terms.requester, -earned - terms.fee)):
            assert self.chain.balance(who) == START_WEI + change - self.fees(who)
        folder = self.root / "requester" / "jobs" / job_id.hex() / "documents"
        found = {int(path.stem): path.read_bytes() for path in folder.glob("*.payload")}
        assert found == {index: self.payloads[index] for index in (0, 2)}

    def fees(self, who: str) -> int:
        """Wei ``who`` has paid for gas since the chain began."""
        total = 0
        for number in range(self.chain.block_number() + 1):
            for transaction in self.chain.w3.eth.get_block(number, full_transactions=True)["transactions"]:
                if transaction["from"] == who:
                    receipt = self.chain.w3.eth.get_transaction_receipt(transaction["hash"])
                    total += receipt["gasUsed"] * receipt["effectiveGasPrice"]
        return total


def open_bazaar(chain: Chain, escrow: RetrievalEscrow, model: SecretModel, root: Path) -> Bazaar:
    """The folders and files both sides begin with."""
    for name in ("channel", "responder", "requester"):
        (root / name).mkdir(mode=0o700)
    (root / "model.onnx").write_bytes(mlp(0))
    write_secret_model(root / "responder" / "model.commit", model)
    corpus = tiny_corpus()
    views = np.stack([corpus.document(index).view for index in range(corpus.total)]).astype(np.float32)
    np.savez(root / "documents.npz", x=views)
    payloads = [_npy(row) for row in views]
    (root / "channel" / "contracts.json").write_text(json.dumps({"retrieval": escrow.address}))
    return Bazaar(chain, escrow, model, root, payloads)


def _npy(row: np.ndarray) -> bytes:
    import io

    stream = io.BytesIO()
    np.save(stream, row)
    return stream.getvalue()
