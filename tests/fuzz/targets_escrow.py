"""The chain side: a hostile node's answers, reverts, listings, keystores, contract artifacts."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from unittest.mock import patch

from escrow import artifacts
from escrow.accuracy import AccuracyEscrow
from escrow.artifacts import load
from escrow.history import block_stamp
from escrow.parties.corpus_listing import CorpusListing, Prices
from escrow.parties.listing import Listing
from escrow.parties.predictions.listing import RoundListing
from escrow.predictions import PredictionEscrow
from escrow.registry import ModelRegistry
from escrow.retrieval import RetrievalEscrow
from escrow.reverts import ErrorTable
from escrow.sampled import SampledEscrow
from escrow.signers import create_keystore, load_keystore
from fuzz.hostile_node import ADDRESS, BLOCK, JOB, asking, chain, client, events, log, refusal, result, words_of
from fuzz.mutate import as_json
from fuzz.target import GOLDEN, Target, as_file, scratch
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment

VIEWS: dict[str, tuple[Callable[[], object], str, str]] = {
    "accuracy job": (lambda: client(AccuracyEscrow).job(JOB), "AccuracyEscrow", "job"),
    "accuracy terms": (lambda: client(AccuracyEscrow).terms(JOB), "AccuracyEscrow", "terms"),
    "round job": (lambda: client(PredictionEscrow).job(JOB), "PredictionEscrow", "job"),
    "round terms": (lambda: client(PredictionEscrow).terms(JOB), "PredictionEscrow", "terms"),
    "contest": (lambda: client(PredictionEscrow).contest_of(JOB, 1), "PredictionEscrow", "contestOf"),
    "search job": (lambda: client(RetrievalEscrow).job(JOB), "RetrievalEscrow", "job"),
    "search terms": (lambda: client(RetrievalEscrow).terms(JOB), "RetrievalEscrow", "terms"),
    "selection": (lambda: client(RetrievalEscrow).selected(JOB, 300), "RetrievalEscrow", "bitmapWord"),
    "sampled job": (lambda: client(SampledEscrow).job(JOB), "SampledEscrow", "job"),
    "sampled terms": (lambda: client(SampledEscrow).terms(JOB), "SampledEscrow", "terms"),
    "model record": (lambda: client(ModelRegistry).model(JOB), "ModelRegistry", "model"),
    "owed": (lambda: client(AccuracyEscrow).owed(ADDRESS), "AccuracyEscrow", "owed"),
}
PLAIN: dict[str, tuple[Callable[[], object], object]] = {
    "block number": (lambda: chain().block_number(), "0x10"),
    "clock": (lambda: chain().now(), BLOCK),
    "block": (lambda: block_stamp(chain()), BLOCK),
    "code": (lambda: chain().codehash(ADDRESS), "0x6001"),
    "balance": (lambda: chain().balance(ADDRESS), "0x10"),
    "accounts": (lambda: chain().dev_signers(), [ADDRESS]),
}


def revert(raw: bytes) -> object:
    """Return data of a refusal, in the words of every contract."""
    table = ErrorTable()
    for name in ("AccuracyEscrow", "RetrievalEscrow", "PredictionEscrow", "ModelRegistry"):
        table.learn(load(name).abi)
    return str(table.decode(raw))


def artifact(raw: bytes) -> object:
    """A compiled contract's file."""
    folder = scratch() / "out"
    folder.mkdir(exist_ok=True)
    (folder / "X.json").write_bytes(raw)
    with patch.object(artifacts, "contracts_folder", scratch):
        return artifacts.load("X")


@cache
def keystore() -> bytes:
    """A keystore with few rounds of derivation."""
    path = scratch() / "made.keystore"
    path.unlink(missing_ok=True)
    create_keystore(path, "password", key=b"\x01" * 32, iterations=2)
    return path.read_bytes()


def listings() -> tuple[bytes, bytes, bytes]:
    """A listing of each kind."""
    model = ModelCommitment.from_bytes((GOLDEN / "v1/model.commit").read_bytes())
    corpus = CorpusCommitment.from_bytes((GOLDEN / "corpus-v1/corpus.commit").read_bytes())
    prices = Prices(proving_cost=3, price=5, max_deposit=70)
    one = CorpusListing(31_337, ADDRESS_55, {"retrieval-class": ADDRESS_55}, model, corpus, prices)
    return (
        Listing(31_337, ADDRESS_55, ADDRESS_55, ADDRESS_55, model).to_bytes(),
        one.to_bytes(),
        RoundListing(31_337, ADDRESS_55, ADDRESS_55, model, prices).to_bytes(),
    )


ADDRESS_55 = "0x00000000000000000000000000000000000E5C09"


def _view(name: str) -> Target:
    question, contract, function = VIEWS[name]
    return Target(f"hostile node: {name}", asking(question), lambda: [words_of(contract, function)], ())


def _plain(name: str) -> Target:
    question, answer = PLAIN[name]
    return Target(f"hostile node: {name}", asking(question), lambda: [result(answer)], ())


def _refused(raw: bytes) -> object:
    return asking(VIEWS["accuracy job"][0])(raw)


TARGETS = (
    *map(_view, VIEWS),
    *map(_plain, PLAIN),
    Target(
        "hostile node: events",
        asking(events),
        lambda: [result([log(), log()])],
        ("escrow.logs.decode_logs", "escrow.rpc.ShallowProvider.decode_rpc_response"),
    ),
    Target(
        "hostile node: refusals",
        _refused,
        lambda: [words_of("AccuracyEscrow", "job"), refusal("0x08c379a0" + "00" * 96)],
        (),
    ),
    Target("revert", revert, lambda: [bytes.fromhex("08c379a0") + (32).to_bytes(32, "big") + bytes(64)], ()),
    Target(
        "accuracy listing",
        lambda raw: Listing.from_bytes(raw).to_bytes(),
        lambda: [listings()[0]],
        ("escrow.parties.listing.Listing.from_bytes",),
    ),
    Target(
        "corpus listing",
        lambda raw: CorpusListing.from_bytes(raw).responder,
        lambda: [listings()[1]],
        ("escrow.parties.corpus_listing.CorpusListing.from_bytes", "escrow.parties.corpus_listing.Prices.from_json"),
    ),
    Target(
        "round listing",
        lambda raw: RoundListing.from_bytes(raw).provider,
        lambda: [listings()[2]],
        ("escrow.parties.predictions.listing.RoundListing.from_bytes",),
    ),
    Target(
        "keystore",
        as_file("mutated.keystore", lambda path: load_keystore(path, "password")),
        lambda: [keystore()],
        ("escrow.signers.load_keystore",),
    ),
    Target(
        "contract artifact",
        artifact,
        lambda: [as_json({**json.loads(as_json(_small())), "contractName": "X"})],
        ("escrow.artifacts.parse_artifact", "escrow.artifacts.load"),
    ),
)


def _small() -> dict[str, object]:
    return {
        "contractName": "X",
        "abi": [],
        "bytecode": "0x6001",
        "deployedBytecode": "0x6001",
        "immutableReferences": {"a": [{"start": 1, "length": 32}]},
        "sourceHash": "0x" + "07" * 32,
    }
