"""``assay responder`` and ``assay requester`` given what they cannot use: exit code, words, and nothing sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.market import REQUESTER, RESPONDER, Market
from helpers.tiny_models import mlp

from assay.cli import run
from proofs.commitment.corpus_files import write_corpus
from proofs.halo2.secret_model import write_secret_model
from proofs.halo2.task import RETRIEVAL_CLASS


class Shop:
    """The files of both sides, and the commands on them."""

    def __init__(self, market: Market, root: Path) -> None:
        self.market, self.root = market, root
        self.listing = market.listings["mixed"].listing
        (root / "corpus.listing").write_bytes(self.listing.to_bytes())
        (root / "model.onnx").write_bytes(mlp(0))
        write_secret_model(root / "model.commit", market.model)
        for name, corpus in market.corpora.items():
            write_corpus(root / f"{name}.commit", corpus)
        self.goods = ["--commit", root / "model.commit", "--corpus", root / "mixed.commit"]

    def assay(self, account: int, *words: object) -> tuple[int, str]:
        """Exit code and message of one command line."""
        common = ("--rpc", self.market.chain.url, "--dev-account", account, "--json", self.root / "answer.json")
        code = run([str(word) for word in (*words, *common)])
        return code, str(json.loads((self.root / "answer.json").read_text())["message"])

    def buy(self, *words: object, account: int = REQUESTER, listing: str = "corpus.listing") -> tuple[int, str]:
        places = ("--channel", self.root / "channel", "--state", self.root / "state", "--listing", self.root / listing)
        return self.assay(account, "requester", *words, *places)

    def serve(self, *words: object, account: int = RESPONDER) -> tuple[int, str]:
        places = ("--channel", self.root / "channel", "--state", self.root / "state", "--wait", 0)
        listing = ("--listing", self.root / "corpus.listing", "--model", self.root / "model.onnx")
        return self.assay(account, "responder", "run", *listing, *places, *words)

    def publish(self, *words: object, account: int = RESPONDER) -> tuple[int, str]:
        prices = ("--price", 1, "--max-deposit", 10, "-o", self.root / "new.listing")
        return self.assay(account, "responder", "publish", *self.goods, *prices, *words)


@pytest.fixture
def shop(market: Market, tmp_path: Path) -> Iterator[Shop]:
    """A shop in which nobody pays for anything."""
    before = [market.chain.w3.eth.get_transaction_count(market.account(who).address) for who in range(5)]
    yield Shop(market, tmp_path)
    after = [market.chain.w3.eth.get_transaction_count(market.account(who).address) for who in range(5)]
    assert before == after, "a command that fails sends nothing"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("buy", "--cap", 1), 4, "say what to retrieve"),
        (("buy", "--cap", 1, "--threshold", 0.5), 4, "--threshold needs --class"),
        (("buy", "--cap", 1, "--class", 9), 4, "class 9 does not exist"),
        (("buy", "--cap", 1, "--class", 0, "--threshold", 0.5), 4, "is not on offer"),
        (("buy", "--cap", 4, "--class", 0), 4, "cap is 4"),
        (("buy", "--cap", 1, "--class", 0, "--window", 59), 4, "accept_window is 59 s"),
        (("buy", "--cap", 1, "--class", 0, "--complain-window", 59), 4, "complain_window is 59 s"),
        (("buy", "--cap", 1, "--class", 0, "--base-fee", 1), 4, "base_fee is 1 wei"),
        (("buy", "--cap", 1, "--class", 0, "--fee-recipient", "0x12"), 4, "fee_recipient"),
        (("audit", "-n", 2), 4, "a sample of 2 from 3"),
    ],
)
def test_wishes_that_cannot_be_met(shop: Shop, words: tuple[object, ...], code: int, says: str) -> None:
    found, message = shop.buy(*words)
    assert found == code and says in message, message


def test_parties_must_differ(shop: Shop) -> None:
    code, message = shop.buy("buy", "--cap", 1, "--class", 0, account=RESPONDER)
    assert code == 4 and "the same address" in message


def test_listings_that_lie(shop: Shop) -> None:
    other = replace(shop.listing, adapters={RETRIEVAL_CLASS: shop.listing.escrow})
    (shop.root / "other.listing").write_bytes(other.to_bytes())
    (shop.root / "torn.listing").write_bytes(shop.listing.to_bytes()[:-1])
    code, message = shop.buy("buy", "--cap", 1, "--class", 0, listing="other.listing")
    assert code == 10 and "send no money" in message
    assert shop.buy("buy", "--cap", 1, "--class", 0, listing="torn.listing")[0] == 3
    code, message = shop.buy("buy", "--cap", 1, "--class", 0, listing="none.listing")
    assert code == 4 and "is not a file" in message


def test_selling_what_is_not_listed(shop: Shop) -> None:
    code, message = shop.serve("--commit", shop.root / "model.commit", "--corpus", shop.root / "uniform.commit")
    assert code == 4 and "offers another model or corpus" in message
    code, message = shop.serve(*shop.goods)
    assert code == 10 and "no offer" in message
    code, message = shop.serve(*shop.goods, "--job", "0x" + "12" * 32)
    assert code == 10 and "no offer under job" in message


def test_publishing_what_is_not_ones_own(shop: Shop) -> None:
    escrow = ("--escrow", shop.market.escrow.address)
    code, message = shop.publish(*escrow, account=REQUESTER)
    assert code == 11 and "--owner" in message
    code, message = shop.publish("--escrow", shop.listing.adapters[RETRIEVAL_CLASS])
    assert code == 10 and "retrieval escrow" in message
    code, message = shop.publish(*escrow, "--token", "0x12")
    assert code == 4 and "--token" in message
    assert not (shop.root / "new.listing").exists()
