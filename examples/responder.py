"""The responder: commits its documents and its model, puts them on sale, and serves one retrieval.

    python examples/responder.py --rpc http://127.0.0.1:8545 --channel /tmp/sale/channel --home /tmp/sale/responder

Shares with the requester the chain and the channel folder, nothing else. Killed at any point, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from assay.accounts import account
from escrow.chain import Chain
from escrow.parties.corpus_check import check_corpus, publish_corpus
from escrow.parties.corpus_listing import CorpusListing, Prices
from escrow.parties.responder import Responder, RespondersMailbox
from escrow.retrieval import RetrievalEscrow
from proofs.canonical import to_hex
from proofs.commitment.corpus import Corpus, commit_corpus
from proofs.commitment.corpus_files import read_corpus, write_corpus
from proofs.commitment.input_format import InputFormat
from proofs.corpus_import import ViewOptions, import_source
from proofs.errors import AssayError
from proofs.files import write_atomic
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from proofs.onnx_check import require_supported
from protocols.accuracy.describe import ether
from protocols.retrieval.view import Limits

ROOT = Path(__file__).resolve().parents[1]
DIGITS = ROOT / "datasets" / "digits_test.npz"
MODEL = ROOT / "examples" / "models" / "digits_mlp.onnx"


def main() -> None:
    """Sell from one corpus, once."""
    options = arguments()
    chain = Chain.connect(options.rpc)
    signer = account(chain, options.keystore, None if options.keystore else options.dev_account)
    before = chain.balance(signer.address)

    model = committed_model(options, owner=bytes.fromhex(signer.address[2:]))
    corpus = committed_corpus(options)
    say(f"corpus {to_hex(corpus.commitment.root)}: {corpus.total} documents")

    path = options.channel / "corpus.listing"
    known = CorpusListing.from_bytes(path.read_bytes()) if path.exists() else None
    escrow = RetrievalEscrow(chain, json.loads((options.channel / "contracts.json").read_text())["retrieval"])
    prices = Prices(proving_cost=options.proving_cost, price=options.price, max_deposit=options.max_deposit)
    listing = publish_corpus(chain, signer, model.commitment, corpus.commitment, escrow, prices, known=known)
    write_atomic(path, listing.to_bytes())
    say(f"on sale for {ether(options.price)} a document, {ether(options.proving_cost)} a document searched")

    checked = check_corpus(chain, listing)
    state = options.home / "jobs"
    mailbox = RespondersMailbox(options.channel, state, checked, str(signer.address))
    job_id = mailbox.next(time.monotonic() + options.wait)
    limits = Limits(margin_s=60, prove_s=60)
    party = Responder(checked, signer, state, options.channel, limits, say, model=model, corpus=corpus, job_id=job_id)
    why = party.run()
    say(f"{why}; balance changed by {ether(chain.balance(signer.address) - before)}, gas included")


def committed_model(options: argparse.Namespace, owner: bytes) -> SecretModel:
    """The model with its commitment: made on the first run, the same ever after."""
    path, onnx = options.home / "model.commit", options.model.read_bytes()
    if path.exists():
        return read_secret_model(path, onnx)
    report = require_supported(onnx, "halo2", scale_bits=options.scale_bits)
    shape = InputFormat(tuple(report.input_shape), options.scale_bits, report.classes, options.batch)
    model = Halo2Backend(say).commit_model(onnx, shape, CommitOptions(proofs=options.proofs, owner=owner))
    write_secret_model(path, model)
    return model


def committed_corpus(options: argparse.Namespace) -> Corpus:
    """The first documents of the source under fresh salts: committed on the first run, the same ever after."""
    path = options.home / "corpus.commit"
    if path.exists():
        return read_corpus(path)
    found = import_source(options.source, ViewOptions(options.scale_bits, options.batch))
    corpus = commit_corpus(found.documents[: options.documents], found.format, recipe=found.recipe)
    write_corpus(path, corpus)
    return corpus


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the chain")
    parser.add_argument("--channel", type=Path, required=True, help="folder shared with requesters")
    parser.add_argument("--home", type=Path, required=True, help="private folder: commitments, journals, keys")
    parser.add_argument("--source", type=Path, default=DIGITS, help="images, CSV or NumPy file (default: digits)")
    parser.add_argument("--documents", type=int, default=16, help="how many of them to commit")
    parser.add_argument("--model", type=Path, default=MODEL, help="ONNX classifier (default: digits)")
    parser.add_argument("--batch", type=int, default=8, help="documents per proof")
    parser.add_argument("--scale-bits", type=int, default=10, help="fixed-point bits")
    parser.add_argument("--proofs", type=int, default=16, help="proofs the commitment may make")
    parser.add_argument("--proving-cost", type=int, default=10**13, help="wei per document searched")
    parser.add_argument("--price", type=int, default=10**15, help="wei per document sold")
    parser.add_argument("--max-deposit", type=int, default=10**18, help="most wei to lock")
    parser.add_argument("--wait", type=float, default=86_400, help="seconds to wait for an offer")
    parser.add_argument("--dev-account", type=int, default=1, help="anvil's development account")
    parser.add_argument("--keystore", type=Path, help="encrypted key, on any other chain")
    return parser.parse_args()


def say(text: str) -> None:
    """One line of what happens."""
    print(f"responder: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
